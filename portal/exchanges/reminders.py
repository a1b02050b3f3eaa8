"""Reminders of turns: before an expert's due date, after any due date, and when deputies may decide."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from operator import attrgetter
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import ColumnElement, false, or_, true

from portal import calendars
from portal.accounts.queries import agencies
from portal.exchanges import lateness
from portal.exchanges.models import Exchange
from portal.exchanges.notifications import turn_receivers
from portal.exchanges.reminder_run import ReminderRun
from portal.exchanges.succession import decided_by
from portal.messages.service import Notification, Receiver, message_rows
from portal.subjects import service as subjects
from portal.subjects.notifications import TURN, without
from portal.subjects.recipients import administrators
from portal.workflows.exchange_terms import ENDED, Status, Turn

WARN = 7  # days before an expert's own due date
log = structlog.get_logger()


def remind_experts(run: ReminderRun) -> None:
    """Reminds experts a week before the due date of a report, a change or a draft."""
    soon = run.on_day(Exchange.home_id, lambda day: Exchange.due_on.between(day, day + timedelta(days=WARN)))
    rules = (Exchange.turn == Turn.EXPERT, Exchange.status.not_in(ENDED), soon)
    for row in run.find_in_turn("reminder", *rules):
        run.say(row, "reminder", f"reminder:{row.version}", turn_receivers(row, run.recipients), "/now", TURN)


def tell_overdue(run: ReminderRun) -> None:
    """Notifies once, after the due date, those whose turn it is."""
    rules = (lateness.overdue(run.days), Exchange.status.not_in([*ENDED, Status.DRAFT]))
    for row in run.find_in_turn("overdue", *rules):
        run.say(
            row, "overdue", f"overdue:{row.version}", turn_receivers(row, run.recipients, row.escalated), "/now", TURN
        )


def escalate_decisions(run: ReminderRun) -> None:
    """Lets deputies decide, and notifies them, when a decision has waited for `Clocks.escalation` working days; at once
    where no manager can decide."""
    waiting: list[Exchange] = []
    for agency in agencies():
        today = calendars.today(agency.zone)
        deciding, nobody = decided_by(agency.id), _without_manager(run.recipients.agency(agency.id))
        for days, calls in run.values("escalation"):
            day = calendars.subtract_working_days(today, days, agency.country, run.exceptions)
            waits = Exchange.turn_since < datetime.combine(day, time(), ZoneInfo(agency.zone))
            rules = (
                deciding,
                calls,
                or_(waits, nobody),
                Exchange.escalated_at.is_(None),
                Exchange.status.not_in(ENDED),
            )
            waiting += run.find_in_turn("escalated", *rules)
    for row in sorted(waiting, key=attrgetter("id")):  # several locks of one kind are taken by rising number
        if subjects.escalate(row) is not None:
            to = without(turn_receivers(row, run.recipients, escalated=True), row.expert_id)
            run.say(row, "escalated", f"escalated:{row.version}", to, "/now", TURN)
            log.info("escalated", exchange=row.id)


def _without_manager(managers: Sequence[Receiver]) -> ColumnElement[bool]:
    """The exchanges on which none of an agency's managers can decide: nobody decides on their own."""
    if len(managers) > 1:
        return false()
    return Exchange.expert_id == managers[0].person_id if managers else true()


def tell_without_manager(run: ReminderRun) -> None:
    """Tells the administrators, once a week, of an agency that has no manager who can sign in."""
    for agency in agencies():
        key = f"no_manager:{agency.id}:{calendars.today(agency.zone):%G-%V}"
        if run.recipients.agency(agency.id) or run.told(key):
            continue
        notification = Notification("no_manager", {"name": agency.short_name}, "/admin/people")
        run.messages += message_rows(administrators(), notification, key)
