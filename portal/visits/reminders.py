"""Reminders of a visit: dates are to be proposed, a long stay ends soon."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from portal.applications.models import Application, Window
from portal.exchanges.models import Exchange, Kind
from portal.exchanges.notifications import everyone, turn_receivers
from portal.exchanges.reminder_run import ReminderRun
from portal.subjects.notifications import TURN
from portal.workflows.exchange_terms import Status, Turn

STAY_ENDS = (90, 60, 15)  # days before a long stay's end (UNV: three months, two months, fifteen days)


def ask_for_plans(run: ReminderRun) -> None:
    """The first wished day comes near and no dates are proposed: the host agency is asked for agenda or work plan."""
    first = select(Application.exchange_id).join(Window, Window.application_id == Application.id)
    for days, calls in run.values("plan_drafted"):
        near = first.where(Window.rank == 1, Window.first <= run.today + timedelta(days=days))
        rules = (Exchange.status == Status.PLACED, Exchange.turn == Turn.HOST, calls, Exchange.id.in_(near))
        for row in run.find("plan_due", "plan", *rules):
            run.say(row, "plan_due", "plan", turn_receivers(row, run.recipients, row.escalated), "/now", TURN)


def announce_ends_of_stays(run: ReminderRun) -> None:
    """Before a long stay ends, everyone involved is told three times."""
    for days, nearer in zip(STAY_ENDS, (*STAY_ENDS[1:], -1), strict=True):
        ends = Exchange.end.between(run.today + timedelta(days=nearer + 1), run.today + timedelta(days=days))
        rules = (Exchange.kind == Kind.LONG, Exchange.status == Status.UNDER_WAY, ends)
        for row in run.find("stay_ends", f"stay:{days}", *rules):
            run.say(row, "stay_ends", f"stay:{days}", everyone(row, run.recipients), page="/visit", end=str(row.end))
