"""Reminders after a visit or during a long one: progress reports, evaluations, the follow-up."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import partial

from sqlalchemy import ColumnElement, and_, select

from portal.exchanges.models import Exchange, Kind
from portal.exchanges.notifications import expert, of_agency, of_unit
from portal.exchanges.reminder_run import ReminderRun
from portal.reports import asking
from portal.reports.models import Evaluation, ProgressReport
from portal.reports.periods import later
from portal.subjects.notifications import without
from portal.workflows.exchange_terms import Party, Status

YEAR = 12  # months: no stay is longer


def ask_for_progress_reports(run: ReminderRun) -> None:
    """Some months of a long stay are over and not reported on: the expert is asked for the report on them."""
    for months, calls in run.values("progress"):
        for over in range(months, YEAR + 1, months):
            unreported = run.on_day(Exchange.home_id, partial(_unreported, months, over))
            rules = (Exchange.kind == Kind.LONG, Exchange.status == Status.UNDER_WAY, calls, unreported)
            for row in run.find("progress_due", f"progress:{over}", *rules):
                run.say(row, "progress_due", f"progress:{over}", expert(row), "/report/progress", asking.PROGRESS)


def _unreported(months: int, over: int, today: date) -> ColumnElement[bool]:
    """Of a stay that began `over` months ago the last period of so many months is not reported on."""
    mine = ProgressReport.exchange_id == Exchange.id
    reported = select(ProgressReport.id).where(mine, ProgressReport.last > later(today, -months))
    first = later(today, -over - months) + timedelta(days=1)
    return and_(Exchange.start.between(first, later(today, -over)), ~reported.exists())


def ask_for_evaluations(run: ReminderRun) -> None:
    """A week after the end, whoever has not evaluated the other is asked (Exchange of Experts in Civil Protection)."""
    for days, calls in run.values("evaluation"):
        over = run.on_day(Exchange.host_id, partial(_ended_before, days))
        for on_host in (True, False):
            known = select(Evaluation.id).where(Evaluation.exchange_id == Exchange.id, Evaluation.on_host == on_host)
            status = Exchange.status.in_([Status.COMPLETED, Status.REPORTED])
            for row in run.find("evaluate", f"evaluate:{on_host}", status, calls, over, ~known.exists()):
                to, page = (expert(row), "host") if on_host else (of_unit(row, run.recipients), "expert")
                run.say(
                    row, "evaluate", f"evaluate:{on_host}", to, f"/report/evaluate-{page}", asking.evaluation(on_host)
                )


def _ended_before(days: int, today: date) -> ColumnElement[bool]:
    return Exchange.end < today - timedelta(days=days)


def ask_for_follow_up(run: ReminderRun) -> None:
    """Six months after closing both agencies are asked what became of the recommendations."""
    for months, calls in run.values("follow_up"):
        closed = run.on_day(Exchange.home_id, partial(_closed_before, months))
        for row in run.find("follow_up", "follow", Exchange.status == Status.CLOSED, calls, closed):
            asked = [(Party.HOME, row.home_id)] + ([(Party.HOST, row.host_id)] if row.released else [])
            for party, agency_id in asked:
                to = without(of_agency(row, party, run.recipients), row.expert_id)
                run.say(row, "follow_up", f"follow:{party}", to, "/report", asking.follow_up(agency_id))


def _closed_before(months: int, today: date) -> ColumnElement[bool]:
    return Exchange.turn_since < datetime.combine(later(today, -months), time(), UTC)
