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
from portal.policy import Role
from portal.storage import Storage
from portal.visits import attendance, queries, service
from portal.visits.plan_forms import limits
from portal.visits.service import Proposal
from tests.factories import World, actor, person
from tests.pages import Browser, text_of
from tests.scenarios import make_exchange
from tests.visits.carrying_out import MONDAY, noon, presence, there, visit_of

As = Callable[[Person], Browser]
FRIDAY = MONDAY + timedelta(days=4)


@pytest.mark.parametrize(
    ("today", "on", "code"),
    [
        (-3, -4, "arrival_before"),
        (-3, -3, None),
        (-2, -2, None),
        (0, -1, None),
        (0, 0, None),
        (0, 1, "future"),
        (1, 1, None),
        (4, 4, None),
        (9, 4, None),
        (9, 5, "arrival_after"),
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
        (9, 5, None),
    ],
)
def test_a_departure_lies_from_the_arrival_to_today(
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
    assert (agreed.start, agreed.end) == queries.actual_days(visit) == (MONDAY, day)


@pytest.mark.parametrize(("on", "kinds"), [(5, ["rest"]), (6, ["rest", "rest"]), (7, ["rest", "rest", "work"])])
def test_a_late_departure_books_the_further_days_as_attended(
    agreed: Exchange, world: World, on: int, kinds: list[str]
) -> None:
    """The day of travel that was planned on the first of them is gone."""
    there(agreed, world)
    by, day = actor(world.coordinator), MONDAY + timedelta(days=on)
    with noon(FRIDAY):
        attendance.record_days(agreed, [MONDAY], visit_of(agreed).version, by=by)
    with noon(day):
        attendance.depart(agreed, day, version=agreed.version, by=by)
    visit = visit_of(agreed)
    further = [found for found in visit.days if found.day > FRIDAY]
    assert [found.kind.value for found in further] == kinds and visit.travel_back is None
    assert [found.present for found in further if found.kind is DayKind.WORK] == [True] * kinds.count("work")
    assert (agreed.start, agreed.end) == queries.actual_days(visit) == (MONDAY, day)


def test_a_late_departure_is_refused_where_the_seat_is_taken(
    agreed: Exchange, world: World, storage: Storage, as_person: As
) -> None:
    there(agreed, world)
    guest = person("guest@kosgeb.example", "Oya Er", world.kosgeb, Role.EXPERT)
    call = session.get_one(Call, agreed.call_id)
    make_exchange(world, storage, "schedule", call=call, expert=guest, start=MONDAY + timedelta(days=7))
    with noon(FRIDAY):
        attendance.record_days(agreed, [MONDAY], visit_of(agreed).version, by=actor(world.coordinator))
    address = f"/exchanges/{agreed.reference}/depart"
    with noon(MONDAY + timedelta(days=7)):
        browser = as_person(world.coordinator)
        browser.open(address)
        assert browser.value("on") == FRIDAY.isoformat(), "filled with the agreed last day"
        browser.insist(address, {"on": (MONDAY + timedelta(days=7)).isoformat()}, having="version")
        assert browser.status == 422 and "full" in " ".join(browser.problems)
        browser.send(address, {"on": FRIDAY.isoformat()}, having="version")
        assert browser.status == 302


def test_an_early_departure_is_confirmed_and_everything_agrees_on_the_dates(
    agreed: Exchange, world: World, as_person: As
) -> None:
    """Head, drawing, dates and agenda as carried out; what was planned later is marked."""
    there(agreed, world)
    wednesday = MONDAY + timedelta(days=2)
    address = f"/exchanges/{agreed.reference}/depart"
    with noon(FRIDAY):
        attendance.record_days(agreed, [MONDAY], visit_of(agreed).version, by=actor(world.coordinator))
        browser = as_person(world.coordinator)
        browser.open(address)
        browser.send(address, {"on": wednesday.isoformat()}, having="version")
        assert browser.status == 422 and browser.warnings[0].startswith("This is 2 days early: the visit was agreed")
        browser.send(address, having="version")
        assert browser.status == 302
        page = browser.open(f"/exchanges/{agreed.reference}/visit")
    assert "5–7 April 2027" in text_of(page, ".exchange-head")
    assert "7 Apr" in " ".join(text_of(page, ".arch-steps .done:nth-child(6)").split())
    assert "5–9 April 2027" in browser.text, "what was agreed is still told"
    marked = [text_of(day, "h3").split("\n") for day in page.select(".agenda .not-held")]
    assert marked == [["Thu 8 Apr", "not carried out"], ["Fri 9 Apr", "not carried out"]]


def test_a_departure_before_the_first_day_leaves_a_visit_of_one_day(agreed: Exchange, world: World) -> None:
    sunday = MONDAY - timedelta(days=1)
    there(agreed, world, sunday)
    with noon(sunday):
        attendance.depart(agreed, sunday, version=agreed.version, by=actor(world.coordinator))
    assert (agreed.start, agreed.end) == (MONDAY, MONDAY)


@pytest.mark.parametrize(
    ("on", "expected"),
    [(-1, ["arrival_early", 1]), (0, []), (1, ["arrival_late", 1]), (2, ["arrival_late", 2])],
)
def test_another_day_of_arrival_than_agreed_is_told(agreed: Exchange, on: int, expected: list[object]) -> None:
    day = MONDAY + timedelta(days=on)
    found = attendance.arrival_findings(visit_of(agreed), day, today=day)
    assert [part for f in found for part in (f.code, f.facts.get("early") or f.facts["late"])] == expected


@pytest.mark.parametrize(
    ("on", "expected"),
    [(1, ["depart_early", 3]), (3, ["depart_early", 1]), (4, []), (5, ["depart_late", 1]), (6, ["depart_late", 2])],
)
def test_another_day_of_departure_than_agreed_is_told(
    agreed: Exchange, world: World, on: int, expected: list[object]
) -> None:
    there(agreed, world)
    with noon(FRIDAY):
        attendance.record_days(agreed, [], visit_of(agreed).version, by=actor(world.coordinator))
    found = attendance.departure_findings(visit_of(agreed), MONDAY + timedelta(days=on), today=MONDAY + timedelta(9))
    assert [part for f in found for part in (f.code, f.facts.get("early") or f.facts["late"])] == expected
