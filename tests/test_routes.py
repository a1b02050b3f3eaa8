"""Every route declares the permission that tests/routes.py expects; walked as every kind of person on records of
others, it answers as tests/permissions.py expects; with odd values, nothing opens or breaks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.routing import Rule

from portal import calendars
from portal.accounts.models import Absence, Person
from portal.db import Base, session
from portal.exchanges.models import Exchange
from portal.messages.models import Message
from portal.policy import Permission, Role
from portal.storage import Storage
from portal.workflows.exchange_terms import Action
from tests import permissions
from tests.factories import World, person, stand_in
from tests.pages import Browser, attribute
from tests.query_counter import counting
from tests.routes import ROUTES
from tests.scenarios import make_exchange

ODD = ("0", "99999999999999999999", "-1", "KX-2026-9999", "%00", "%F0%9F%98%80", "..%2F..", "x" * 300)


def routes(app: Flask, method: str) -> list[Rule]:
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint not in ("static", "health.readyz")]
    return sorted((rule for rule in rules if method in (rule.methods or ())), key=lambda rule: rule.rule)


def test_every_route_declares_the_permission_that_is_expected_of_it(app: Flask) -> None:
    """The expected ones are written by hand in tests/routes.py; a new page needs its line there."""
    declared = {
        f"{method} {rule.rule}": getattr(app.view_functions[rule.endpoint], "permission", None)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.endpoint != "static"
    }
    assert sorted(declared) == sorted(ROUTES)
    assert {line: found for line, found in declared.items() if found is not ROUTES[line]} == {}


def test_no_route_answers_both_get_and_post(app: Flask) -> None:
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
    """By the names that tests/permissions.py gives them."""
    today = calendars.today()
    made: dict[str, Person | None] = {
        "visitor": None,
        "disabled person": person("left@kosgeb.example", "Eski Yönetici", world.kosgeb, Role.MANAGER),
        "expert": world.expert,
        "other expert": person("other@kosgeb.example", "Can Arslan", world.kosgeb, Role.EXPERT),
        "expert of the host agency": world.colleague,
        "home manager": world.manager,
        "home deputy": world.deputy,
        "home deputy acting": person("acting@kosgeb.example", "Ece Aydın", world.kosgeb, Role.DEPUTY),
        "host manager": world.host_manager,
        "host deputy": world.host_deputy,
        "host deputy acting": person("acting@kobia.example", "Leyla Həsənova", world.kobia, Role.DEPUTY),
        "unit coordinator": world.coordinator,
        "other unit coordinator": person(
            "yevlax@kobia.example", "Elçin İbrahimov", world.kobia, Role.HOST, units=world.units[1:2]
        ),
        "home unit coordinator": world.home_coordinator,
        "administrator": world.admin,
    }
    for manager, deputy in ((world.manager, "home deputy acting"), (world.host_manager, "host deputy acting")):
        acting = made[deputy]
        assert acting is not None
        stand_in(manager, acting, today, today + timedelta(days=5))
    session.commit()
    return made


@pytest.fixture
def walking(
    app: Flask, people: dict[str, Person | None], as_person: Callable[[Person], Browser]
) -> Callable[[str], Browser]:
    """The browser of one of `people`. The disabled person was signed in before being disabled."""

    def walk(who: str) -> Browser:
        walker = people[who]
        browser = as_person(walker) if walker else Browser(app.test_client())
        if walker and who == "disabled person":
            walker.active = False
            session.commit()
        return browser

    return walk


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
        "accounts.new_password", "accounts.new_password_post", "verify.result", "address.confirm",
        "address.confirm_post", "places.days_remove",
        "absences.agree", "absences.decline", "absences.end", "messages.read_one"}  # fmt: skip
WALKERS = (
    "visitor", "disabled person", "expert", "other expert", "expert of the host agency", "home manager", "home deputy",
    "home deputy acting", "host manager", "host deputy", "host deputy acting", "unit coordinator",
    "other unit coordinator", "home unit coordinator", "administrator",
)  # fmt: skip
# the first two redirect always, the others to the report's tab: it is not sealed, and nobody has asked for a draft
LEADING_ON = {"desk.now", "report_pdf.no_draft", "report_pdf.sealed", "report_pdf.draft", "report_pdf.draft_pdf"}
INVOLVED = (
    "visitor", "expert", "other expert", "home manager", "home deputy", "host manager", "host deputy acting",
    "unit coordinator", "administrator",
)  # fmt: skip
OWNERS = {"call_id": "of_home", "announcement_id": "of_home", "unit_id": "of_host"}  # of the rows that are walked


def denial(method: str, rule: Rule, who: str, stage: str) -> int:
    """The status with which a no is answered; 0 for a yes. Only the tables written by hand are asked."""
    permission = ROUTES[f"{method} {rule.rule}"]
    if permission is Permission.PUBLIC:
        return 0
    if who in permissions.OUTSIDE:
        return 302
    if permission in permissions.EXCHANGES:
        reads = getattr(permissions.EXCHANGES[Permission.READ_EXCHANGE], stage)
        may = getattr(permissions.EXCHANGES[permission], stage)
        return 404 if who not in reads else 0 if who in may else 403
    assert isinstance(permission, Permission)
    if permission in permissions.RECORDS:
        owner = next(OWNERS[name] for name in rule.arguments)
        return 0 if who in getattr(permissions.RECORDS[permission], owner) else 403
    return 0 if who in permissions.ANYWHERE[permission] else 403


@pytest.mark.parametrize("who", WALKERS)
def test_get_answers_the_expected_people_only(
    app: Flask, record: Exchange, walking: Callable[[str], Browser], who: str
) -> None:
    browser = walking(who)
    refused = 0
    for rule, address in addresses(app, "GET", record):
        no = denial("GET", rule, who, "placed")
        refused += bool(no)
        status = browser.ask("GET", address).status_code
        assert status == no if no else status in (200, 302, 404, 409, 410), (who, address, status)
        assert not (status == 302 and not no and permits_reading(rule)), (who, address)
    assert refused > 5, "nobody may everything"


def permits_reading(rule: Rule) -> bool:
    """Whether a page that a person may read is shown; the others redirect when there is nothing to do."""
    return ROUTES[f"GET {rule.rule}"] is Permission.READ_EXCHANGE and rule.endpoint not in LEADING_ON


@pytest.mark.parametrize("who", WALKERS)
def test_post_without_permission_is_refused_and_changes_nothing(
    app: Flask, record: Exchange, walking: Callable[[str], Browser], who: str
) -> None:
    browser = walking(who)
    before, version, token = counts(), record.version, token_of(browser)
    for rule, address in addresses(app, "POST", record):
        no = denial("POST", rule, who, "placed")
        if no:
            status = browser.post(address, {"csrf_token": token, "version": version}).status_code
            assert status == no, (who, address, status)
    assert counts() == before
    assert record.version == version


@pytest.mark.parametrize(("stage", "last"), [("draft", "apply"), ("submitted", "submit"), ("endorsed", "endorse")])
def test_an_exchange_is_hidden_until_it_is_handed_in_and_released(
    app: Flask, world: World, storage: Storage, walking: Callable[[str], Browser], stage: str, last: str
) -> None:
    """Every address of the exchange, read and sent empty."""
    record = make_exchange(world, storage, last)
    for who in INVOLVED:
        browser = walking(who)
        given = {"data": {"csrf_token": token_of(browser)}}
        for method in ("GET", "POST"):
            for rule, address in addresses(app, method, record):
                no = denial(method, rule, who, stage)
                if "reference" not in rule.arguments or (method == "POST" and not no):
                    continue
                status = browser.ask(method, address, **(given if method == "POST" else {})).status_code
                assert status == no if no else status in (200, 302, 404), (who, method, address, status)


def token_of(browser: Browser) -> str:
    """The secret of this browser's forms, from a page that everybody has."""
    return attribute(browser.open("/verify"), "main form [name=csrf_token]", "value")


def test_what_does_not_exist_is_not_found(app: Flask, record: Exchange, walking: Callable[[str], Browser]) -> None:
    """People with the permission get 404 for a record that does not exist, the same as for one that is hidden."""
    unknown = {"reference": "KX-2026-9999", "code": "ATLANTIS", "name": "wishes", "key": "findings", "token": "x" * 30}
    adapter = app.url_map.bind("localhost")
    browsers = {token_of(browser): browser for browser in (walking(who) for who in INVOLVED if who != "visitor")}
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


def test_messages_and_absences_of_others_cannot_be_changed(
    world: World, record: Exchange, as_person: Callable[[Person], Browser]
) -> None:
    """Messages and absences have numbers that can be counted up."""
    away = stand_in(world.manager, world.deputy, date(2027, 1, 4), date(2027, 1, 8))
    message = session.scalars(select(Message).where(Message.person_id == world.manager.id)).first()
    assert message is not None
    message.read_at = None
    session.commit()
    browser = as_person(world.host_manager)
    away.agreed_at = None
    session.commit()
    answers = [f"/desk/absences/{away.id}/{press}" for press in ("agree", "decline", "end")]
    for address in (f"/inbox/{message.id}/read", *answers):
        browser.post(address, {"csrf_token": token_of(browser)})
    session.expire_all()
    assert message.read_at is None
    assert session.get_one(Absence, away.id).agreed_at is None and away.declined_at is None


@pytest.mark.parametrize("who", ["visitor", "expert", "home manager", "administrator"])
def test_invalid_addresses_never_fail(
    app: Flask, record: Exchange, walking: Callable[[str], Browser], who: str
) -> None:
    browser = walking(who)
    for rule in routes(app, "GET"):
        if not rule.arguments:
            continue
        for odd in ODD:
            address = rule.rule
            for name in rule.arguments:
                address = address.replace(f"<int:{name}>", odd).replace(f"<{name}>", odd)
            assert browser.ask("GET", address).status_code < 500, address


@pytest.mark.parametrize("who", ["visitor", "expert", "home manager", "unit coordinator", "administrator"])
def test_empty_and_invalid_forms_never_fail(
    app: Flask, record: Exchange, walking: Callable[[str], Browser], who: str
) -> None:
    """Every form of every page that this person gets, sent empty, then with odd values: never a fault of the portal."""
    for given in ({}, {"version": "99999999999999999999", "idempotency_key": "\x00\ud800"}):
        browser = walking(who)
        token = token_of(browser)
        for rule, address in addresses(app, "POST", record):
            if rule.endpoint != "accounts.sign_out":
                assert browser.post(address, {"csrf_token": token, **given}).status_code < 500, (address, given)


def test_a_form_without_its_secret_is_refused(app: Flask, record: Exchange, browser: Browser) -> None:
    for _rule, address in addresses(app, "POST", record):
        assert browser.ask("POST", address, data={}).status_code == 400, address


def test_steps_are_routes_of_their_own(app: Flask) -> None:
    declared = {getattr(app.view_functions[rule.endpoint], "permission", None) for rule in routes(app, "POST")}
    assert set(Action) - declared == set()


@pytest.mark.parametrize("who", ["visitor", "expert", "home manager", "unit coordinator", "administrator"])
def test_reading_sends_no_statement_that_writes(
    app: Flask, record: Exchange, walking: Callable[[str], Browser], who: str
) -> None:
    browser = walking(who)
    for _rule, address in addresses(app, "GET", record):
        with counting() as statements:
            browser.ask("GET", address)
        assert [s for s in statements if not s.lstrip().startswith(("SELECT", "BEGIN", "WITH"))] == [], address
