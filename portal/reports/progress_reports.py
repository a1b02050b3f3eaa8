"""Progress reports of long stays: one period at a time, against the milestones of the plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from portal import calendars
from portal.db import session
from portal.exchanges import queries as exchange_queries
from portal.exchanges.models import Exchange
from portal.findings import RuleViolation
from portal.limits import MOST_PROGRESS_REPORTS
from portal.messages.service import settle
from portal.policy import Actor, Permission, Side, require
from portal.reports import asking, progress_drafts, queries
from portal.reports.models import MilestoneProgress, Progress, ProgressReport
from portal.subjects import service as subjects


@dataclass(frozen=True)
class MilestoneAnswer:
    """Where a milestone of the plan (by its id) stands, and what was done for it."""

    milestone_id: int
    progress: Progress
    note: str


@dataclass(frozen=True)
class PeriodAnswer:
    """A progress report as written: the period, and the answers by their column names."""

    first: date
    last: date
    answers: Mapping[str, str]
    milestones: Sequence[MilestoneAnswer] = ()


def hand_in(
    exchange: Exchange, written: PeriodAnswer, idempotency_key: str, *, by: Actor, draft: int | None = None
) -> ProgressReport:
    """Submits the progress report of one period of a long stay; `draft` is the version of the draft that was read.

    Raises Denied, EditConflict, RuleViolation: "not_now", "order", "period_outside", "period_future", "period_known",
    "too_many_periods".
    """
    exchange = exchange_queries.locked(exchange.id)
    require(Permission.WRITE_REPORT, by, exchange)
    known = session.scalars(
        select(ProgressReport).where(ProgressReport.idempotency_key == idempotency_key)
    ).one_or_none()
    if known is not None and known.exchange_id == exchange.id:
        return known
    _check_period(exchange, written.first, written.last)
    progress_drafts.finish(exchange, draft)
    row = ProgressReport(
        exchange_id=exchange.id,
        first=written.first,
        last=written.last,
        idempotency_key=idempotency_key,
        submitted_at=calendars.now(),
        language=by.language,
        **written.answers,
    )
    row.milestones = _stood(exchange, written.milestones)
    session.add(row)
    session.flush()
    settle(exchange.id, asking.PROGRESS)
    facts = {"first": written.first.isoformat(), "last": written.last.isoformat()}
    subjects.record(exchange, "progress_report", by=by, side=Side.EXPERT, facts=facts)
    return row


def _check_period(exchange: Exchange, first: date, last: date) -> None:
    if not progress_drafts.writable(exchange):
        raise RuleViolation("not_now")
    if last < first:
        raise RuleViolation("order", field="last")
    if exchange.start is None or exchange.end is None or first < exchange.start or last > exchange.end:
        raise RuleViolation("period_outside", field="first")
    if last > calendars.today(exchange.host.zone):
        raise RuleViolation("period_future", field="last")
    known = queries.progress_reports(exchange.id)
    if any(p.first <= last and p.last >= first for p in known):
        raise RuleViolation("period_known", field="first")
    if len(known) >= MOST_PROGRESS_REPORTS:
        raise RuleViolation("too_many_periods", field="first", most=MOST_PROGRESS_REPORTS)


def _stood(exchange: Exchange, answers: Sequence[MilestoneAnswer]) -> list[MilestoneProgress]:
    """The plan's milestones as answered; those that were not answered are left out."""
    visit = queries.visit_with_plan(exchange.id)
    said = {answer.milestone_id: answer for answer in answers}
    if visit is None:
        return []
    planned = [(m, said[m.id]) for m in visit.milestones if m.id in said]
    return [
        MilestoneProgress(
            number=n, due=m.due, title=m.title, language=visit.language, progress=answer.progress, note=answer.note
        )
        for n, (m, answer) in enumerate(planned, start=1)
    ]
