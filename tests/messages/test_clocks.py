"""Reminders, overdue notices and escalation: each once, when its clock says so (the brief, "Clocks")."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import func, select, update

from portal import calendars
from portal.accounts.models import Person
from portal.db import session
from portal.desk.clocks import remind
from portal.exchanges.models import Exchange, Kind
from portal.messages.models import Message
from portal.policy import Role
from portal.storage import Storage
from portal.workflow import Status, Turn
from tests.factories import World, person
from tests.pages import Browser
from tests.stories import old_call, tell

As = Callable[[Person], Browser]


def told(kind: str) -> list[int | None]:
    return list(session.scalars(select(Message.person_id).where(Message.kind == kind).order_by(Message.person_id)))


def later(days: float) -> Any:
    return time_machine.travel(calendars.now() + timedelta(days=days), tick=True)


def test_a_manager_is_reminded_after_the_due_day_and_once(here: World, storage: Storage) -> None:
    exchange = tell(here, storage, "submit")
    assert exchange.due_on is not None
    gap = (exchange.due_on - calendars.today()).days
    with later(gap):
        remind()
        assert told("overdue") == []
    with later(gap + 1):
        remind()
        remind()
    assert told("overdue") == [here.manager.id]


def test_several_are_reminded_in_one_round(here: World, storage: Storage) -> None:
    call = old_call(here)
    for number in range(3):
        expert = person(f"e{number}@kosgeb.example", f"Uzman {number}", here.kosgeb, Role.EXPERT)
        tell(here, storage, "submit", call=call, expert=expert, number=number)
    with later(40):
        remind()
    assert told("overdue") == [here.manager.id] * 3


def test_after_ten_working_days_the_deputy_may_decide(here: World, storage: Storage, as_person: As) -> None:
    exchange = tell(here, storage, "submit")
    address = f"/exchanges/{exchange.reference}/endorse"
    as_person(here.deputy).open(address, 403)
    with time_machine.travel(exchange.turn_since + timedelta(days=9), tick=True):
        remind()
        assert told("escalated") == []
    with time_machine.travel(exchange.turn_since + timedelta(days=30), tick=True):
        remind()
        remind()
        assert here.deputy.id in told("escalated") and len(told("escalated")) == len(set(told("escalated")))
        as_person(here.deputy).open(address, 200)


def test_an_expert_is_reminded_a_week_before(here: World, storage: Storage) -> None:
    exchange = tell(here, storage, "depart")
    assert exchange.due_on is not None
    gap = (exchange.due_on - calendars.today()).days
    with later(gap - 8):
        remind()
        assert told("reminder") == []
    with later(gap - 6):
        remind()
        remind()
    assert told("reminder") == [here.expert.id]


def long_stay(here: World, storage: Storage, start: date, end: date) -> Exchange:
    """A long stay under way; its kind and dates are set by hand, for the clocks read nothing else."""
    exchange = tell(here, storage, "arrive")
    values = {"kind": Kind.LONG, "start": start, "end": end, "status": Status.UNDER_WAY, "turn": Turn.UNIT}
    session.execute(update(Exchange).where(Exchange.id == exchange.id).values(**values, due_on=end))
    session.commit()
    return exchange


@pytest.mark.parametrize(("left", "times"), [(91, 0), (90, 1), (61, 1), (60, 1), (15, 1), (0, 1)])
def test_before_a_long_stay_ends_everyone_is_told(here: World, storage: Storage, left: int, times: int) -> None:
    today = calendars.today()
    long_stay(here, storage, today - timedelta(days=10), today + timedelta(days=left))
    remind()
    remind()
    assert told("stay_ends").count(here.expert.id) == times


def test_three_notices_over_a_whole_stay(here: World, storage: Storage) -> None:
    today = calendars.today()
    long_stay(here, storage, today - timedelta(days=10), today + timedelta(days=120))
    for day in range(0, 121, 5):
        with later(day):
            remind()
    assert told("stay_ends").count(here.expert.id) == 3


def test_every_quarter_a_progress_report_is_asked_for(here: World, storage: Storage) -> None:
    today = calendars.today()
    long_stay(here, storage, today, today + timedelta(days=300))
    with later(80):
        remind()
        assert told("progress_due") == []
    for day in (93, 94, 185):
        with later(day):
            remind()
    assert told("progress_due") == [here.expert.id] * 2


def test_a_week_after_the_end_evaluations_are_asked_for(here: World, storage: Storage) -> None:
    exchange = tell(here, storage, "depart")
    assert exchange.end is not None
    with later((exchange.end - calendars.today()).days + 8):
        remind()
        remind()
    assert told("evaluate") == sorted([here.expert.id, here.coordinator.id])


def test_half_a_year_after_closing_both_agencies_are_asked(here: World, storage: Storage) -> None:
    tell(here, storage, "accept_home")
    with later(100):
        remind()
        assert told("follow_up") == []
    with later(190):
        remind()
        remind()
    assert told("follow_up").count(here.manager.id) == told("follow_up").count(here.host_manager.id) == 1


def test_a_round_with_nothing_due_stores_nothing(here: World, storage: Storage) -> None:
    exchange = tell(here, storage, "submit")
    before = session.scalar(select(func.count(Message.id)))
    with time_machine.travel(exchange.turn_since + timedelta(days=1), tick=True):
        assert remind() == 0
    assert session.scalar(select(func.count(Message.id))) == before
