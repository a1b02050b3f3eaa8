"""What reports hold of a person. Recommendations and what became of them live on: they are the agencies' own."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.registry import Stored
from portal.reports.models import (
    Evaluation,
    FollowUpEntry,
    FollowUpEvidence,
    MilestoneProgress,
    Objective,
    ProgressDraft,
    ProgressReport,
    Recommendation,
    Report,
)

TEXTS = (
    "agenda_changes",
    "people_met",
    "findings",
    "lessons",
    "materials",
    "risks",
    "next_steps",
    "host_comment",
    "host_language",
)
PROGRESS = ("text", "difficulties", "next")


def _reports(ids: Any) -> Any:
    return select(Report.id).where(Report.exchange_id.in_(ids))


STORED = (
    Stored(Report, _l("Report"), lambda ids: Report.exchange_id.in_(ids), TEXTS, deletes=False),
    Stored(Objective, _l("Objectives"), lambda ids: Objective.report_id.in_(_reports(ids)), ("text", "note")),
    Stored(
        FollowUpEvidence,
        _l("Follow-up"),
        lambda ids: FollowUpEvidence.entry_id.in_(
            select(FollowUpEntry.id)
            .join(Recommendation, Recommendation.id == FollowUpEntry.recommendation_id)
            .where(Recommendation.report_id.in_(_reports(ids)))
        ),
        ("text",),
    ),
    Stored(
        MilestoneProgress,
        _l("Progress report"),
        lambda ids: MilestoneProgress.progress_report_id.in_(
            select(ProgressReport.id).where(ProgressReport.exchange_id.in_(ids))
        ),
        ("title", "note"),
        deletes=False,
    ),
    Stored(
        ProgressReport,
        _l("Progress report"),
        lambda ids: ProgressReport.exchange_id.in_(ids),
        PROGRESS,
        deletes=False,
    ),
    Stored(
        ProgressDraft,
        _l("Draft of a progress report"),
        lambda ids: ProgressDraft.exchange_id.in_(ids),
        (*PROGRESS, "rows"),
    ),
    Stored(Evaluation, _l("Evaluation"), lambda ids: Evaluation.exchange_id.in_(ids), ("comment",), deletes=False),
)
