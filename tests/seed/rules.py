"""Checks of the invariants that the services keep for every exchange, read from the rows."""

from __future__ import annotations

from itertools import pairwise

from sqlalchemy import func, select

from portal import calendars
from portal.bookings.models import BookedDay
from portal.db import session
from portal.exchanges.models import Exchange
from portal.subjects.models import Event
from portal.subjects.service import chain
from portal.units.models import HostUnit
from portal.workflow import State
from portal.workflows.exchange import EXCHANGE
from portal.workflows.exchange_terms import Action


def check_rules() -> None:
    """Events are numbered, in order of time and chained by hashes; the state is one of the workflow's."""
    for exchange in session.scalars(select(Exchange)):
        events = list(session.scalars(select(Event).where(Event.subject_id == exchange.id).order_by(Event.number)))
        assert [event.number for event in events] == list(range(1, len(events) + 1)), exchange.reference
        assert all(a.at <= b.at for a, b in pairwise(events)), exchange.reference
        assert events[-1].at <= calendars.now(), exchange.reference
        before = ""
        for event in events:
            before = chain(before, event)
            assert event.hash == before, (exchange.reference, event.number)
        assert State(exchange.status, exchange.turn) in EXCHANGE.states
        check_taken(events)


def check_taken(events: list[Event]) -> None:
    """Each step leads from one status to the next by an arrow of the workflow."""
    steps = [event for event in events if event.what in set(Action)]
    for before, after in pairwise([events[0], *steps]):
        ways = [t for a, s, t in EXCHANGE.arrows() if a == after.what and s.status == before.status]
        assert after.status in {target.status for target in ways}, (before.what, after.what)


def check_seats() -> None:
    """No unit has more experts on a day than its capacity."""
    seats = select(BookedDay.unit_id, BookedDay.day, func.count(BookedDay.seat), func.max(BookedDay.seat))
    capacity = dict(session.execute(select(HostUnit.id, HostUnit.capacity)).all())
    for unit, day, count, highest in session.execute(seats.group_by(BookedDay.unit_id, BookedDay.day)):
        assert count <= capacity[unit] and (highest or 0) <= capacity[unit], (unit, day)
