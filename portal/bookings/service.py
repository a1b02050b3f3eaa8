"""Books and releases days. The table's unique keys refuse double bookings, which become RuleViolations here."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import selectinload

from portal.bookings import queries
from portal.bookings.models import BookedDay, DayKind
from portal.db import advisory_lock, session
from portal.findings import RuleViolation
from portal.units.models import HostUnit


@dataclass(frozen=True)
class Booking:
    """For which subject who is booked where, by their ids."""

    subject_id: int
    person_id: int
    unit_id: int


def hold(*, unit_id: int, person_id: int | None = None) -> None:
    """Locks the bookings of this unit, and of this person, until the commit, so that what is read stays true. Reads the
    unit anew, as its capacity counts."""
    unit = select(HostUnit).where(HostUnit.id == unit_id).options(selectinload(HostUnit.blocked))
    locked = unit.with_for_update(of=HostUnit, key_share=True).execution_options(populate_existing=True)
    session.scalars(locked).one_or_none()
    if person_id is not None:
        advisory_lock(f"person:{person_id}")


def book(booking: Booking, days: Mapping[date, DayKind], capacity: int) -> None:
    """Books these days in place of those that the subject had; travel days take none of the unit's seats.

    Raises RuleViolation: "unit_full" with the first full day, "elsewhere" where the person is booked already.
    """
    rebook(booking, date.min, days, capacity)


def rebook(booking: Booking, after: date, days: Mapping[date, DayKind], capacity: int) -> None:
    """The same for the days after this one only: those before keep their seats and what was recorded of them.

    Raises RuleViolation: "unit_full", "elsewhere".
    """
    release(booking.subject_id, after)
    seated = sorted(day for day, kind in days.items() if kind is not DayKind.TRAVEL)
    taken = queries.seats_taken(booking.unit_id, seated[0], seated[-1]) if seated else {}
    seats = choose_seats(seated, taken, capacity)
    rows = [BookedDay(day=day, seat=seats.get(day), kind=days[day], **asdict(booking)) for day in sorted(days)]
    try:
        with session.begin_nested():
            session.add_all(rows)
            session.flush()
    except IntegrityError as error:
        code = "elsewhere" if "person_id" in str(error.orig) else "unit_full"
        raise RuleViolation(code, first=min(seated or days), days=len(seated)) from None


def choose_seats(days: Sequence[date], taken: Mapping[date, Collection[int]], capacity: int) -> dict[date, int]:
    """A seat for each day: the same one throughout where possible, else the lowest free of each day.

    Raises RuleViolation: "unit_full", where a day has none.
    """
    for seat in range(1, capacity + 1):
        if all(seat not in taken.get(day, ()) for day in days):
            return dict.fromkeys(days, seat)
    chosen = {}
    for day in days:
        free = next((seat for seat in range(1, capacity + 1) if seat not in taken.get(day, ())), None)
        if free is None:
            raise RuleViolation("unit_full", first=day, days=1)
        chosen[day] = free
    return chosen


def release(subject_id: int, after: date) -> None:
    """Releases a subject's days after this one, so that the seats and the person are free again."""
    session.flush()
    session.execute(delete(BookedDay).where(BookedDay.subject_id == subject_id, BookedDay.day > after))
