"""The eve of a visit: from when recording the arrival is somebody's turn, by the host country's working days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine

from portal import calendars
from portal.calendars import Said, subtract_working_days
from portal.db import session
from portal.desk import exchange_tasks, queries
from portal.exchanges.eve import begins_on, is_later, last_start
from portal.exchanges.header import is_turn_of
from portal.storage import Storage
from tests.factories import World, actor
from tests.scenarios import make_exchange

MONDAY = date(2027, 4, 5)  # no holiday of either country in this week or the one before
DECREE = {("AZ", date(2027, 4, 1)): Said(True, "Decree")}


@pytest.mark.parametrize(
    ("start", "exceptions", "expected"),
    [
        (MONDAY, {}, date(2027, 3, 31)),  # Friday, Thursday, Wednesday
        (MONDAY, DECREE, date(2027, 3, 30)),  # Thursday is closed
        (MONDAY + timedelta(days=3), {}, MONDAY),
        (MONDAY + timedelta(days=5), {}, date(2027, 4, 7)),  # a Saturday
    ],
)
def test_the_eve_begins_three_working_days_before(
    start: date, exceptions: dict[tuple[str, date], Said], expected: date
) -> None:
    assert begins_on(start, "AZ", exceptions) == expected == subtract_working_days(start, 3, "AZ", exceptions)


@pytest.mark.parametrize("country", ["TR", "AZ"])
def test_lists_and_pages_agree_on_every_day_of_a_year(country: str) -> None:
    """The list asks which visits may begin at the latest, the page from when a visit counts."""
    for day in (date(2027, 1, 1) + timedelta(days=n) for n in range(365)):
        limit = last_start(day, country, DECREE)
        for start in (day + timedelta(days=n) for n in range(20)):
            assert (start <= limit) == (begins_on(start, country, DECREE) <= day), (day, start)


@pytest.mark.parametrize(
    ("at", "now"),
    [
        ("2027-03-30T19:59:00Z", False),  # Tuesday 23:59 in Baku
        ("2027-03-30T20:00:00Z", True),  # Wednesday 00:00 there, still Tuesday in Ankara
        ("2027-04-05T08:00:00Z", True),
    ],
)
def test_the_arrival_waits_for_nobody_until_then(world: World, storage: Storage, at: str, now: bool) -> None:
    exchange = make_exchange(world, storage, "home_approve_plan", start=MONDAY)
    by = actor(world.coordinator)
    with time_machine.travel(at, tick=False):
        assert is_turn_of(by, exchange) is now is not is_later(exchange)
        assert [task.reference for task in queries.tasks(by)] == ([exchange.reference] if now else [])
        assert queries.task_counts(by)[0] == int(now)
        assert [task.from_on for task in queries.later(by)] == ([] if now else [date(2027, 3, 31)])
        assert any(session.scalars(ids).all() for ids in exchange_tasks.waiting(by)) is now


def test_a_closed_day_that_is_declared_afterwards_counts(world: World, storage: Storage) -> None:
    exchange = make_exchange(world, storage, "home_approve_plan", start=MONDAY)
    by = actor(world.coordinator)
    with time_machine.travel("2027-03-30T08:00:00Z", tick=False):
        assert queries.later(by) and not queries.tasks(by)
        ((key, said),) = DECREE.items()
        calendars.except_day(*key, closed=said.closed, note=said.note)
        session.commit()
        assert queries.tasks(by) and not queries.later(by) and queries.task_counts(by)[0] == 1
    assert exchange.start == MONDAY
