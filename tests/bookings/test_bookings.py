"""Days of any subject: a person is in one place at a time, and a unit never holds more than it can."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from portal.accounts.models import Person
from portal.bookings import queries, service
from portal.bookings.models import BookedDay, DayKind
from portal.bookings.service import Booking, choose_seats
from portal.db import session
from portal.findings import RuleViolation
from portal.subjects.service import new_subject
from portal.units.models import HostUnit
from portal.workflows.exchange import EXCHANGE
from tests.concurrency import together
from tests.factories import World

MONDAY = date(2027, 4, 5)
WEEK = [MONDAY + timedelta(days=n) for n in range(5)]
WORK = dict.fromkeys(WEEK, DayKind.WORK)


def subject() -> int:
    """The id of a subject that has nothing but its number: bookings ask for no more."""
    return new_subject(EXCHANGE, "TX", 2026).id


def book(person: Person, unit: HostUnit, days: dict[date, DayKind] | None = None, of: int | None = None) -> int:
    number = of or subject()
    service.book(Booking(number, person.id, unit.id), WORK if days is None else days, unit.capacity)
    return number


def days_of(subject_id: int) -> list[tuple[date, int | None]]:
    statement = select(BookedDay.day, BookedDay.seat).where(BookedDay.subject_id == subject_id)
    return [(day, seat) for day, seat in session.execute(statement.order_by(BookedDay.day))]


def test_booking_takes_a_seat_for_each_day_but_none_for_travelling(world: World) -> None:
    travel = {MONDAY - timedelta(days=1): DayKind.TRAVEL}
    number = book(world.expert, world.units[0], WORK | travel)
    assert days_of(number) == [(MONDAY - timedelta(days=1), None), *((day, 1) for day in WEEK)]


def test_booking_again_replaces_the_days_of_the_same_subject_only(world: World) -> None:
    world.units[0].capacity = 2
    other = book(world.admin, world.units[0])
    number = book(world.expert, world.units[0])
    book(world.expert, world.units[0], {MONDAY: DayKind.WORK}, of=number)
    assert days_of(number) == [(MONDAY, 2)]
    assert len(days_of(other)) == 5


def test_a_full_unit_refuses_and_names_the_first_full_day(world: World) -> None:
    book(world.admin, world.units[0], {WEEK[2]: DayKind.WORK})
    with pytest.raises(RuleViolation, match="unit_full") as refused:
        book(world.expert, world.units[0])
    assert refused.value.facts["first"] == WEEK[2]


@pytest.mark.parametrize("kind", [DayKind.WORK, DayKind.TRAVEL])
def test_a_person_booked_for_one_subject_cannot_be_elsewhere_for_another(world: World, kind: DayKind) -> None:
    book(world.expert, world.units[0], {MONDAY: kind})
    with pytest.raises(RuleViolation, match="elsewhere"):
        book(world.expert, world.units[1])


@pytest.mark.parametrize("clash", ["person", "seat", "no seat"])
def test_the_database_itself_refuses_double_booking(world: World, clash: str) -> None:
    """With every service passed by: the keys have the last word on both engines; only travelling takes no seat."""
    number, unit = book(world.expert, world.units[0]), world.units[0].id
    row: dict[str, Any] = {"subject_id": number, "unit_id": unit, "person_id": world.admin.id, "seat": 1, "day": MONDAY}
    changes: dict[str, dict[str, Any]] = {
        "person": {"person_id": world.expert.id, "seat": 9},
        "no seat": {"seat": None},
    }
    row |= changes.get(clash, {})
    with pytest.raises(IntegrityError):
        session.execute(insert(BookedDay).values(kind=DayKind.WORK, **row))
    session.rollback()


def test_days_after_a_day_are_given_back(world: World) -> None:
    number = book(world.expert, world.units[0])
    service.release(number, WEEK[1])
    assert [day for day, _seat in days_of(number)] == WEEK[:2]
    assert queries.booked([world.units[0].id], WEEK[2], WEEK[4]) == {}


def test_only_one_of_many_at_once_gets_the_last_seat(app: Flask, world: World) -> None:
    people = [world.expert.id, world.admin.id, world.host_manager.id, world.manager.id]
    unit, numbers = world.units[0].id, [subject() for _person in people]
    session.commit()
    pairs = list(zip(numbers, people, strict=True))

    def take() -> object:
        number, person = pairs.pop()
        service.hold(unit_id=unit, person_id=person)
        service.book(Booking(number, person, unit), WORK, 1)
        return "booked"

    results = together(app, take, 4)
    assert (results.count("booked"), results.count(RuleViolation)) == (1, 3)


def test_days_in_a_country_are_counted_over_all_subjects_but_one(world: World) -> None:
    here = book(world.expert, world.units[0], dict.fromkeys(WEEK[:2], DayKind.WORK))
    there = book(world.expert, world.units[2], {WEEK[3]: DayKind.TRAVEL})
    abroad = world.kobia.country
    assert queries.stayed(world.expert.id, abroad, WEEK[0], WEEK[4], there) == WEEK[:2]
    assert queries.stayed(world.expert.id, abroad, WEEK[0], WEEK[4], here) == []


def test_the_same_seat_is_kept_throughout_where_it_is_free() -> None:
    assert choose_seats(WEEK, {WEEK[4]: {1}}, 2) == dict.fromkeys(WEEK, 2)


def test_seats_change_from_day_to_day_where_none_is_free_throughout() -> None:
    chosen = choose_seats(WEEK[:2], {WEEK[0]: {1}, WEEK[1]: {2}}, 2)
    assert chosen == {WEEK[0]: 2, WEEK[1]: 1}
