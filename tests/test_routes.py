"""Every route declares who may; walked as every role on records of others, with odd values, nothing opens or breaks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from werkzeug.routing import Rule

from portal.accounts.models import Person
from portal.db import Base, session
from portal.exchanges.models import Exchange
from portal.policy import Actor, Permission, allows
from portal.storage import Storage
from portal.workflow import Action
from tests.factories import World, actor, person
from tests.pages import Browser
from tests.stories import tell

ODD = ("0", "99999999999999999999", "-1", "KX-2026-9999", "%00", "%F0%9F%98%80", "..%2F..", "x" * 300)
STRANGERS = ("visitor", "other expert", "other coordinator", "admin")


def routes(app: Flask, method: str) -> list[Rule]:
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint not in ("static", "health.readyz")]
    return sorted((rule for rule in rules if method in (rule.methods or ())), key=lambda rule: rule.rule)


def test_every_route_declares_who_may(app: Flask) -> None:
    open_ones = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static" and not hasattr(app.view_functions[rule.endpoint], "permission")
    ]
    assert open_ones == []


def test_nothing_is_changed_by_reading(app: Flask) -> None:
    """A route answers GET or POST, never both, and no other method."""
    methods = {rule.endpoint: (rule.methods or set()) - {"HEAD", "OPTIONS"} for rule in routes(app, "OPTIONS")}
    assert {endpoint: m for endpoint, m in methods.items() if m not in ({"GET"}, {"POST"})} == {}


@pytest.fixture
def record(here: World, storage: Storage) -> Exchange:
    """An exchange with everything on it: handed in, placed, visited, reported."""
    return tell(here, storage, "report")


@pytest.fixture
def people(here: World) -> dict[str, Person | None]:
    other_expert = person("other@kosgeb.example", "Can Arslan", here.kosgeb, here.expert.grants[0].role)
    other_unit = person("yevlax@kobia.example", "Elçin İbrahimov", here.kobia, here.coordinator.grants[0].role,
                        units=here.units[1:2])  # fmt: skip
    session.commit()
    return {
        "visitor": None, "expert": here.expert, "other expert": other_expert, "manager": here.manager,
        "host manager": here.host_manager, "deputy": here.deputy, "host deputy": here.host_deputy,
        "coordinator": here.coordinator, "other coordinator": other_unit, "admin": here.admin,
    }  # fmt: skip


def values(record: Exchange, rule: Rule) -> dict[str, Any]:
    """Values of an address that lead to existing rows: the record's, or the first of their kind."""
    known = {"reference": record.reference, "call_id": record.call_id, "unit_id": 1, "name": "plan", "key": "findings"}
    return {name: known.get(name, 1 if rule._converters[name].__class__.__name__ == "RecordNumber" else "KOSGEB")
            for name in rule.arguments}  # fmt: skip


def addresses(app: Flask, method: str, record: Exchange) -> Iterator[tuple[Rule, str]]:
    adapter = app.url_map.bind("localhost")
    for rule in routes(app, method):
        yield rule, adapter.build(rule.endpoint, values(record, rule), method=method)


def counts() -> dict[str, int]:
    """The rows of every table that an action could change; sign-ins and their attempts come from walking itself."""
    skipped = {"sign_in", "sign_in_attempt"}
    tables = [table for table in Base.metadata.sorted_tables if table.name not in skipped]
    return {table.name: session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


WALKERS = ("visitor", "expert", "other expert", "manager", "host manager", "deputy", "host deputy", "coordinator",
           "other coordinator", "admin")  # fmt: skip


@pytest.mark.parametrize("who", WALKERS)
def test_reading_is_as_the_policy_says(
    app: Flask, record: Exchange, people: dict[str, Person | None], as_person: Callable[[Person], Browser], who: str
) -> None:
    walker = people[who]
    browser = as_person(walker) if walker else Browser(app.test_client())
    asking = actor(walker) if walker else Actor(0)
    for rule, address in addresses(app, "GET", record):
        status = browser.ask("GET", address).status_code
        assert status < 500, address
        permission = app.view_functions[rule.endpoint].permission  # type: ignore[attr-defined]
        if "reference" in rule.arguments:
            readable = allows(Permission.READ_EXCHANGE, asking, record)
            granted = readable and allows(permission, asking, record)
            if not granted:
                assert status == (302 if walker is None else 403 if readable else 404), (who, address, status)
            else:
                assert status in (200, 302, 404, 409, 410), (who, address, status)


@pytest.mark.parametrize("who", WALKERS)
def test_an_empty_post_changes_nothing_for_whom_it_is_not(
    app: Flask, record: Exchange, people: dict[str, Person | None], as_person: Callable[[Person], Browser], who: str
) -> None:
    walker = people[who]
    browser = as_person(walker) if walker else Browser(app.test_client())
    asking = actor(walker) if walker else Actor(0)
    token = browser.answers(browser.open("/verify").select_one("main form"))["csrf_token"]  # type: ignore[arg-type]
    before = counts()
    for rule, address in addresses(app, "POST", record):
        permission = app.view_functions[rule.endpoint].permission  # type: ignore[attr-defined]
        denied = "reference" in rule.arguments and not allows(permission, asking, record)
        if not denied:
            continue
        status = browser.post(address, {"csrf_token": token, "version": record.version}).status_code
        assert status in (302, 403, 404), (who, address, status)
    assert counts() == before


@pytest.mark.parametrize("who", ["visitor", "expert", "manager", "admin"])
def test_odd_addresses_are_answered_in_words(
    app: Flask, here: World, record: Exchange, people: dict[str, Person | None],
    as_person: Callable[[Person], Browser], who: str,
) -> None:  # fmt: skip
    walker = people[who]
    browser = as_person(walker) if walker else Browser(app.test_client())
    for rule in routes(app, "GET"):
        if not rule.arguments:
            continue
        for odd in ODD:
            address = rule.rule
            for name in rule.arguments:
                address = address.replace(f"<int:{name}>", odd).replace(f"<{name}>", odd)
            assert browser.ask("GET", address).status_code < 500, address


@pytest.mark.parametrize("who", ["visitor", "expert", "manager", "coordinator", "admin"])
def test_empty_and_odd_forms_are_refused_in_words(
    app: Flask, record: Exchange, people: dict[str, Person | None], as_person: Callable[[Person], Browser], who: str
) -> None:
    """Every form of every page that this person gets, sent empty, then with odd values: never a fault of the portal."""
    walker = people[who]
    for given in ({}, {"version": "99999999999999999999", "once": "\x00\ud800"}):
        browser = as_person(walker) if walker else Browser(app.test_client())
        token = browser.answers(browser.open("/verify").select_one("main form"))["csrf_token"]  # type: ignore[arg-type]
        for rule, address in addresses(app, "POST", record):
            if rule.endpoint != "accounts.sign_out":
                assert browser.post(address, {"csrf_token": token, **given}).status_code < 500, (address, given)


def test_a_form_without_its_secret_is_refused(app: Flask, record: Exchange, browser: Browser) -> None:
    for _rule, address in addresses(app, "POST", record):
        assert browser.ask("POST", address, data={}).status_code == 400, address


def test_steps_are_routes_of_their_own(app: Flask) -> None:
    declared = {app.view_functions[rule.endpoint].permission for rule in routes(app, "POST")}  # type: ignore[attr-defined]
    assert set(Action) - declared == set()


def test_the_database_is_as_it_was_after_reading(app: Flask, record: Exchange, here: World) -> None:
    """The seed of trust in GET: nothing of it would be committed, whoever reads what."""
    before = counts()
    browser = Browser(app.test_client()).sign_in(here.manager)
    for _rule, address in addresses(app, "GET", record):
        browser.ask("GET", address)
    assert counts() == before
    assert session.scalar(text("select count(*) from event")) == before["event"]
