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
        (world.manager, "2 Feb", "2 Feb 2027, 23:30"),
        (world.host_manager, "3 Feb", "00:30 Bakı"),
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
