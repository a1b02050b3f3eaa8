"""Reminders of turns: before an expert's due date, after any due date, and when deputies may decide."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from operator import attrgetter
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import and_, or_

from portal import calendars
from portal.accounts.queries import agencies
from portal.exchanges.models import Exchange
from portal.exchanges.notifications import turn_receivers
from portal.exchanges.reminder_run import ReminderRun
from portal.subjects import service as subjects
from portal.subjects.notifications import TURN
from portal.workflows.exchange_terms import ENDED, Status, Turn

WARN = 7  # days before an expert's own due date
log = structlog.get_logger()


def remind_experts(run: ReminderRun) -> None:
    """Reminds experts a week before the due date of a report, a change or a draft."""
    soon = Exchange.due_on.between(run.today, run.today + timedelta(days=WARN))
    rules = (Exchange.turn == Turn.EXPERT, Exchange.status.not_in(ENDED), soon)
    for row in run.find_in_turn("reminder", *rules):
        run.say(row, "reminder", f"reminder:{row.version}", turn_receivers(row, run.recipients), "/now", TURN)


def tell_overdue(run: ReminderRun) -> None:
    """Notifies once, after the due date, those whose turn it is."""
    rules = (Exchange.due_on < run.today, Exchange.status.not_in([*ENDED, Status.DRAFT]))
    for row in run.find_in_turn("overdue", *rules):
        run.say(
            row, "overdue", f"overdue:{row.version}", turn_receivers(row, run.recipients, row.escalated), "/now", TURN
        )


def escalate_decisions(run: ReminderRun) -> None:
    """Lets deputies decide, and notifies them, when a decision has waited for `Clocks.escalation` working days."""
    waiting: list[Exchange] = []
    for agency in agencies():
        deciding = or_(
            and_(Exchange.turn == Turn.HOME, Exchange.home_id == agency.id),
            and_(Exchange.turn == Turn.HOST, Exchange.host_id == agency.id),
        )
        for days, calls in run.values("escalation"):
            day = calendars.subtract_working_days(run.today, days, agency.country, run.exceptions)
            waits = Exchange.turn_since < datetime.combine(day, time(), ZoneInfo(agency.zone))
            rules = (deciding, calls, waits, Exchange.escalated_at.is_(None), Exchange.status.not_in(ENDED))
            waiting += run.find_in_turn("escalated", *rules)
    for row in sorted(waiting, key=attrgetter("id")):  # several locks of one kind are taken by rising number
        if subjects.escalate(row) is not None:
            to = turn_receivers(row, run.recipients, escalated=True)
            run.say(row, "escalated", f"escalated:{row.version}", to, "/now", TURN)
            log.info("escalated", exchange=row.id)
