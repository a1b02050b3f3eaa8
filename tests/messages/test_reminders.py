"""Reminders, overdue notices and escalation: each once, on the day of its time limit (`Clocks`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, update

from portal import calendars
from portal.accounts.models import Person
from portal.db import session
from portal.desk.reminders import remind
from portal.exchanges.models import Clocks, Exchange, Kind
from portal.messages.models import Message
from portal.policy import Role
from portal.reports.models import ProgressReport
from portal.storage import Storage
from portal.workflows.exchange_terms import Status, Turn
from tests.concurrency import together
from tests.factories import World, person, stand_in
from tests.pages import Browser
from tests.query_counter import counting
from tests.scenarios import make_exchange, old_call

As = Callable[[Person], Browser]


def told(kind: str) -> list[int | None]:
    return list(session.scalars(select(Message.person_id).where(Message.kind == kind).order_by(Message.person_id)))


def later(days: float) -> Any:
    return time_machine.travel(calendars.now() + timedelta(days=days), tick=True)


def test_a_manager_is_reminded_after_the_due_day_and_once(world: World, storage: Storage) -> None:
    exchange = make_exchange(world, storage, "submit")
    assert exchange.due_on is not None
    gap = (exchange.due_on - calendars.today()).days
    with later(gap):
        remind()
        assert told("overdue") == []
    with later(gap + 1):
        remind()
        remind()
    assert told("overdue") == [world.manager.id]


def test_one_run_reminds_several_people(world: World, storage: Storage) -> None:
    call = old_call(world)
    for number in range(3):
        expert = person(f"e{number}@kosgeb.example", f"Uzman {number}", world.kosgeb, Role.EXPERT)
        make_exchange(world, storage, "submit", call=call, expert=expert, number=number)
    with later(40):
        remind()
    assert told("overdue") == [world.manager.id] * 3


def test_after_ten_working_days_the_deputy_may_decide(world: World, storage: Storage, as_person: As) -> None:
    exchange = make_exchange(world, storage, "submit")
    address = f"/exchanges/{exchange.reference}/endorse"
    as_person(world.deputy).open(address, 403)
    with time_machine.travel(exchange.turn_since + timedelta(days=9), tick=True):
        remind()
        assert told("escalated") == []
    with time_machine.travel(exchange.turn_since + timedelta(days=30), tick=True):
        remind()
        remind()
        assert world.deputy.id in told("escalated") and len(told("escalated")) == len(set(told("escalated")))
        as_person(world.deputy).open(address, 200)


def test_an_expert_is_reminded_a_week_before(world: World, storage: Storage) -> None:
    exchange = make_exchange(world, storage, "depart")
    assert exchange.due_on is not None
    gap = (exchange.due_on - calendars.today()).days
    with later(gap - 8):
        remind()
        assert told("reminder") == []
    with later(gap - 6):
        remind()
        remind()
    assert told("reminder") == [world.expert.id]


def long_stay(world: World, storage: Storage, start: date, end: date) -> Exchange:
    """A long stay under way; its kind and dates are set by hand, because the reminders read nothing else."""
    exchange = make_exchange(world, storage, "arrive")
    values = {"kind": Kind.LONG, "start": start, "end": end, "status": Status.UNDER_WAY, "turn": Turn.UNIT}
    session.execute(update(Exchange).where(Exchange.id == exchange.id).values(**values, due_on=end))
    session.commit()
    return exchange


@pytest.mark.parametrize(("left", "times"), [(91, 0), (90, 1), (61, 1), (60, 1), (15, 1), (0, 1)])
def test_before_a_long_stay_ends_everyone_is_told(world: World, storage: Storage, left: int, times: int) -> None:
    today = calendars.today(world.kobia.zone)
    long_stay(world, storage, today - timedelta(days=10), today + timedelta(days=left))
    remind()
    remind()
    assert told("stay_ends").count(world.expert.id) == times


def test_three_notices_over_a_whole_stay(world: World, storage: Storage) -> None:
    today = calendars.today()
    long_stay(world, storage, today - timedelta(days=10), today + timedelta(days=120))
    for day in range(0, 121, 5):
        with later(day):
            remind()
    assert told("stay_ends").count(world.expert.id) == 3


def test_every_quarter_a_progress_report_is_asked_for(world: World, storage: Storage) -> None:
    today = calendars.today()
    long_stay(world, storage, today, today + timedelta(days=300))
    with later(80):
        remind()
        assert told("progress_due") == []
    for day in (93, 94, 185):
        with later(day):
            remind()
    assert told("progress_due") == [world.expert.id] * 2


def test_a_week_after_the_end_evaluations_are_asked_for(world: World, storage: Storage) -> None:
    exchange = make_exchange(world, storage, "depart")
    assert exchange.end is not None
    with later((exchange.end - calendars.today()).days + 8):
        remind()
        remind()
    assert told("evaluate") == sorted([world.expert.id, world.coordinator.id])


def test_half_a_year_after_closing_both_agencies_are_asked(world: World, storage: Storage) -> None:
    make_exchange(world, storage, "accept_home")
    with later(100):
        remind()
        assert told("follow_up") == []
    with later(190):
        remind()
        remind()
    assert told("follow_up").count(world.manager.id) == told("follow_up").count(world.host_manager.id) == 1


def test_a_quarter_that_is_reported_on_is_not_asked_for(world: World, storage: Storage) -> None:
    today = calendars.today()
    stay = long_stay(world, storage, today, today + timedelta(days=300))
    written = {"text": "Done.", "submitted_at": calendars.now(), "idempotency_key": "the first quarter"}
    session.add(ProgressReport(exchange_id=stay.id, first=today, last=today + timedelta(days=88), **written))
    session.commit()
    with later(93):
        remind()
        assert told("progress_due") == []
    with later(185):
        remind()
    assert told("progress_due") == [world.expert.id]


def test_the_host_agency_is_asked_for_a_plan_before_the_wished_days(world: World, storage: Storage) -> None:
    today = calendars.today()
    exchange = make_exchange(world, storage, "confirm", start=today + timedelta(days=70))
    with later(20):
        remind()
        assert told("plan_due") == []
    with later(30):
        remind()
        remind()
    assert told("plan_due") == [world.host_manager.id, world.host_deputy.id], "by then it is overdue as well"
    message = session.scalars(select(Message).where(Message.kind == "plan_due").limit(1)).one()
    assert message.subject_id == exchange.id and message.path.endswith("/now")


def test_a_call_with_time_limits_of_its_own_follows_them(world: World, storage: Storage) -> None:
    usual, own = old_call(world), old_call(world, idempotency_key="a call with its own clocks")
    session.add_all([Clocks(), Clocks(call_id=own.id, evaluation=20, follow_up=2)])
    for number, call in enumerate((usual, own)):
        expert = person(f"e{number}@kosgeb.example", f"Uzman {number}", world.kosgeb, Role.EXPERT)
        make_exchange(world, storage, "depart", call=call, expert=expert, number=number)
    ends = session.scalars(select(Exchange.end).order_by(Exchange.id)).all()
    last = max(end for end in ends if end)
    with later((last - calendars.today()).days + 10):
        remind()
        asked = session.scalars(select(Message.subject_id).where(Message.kind == "evaluate").distinct()).all()
        assert len(asked) == 1
    with later((last - calendars.today()).days + 25):
        remind()
        asked = session.scalars(select(Message.subject_id).where(Message.kind == "evaluate").distinct()).all()
        assert len(asked) == 2


def test_an_acting_deputy_is_reminded_too(world: World, storage: Storage) -> None:
    exchange = make_exchange(world, storage, "submit")
    today = calendars.today()
    assert exchange.due_on is not None and exchange.due_on < today
    stand_in(world.manager, world.deputy, today, today)
    session.commit()
    remind()
    assert told("overdue") == sorted([world.manager.id, world.deputy.id])


@pytest.mark.parametrize(("step", "kind", "days"), [("depart", "overdue", 45), ("depart", "evaluate", 25)])
def test_reminders_take_as_many_statements_for_three_exchanges_as_for_one(
    world: World, storage: Storage, step: str, kind: str, days: int
) -> None:
    call, costs = old_call(world), []
    for number in range(4):
        expert = person(f"e{number}@kosgeb.example", f"Uzman {number}", world.kosgeb, Role.EXPERT)
        make_exchange(world, storage, step, call=call, expert=expert, number=number, unit=world.units[number % 2])
        if number in (0, 3):  # one in the first round, three in the second
            with later(days), counting() as statements:
                remind()
                session.commit()
            costs.append(len(statements))
    assert len(told(kind)) >= 4
    assert costs[0] == costs[1]


def test_two_workers_remind_once(app: Flask, world: World, storage: Storage) -> None:
    exchange = make_exchange(world, storage, "submit")
    assert exchange.due_on is not None
    with later((exchange.due_on - calendars.today()).days + 1):
        results = together(app, remind, 2)
    assert Counter(results) == {0: 1, 1: 1}
    assert told("overdue") == [world.manager.id]


def test_a_round_with_nothing_due_stores_nothing(world: World, storage: Storage) -> None:
    exchange = make_exchange(world, storage, "submit")
    before = session.scalar(select(func.count(Message.id)))
    with time_machine.travel(exchange.turn_since + timedelta(days=1), tick=True):
        assert remind() == 0
    assert session.scalar(select(func.count(Message.id))) == before
