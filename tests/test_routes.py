"""Every route declares who may; walked as every role on records of others, with odd values, nothing opens or breaks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.routing import Rule

from portal.accounts.models import Absence, Person
from portal.accounts.people import name_deputy
from portal.calls.models import Announcement, Call
from portal.db import Base, session
from portal.exchanges.models import Exchange
from portal.hosting.models import HostUnit
from portal.messages.models import Message
from portal.policy import Actor, Permission, allows
from portal.storage import Storage
from portal.workflow import Action
from tests.factories import World, actor, person
from tests.pages import Browser
from tests.query_counter import counting
from tests.scenarios import make_exchange

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
def record(world: World, storage: Storage) -> Exchange:
    """An exchange with everything on it: handed in, placed, visited, reported. There is an announcement, too."""
    world.announcement()
    return make_exchange(world, storage, "report")


@pytest.fixture
def people(world: World) -> dict[str, Person | None]:
    other_expert = person("other@kosgeb.example", "Can Arslan", world.kosgeb, world.expert.grants[0].role)
    other_unit = person("yevlax@kobia.example", "Elçin İbrahimov", world.kobia, world.coordinator.grants[0].role,
                        units=world.units[1:2])  # fmt: skip
    session.commit()
    return {
        "visitor": None, "expert": world.expert, "other expert": other_expert, "manager": world.manager,
        "host manager": world.host_manager, "deputy": world.deputy, "host deputy": world.host_deputy,
        "coordinator": world.coordinator, "other coordinator": other_unit, "admin": world.admin,
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


# links and codes have words of their own; what is to go and is gone already is no fault
GONE = {"accounts.confirm", "accounts.confirm_post", "accounts.invitation", "accounts.invitation_post",
        "accounts.new_password", "accounts.new_password_post", "verify.result", "places.days_remove",
        "desk.absence_end", "messages.read_one"}  # fmt: skip
WALKERS = ("visitor", "expert", "other expert", "manager", "host manager", "deputy", "host deputy", "coordinator",
           "other coordinator", "admin")  # fmt: skip


def denial(app: Flask, rule: Rule, asking: Actor, record: Exchange) -> int:
    """The status with which the policy's no is answered; 0 where it says yes."""
    permission = app.view_functions[rule.endpoint].permission  # type: ignore[attr-defined]
    about: Exchange | Call | Announcement | HostUnit | None = None
    if "reference" in rule.arguments:
        about = record
    elif "call_id" in rule.arguments:
        about = session.get(Call, record.call_id)
    elif "announcement_id" in rule.arguments:
        about = session.get(Announcement, 1)
    elif "unit_id" in rule.arguments:
        about = session.get(HostUnit, 1)
    if permission is Permission.PUBLIC:
        return 0
    if not asking.id:
        return 302
    if about is record and not allows(Permission.READ_EXCHANGE, asking, record):
        return 404
    return 0 if allows(permission, asking, about) else 403


@pytest.mark.parametrize("who", WALKERS)
def test_reading_is_as_the_policy_says(
    app: Flask, record: Exchange, people: dict[str, Person | None], as_person: Callable[[Person], Browser], who: str
) -> None:
    walker = people[who]
    browser = as_person(walker) if walker else Browser(app.test_client())
    asking = actor(walker) if walker else Actor(0)
    refused = 0
    for rule, address in addresses(app, "GET", record):
        no = denial(app, rule, asking, record)
        refused += bool(no)
        status = browser.ask("GET", address).status_code
        assert status == no if no else status in (200, 302, 404, 409, 410), (who, address, status)
    assert refused > 5, "nobody may everything"


@pytest.mark.parametrize("who", WALKERS)
def test_an_empty_post_changes_nothing_for_whom_it_is_not(
    app: Flask, record: Exchange, people: dict[str, Person | None], as_person: Callable[[Person], Browser], who: str
) -> None:
    walker = people[who]
    browser = as_person(walker) if walker else Browser(app.test_client())
    asking = actor(walker) if walker else Actor(0)
    before, version, token = counts(), record.version, token_of(browser)
    for rule, address in addresses(app, "POST", record):
        no = denial(app, rule, asking, record)
        if no:
            status = browser.post(address, {"csrf_token": token, "version": version}).status_code
            assert status == no, (who, address, status)
    assert counts() == before
    assert record.version == version


def token_of(browser: Browser) -> str:
    """The secret of this browser's forms, from a page that everybody has."""
    return str(browser.open("/verify").select_one("main form [name=csrf_token]")["value"])  # type: ignore[index]


def test_what_does_not_exist_is_not_found(
    app: Flask, record: Exchange, people: dict[str, Person | None], as_person: Callable[[Person], Browser]
) -> None:
    """Whoever may ask for such a thing at all is told that there is none, and by no other answer than the others."""
    unknown = {"reference": "KX-2026-9999", "code": "ATLANTIS", "name": "wishes", "key": "findings", "token": "x" * 30}
    adapter = app.url_map.bind("localhost")
    browsers = {token_of(browser): browser for browser in (as_person(person) for person in people.values() if person)}
    for method in ("GET", "POST"):
        for rule in routes(app, method):
            if not rule.arguments or rule.endpoint in GONE:
                continue
            asked = {name: unknown.get(name, 2_147_483_000) for name in rule.arguments}
            address = adapter.build(rule.endpoint, asked, method=method)
            for token, browser in browsers.items():
                given = {"data": {"csrf_token": token}} if method == "POST" else {}
                status = browser.ask(method, address, **given).status_code
                assert status == 404 if "reference" in asked else status in (403, 404), (address, status)


def test_what_is_another_persons_stays_as_it_is(
    world: World, record: Exchange, as_person: Callable[[Person], Browser]
) -> None:
    """Messages and absences have numbers that can be counted up."""
    away = name_deputy(world.manager, world.deputy.id, date(2027, 1, 4), date(2027, 1, 8), by=actor(world.manager))
    message = session.scalars(select(Message).where(Message.person_id == world.manager.id)).first()
    assert message is not None
    message.read_at = None
    session.commit()
    browser = as_person(world.host_manager)
    for address in (f"/inbox/{message.id}/read", f"/desk/absences/{away.id}/end"):
        browser.post(address, {"csrf_token": token_of(browser)})
    session.expire_all()
    assert message.read_at is None
    assert session.get(Absence, away.id) is not None


@pytest.mark.parametrize("who", ["visitor", "expert", "manager", "admin"])
def test_odd_addresses_are_answered_in_words(
    app: Flask, world: World, record: Exchange, people: dict[str, Person | None],
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
    for given in ({}, {"version": "99999999999999999999", "idempotency_key": "\x00\ud800"}):
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


@pytest.mark.parametrize("who", ["visitor", "expert", "manager", "coordinator", "admin"])
def test_reading_sends_no_statement_that_writes(
    app: Flask, record: Exchange, people: dict[str, Person | None], as_person: Callable[[Person], Browser], who: str
) -> None:
    walker = people[who]
    browser = as_person(walker) if walker else Browser(app.test_client())
    for _rule, address in addresses(app, "GET", record):
        with counting() as statements:
            browser.ask("GET", address)
        assert [s for s in statements if not s.lstrip().startswith(("SELECT", "BEGIN", "WITH"))] == [], address
