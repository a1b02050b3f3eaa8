"""Reminders, overdue notices and escalation by the clocks of the brief. Found in the database, told once each."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import and_, or_, select

from portal import calendars
from portal.accounts.queries import agencies
from portal.applications.models import Application, Window
from portal.db import advisory_lock
from portal.desk.reminder_run import Round
from portal.exchanges import recipients
from portal.exchanges import service as exchanges
from portal.exchanges.models import Exchange, Kind
from portal.exchanges.notifications import everyone, turn_receivers
from portal.messages.service import store
from portal.reports.models import Evaluation, ProgressReport
from portal.reports.periods import later
from portal.workflow import ENDED, Status, Turn

STAY_ENDS = (90, 60, 15)  # days before a long stay's end (UNV: three months, two months, fifteen days)
YEAR = 12  # months: no stay is longer
WARN = 7  # days before an expert's own due date
log = structlog.get_logger()


def remind() -> int:
    """One round of all clocks, in one transaction; answers how many messages were stored. Two workers take turns."""
    advisory_lock("clocks")
    now = Round()
    for clock in (_expert_reminders, _overdue, _escalations, _plans, _stays, _progress, _evaluations, _follow_ups):
        clock(now)
    store(now.messages)
    return len(now.messages)


def _expert_reminders(now: Round) -> None:
    """A week before the expert's own day: reports, changes, drafts."""
    soon = Exchange.due_on.between(now.today, now.today + timedelta(days=WARN))
    rules = (Exchange.turn == Turn.EXPERT, Exchange.status.not_in(ENDED), soon)
    for row in now.find_in_turn("reminder", *rules):
        now.say(row, "reminder", f"reminder:{row.version}", turn_receivers(row, now.recipients))


def _overdue(now: Round) -> None:
    """The day has passed: whoever's turn it is is told once."""
    rules = (Exchange.due_on < now.today, Exchange.status.not_in([*ENDED, Status.DRAFT]))
    for row in now.find_in_turn("overdue", *rules):
        now.say(row, "overdue", f"overdue:{row.version}", turn_receivers(row, now.recipients, row.escalated))


def _escalations(now: Round) -> None:
    """A decision waits for ten working days of its agency: the deputies are told, and may decide."""
    for agency in agencies():
        deciding = or_(
            and_(Exchange.turn == Turn.HOME, Exchange.home_id == agency.id),
            and_(Exchange.turn == Turn.HOST, Exchange.host_id == agency.id),
        )
        for days, calls in now.values("escalation"):
            day = calendars.subtract_working_days(now.today, days, agency.country, now.exceptions)
            waits = Exchange.turn_since < datetime.combine(day, time(), ZoneInfo(agency.zone))
            rules = (deciding, calls, waits, Exchange.escalated_at.is_(None), Exchange.status.not_in(ENDED))
            for row in now.find_in_turn("escalated", *rules):
                exchanges.escalate(row)
                to = turn_receivers(row, now.recipients, escalated=True)
                now.say(row, "escalated", f"escalated:{row.version}", to)
                log.info("escalated", exchange=row.id)


def _plans(now: Round) -> None:
    """The first wished day comes near and no dates are proposed: the host agency is asked for agenda or work plan."""
    first = select(Application.exchange_id).join(Window, Window.application_id == Application.id)
    for days, calls in now.values("plan_drafted"):
        near = first.where(Window.rank == 1, Window.first <= now.today + timedelta(days=days))
        rules = (Exchange.status == Status.PLACED, Exchange.turn == Turn.HOST, calls, Exchange.id.in_(near))
        for row in now.find("plan_due", "plan", *rules):
            now.say(row, "plan_due", "plan", turn_receivers(row, now.recipients, row.escalated), page="/visit")


def _stays(now: Round) -> None:
    """Before a long stay ends, everyone involved is told three times."""
    for days, nearer in zip(STAY_ENDS, (*STAY_ENDS[1:], -1), strict=True):
        ends = Exchange.end.between(now.today + timedelta(days=nearer + 1), now.today + timedelta(days=days))
        rules = (Exchange.kind == Kind.LONG, Exchange.status == Status.UNDER_WAY, ends)
        for row in now.find("stay_ends", f"stay:{days}", *rules):
            now.say(row, "stay_ends", f"stay:{days}", everyone(row, now.recipients), page="/visit", end=str(row.end))


def _progress(now: Round) -> None:
    """Some months of a long stay are over and not reported on: the expert is asked for the report on them."""
    for months, calls in now.values("progress"):
        mine = ProgressReport.exchange_id == Exchange.id
        reported = select(ProgressReport.id).where(mine, ProgressReport.last > later(now.today, -months))
        for over in range(months, YEAR + 1, months):
            first = later(now.today, -over - months) + timedelta(days=1)
            begun = Exchange.start.between(first, later(now.today, -over))
            rules = (Exchange.kind == Kind.LONG, Exchange.status == Status.UNDER_WAY, calls, begun)
            for row in now.find("progress_due", f"progress:{over}", *rules, ~reported.exists()):
                now.say(row, "progress_due", f"progress:{over}", recipients.expert(row), page="/report")


def _evaluations(now: Round) -> None:
    """A week after the end, whoever has not evaluated the other is asked (Exchange of Experts in Civil Protection)."""
    for days, calls in now.values("evaluation"):
        over = Exchange.end < now.today - timedelta(days=days)
        for on_host in (True, False):
            known = select(Evaluation.id).where(Evaluation.exchange_id == Exchange.id, Evaluation.on_host == on_host)
            status = Exchange.status.in_([Status.COMPLETED, Status.REPORTED])
            for row in now.find("evaluate", f"evaluate:{on_host}", status, calls, over, ~known.exists()):
                unit = now.recipients.unit(row.unit_id or 0) or now.recipients.agency(row.host_id)
                to = recipients.expert(row) if on_host else unit
                now.say(row, "evaluate", f"evaluate:{on_host}", to, page="/report")


def _follow_ups(now: Round) -> None:
    """Six months after closing both agencies are asked what became of the recommendations."""
    for months, calls in now.values("follow_up"):
        closed = Exchange.turn_since < datetime.combine(later(now.today, -months), time(), UTC)
        for row in now.find("follow_up", "follow", Exchange.status == Status.CLOSED, calls, closed):
            now.say(row, "follow_up", "follow", everyone(row, now.recipients), page="/report")
