"""The day of each reminder: nothing is sent the day before, one message on the day itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from sqlalchemy import delete, select, update

from portal import calendars
from portal.accounts.models import Person
from portal.applications.models import Window
from portal.db import session
from portal.desk.reminders import remind
from portal.exchanges.models import Exchange, Kind
from portal.messages.models import Message
from portal.reports.models import ProgressReport
from portal.storage import Storage
from portal.subjects import service
from portal.workflows.exchange_terms import Action, Status, Turn
from tests.factories import World, actor
from tests.pages import Browser
from tests.scenarios import make_exchange

As = Callable[[Person], Browser]
TODAY = date(2027, 6, 16)  # a Wednesday; in Azerbaijan the day before is a holiday
SECOND = timedelta(seconds=1)


def days(count: int) -> timedelta:
    return timedelta(days=count)


def set_row(exchange: Exchange, **values: Any) -> None:
    session.execute(update(Exchange).where(Exchange.id == exchange.id).values(**values))
    session.execute(delete(Message))
    session.commit()


def told(kind: str, on: date = TODAY) -> set[int | None]:
    """Who is told of this kind by the rounds of a day, at noon."""
    with time_machine.travel(datetime.combine(on, time(9), UTC), tick=True):
        remind()
        session.commit()
    return set(session.scalars(select(Message.person_id).where(Message.kind == kind)))


@pytest.mark.parametrize(("left", "heard"), [(-1, False), (0, True), (1, True), (6, True), (7, True), (8, False)])
def test_an_expert_is_reminded_from_a_week_before_to_the_day_itself(
    world: World, storage: Storage, left: int, heard: bool
) -> None:
    exchange = make_exchange(world, storage, "depart")
    set_row(exchange, due_on=TODAY + days(left), turn_since=datetime(2027, 6, 1, tzinfo=UTC))
    assert told("reminder") == ({world.expert.id} if heard else set())


@pytest.mark.parametrize(("left", "heard"), [(1, False), (0, False), (-1, True)])
def test_whoever_is_late_is_told_on_the_day_after(world: World, storage: Storage, left: int, heard: bool) -> None:
    exchange = make_exchange(world, storage, "submit")
    set_row(exchange, due_on=TODAY + days(left), turn_since=datetime(2027, 6, 15, tzinfo=UTC))
    assert told("overdue") == ({world.manager.id} if heard else set())


@pytest.mark.parametrize(
    ("step", "zone", "shift", "heard"),
    [
        ("submit", "Europe/Istanbul", SECOND, False),
        ("submit", "Europe/Istanbul", timedelta(), False),
        ("submit", "Europe/Istanbul", -SECOND, True),
        ("endorse", "Asia/Baku", timedelta(), False),
        ("endorse", "Asia/Baku", -SECOND, True),
    ],
)
def test_deputies_are_told_after_ten_whole_working_days_of_their_agency(
    world: World, storage: Storage, step: str, zone: str, shift: timedelta, heard: bool
) -> None:
    """From the midnight at the agency with which the tenth working day before TODAY begins: 2 June, in Baku 1 June."""
    exchange = make_exchange(world, storage, step)
    country = {zone: country for country, zone in calendars.ZONES.items()}[zone]
    day = calendars.subtract_working_days(TODAY, 10, country, {})
    set_row(exchange, turn_since=datetime.combine(day, time(), ZoneInfo(zone)) + shift, due_on=None)
    desk = {"submit": (world.manager, world.deputy), "endorse": (world.host_manager, world.host_deputy)}[step]
    assert told("escalated") == ({who.id for who in desk} if heard else set())
    session.expire_all()
    assert session.get_one(Exchange, exchange.id).escalated is heard


def test_the_next_turn_is_not_escalated_any_more(world: World, storage: Storage) -> None:
    """Deputies decide what was escalated to them, and nothing that comes after it."""
    exchange = make_exchange(world, storage, "submit")
    set_row(exchange, turn_since=datetime(2027, 5, 1, tzinfo=UTC))
    told("escalated")
    session.expire_all()
    found = session.get_one(Exchange, exchange.id)
    assert found.escalated
    service.advance(found, Action.HOME_ENDORSE, by=actor(world.deputy), version=found.version)
    assert not found.escalated and found.escalated_at is None
    with pytest.raises(PermissionError):
        service.advance(found, Action.HOST_ACCEPT, by=actor(world.host_deputy), version=found.version)


@pytest.mark.parametrize(("left", "heard"), [(46, False), (45, True), (44, True)])
def test_a_plan_is_asked_for_forty_five_days_before_the_first_wished_day(
    world: World, storage: Storage, left: int, heard: bool
) -> None:
    exchange = make_exchange(world, storage, "confirm")
    first = TODAY + days(left)
    session.execute(update(Window).where(Window.rank == 1).values(first=first, last=first + days(4)))
    set_row(exchange, due_on=None, turn_since=datetime(2027, 6, 15, tzinfo=UTC))
    assert (world.host_manager.id in told("plan_due")) is heard


def long_stay(world: World, storage: Storage, start: date, end: date) -> Exchange:
    exchange = make_exchange(world, storage, "arrive")
    values = {"kind": Kind.LONG, "start": start, "end": end, "status": Status.UNDER_WAY, "turn": Turn.UNIT}
    set_row(exchange, **values, due_on=end, turn_since=datetime(2027, 6, 15, tzinfo=UTC))
    return exchange


def test_before_a_stay_ends_everyone_is_told_after_each_limit_once(world: World, storage: Storage) -> None:
    """Ninety, sixty and fifteen days before; on each of these days, not before it, and once."""
    end = TODAY + days(91)
    long_stay(world, storage, TODAY - days(10), end)
    heard = []
    for left in (91, 90, 89, 61, 60, 59, 16, 15, 14, 0):
        told("stay_ends", end - days(left))
        whom = select(Message.person_id).where(Message.kind == "stay_ends", Message.person_id == world.expert.id)
        heard.append(len(session.scalars(whom).all()))
    assert heard == [0, 1, 1, 1, 2, 2, 2, 3, 3, 3]


def test_whoever_is_told_late_is_told_of_the_nearest_end_only(world: World, storage: Storage) -> None:
    long_stay(world, storage, TODAY - days(10), TODAY + days(60))
    told("stay_ends")
    keys = session.scalars(select(Message.idempotency_key).where(Message.person_id == world.expert.id)).all()
    assert [key.split(":")[:2] for key in keys] == [["stay", "60"]]


@pytest.mark.parametrize(("start", "heard"), [(date(2027, 3, 17), False), (date(2027, 3, 16), True)])
def test_a_progress_report_is_asked_for_when_three_months_are_over(
    world: World, storage: Storage, start: date, heard: bool
) -> None:
    long_stay(world, storage, start, start + days(300))
    assert told("progress_due") == ({world.expert.id} if heard else set())


@pytest.mark.parametrize(("last", "heard"), [(date(2027, 3, 16), True), (date(2027, 3, 17), False)])
def test_a_report_on_days_within_the_last_three_months_is_enough(
    world: World, storage: Storage, last: date, heard: bool
) -> None:
    start = date(2026, 12, 16)
    stay = long_stay(world, storage, start, start + days(300))
    written: dict[str, Any] = {"text": "Done.", "submitted_at": calendars.now(), "idempotency_key": "a quarter"}
    session.add(ProgressReport(exchange_id=stay.id, first=start, last=last, **written))
    session.commit()
    assert told("progress_due") == ({world.expert.id} if heard else set())


@pytest.mark.parametrize(("ago", "heard"), [(6, False), (7, False), (8, True)])
def test_evaluations_are_asked_for_when_a_week_is_over(world: World, storage: Storage, ago: int, heard: bool) -> None:
    exchange = make_exchange(world, storage, "depart")
    set_row(exchange, end=TODAY - days(ago), due_on=None)
    assert told("evaluate") == ({world.expert.id, world.coordinator.id} if heard else set())


@pytest.mark.parametrize(("shift", "heard"), [(SECOND, False), (timedelta(), False), (-SECOND, True)])
def test_the_follow_up_is_asked_for_when_six_months_are_over(
    world: World, storage: Storage, shift: timedelta, heard: bool
) -> None:
    exchange = make_exchange(world, storage, "accept_home")
    set_row(exchange, turn_since=datetime(2026, 12, 16, tzinfo=UTC) + shift)
    assert (world.manager.id in told("follow_up")) is heard
