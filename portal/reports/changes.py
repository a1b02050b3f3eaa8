"""What changed in a report between two handings in, told by digests: the history keeps no words of persons."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from portal.reports.models import Report
from portal.subjects.queries import events
from portal.visits.models import Visit
from portal.workflows.exchange_terms import Action


def digests(report: Report, visit: Visit | None) -> dict[str, str]:
    """A digest of what stands in each section, by the section's key."""
    items = [*visit.agenda, *visit.milestones] if visit else []
    results = [getattr(item, "changed", None) or getattr(item, "result", "") for item in items]
    held: dict[str, Any] = {
        "objectives": [(row.text, row.met, row.note) for row in report.objectives],
        "plan": (report.agenda_changes, results),
        "findings": (report.days_worked, report.people_met, report.findings),
        "recommendations": [(row.text, row.owner_id, row.horizon, row.priority) for row in report.recommendations],
        "rest": (report.lessons, report.materials, report.risks, report.next_steps, report.publish),
    }
    return {key: sha256(repr(value).encode()).hexdigest()[:16] for key, value in held.items()}


def since_returned(exchange_id: int) -> Mapping[str, bool] | None:
    """Whether each section changed since the report was handed in before; None where it was handed in only once."""
    handed_in = [event.facts for event in events(exchange_id) if event.what == Action.EXPERT_SUBMIT_REPORT]
    if len(handed_in) < 2:
        return None
    before, now = (facts.get("sections", {}) for facts in handed_in[-2:])
    return {key: before.get(key) != digest for key, digest in now.items()} if before else None
