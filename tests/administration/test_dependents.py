"""What hangs on a person, their roles, a unit, a call or an agency: counted, worst first, as the reader may see it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from portal import calendars
from portal.accounts.models import Person
from portal.db import session
from portal.exchanges.models import Kind
from portal.exchanges.service import begin
from portal.policy import Role
from portal.registry import DEPENDENTS_SHOWN, registry
from portal.workflows.exchange_terms import Status, Turn
from tests.factories import World, actor, person
from tests.pages import Browser
from tests.query_counter import counting

As = Callable[[Person], Browser]
SOON = calendars.today() + timedelta(days=60)
STANDS: dict[str, dict[str, Any]] = {
    "draft": {},
    "submitted": {"status": Status.SUBMITTED, "turn": Turn.HOME},
    "accepted": {"status": Status.ACCEPTED, "turn": Turn.HOST},
    "placed": {"status": Status.PLACED, "turn": Turn.UNIT},
    "scheduled": {"status": Status.SCHEDULED, "turn": Turn.UNIT, "start": SOON, "end": SOON + timedelta(days=4)},
    "under_way": {"status": Status.UNDER_WAY, "turn": Turn.UNIT, "start": SOON, "end": SOON + timedelta(days=4)},
}


def stored(world: World, name: str, number: int, expert: Person | None = None) -> str:
    """A row of an exchange as it stands then, at one of KOBİA's first two units; only what is listed is filled."""
    expert = expert or person(f"{name}{number}@kosgeb.example", f"Uzman {name} {number}", world.kosgeb, Role.EXPERT)
    ids = {"home_id": world.kosgeb.id, "host_id": world.kobia.id, "call_id": world.call().id}
    exchange = begin(by=actor(expert), kind=Kind.SHORT, heading=2, due=SOON, expert=expert, **ids)
    columns = dict(STANDS[name])
    if name != "draft":
        columns["submitted_at"] = calendars.now()
    if name not in ("draft", "submitted"):
        columns["released_at"] = calendars.now()
    if name in ("placed", "scheduled", "under_way"):
        columns["unit_id"] = world.units[number % 2].id
    for column, value in columns.items():
        setattr(exchange, column, value)
    session.commit()
    return exchange.reference


@pytest.fixture
def exchanges(world: World, app: Flask) -> dict[str, str]:
    """One exchange for each of STANDS, each of another expert, by its reference."""
    return {name: stored(world, name, number) for number, name in enumerate(STANDS)}


def hanging(kind: str, number: int, reader: Person) -> dict[int, tuple[int, set[str]]]:
    """By rank: how many there are, and the first words of those shown."""
    found = registry.hanging_on(kind, number, actor(reader))
    assert [part.rank for part in found] == sorted(part.rank for part in found)
    return {part.rank: (part.count, {one.name.split()[0] for one in part.shown}) for part in found}


def test_a_call_shows_what_stands_under_it_to_whoever_may_read_it(world: World, exchanges: dict[str, str]) -> None:
    call = world.call()
    accepted = {exchanges[last] for last in ("accepted", "placed", "scheduled", "under_way")}
    full = {10: (4, accepted), 20: (1, {exchanges["submitted"]})}
    assert hanging("call", call.id, world.manager) == full | {30: (1, set())}, "a draft is only counted"
    assert hanging("call", call.id, world.host_manager)[20] == (1, set()), "what is not released is only counted"
    by_reference = hanging("call", call.id, world.admin)
    assert by_reference == full | {30: (1, {exchanges["draft"]})}


def test_experts_are_named_only_to_whoever_may_read_of_them(world: World, exchanges: dict[str, str]) -> None:
    for reader, named in ((world.manager, True), (world.admin, False)):
        parts = registry.hanging_on("call", world.call().id, actor(reader))
        shown = [one for part in parts for one in part.shown]
        assert any("KOSGEB" in one.stands for one in shown) and not any("%(" in one.stands for one in shown)
        assert any("Uzman" in one.name for one in shown) is named
        assert all(one.address.startswith("/exchanges/") is named for one in shown)


def test_a_unit_shows_visits_under_way_before_those_that_are_planned(world: World, exchanges: dict[str, str]) -> None:
    of_first = hanging("unit", world.units[0].id, world.coordinator)
    of_second = hanging("unit", world.units[1].id, world.coordinator)
    assert of_first[20] == (1, {exchanges["scheduled"]}) and 10 not in of_first
    assert of_second[10] == (1, {exchanges["under_way"]}) and of_second[30] == (1, {exchanges["placed"]})


def test_what_only_this_person_can_do_comes_first(world: World, exchanges: dict[str, str]) -> None:
    roles = hanging("roles", world.coordinator.id, world.admin)
    assert roles == {5: (3, {exchanges[last] for last in ("placed", "scheduled", "under_way")})}
    decisions = hanging("roles", world.host_manager.id, world.admin)
    assert decisions == {0: (1, {exchanges["accepted"]})}, "the last manager"
    person("second@kobia.example", "İkinci", world.kobia, Role.MANAGER)
    person("third@kobia.example", "Üçüncü", world.kobia, Role.HOST, units=world.units[:2])
    assert hanging("roles", world.coordinator.id, world.admin) == {}
    assert hanging("roles", world.host_manager.id, world.admin) == {15: (1, {exchanges["accepted"]})}


def test_an_experts_own_exchanges_hang_on_the_account(world: World, app: Flask) -> None:
    waiting, going = (stored(world, name, 0, world.expert) for name in ("draft", "submitted"))
    assert hanging("person", world.expert.id, world.admin) == {10: (1, {waiting}), 20: (1, {going})}


def test_more_than_are_shown_are_counted_in_as_many_statements(world: World, app: Flask) -> None:
    things = (("call", world.call().id), ("unit", world.units[0].id), ("agency", world.kosgeb.id))
    people = (("person", world.coordinator.id), ("roles", world.coordinator.id))
    costs: list[int] = []
    number = 0
    for more in (1, DEPENDENTS_SHOWN):
        for _each in range(more):
            stored(world, "placed", 2 * number)
            number += 1
        session.expire_all()
        with counting() as statements:
            parts = [part for thing in (*things, *people) for part in registry.hanging_on(*thing, actor(world.admin))]
        costs.append(len(statements))
    assert costs[0] == costs[1]
    at_unit = next(part for part in registry.hanging_on("unit", world.units[0].id, actor(world.coordinator)))
    assert (at_unit.count, len(at_unit.shown), at_unit.more) == (number, DEPENDENTS_SHOWN, 1)
    assert replace(at_unit, shown=()).more == number and parts


def test_every_page_that_changes_something_shows_what_hangs_on_it(
    world: World, exchanges: dict[str, str], as_person: As
) -> None:
    coordinator, unit, call = world.coordinator.id, world.units[0].id, world.call().id
    pages: list[tuple[Person, str, str, int]] = [
        (world.admin, f"/admin/people/{coordinator}", "roles", coordinator),
        (world.admin, f"/admin/people/{coordinator}/agency", "roles", coordinator),
        (world.admin, "/admin/agencies/KOBIA", "agency", world.kobia.id),
        (world.host_manager, f"/units/{unit}/edit", "unit", unit),
        (world.manager, f"/calls/{call}/edit", "call", call),
        (world.manager, f"/calls/{call}/cancel", "call", call),
    ]
    for reader, page, kind, number in pages:
        browser = as_person(reader)
        browser.open(page)
        parts = registry.hanging_on(kind, number, actor(reader))
        listed = {entry.get_text(strip=True) for entry in browser.page.select(".dependents summary")}
        assert parts and {part.label for part in parts} <= listed, page
        links = {link["href"] for link in browser.page.select(".dependents a")}
        assert {one.address for part in parts for one in part.shown} <= links, page
