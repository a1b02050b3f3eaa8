"""Reminders of a visit: dates are to be proposed, a long stay ends soon."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial

from sqlalchemy import ColumnElement, and_, or_, select

from portal.accounts.models import Person, actor_of
from portal.applications.models import Application, Window
from portal.db import session
from portal.exchanges.eve import starts_today
from portal.exchanges.models import Exchange, Kind
from portal.exchanges.notifications import everyone, expert, turn_receivers
from portal.exchanges.queries import WITH_PEOPLE
from portal.exchanges.reminder_run import ReminderRun
from portal.subjects.notifications import TURN
from portal.visits.receiving import meeting
from portal.workflows.exchange_terms import Status, Turn

EVE = "eve"  # the kind of message
STAY_ENDS = (90, 60, 15)  # days before a long stay's end (UNV: three months, two months, fifteen days)


def ask_for_plans(run: ReminderRun) -> None:
    """The first wished day comes near and no dates are proposed: the host agency is asked for agenda or work plan."""
    for days, calls in run.values("plan_drafted"):
        near = run.on_day(Exchange.host_id, partial(_begins_within, days))
        rules = (Exchange.status == Status.PLACED, Exchange.turn == Turn.HOST, calls, near)
        for row in run.find("plan_due", "plan", *rules):
            run.say(row, "plan_due", "plan", turn_receivers(row, run.recipients, row.escalated), "/now", TURN)


def _begins_within(days: int, today: date) -> ColumnElement[bool]:
    """The first wished day is so near."""
    wished = select(Application.exchange_id).join(Window, Window.application_id == Application.id)
    return Exchange.id.in_(wished.where(Window.rank == 1, Window.first <= today + timedelta(days=days)))


def announce_eves(run: ReminderRun) -> None:
    """On the eve of a visit, expert and unit get what they need to meet; once for each agreement."""
    begun = or_(*(and_(Exchange.host_id == agency, Exchange.start <= start) for agency, start in starts_today()))
    lasts = run.on_day(Exchange.host_id, lambda day: Exchange.end >= day)
    rules = (Exchange.status == Status.SCHEDULED, Exchange.turn == Turn.UNIT, lasts, begun)
    for row in run.find_in_turn(EVE, *rules):
        to = [*expert(row), *turn_receivers(row, run.recipients)]
        run.say(row, EVE, f"{EVE}:{row.version}", to, page="/visit", first=str(row.start))


def details_of_eve(exchange_id: int, person_id: int) -> Sequence[tuple[str, str]]:
    """What the mail says besides: what its receiver may see when it is sent."""
    exchange = session.scalars(WITH_PEOPLE.where(Exchange.id == exchange_id)).one_or_none()
    person = session.get(Person, person_id)
    if exchange is None or person is None:
        return ()
    found = meeting(exchange, actor_of(person))
    return found.facts if found else ()


def announce_ends_of_stays(run: ReminderRun) -> None:
    """Before a long stay ends, everyone involved is told three times."""
    for days, nearer in zip(STAY_ENDS, (*STAY_ENDS[1:], -1), strict=True):
        ends = run.on_day(Exchange.host_id, partial(_ends_between, nearer + 1, days))
        rules = (Exchange.kind == Kind.LONG, Exchange.status == Status.UNDER_WAY, ends)
        for row in run.find("stay_ends", f"stay:{days}", *rules):
            run.say(row, "stay_ends", f"stay:{days}", everyone(row, run.recipients), page="/visit", end=str(row.end))


def _ends_between(first: int, last: int, today: date) -> ColumnElement[bool]:
    """The last day of the visit is so many days ahead."""
    return Exchange.end.between(today + timedelta(days=first), today + timedelta(days=last))
