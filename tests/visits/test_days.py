"""Days: an expert is in one place at a time, a unit never hosts more than it can, whoever asks and however fast."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta

import pytest
from flask import Flask
from icalendar import Calendar
from sqlalchemy import func, select

from portal import calendars
from portal.accounts.models import Person
from portal.bookings.models import BookedDay
from portal.calls.models import Call
from portal.db import session
from portal.exchanges import queries
from portal.exchanges.models import Exchange
from portal.findings import Level, RuleViolation, info
from portal.policy import Role
from portal.storage import Storage
from portal.units.models import BlockedPeriod
from portal.visits import attendance, service
from portal.visits.plan_forms import limits
from portal.visits.service import AgendaAnswer, Proposal
from portal.workflows.exchange_terms import Status, Turn
from tests.concurrency import together
from tests.factories import World, actor, person
from tests.pages import Browser
from tests.scenarios import make_exchange, old_call

As = Callable[[Person], Browser]
MONDAY = date(2027, 4, 5)  # no holiday of either country in this week or the next
FRIDAY = MONDAY + timedelta(days=4)


def proposal(start: date = MONDAY, end: date = FRIDAY, **more: date) -> Proposal:
    return Proposal(start, end, more.get("out"), more.get("back"), "", [], [])


def schedule(exchange: Exchange, call: Call, world: World, made: Proposal | None = None) -> None:
    by = actor(world.host_manager)
    service.schedule(exchange, made or proposal(), limits(call), version=exchange.version, by=by)


def confirmed(world: World, storage: Storage, count: int, capacity: int) -> tuple[Call, list[Exchange]]:
    """Exchanges that one unit has said yes to, each by another expert."""
    world.units[0].capacity = capacity
    call = old_call(world)
    told = []
    for number in range(count):
        expert = person(f"expert{number}@kosgeb.example", f"Uzman {number}", world.kosgeb, Role.EXPERT)
        told.append(make_exchange(world, storage, "confirm", call=call, expert=expert, number=number))
    return call, told


def test_a_full_unit_takes_nobody_more(world: World, storage: Storage) -> None:
    call, (first, second, third) = confirmed(world, storage, 3, capacity=2)
    schedule(first, call, world)
    schedule(second, call, world)
    with pytest.raises(RuleViolation, match="unit_full"):
        schedule(third, call, world)


def test_a_full_unit_stays_full_however_many_schedule_at_once(app: Flask, world: World, storage: Storage) -> None:
    call, exchanges = confirmed(world, storage, 10, capacity=2)
    numbers, bounds, by = [e.id for e in exchanges], limits(call), actor(world.host_manager)
    versions = {e.id: e.version for e in exchanges}

    def take() -> object:
        number = numbers.pop()
        service.schedule(queries.locked(number), proposal(), bounds, version=versions[number], by=by)
        return "scheduled"

    results = together(app, take, 10)
    assert (results.count("scheduled"), results.count(RuleViolation)) == (2, 8)
    busiest = select(func.count()).select_from(BookedDay).group_by(BookedDay.day).order_by(func.count().desc()).limit(1)
    assert session.scalar(busiest) == 2


def test_an_expert_is_in_one_place_at_a_time(world: World, storage: Storage) -> None:
    call, other = old_call(world), old_call(world, idempotency_key="another old call")
    first = make_exchange(world, storage, "confirm", call=call)
    second = make_exchange(world, storage, "confirm", call=other, unit=world.units[1], number=1)
    schedule(first, call, world, proposal(out=MONDAY - timedelta(days=1)))
    later = MONDAY - timedelta(days=7)
    with pytest.raises(RuleViolation, match="elsewhere"):  # travels back on the day of the other journey's beginning
        schedule(second, other, world, proposal(later, later + timedelta(days=4), back=MONDAY - timedelta(days=1)))


def test_a_blocked_unit_refuses_and_keeps_what_was_typed(world: World, storage: Storage, as_person: As) -> None:
    world.units[0].blocked = [BlockedPeriod(first=MONDAY, last=MONDAY, why="Moving house")]
    exchange = make_exchange(world, storage, "confirm")
    address = f"/exchanges/{exchange.reference}/schedule"
    browser = as_person(world.host_manager)
    browser.open(address)
    fields = {"start": MONDAY.isoformat(), "end": FRIDAY.isoformat(), "travel_out": "", "travel_back": ""}
    browser.send(address, fields, having="version")
    assert browser.status == 422 and "takes nobody from 5 April 2027" in " ".join(browser.problems)
    assert browser.value("start") == MONDAY.isoformat()


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2027-04-09", "2027-04-05"),  # the end before the start
        ("2027-04-05", "2027-06-30"),  # longer than the call allows
        ("2031-04-07", "2031-04-11"),  # outside of the call's dates
        ("2027-02-30", "2027-03-05"),  # no such day
        ("", ""),
    ],
)
def test_wrong_dates_are_told_beside_the_field_and_kept(
    world: World, storage: Storage, as_person: As, start: str, end: str
) -> None:
    exchange = make_exchange(world, storage, "confirm")
    address = f"/exchanges/{exchange.reference}/schedule"
    browser = as_person(world.host_manager)
    browser.open(address)
    fields = {"start": start, "end": end, "travel_out": "", "travel_back": "", "note": "Bring a laptop."}
    browser.send(address, fields, having="version")
    assert browser.status == 422 and browser.problems
    assert browser.value("start") == start
    assert "Bring a laptop." in browser.text_of("[name=note]")


def test_a_declared_closing_counts_like_a_holiday(world: World, storage: Storage) -> None:
    calendars.except_day("AZ", MONDAY, closed=True, note="Decree")
    call, (exchange,) = confirmed(world, storage, 1, capacity=1)
    found = service.check(exchange, proposal(), limits(call), None)
    assert info("holidays", country="AZ", closed=[(MONDAY, calendars.Why("AZ", note="Decree"))]) in found
    schedule(exchange, call, world)
    kinds = select(BookedDay.kind).where(BookedDay.day == MONDAY)
    assert session.scalar(kinds) == "rest"


def test_an_item_on_a_holiday_is_warned_of(world: World, storage: Storage) -> None:
    calendars.except_day("AZ", MONDAY, closed=True, note="Decree")
    call, (exchange,) = confirmed(world, storage, 1, capacity=1)
    item = AgendaAnswer(MONDAY, time(9), time(12), "Opening", "Yevlax", "")
    made = Proposal(MONDAY, FRIDAY, None, None, "", [item], [])
    found = service.check(exchange, made, limits(call), None)
    assert [finding.code for finding in found if finding.level is Level.WARNING] == ["nothing_planned", "holiday"]


def test_rescheduling_asks_both_sides_again_and_moves_the_days(world: World, storage: Storage) -> None:
    call, (exchange,) = confirmed(world, storage, 1, capacity=1)
    schedule(exchange, call, world)
    week_later = proposal(MONDAY + timedelta(days=7), FRIDAY + timedelta(days=7))
    schedule(exchange, call, world, week_later)
    assert (exchange.status, exchange.turn) == (Status.SCHEDULED, Turn.EXPERT_AND_HOME)
    days = session.scalars(
        select(BookedDay.day).where(BookedDay.person_id == exchange.expert_id).order_by(BookedDay.day)
    )
    assert next(iter(days)) == MONDAY + timedelta(days=7)


def ics(browser: Browser, exchange: Exchange) -> Calendar:
    answer = browser.ask("GET", f"/exchanges/{exchange.reference}/visit.ics")
    assert answer.mimetype == "text/calendar"
    return Calendar.from_ical(answer.text)


def test_the_calendar_file_keeps_its_identity_and_its_zone(world: World, storage: Storage, as_person: As) -> None:
    call, (exchange,) = confirmed(world, storage, 1, capacity=1)
    item = AgendaAnswer(MONDAY, time(9, 30), time(12), "Açılış", "Yevlax", "")
    schedule(exchange, call, world, Proposal(MONDAY, FRIDAY, None, None, "", [item], []))
    session.commit()
    browser = as_person(world.host_manager)
    first = ics(browser, exchange).walk("VEVENT")
    assert first[0].decoded("DTSTART") == MONDAY, "all-day: a date, which never shifts"
    assert first[1].decoded("DTSTART").utcoffset() == timedelta(hours=4), "Baku is UTC+4 all year"
    schedule(exchange, call, world, Proposal(MONDAY, FRIDAY, None, None, "", [item], []))
    session.commit()
    second = ics(browser, exchange).walk("VEVENT")
    assert [event["UID"] for event in first] == [event["UID"] for event in second]
    assert first[0].decoded("SEQUENCE") < second[0].decoded("SEQUENCE")


def test_a_cancelled_visit_is_cancelled_in_calendars(world: World, storage: Storage, as_person: As) -> None:
    exchange = make_exchange(world, storage, "home_approve_plan", "host_cancel")
    calendar = ics(as_person(world.host_manager), exchange)
    assert calendar["METHOD"] == "CANCEL"
    assert {event["STATUS"] for event in calendar.walk("VEVENT")} == {"CANCELLED"}


@pytest.mark.parametrize(("offset", "right"), [(-4, False), (-3, True), (0, True), (1, False)])
def test_arrival_is_recorded_from_three_days_before_and_never_ahead(
    world: World, storage: Storage, offset: int, right: bool
) -> None:
    today = calendars.today("Asia/Baku")
    monday = today - timedelta(days=today.weekday())
    exchange = make_exchange(world, storage, "home_approve_plan", start=monday, number=0)
    assert exchange.start is not None
    day = exchange.start + timedelta(days=offset) if offset < 1 else today + timedelta(days=1)
    by = actor(world.coordinator)
    if right:
        attendance.arrive(exchange, day, version=exchange.version, by=by)
        assert exchange.status is Status.UNDER_WAY
    else:
        with pytest.raises(RuleViolation):
            attendance.arrive(exchange, day, version=exchange.version, by=by)
