"""Roles and accounts that are taken away: what is asked first, what is refused, and what becomes of the rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts.models import Person
from portal.db import session
from portal.exchanges.queries import locked
from portal.findings import RuleViolation
from portal.messages.models import Message
from portal.people import service
from portal.policy import Role
from portal.storage import Storage
from tests.factories import World, actor, person
from tests.pages import Browser
from tests.scenarios import make_exchange

As = Callable[[Person], Browser]


@pytest.mark.parametrize("way", ["role", "account", "agency"])
@pytest.mark.parametrize("others", [0, 1])
def test_an_agency_keeps_its_last_manager(world: World, app: Flask, way: str, others: int) -> None:
    who, by = world.manager, actor(world.admin)
    for number in range(others):
        person(f"second{number}@kosgeb.example", "İkinci Müdür", world.kosgeb, Role.MANAGER)
    ways: dict[str, Callable[[], Any]] = {
        "role": lambda: service.change_roles(who.id, who.version, [Role.DEPUTY], [], True, by=by),
        "account": lambda: service.change_roles(who.id, who.version, [Role.MANAGER], [], False, by=by),
        "agency": lambda: service.move(who.id, who.version, None, by=by),
    }
    if others:
        ways[way]()
    else:
        with pytest.raises(RuleViolation, match="last_manager"):
            ways[way]()
    assert who.active is not (way == "account" and others == 1)


@pytest.mark.parametrize("lacks", [{"active": False}, {"confirmed_at": None}])
def test_a_manager_who_cannot_sign_in_is_no_other_manager(world: World, app: Flask, lacks: dict[str, Any]) -> None:
    """Whose account is closed, or who has not accepted the invitation yet."""
    second = person("second@kosgeb.example", "İkinci Müdür", world.kosgeb, Role.MANAGER)
    for name, value in lacks.items():
        setattr(second, name, value)
    session.flush()
    with pytest.raises(RuleViolation, match="last_manager"):
        service.change_roles(world.manager.id, world.manager.version, [], [], True, by=actor(world.admin))


def test_the_last_coordinator_of_a_unit_is_taken_away_knowingly(world: World, storage: Storage, as_person: As) -> None:
    exchange = make_exchange(world, storage, "place")
    other = person("third@kobia.example", "Üçüncü", world.kobia, Role.HOST, units=world.units[1:2])
    session.commit()
    admin, address = as_person(world.admin), f"/admin/people/{world.coordinator.id}"
    admin.open(address)
    first = {"roles": ["host"], "units": [str(world.units[1].id)], "active": "y"}
    admin.send(address, first, having="version")
    assert admin.status == 422 and "Yevlax KOB evi" in admin.warnings[0] and "Gəncə" not in admin.warnings[0]
    assert "(exchanges there: 1)" in admin.warnings[0]
    admin.send(address, first, having="version")
    assert admin.status == 302
    told = select(Message.person_id).where(Message.kind == "handed_on")
    assert list(session.scalars(told)) == [world.host_manager.id]
    session.expire_all()
    assert not locked(exchange.id).unit_staffed and other.active


def test_an_account_with_open_tasks_is_closed_knowingly(world: World, storage: Storage, as_person: As) -> None:
    """What is taken away is told with the press; what stays, or is given, asks nothing."""
    person("second@kosgeb.example", "İkinci Müdür", world.kosgeb, Role.MANAGER)
    make_exchange(world, storage, "submit")
    admin = as_person(world.admin)
    for who, told in ((world.expert, "Own exchanges are open (1)"), (world.manager, "Decisions wait at KOSGEB (1)")):
        address, role = f"/admin/people/{who.id}", who.grants[0].role.value
        admin.open(address)
        admin.send(address, {"roles": [role, "deputy"], "units": [], "active": "y"}, having="version")
        assert admin.status == 302, admin.warnings
        admin.open(address)
        answers = {n: v for n, v in admin.answers(admin.form("version")).items() if n != "active"}
        admin._took(admin.post(address, answers))
        assert admin.status == 422 and [told in words for words in admin.warnings] == [True]
        assert admin.page.select_one(f"a[href$='/people/{who.id}/handover']"), "or it is handed over first"
        answers = {n: v for n, v in admin.answers(admin.form("version")).items() if n != "active"}
        admin._took(admin.post(address, answers))
        assert admin.status == 302


def test_whoever_moves_to_another_agency_leaves_their_work_to_others(world: World, storage: Storage) -> None:
    make_exchange(world, storage, "place")
    service.move(world.coordinator.id, world.coordinator.version, None, by=actor(world.admin))
    told = select(Message.person_id).where(Message.kind == "handed_on")
    assert list(session.scalars(told)) == [world.host_manager.id]
