"""What a call may say, when it is open and how many places it has: each limit below, at and above it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine

from portal import calendars
from portal.applications import service as applications
from portal.calls import places, queries, service
from portal.calls.models import Call, CallState, Phase
from portal.calls.queries import CallFilter, When
from portal.db import session
from portal.exchanges.models import Exchange, Kind
from portal.findings import RuleViolation
from portal.policy import NOBODY
from portal.subjects.service import new_subject
from portal.workflows.exchange import EXCHANGE
from portal.workflows.exchange_terms import Status, Turn
from tests.factories import World, actor

FIRST = date(2027, 3, 1)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def days(count: int) -> date:
    return FIRST + timedelta(days=count - 1)


def codes(world: World, **changes: Any) -> list[tuple[str, str | None]]:
    return [(refusal.code, refusal.field) for refusal in service.check(world.call_facts(**changes))]


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"min_days": 1}, [("days_kind", "min_days")]),
        ({"min_days": 2}, []),
        ({"min_days": 30, "max_days": 30}, []),
        ({"min_days": 5, "max_days": 29}, []),
        ({"min_days": 5, "max_days": 30}, []),
        ({"min_days": 5, "max_days": 31}, [("days_kind", "max_days")]),
        ({"kind": Kind.LONG, "min_days": 30, "max_days": 60}, [("days_kind", "min_days")]),
        ({"kind": Kind.LONG, "min_days": 31, "max_days": 60}, []),
        ({"kind": Kind.LONG, "min_days": 32, "max_days": 364}, []),
        ({"kind": Kind.LONG, "min_days": 32, "max_days": 365}, []),
        ({"kind": Kind.LONG, "min_days": 32, "max_days": 366}, [("days_kind", "max_days")]),
        ({"min_days": 9, "max_days": 8}, [("days_order", "max_days")]),
        ({"min_days": 9, "max_days": 9}, []),
        ({"min_days": 9, "max_days": 10}, []),
        ({"latest": days(0)}, [("visit_order", "latest")]),
        ({"latest": days(1)}, [("days_room", "latest")]),
        ({"latest": days(4)}, [("days_room", "latest")]),
        ({"latest": days(5)}, []),
        ({"latest": days(6)}, []),
        ({"places": 0}, [("places", "places")]),
        ({"places": 1}, []),
        ({"places": 2}, []),
    ],
)
def test_days_and_places_of_a_call(world: World, changes: dict[str, Any], found: list[tuple[str, str]]) -> None:
    """The call asks for 5 to 15 days from 1 March on, unless changed."""
    assert codes(world, **changes) == found


@pytest.mark.parametrize(("after", "right"), [(-SECOND, False), (timedelta(), False), (SECOND, True)])
def test_a_deadline_comes_after_the_opening(world: World, after: timedelta, right: bool) -> None:
    opens = calendars.now()
    assert codes(world, opens=opens, deadline=opens + after) == ([] if right else [("deadline_order", "deadline_day")])


def test_an_agency_runs_calls_that_it_takes_part_in(world: World) -> None:
    assert codes(world, agency_id=world.kobia.id) == []
    assert codes(world, agency_id=world.kobia.id + 1) == [("not_involved", "agency_id")]
    assert codes(world, host_id=world.kosgeb.id) == [("same_agency", "host_id")]


@pytest.mark.parametrize(
    ("moment", "phase", "refused"),
    [
        ("opens-", Phase.UPCOMING, "not_open_yet"),
        ("opens", Phase.OPEN, None),
        ("opens+", Phase.OPEN, None),
        ("deadline", Phase.OPEN, None),
        ("deadline~", Phase.OPEN, None),
        ("deadline>", Phase.CLOSED, "deadline"),
    ],
)
@pytest.mark.parametrize("seconds", [0, 30, 59])
def test_a_call_is_open_from_its_first_second_through_the_minute_shown_as_its_deadline(
    world: World, moment: str, phase: Phase, refused: str | None, seconds: int
) -> None:
    """18:03 is shown: 18:03:59 is in time and 18:04:00 is not, whatever seconds are stored."""
    shown = calendars.minute(calendars.now()) + timedelta(days=30)
    call = world.call(deadline=shown + timedelta(seconds=seconds))
    shift = {"-": -SECOND, "+": SECOND, "~": timedelta(seconds=59.999), ">": timedelta(minutes=1)}
    at = (shown if moment.startswith("deadline") else call.opens) + shift.get(moment[-1], timedelta())
    assert call.phase(at) is phase
    for when in (When.OPEN, When.CURRENT, When.CLOSED):
        listed = {found.id for found in queries.page(CallFilter(when), 1, at, NOBODY).calls}
        wanted = {Phase.OPEN: (When.OPEN, When.CURRENT), Phase.UPCOMING: (When.CURRENT,), Phase.CLOSED: (When.CLOSED,)}
        assert (call.id in listed) is (when in wanted[phase]), when
    with time_machine.travel(at, tick=False):
        assert applications.time_finding(call, Status.RETURNED) is None, "it was in time"
        found = applications.time_finding(call, Status.DRAFT)
    assert (found.code if found else None) == refused


@pytest.mark.parametrize(("left", "right"), [(-MINUTE, False), (SECOND - MINUTE, True), (SECOND, True)])
def test_a_call_is_published_before_its_deadline_is_over(world: World, left: timedelta, right: bool) -> None:
    by = actor(world.manager)
    facts = world.call_facts(deadline=calendars.minute(calendars.now()) + timedelta(days=30))
    call = service.create_call(facts, idempotency_key="a call to publish", by=by)
    with time_machine.travel(call.deadline - left, tick=False):
        try:
            service.publish_call(call.id, version=call.version, by=by)
        except RuleViolation as refusal:
            assert refusal.code == "deadline_past"
    assert (call.state is CallState.PUBLISHED) is right


TAKES_NONE = {
    Status.DRAFT, Status.SUBMITTED, Status.RETURNED, Status.ENDORSED, Status.WAITLISTED, Status.REJECTED,
    Status.WITHDRAWN, Status.CANCELLED,
}  # fmt: skip


def with_statuses(world: World, statuses: list[Status], places: int = 2) -> Call:
    """A call with an exchange in each status; made without the services, because only the counting matters."""
    call = world.call(places=places)
    for status in statuses:
        at = calendars.now()
        turn = Turn.NOBODY
        subject = new_subject(EXCHANGE, "KX", at.year)
        session.add(
            Exchange(
                id=subject.id, reference=subject.reference, kind=Kind.SHORT, call_id=call.id, heading=2,
                expert_id=world.expert.id, home_id=world.kosgeb.id, host_id=world.kobia.id, status=status, turn=turn,
                turn_since=at, person_name="Işıl", document_name="ISIL", created_at=at, updated_at=at, version=1,
            )
        )  # fmt: skip
    session.flush()
    return call


@pytest.mark.parametrize("status", Status)
def test_a_place_is_taken_from_the_acceptance_on(world: World, status: Status) -> None:
    call = with_statuses(world, [status])
    assert queries.places_taken(call.id) == (status not in TAKES_NONE)


@pytest.mark.parametrize(("taken", "free"), [(1, True), (2, False), (3, False)])
def test_the_last_place_can_be_given_once(world: World, taken: int, free: bool) -> None:
    call = with_statuses(world, [Status.SCHEDULED] * taken, places=2)
    try:
        places.require_place(call)
    except RuleViolation as refusal:
        assert (refusal.code, refusal.facts) == ("no_place", {"places": 2})
        assert not free
    else:
        assert free


@pytest.mark.parametrize(("places", "right"), [(1, False), (2, True), (3, True)])
def test_places_that_are_taken_stay(world: World, places: int, right: bool) -> None:
    call = with_statuses(world, [Status.SCHEDULED, Status.CLOSED, Status.DRAFT], places=5)
    facts = world.call_facts(places=places)
    try:
        service.edit_call(call.id, facts, version=call.version, by=actor(world.manager))
    except RuleViolation as refusal:
        assert (refusal.code, refusal.field, refusal.facts) == ("places_taken", "places", {"taken": 2})
    assert (call.places == places) is right


@pytest.mark.parametrize(("escalation", "right"), [(4, False), (5, False), (6, True)])
def test_escalation_comes_after_the_decision(world: World, escalation: int, right: bool) -> None:
    values = dict.fromkeys(service.CLOCK_NAMES, 5) | {"escalation": escalation}
    try:
        service.set_clocks(values, by=actor(world.admin))
    except RuleViolation as refusal:
        assert (refusal.code, refusal.field) == ("escalation", "escalation")
    found = queries.clocks(None)
    assert (found is not None and found.escalation == escalation) is right
