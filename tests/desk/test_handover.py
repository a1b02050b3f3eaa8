"""Handing over: everything that hangs on whoever leaves passes to one person at once, shown before and after."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import calendars
from portal.accounts.models import Absence, Person
from portal.administration.models import AdministrationEvent
from portal.db import session
from portal.desk.handover import hand_over, holding
from portal.findings import Conflict, RuleViolation
from portal.hosting.models import Placement
from portal.messages.models import Message
from portal.policy import Denied, Role
from portal.storage import Storage
from tests.factories import World, actor, person, stand_in
from tests.pages import Browser
from tests.scenarios import make_exchange

As = Callable[[Person], Browser]


def successor_of(who: Person) -> Person:
    assert who.agency is not None
    return person("next@elsewhere.example", "Yeni Görevli", who.agency, Role.EXPERT)


@pytest.mark.parametrize(
    ("whose", "step"), [("manager", "submit"), ("host_manager", "endorse"), ("coordinator", "place")]
)
def test_everything_passes_at_once(world: World, storage: Storage, as_person: As, whose: str, step: str) -> None:
    exchange = make_exchange(world, storage, step)
    leaver: Person = getattr(world, whose)
    follower, waiting = successor_of(leaver), holding(leaver).count
    session.commit()
    assert waiting >= 1
    admin, address = as_person(world.admin), f"/admin/people/{leaver.id}/handover"
    assert exchange.reference in admin.open(address).get_text()
    admin.send(address, having="successor")
    assert admin.status == 422 and leaver.active, "nobody succeeds without being chosen"
    admin.send(address, {"successor": str(follower.id)}, having="successor")
    assert admin.status == 302, admin.problems
    assert exchange.reference in admin.open(admin.location).get_text(), "what the successor now holds"
    session.expire_all()
    assert holding(leaver).empty and not leaver.active
    assert holding(follower).count == waiting and holding(follower).roles
    assert session.scalar(select(Message.person_id).where(Message.kind == "handover")) == follower.id
    event = session.scalars(select(AdministrationEvent).where(AdministrationEvent.what == "handed_over")).one()
    assert event.facts["successor"] == [None, follower.id] and event.facts["waiting"] == [waiting, 0]


def test_units_of_both_are_the_successors(world: World) -> None:
    other = person("other@kobia.example", "Başqa Koordinator", world.kobia, Role.HOST, units=world.units[1:2])
    hand_over(world.coordinator.id, world.coordinator.version, other.id, False, by=actor(world.admin))
    assert holding(other).units == sorted(unit.name_own for unit in world.units[:2])
    assert world.coordinator.active and holding(world.coordinator).empty


def test_whom_the_leaver_stood_in_for_asks_the_successor(world: World) -> None:
    today = calendars.today()
    stand_in(world.manager, world.deputy, today, today + timedelta(days=3))
    follower = successor_of(world.deputy)
    hand_over(world.deputy.id, world.deputy.version, follower.id, True, by=actor(world.admin))
    asked = session.scalars(select(Absence)).one()
    assert (asked.manager_id, asked.deputy_id, asked.agreed_at) == (world.manager.id, follower.id, None)
    assert asked.last == today + timedelta(days=3)


def test_a_manager_who_stood_in_for_themselves_is_never_made(world: World) -> None:
    """The manager whom the leaver stood in for takes over: there is nobody to be asked."""
    today = calendars.today()
    stand_in(world.manager, world.deputy, today, today)
    hand_over(world.deputy.id, world.deputy.version, world.manager.id, True, by=actor(world.admin))
    assert session.scalars(select(Absence)).all() == []


def test_terms_that_go_on_name_the_successor(world: World, storage: Storage) -> None:
    make_exchange(world, storage, "place")
    placement = session.scalars(select(Placement)).one()
    placement.counterpart, placement.supervisor = world.coordinator.name, "Somebody Else"
    follower = successor_of(world.coordinator)
    assert holding(world.coordinator).named
    hand_over(world.coordinator.id, world.coordinator.version, follower.id, True, by=actor(world.admin))
    assert (placement.counterpart, placement.supervisor) == (follower.name, "Somebody Else")


def test_an_expert_who_stays_keeps_their_own_exchanges(world: World, storage: Storage) -> None:
    exchange = make_exchange(world, storage, "submit")
    follower = successor_of(world.expert)
    hand_over(world.expert.id, world.expert.version, follower.id, False, by=actor(world.admin))
    assert holding(world.expert).own == [exchange.reference] and world.expert.active
    assert [grant.role for grant in world.expert.grants] == [Role.EXPERT]


def test_nobody_is_given_roles_by_themselves_or_out_of_reach(world: World) -> None:
    by = actor(world.admin)
    follower = successor_of(world.manager)
    for successor_id, code in (
        (world.admin.id, "own_role"),
        (world.host_manager.id, "successor"),
        (10**9, "successor"),
    ):
        with pytest.raises(RuleViolation, match=code):
            hand_over(world.manager.id, world.manager.version, successor_id, True, by=by)
    with pytest.raises(Conflict):
        hand_over(world.manager.id, world.manager.version + 1, follower.id, True, by=by)
    for who in (world.manager, world.deputy):
        with pytest.raises(Denied):
            hand_over(world.manager.id, world.manager.version, follower.id, True, by=actor(who))
    follower.active = False
    session.flush()
    with pytest.raises(RuleViolation, match="successor"):
        hand_over(world.manager.id, world.manager.version, follower.id, True, by=by)


def test_where_nothing_hangs_nobody_is_asked_for(world: World, as_person: As) -> None:
    admin = as_person(world.admin)
    page = admin.open(f"/admin/people/{world.expert.id}/handover")
    assert "Nothing hangs" in page.get_text() and not page.select("[name=successor]")
    assert not admin.open(f"/admin/people/{world.admin.id}/handover").select("[name=successor]")
    admin.open("/admin/people/99999/handover", 404)
