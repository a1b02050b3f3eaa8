"""Every state can be moved or ended by a second desk: whoever is gone, somebody else may act and was told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import select

from portal import calendars
from portal.accounts.models import Person
from portal.db import session
from portal.desk import queries as desk
from portal.desk.doctor import _turns
from portal.desk.reminders import remind
from portal.exchanges.header import is_turn_of
from portal.exchanges.models import Exchange, Kind
from portal.exchanges.notifications import turn_receivers
from portal.exchanges.queries import locked, visible_to
from portal.exchanges.service import begin
from portal.exchanges.succession import stuck
from portal.messages.models import Message
from portal.people import service as people
from portal.policy import Permission, Role, allows
from portal.storage import Storage
from portal.subjects.queries import last_event
from portal.visits.service import agree
from portal.workflow import State
from portal.workflows.exchange import EXCHANGE
from portal.workflows.exchange_terms import ENDED, Action, Turn
from tests.factories import World, actor, person
from tests.narrowing import found
from tests.pages import Browser
from tests.scenarios import make_exchange

As = Callable[[Person], Browser]
REACHED: dict[str, tuple[str, str | None]] = {
    "draft/expert": ("apply", None),
    "submitted/home": ("submit", None),
    "returned/expert": ("submit", "home_return"),
    "endorsed/host": ("endorse", None),
    "waitlisted/host": ("endorse", "host_waitlist"),
    "accepted/host": ("accept", None),
    "placed/unit": ("place", None),
    "placed/host": ("confirm", None),
    "scheduled/expert_and_home": ("schedule", None),
    "scheduled/expert": ("schedule", "home agrees"),
    "scheduled/home": ("expert_approve_plan", None),
    "scheduled/unit": ("home_approve_plan", None),
    "under_way/unit": ("arrive", None),
    "completed/expert": ("depart", None),
    "reported/host": ("report", None),
    "reported/home": ("accept_host", None),
}


def name(state: State) -> str:
    return f"{state.status}/{state.turn}"


def reach(world: World, storage: Storage, state: str) -> Exchange:
    last, ending = REACHED[state]
    if ending != "home agrees":
        soon = calendars.today() if last == "home_approve_plan" else None  # until its eve an arrival waits for nobody
        return make_exchange(world, storage, last, ending, start=soon)
    exchange = make_exchange(world, storage, last)
    agree(exchange, Action.HOME_APPROVE_PLAN, version=exchange.version, by=actor(world.manager))
    session.commit()
    return exchange


def staff(world: World) -> list[Person]:
    return [world.expert, world.manager, world.host_manager, world.deputy, world.host_deputy, world.coordinator]


@contextmanager
def gone(who: Person) -> Iterator[None]:
    """Within the block this account is closed, as it may be in a stored database, and the worker has run since."""
    with session.begin_nested() as change:
        who.active = False
        session.flush()
        session.expire_all()
        remind()
        yield
        change.rollback()


def told(exchange: Exchange) -> set[int | None]:
    """Who has a message about the present turn, or about what was handed on."""
    about = (Message.subject_id == exchange.id) & (Message.created_at >= exchange.turn_since)
    return set(session.scalars(select(Message.person_id).where(about | (Message.kind == "handed_on"))))


def can_act(exchange: Exchange, who: Person) -> bool:
    return who.active and any(allows(step, actor(who), exchange) for step in EXCHANGE.possible(exchange.state))


def test_every_state_is_tried_here() -> None:
    assert set(REACHED) == {name(state) for state in EXCHANGE.states if state.status not in ENDED}


@pytest.mark.parametrize("state", REACHED)
def test_whoever_is_gone_somebody_else_may_act_and_was_told(world: World, storage: Storage, state: str) -> None:
    exchange = reach(world, storage, state)
    assert name(exchange.state) == state
    for who in staff(world):
        with gone(who):
            _somebody_else_may_act(exchange, world, who)
    for home, agency in (("kosgeb", world.kosgeb), ("kobia", world.kobia)):
        person(f"second@{home}.example", "İkinci Müdür", agency, Role.MANAGER)
    for who in staff(world):
        with session.begin_nested() as change:
            _others_are_told_when_the_account_is_closed(exchange, world, who)
            change.rollback()
        session.expire_all()


def _somebody_else_may_act(exchange: Exchange, world: World, who: Person) -> None:
    now = locked(exchange.id)
    able = [other for other in staff(world) if other is not who and can_act(now, other)]
    mine = [other for other in able if is_turn_of(actor(other), now)]
    assert mine, f"without {who.email} it is nobody's turn"
    for other in staff(world):
        listed = {task.reference for task in desk.tasks(actor(other))} if other.active else set()
        assert (now.reference in listed) == (other in mine), f"{other.email} without {who.email}"
    mailed = {receiver.person_id for receiver in turn_receivers(now, escalated=now.escalated)}
    assert mailed and mailed <= {other.id for other in mine}, f"mailed without {who.email}"


def _others_are_told_when_the_account_is_closed(exchange: Exchange, world: World, who: Person) -> None:
    waited = who.id in {receiver.person_id for receiver in turn_receivers(locked(exchange.id))}
    before = last_event(exchange.id)
    people.change_roles(who.id, who.version, [], [], active=False, by=actor(world.admin))
    session.expire_all()
    now = locked(exchange.id)
    everybody = session.scalars(select(Person).where(Person.active.is_(True)))
    able = {other.id for other in everybody if is_turn_of(actor(other), now)}
    knows = told(now) | {found(before).actor_id}  # who took the last step is not told of it
    assert able & knows, f"nobody who can act was told that {who.email} is gone"
    handed_on = set(session.scalars(select(Message.person_id).where(Message.kind == "handed_on")))
    assert handed_on <= able and bool(handed_on) == waited, who.email
    after = found(last_event(exchange.id)).what
    concerned = {world.expert: "account_closed", world.coordinator: "unit_left" if now.unit_id else found(before).what}
    assert after == concerned.get(who, found(before).what)


def test_a_unit_without_a_coordinator_is_answered_by_the_host_agency(
    world: World, storage: Storage, as_person: As
) -> None:
    exchange = make_exchange(world, storage, "place")
    as_person(world.host_manager).open(f"/exchanges/{exchange.reference}/confirm", 403)
    world.coordinator.active = False
    session.commit()
    manager = as_person(world.host_manager)
    assert "KOBİA’s turn" in manager.open(f"/exchanges/{exchange.reference}").get_text()
    manager.open(f"/exchanges/{exchange.reference}/confirm")
    manager.send(f"/exchanges/{exchange.reference}/confirm")
    assert locked(exchange.id).turn is Turn.HOST


def test_a_coordinator_who_was_only_invited_leaves_the_unit_to_the_agency(world: World, storage: Storage) -> None:
    exchange = make_exchange(world, storage, "place")
    world.coordinator.confirmed_at = None
    session.flush()
    session.expire_all()
    now = locked(exchange.id)
    assert not now.unit_staffed and allows(Action.UNIT_CONFIRM, actor(world.host_manager), now)
    assert [one.person_id for one in turn_receivers(now)] == [world.host_manager.id]


def test_a_coordinator_does_not_answer_for_their_own_visit(world: World, storage: Storage) -> None:
    """The only coordinator of the unit is the expert: the host agency answers."""
    exchange = make_exchange(world, storage, "place")
    world.coordinator.active = False
    world.expert.grants[0].unit_id, world.expert.grants[0].role = world.units[0].id, Role.HOST
    session.flush()
    session.expire_all()
    now = locked(exchange.id)
    assert not now.unit_staffed
    assert allows(Action.UNIT_CONFIRM, actor(world.host_manager), now)
    assert not allows(Action.UNIT_CONFIRM, actor(world.expert), now)


def test_a_draft_is_seen_by_the_home_agency_once_its_writer_is_gone(
    world: World, storage: Storage, as_person: As
) -> None:
    exchange = make_exchange(world, storage, "apply")
    for active, seen in ((True, False), (False, True)):
        world.expert.active = active
        session.commit()
        for who in (world.manager, world.deputy, world.host_manager, world.coordinator):
            seen_ones = list(session.scalars(select(Exchange.reference).where(visible_to(actor(who)))))
            allowed = seen and who in (world.manager, world.deputy)
            assert bool(seen_ones) == allowed == allows(Permission.READ_EXCHANGE, actor(who), locked(exchange.id))
    manager = as_person(world.manager)
    page = manager.open(f"/exchanges/{exchange.reference}").get_text()
    assert "The account of Işıl Çağrı Yıldırım is closed" in page
    manager.open(f"/exchanges/{exchange.reference}/cancel-home")
    manager.send(f"/exchanges/{exchange.reference}/cancel-home", {"reason": "Has left KOSGEB."})
    assert locked(exchange.id).status == "cancelled"


def test_the_home_agency_hands_in_the_report_of_an_expert_who_is_gone(
    world: World, storage: Storage, as_person: As
) -> None:
    exchange = make_exchange(world, storage, "depart")
    address = f"/exchanges/{exchange.reference}"
    as_person(world.manager).open(f"{address}/report/check", 403)
    world.expert.active = False
    session.commit()
    manager = as_person(world.manager)
    assert "writes the report in the expert’s place" in manager.open(address).get_text()
    manager.open(f"{address}/report")
    manager.send(f"{address}/report/begin", action="/begin")
    manager.open(f"{address}/report/write/findings")
    assert manager.status == 200


@pytest.mark.parametrize(("escalated", "deputies"), [(False, set()), (True, {"deputy@kosgeb.example"})])
def test_deputies_decide_at_once_where_no_manager_can(
    world: World, storage: Storage, escalated: bool, deputies: set[str]
) -> None:
    """The only manager is the expert, or is gone; a stand-in counts as a manager."""
    exchange = make_exchange(world, storage, "submit")
    exchange.turn_since = calendars.now()
    world.manager.active = not escalated
    session.commit()
    remind()
    wanted = select(Message.address).where(Message.kind == "escalated", Message.subject_id == exchange.id)
    assert set(session.scalars(wanted)) == deputies
    assert locked(exchange.id).escalated is escalated


def test_a_managers_own_exchange_goes_to_the_deputies_at_once(world: World, storage: Storage) -> None:
    exchange = make_exchange(world, storage, "submit")
    exchange.expert_id, exchange.turn_since = world.manager.id, calendars.now()
    session.commit()
    remind()
    assert told(exchange) >= {world.deputy.id}
    assert allows(Action.HOME_ENDORSE, actor(world.deputy), locked(exchange.id))


def test_administrators_are_told_once_a_week_of_an_agency_without_a_manager(world: World) -> None:
    wanted = select(Message.person_id).where(Message.kind == "no_manager")
    remind()
    assert list(session.scalars(wanted)) == []
    world.manager.active = False
    session.flush()
    remind()
    remind()
    assert list(session.scalars(wanted)) == [world.admin.id]


@pytest.mark.parametrize(
    ("turn", "gone", "stands_still"),
    [
        (Turn.HOME, ["manager"], False),
        (Turn.HOME, ["manager", "deputy"], True),
        (Turn.HOST, ["manager", "deputy"], False),
        (Turn.HOST, ["host_manager", "host_deputy"], True),
        (Turn.UNIT, ["host_manager", "host_deputy"], False),
        (Turn.UNIT, ["coordinator", "host_manager"], False),
        (Turn.UNIT, ["coordinator", "host_manager", "host_deputy"], True),
        (Turn.EXPERT, ["manager", "deputy"], False),
        (Turn.EXPERT, ["expert", "deputy"], False),
        (Turn.EXPERT, ["expert", "manager", "deputy"], True),
        (Turn.EXPERT_AND_HOME, ["manager", "deputy"], False),
        (Turn.EXPERT_AND_HOME, ["expert", "manager", "deputy"], True),
        (Turn.NOBODY, ["expert", "manager", "deputy", "host_manager", "host_deputy"], False),
    ],
)
def test_the_doctor_names_exchanges_with_which_nobody_can_go_on(
    world: World, app: Flask, turn: Turn, gone: list[str], stands_still: bool
) -> None:
    ids = {"home_id": world.kosgeb.id, "host_id": world.kobia.id, "call_id": world.call().id}
    exchange = begin(
        by=actor(world.expert), kind=Kind.SHORT, heading=2, due=calendars.today(), expert=world.expert, **ids
    )
    exchange.turn, exchange.unit_id = turn, world.units[0].id
    for name_of in gone:
        getattr(world, name_of).active = False
    session.flush()
    assert stuck(5) == ((1, [exchange.reference]) if stands_still else (0, []))
    assert (exchange.reference in _turns()) is stands_still
