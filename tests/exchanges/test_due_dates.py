"""Moments become days at a place: near midnight the two agencies have different ones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from portal import calendars
from portal.accounts.models import Person
from portal.exchanges.due_dates import due_on
from portal.exchanges.models import Clocks, Exchange
from portal.storage import Storage
from portal.subjects import service
from portal.workflows.exchange_terms import Action, Status, Turn
from tests.factories import World, actor
from tests.pages import Browser
from tests.scenarios import make_exchange

# 20:30 UTC is 23:30 on Tuesday in Ankara and 00:30 on Wednesday in Baku
NEAR_MIDNIGHT = datetime(2027, 2, 2, 20, 30, tzinfo=UTC)
TUESDAY, WEDNESDAY = date(2027, 2, 2), date(2027, 2, 3)
CLOCKS = Clocks(decision=5, changes=10, plan_agreed=30, report=30)


def test_the_progress_line_and_the_history_show_days_in_the_readers_zone(
    world: World, storage: Storage, as_person: Callable[[Person], Browser]
) -> None:
    exchange = make_exchange(world, storage, "submit")
    with calendars.at(NEAR_MIDNIGHT):
        service.advance(exchange, Action.HOME_ENDORSE, by=actor(world.manager), version=exchange.version)
    address = f"/exchanges/{exchange.reference}/history"
    for reader, day, hour in (
        (world.manager, "2 Feb 2027", "23:30"),
        (world.host_manager, "3 Feb 2027", "00:30 Bakı"),
    ):
        page = as_person(reader).open(address)
        endorsement, last = page.select(".arch-steps .note")[1], page.select(".timeline small")[-1]
        assert endorsement.text == day
        assert last.get_text(strip=True).startswith(day) and hour in last.text


@pytest.fixture
def due(world: World) -> Callable[..., date | None]:
    """The due day of a turn that begins near midnight; from KOSGEB to KOBİA."""

    def ask(status: Status, turn: Turn, **more: date) -> date | None:
        exchange = Exchange(status=status, turn=turn, home=world.kosgeb, host=world.kobia, **more)
        return due_on(exchange, NEAR_MIDNIGHT, CLOCKS)

    return ask


def test_a_decision_is_due_after_working_days_of_the_deciding_agency(due: Callable[..., date | None]) -> None:
    assert due(Status.SUBMITTED, Turn.HOME) == date(2027, 2, 9)
    assert due(Status.ENDORSED, Turn.HOST) == date(2027, 2, 10), "its Wednesday has begun"
    assert due(Status.RETURNED, Turn.EXPERT) == date(2027, 2, 16)


def test_a_plan_is_agreed_before_the_start_but_never_sooner_than_decided(due: Callable[..., date | None]) -> None:
    far, near = date(2027, 6, 1), date(2027, 2, 10)
    assert due(Status.SCHEDULED, Turn.EXPERT_AND_HOME, start=far) == date(2027, 5, 2)
    assert due(Status.SCHEDULED, Turn.EXPERT_AND_HOME, start=near) == date(2027, 2, 9)
    assert due(Status.SCHEDULED, Turn.UNIT, start=far) == far


def test_a_report_is_due_after_the_end_and_never_in_the_past(due: Callable[..., date | None]) -> None:
    assert due(Status.UNDER_WAY, Turn.UNIT, start=TUESDAY, end=WEDNESDAY) == WEDNESDAY
    assert due(Status.COMPLETED, Turn.EXPERT, end=TUESDAY) == date(2027, 3, 4)
    assert due(Status.COMPLETED, Turn.EXPERT, end=date(2026, 12, 1)) == TUESDAY, "sent back long after the visit"


@pytest.mark.parametrize("status", [Status.CLOSED, Status.REJECTED, Status.WITHDRAWN, Status.CANCELLED])
def test_nobodys_turn_is_never_due(due: Callable[..., date | None], status: Status) -> None:
    assert due(status, Turn.NOBODY) is None


@pytest.mark.parametrize(
    ("status", "turn", "day"),
    [
        (Status.SUBMITTED, Turn.HOME, date(2027, 2, 9)),
        (Status.RETURNED, Turn.EXPERT, date(2027, 2, 16)),
        (Status.ENDORSED, Turn.HOST, date(2027, 2, 10)),
        (Status.WAITLISTED, Turn.HOST, date(2027, 2, 10)),
        (Status.ACCEPTED, Turn.HOST, date(2027, 2, 10)),
        (Status.PLACED, Turn.UNIT, date(2027, 2, 10)),
        (Status.PLACED, Turn.HOST, date(2027, 2, 10)),
        (Status.SCHEDULED, Turn.EXPERT, date(2027, 2, 9)),
        (Status.SCHEDULED, Turn.HOME, date(2027, 2, 9)),
        (Status.REPORTED, Turn.HOST, date(2027, 2, 10)),
        (Status.REPORTED, Turn.HOME, date(2027, 2, 9)),
    ],
)
def test_days_are_those_of_the_agency_whose_turn_it_is(
    due: Callable[..., date | None], status: Status, turn: Turn, day: date
) -> None:
    """The unit's too are the host agency's; the expert's the home agency's. A visit that is over changes nothing."""
    assert due(status, turn) == day
    if status is not Status.SCHEDULED:
        assert due(status, turn, start=date(2027, 6, 1), end=date(2027, 6, 5)) == day


@pytest.mark.parametrize(
    ("start", "day"),
    [
        (date(2027, 3, 10), date(2027, 2, 9)),  # thirty days before it are 8 February
        (date(2027, 3, 11), date(2027, 2, 9)),
        (date(2027, 3, 12), date(2027, 2, 10)),
    ],
)
def test_a_plan_is_due_thirty_days_before_where_that_is_later(
    due: Callable[..., date | None], start: date, day: date
) -> None:
    assert due(Status.SCHEDULED, Turn.HOME, start=start) == day


@pytest.mark.parametrize(
    ("end", "day"),
    [
        (date(2027, 1, 2), TUESDAY),  # thirty days after it are 1 February
        (date(2027, 1, 3), TUESDAY),
        (date(2027, 1, 4), WEDNESDAY),
    ],
)
def test_a_report_is_due_thirty_days_after_the_end_where_that_is_later(
    due: Callable[..., date | None], end: date, day: date
) -> None:
    assert due(Status.COMPLETED, Turn.EXPERT, end=end) == day


def test_a_holiday_of_the_acting_agency_is_skipped(world: World) -> None:
    """29 October is free in Türkiye only; an exception of Azerbaijan counts for its own agency."""
    calendars.except_day("AZ", date(2026, 10, 30), closed=True, note="Decree")
    at = datetime(2026, 10, 28, 9, tzinfo=UTC)
    made = {"home": world.kosgeb, "host": world.kobia}
    clocks = Clocks(decision=1, changes=2, plan_agreed=30, report=30)
    home = Exchange(status=Status.SUBMITTED, turn=Turn.HOME, **made)
    returned = Exchange(status=Status.RETURNED, turn=Turn.EXPERT, **made)
    host = Exchange(status=Status.ENDORSED, turn=Turn.HOST, **made)
    clocks_of_two = Clocks(decision=2, changes=2, plan_agreed=30, report=30)
    assert due_on(home, at, clocks) == date(2026, 10, 30)
    assert due_on(returned, at, clocks) == date(2026, 11, 2)
    assert due_on(host, at, clocks) == date(2026, 10, 29)
    assert due_on(host, at, clocks_of_two) == date(2026, 11, 2)
