"""Which days and seats are taken. `but_subject` leaves out one subject's own days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import NotNullable, func, or_, select

from portal.accounts.models import Agency
from portal.bookings.models import BookedDay
from portal.db import session
from portal.units.models import HostUnit


def booked(unit_ids: Sequence[int], first: date, last: date) -> dict[int, dict[date, int]]:
    """How many seats are taken, by unit and day."""
    statement = (
        select(BookedDay.unit_id, BookedDay.day, func.count())
        .where(BookedDay.unit_id.in_(unit_ids), BookedDay.day.between(first, last), BookedDay.seat.is_not(None))
        .group_by(BookedDay.unit_id, BookedDay.day)
    )
    found: dict[int, dict[date, int]] = defaultdict(dict)
    for unit_id, on, count in session.execute(statement):
        found[unit_id][on] = count
    return found


def stayed(person_id: int, country: str, first: date, last: date, but_subject: int) -> list[date]:
    """The days that a person spends in a country within these days, for other subjects than this one."""
    statement = (
        select(BookedDay.day)
        .join(HostUnit, HostUnit.id == BookedDay.unit_id)
        .join(Agency, Agency.id == HostUnit.agency_id)
        .where(BookedDay.person_id == person_id, BookedDay.day.between(first, last))
        .where(BookedDay.subject_id != but_subject, Agency.country == country)
    )
    return list(session.scalars(statement))


@dataclass(frozen=True)
class Taken:
    """What is booked for other subjects: days on which the person is elsewhere, and the unit's seats by day."""

    elsewhere: Collection[date]
    seats: Mapping[date, Collection[int]]


def taken(person_id: int, unit_id: int, first: date, last: date, but_subject: int) -> Taken:
    """Both kinds of bookings, read in one statement."""
    rule = or_(BookedDay.person_id == person_id, BookedDay.unit_id == unit_id)
    columns = (BookedDay.day, BookedDay.seat, BookedDay.unit_id, BookedDay.person_id)
    statement = select(*columns).where(rule, BookedDay.day.between(first, last), BookedDay.subject_id != but_subject)
    elsewhere: set[date] = set()
    seats: dict[date, set[int]] = {}
    for day, seat, unit, person in session.execute(statement):
        if person == person_id:
            elsewhere.add(day)
        if unit == unit_id and seat is not None:
            seats.setdefault(day, set()).add(seat)
    return Taken(elsewhere, seats)


def seats_taken(unit_id: int, first: date, last: date) -> dict[date, set[int]]:
    """The seats of a unit that are taken, by day."""
    statement = select(BookedDay.day, NotNullable(BookedDay.seat)).where(
        BookedDay.unit_id == unit_id, BookedDay.day.between(first, last), BookedDay.seat.is_not(None)
    )
    found: dict[date, set[int]] = {}
    for day, seat in session.execute(statement):
        found.setdefault(day, set()).add(seat)
    return found
