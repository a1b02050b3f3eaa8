"""Arrival, attendance and departure: each day below, at and above its limit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from portal.accounts.models import Person
from portal.bookings.models import DayKind
from portal.calls.models import Call
from portal.db import session
from portal.exchanges.models import Exchange
from portal.findings import RuleViolation
from portal.storage import Storage
from portal.visits import attendance, service
from portal.visits.plan_forms import limits
from portal.visits.service import Proposal
from tests.factories import World, actor
from tests.pages import Browser
from tests.scenarios import make_exchange
from tests.visits.carrying_out import MONDAY, noon, presence, there, visit_of

As = Callable[[Person], Browser]
FRIDAY = MONDAY + timedelta(days=4)


@pytest.mark.parametrize(
    ("today", "on", "code"),
    [
        (-3, -4, "arrival_early"),
        (-3, -3, None),
        (-2, -2, None),
        (0, -1, None),
        (0, 0, None),
        (0, 1, "future"),
        (1, 1, None),
        (4, 4, None),
        (9, 4, None),
        (9, 5, "arrival_late"),
    ],
)
def test_an_arrival_lies_from_three_days_before_to_the_last_day(
    agreed: Exchange, world: World, today: int, on: int, code: str | None
) -> None:
    """Counted from the visit's first day; never after today."""
    day = MONDAY + timedelta(days=on)
    with noon(MONDAY + timedelta(days=today)):
        try:
            attendance.arrive(agreed, day, version=agreed.version, by=actor(world.coordinator))
        except RuleViolation as refusal:
            assert (refusal.code, refusal.field) == (code, "on")
        else:
            assert code is None and visit_of(agreed).arrived_on == day


@pytest.mark.parametrize(("on", "away"), [(-1, 0), (0, 0), (1, 1), (4, 4)])
def test_only_the_days_before_the_arrival_are_missed(agreed: Exchange, world: World, on: int, away: int) -> None:
    there(agreed, world, MONDAY + timedelta(days=on))
    assert presence(agreed) == [False] * away + [None] * (5 - away)


@pytest.mark.parametrize(
    ("arrived", "until", "count"), [(0, -1, 0), (0, 0, 1), (0, 4, 5), (0, 9, 5), (1, 1, 1), (2, 1, 0), (-1, 0, 1)]
)
def test_attendance_is_asked_for_from_the_arrival_to_today(
    agreed: Exchange, world: World, arrived: int, until: int, count: int
) -> None:
    there(agreed, world, MONDAY + timedelta(days=arrived))
    assert len(attendance.attendable(visit_of(agreed), MONDAY + timedelta(days=until))) == count


def test_before_the_arrival_no_attendance_is_asked_for(agreed: Exchange) -> None:
    assert attendance.attendable(visit_of(agreed), FRIDAY) == []


def test_weekends_within_the_visit_are_not_attended(world: World, storage: Storage) -> None:
    exchange = make_exchange(world, storage, "confirm", start=MONDAY)
    made = Proposal(MONDAY, MONDAY + timedelta(days=7), None, None, "", [], [])
    bounds = limits(session.get_one(Call, exchange.call_id))
    service.schedule(exchange, made, bounds, version=exchange.version, by=actor(world.host_manager))
    visit = visit_of(exchange)
    visit.arrived_on = MONDAY
    days = [day.day for day in attendance.attendable(visit, MONDAY + timedelta(days=7))]
    assert days == [MONDAY + timedelta(days=n) for n in (0, 1, 2, 3, 4, 7)]


@pytest.mark.parametrize(
    ("today", "on", "code"),
    [
        (4, 5, "future"),
        (4, 1, "depart_order"),
        (4, 2, None),
        (4, 3, None),
        (4, 4, None),
        (9, 4, None),
        (9, 5, "depart_late"),
    ],
)
def test_a_departure_lies_from_the_arrival_to_the_last_day(
    agreed: Exchange, world: World, today: int, on: int, code: str | None
) -> None:
    """The expert came on Wednesday; never after today."""
    there(agreed, world, MONDAY + timedelta(days=2))
    by, day = actor(world.coordinator), MONDAY + timedelta(days=on)
    with noon(MONDAY + timedelta(days=today)):
        attendance.record_days(agreed, [], visit_of(agreed).version, by=by)
        try:
            attendance.depart(agreed, day, version=agreed.version, by=by)
        except RuleViolation as refusal:
            assert (refusal.code, refusal.field) == (code, "on")
        else:
            assert code is None and visit_of(agreed).departed_on == day


@pytest.mark.parametrize(("recorded", "missing"), [(1, 1), (2, None)])
def test_every_day_up_to_the_departure_is_recorded_first(
    agreed: Exchange, world: World, recorded: int, missing: int | None
) -> None:
    """Two days were attended; a day after the departure is not asked for."""
    there(agreed, world)
    by = actor(world.coordinator)
    with noon(MONDAY + timedelta(days=recorded - 1)):
        attendance.record_days(agreed, [MONDAY], visit_of(agreed).version, by=by)
    with noon(MONDAY + timedelta(days=2)):
        try:
            attendance.depart(agreed, MONDAY + timedelta(days=1), version=agreed.version, by=by)
        except RuleViolation as refusal:
            assert refusal.facts == {"days": missing, "first": MONDAY + timedelta(days=1)}
        else:
            assert missing is None


@pytest.mark.parametrize(("on", "left", "travels_back"), [(3, 4, False), (4, 5, True)])
def test_only_an_early_departure_gives_days_back(
    agreed: Exchange, world: World, on: int, left: int, travels_back: bool
) -> None:
    there(agreed, world)
    by, day = actor(world.coordinator), MONDAY + timedelta(days=on)
    with noon(day):
        attendance.record_days(agreed, [], visit_of(agreed).version, by=by)
        attendance.depart(agreed, day, version=agreed.version, by=by)
    visit = visit_of(agreed)
    assert len([found for found in visit.days if found.kind is DayKind.WORK]) == left
    assert (visit.travel_back is not None) is travels_back
    assert any(found.day > FRIDAY for found in visit.days) is travels_back


def test_a_departure_before_the_first_day_leaves_a_visit_of_one_day(agreed: Exchange, world: World) -> None:
    sunday = MONDAY - timedelta(days=1)
    there(agreed, world, sunday)
    with noon(sunday):
        attendance.depart(agreed, sunday, version=agreed.version, by=actor(world.coordinator))
    assert (agreed.start, agreed.end) == (MONDAY, MONDAY)
