"""Proposing a unit, its answer, and the units' own pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts.models import Person
from portal.applications.queries import of_exchange
from portal.db import session
from portal.exchanges import queries as exchange_queries
from portal.exchanges.models import Exchange
from portal.findings import AlreadyDone, Conflict, RuleViolation
from portal.hosting import queries, service
from portal.hosting.models import Placement
from portal.policy import Denied, Role
from portal.storage import Storage
from portal.units.models import BlockedPeriod, HostUnit
from portal.units.queries import unit as unit_by_id
from portal.workflow import State
from portal.workflows.exchange_terms import Status, Turn
from tests.concurrency import together
from tests.factories import World, actor, person, topic
from tests.pages import Browser
from tests.query_counter import counting
from tests.scenarios import make_exchange, old_call

As = Callable[[Person], Browser]
TERMS = {"working_language": "az", "travel": "home", "lodging": "host", "insurance": "home"}


def block(unit: HostUnit, exchange: Exchange) -> None:
    """The unit takes nobody in the wished windows."""
    application = of_exchange(exchange.id)
    assert application is not None
    periods = [BlockedPeriod(first=w.first, last=w.last, why="Moving house") for w in application.windows]
    unit.blocked = periods
    session.flush()


def fill(unit: HostUnit, world: World, storage: Storage, like: Exchange) -> None:
    """Another expert is in the unit's only seat for the whole of the wished window."""
    application = of_exchange(like.id)
    assert application is not None
    start = application.windows[0].first
    guest = person("guest@kosgeb.example", "Oya Er", world.kosgeb, Role.EXPERT)
    make_exchange(
        world,
        storage,
        "schedule",
        call=old_call(world, idempotency_key="the guest's call"),
        expert=guest,
        unit=unit,
        start=start,
    )


@pytest.fixture
def accepted(world: World, storage: Storage) -> Exchange:
    return make_exchange(world, storage, "accept")


def place(exchange: Exchange, unit: HostUnit, world: World) -> Placement:
    return service.place(exchange, unit.id, TERMS, version=exchange.version, by=actor(world.host_manager))


@pytest.mark.parametrize("why", ["blocked", "full"])
def test_a_unit_without_room_is_shown_as_such_and_refused_after(
    world: World, storage: Storage, accepted: Exchange, as_person: As, why: str
) -> None:
    browser, unit = as_person(world.host_manager), world.units[0]
    address = f"/exchanges/{accepted.reference}/place"
    browser.open(address)
    stale_page = browser.answers(browser.form("version")) | {"unit": str(unit.id)}
    if why == "blocked":
        block(unit, accepted)
    else:
        fill(unit, world, storage, accepted)
    page = browser.open(address)
    assert page.find("button", value=str(unit.id), attrs={"name": "unit"}) is None
    assert "Not possible, and what would change it" in browser.text
    answer = browser._took(browser.post(address, stale_page))
    assert answer.status_code == 422 and browser.problems
    session.rollback()
    assert exchange_queries.locked(accepted.id).status is Status.ACCEPTED


def test_what_to_mind_at_a_unit_is_confirmed_with_the_press(world: World, accepted: Exchange, as_person: As) -> None:
    """A unit that has declined can be asked again, knowingly; another unit's warnings are shown in their turn."""
    for unit in world.units[:2]:
        place(accepted, unit, world)
        service.decline(accepted, "No desk.", version=accepted.version, by=actor(world.coordinator))
    world.units[1].languages = "fr"
    browser, address = as_person(world.host_manager), f"/exchanges/{accepted.reference}/place"
    browser.open(address)
    first, second = ({"unit": str(unit.id)} for unit in world.units[:2])
    browser.send(address, first, having="version")
    assert browser.status == 422 and browser.warnings == ["This unit has declined to host this expert already."]
    browser.send(address, second, having="version")
    assert browser.status == 422 and len(browser.warnings) == 2, "other warnings than those shown"
    assert browser.one(".warning-summary button")["value"] == str(world.units[1].id)
    browser.send(address, second, having="version")
    assert browser.status == 302
    session.rollback()
    assert exchange_queries.locked(accepted.id).unit_id == world.units[1].id


@pytest.mark.parametrize("choice", ["own", "no such", "closed", "words", ""])
def test_only_active_units_of_the_host_agency_can_be_chosen(
    world: World, accepted: Exchange, as_person: As, choice: str
) -> None:
    world.units[1].active = False
    ids = {"own": world.units[2].id, "no such": 2_000_000_000, "closed": world.units[1].id}
    browser = as_person(world.host_manager)
    address = f"/exchanges/{accepted.reference}/place"
    browser.open(address)
    browser.send(address, {"unit": str(ids.get(choice, choice))}, having="version")
    assert browser.status == 422 and browser.problems


@pytest.mark.parametrize("words", ["x" * 20_000, "\ud800\x00 lone"])
def test_odd_words_in_the_terms_are_answered_in_words(
    world: World, accepted: Exchange, as_person: As, words: str
) -> None:
    place(accepted, world.units[0], world)
    session.commit()
    browser = as_person(world.host_manager)
    address = f"/exchanges/{accepted.reference}/terms"
    browser.open(address)
    browser.send(address, {"counterpart": "Ramil", "duties": words}, having="version")
    assert browser.status in (302, 422)
    assert browser.status == 302 or (browser.problems and words in browser.text)


def test_two_managers_propose_at_once_and_one_unit_is_asked(app: Flask, world: World, accepted: Exchange) -> None:
    number, version, by = accepted.id, accepted.version, actor(world.host_manager)
    units = [world.units[0].id, world.units[1].id] * 2

    def propose() -> object:
        service.place(exchange_queries.locked(number), units.pop(), TERMS, version=version, by=by)
        return "asked"

    results = together(app, propose, 4)
    assert results.count("asked") == 1
    assert {result for result in results if result != "asked"} <= {AlreadyDone, Conflict}
    assert len(session.scalars(select(Placement)).all()) == 1


def test_the_unit_confirms_and_the_host_agency_goes_on(world: World, storage: Storage, as_person: As) -> None:
    exchange = make_exchange(world, storage, "place")
    browser = as_person(world.coordinator)
    address = f"/exchanges/{exchange.reference}/confirm"
    assert "Ramil Əsgərov" in browser.open(address).get_text(), "the terms are read before the answer"
    browser.send(address, having="version")
    session.rollback()
    placement = queries.current(exchange.id)
    assert placement is not None and placement.confirmed_by == world.coordinator.id
    assert exchange_queries.locked(exchange.id).state == State(Status.PLACED, Turn.HOST)


def test_a_decline_needs_a_reason_and_goes_back(world: World, storage: Storage, as_person: As) -> None:
    exchange = make_exchange(world, storage, "place")
    browser = as_person(world.coordinator)
    address = f"/exchanges/{exchange.reference}/decline"
    browser.open(address)
    browser.send(address, {"reason": " \n"}, having="version")
    assert browser.status == 422 and browser.problems
    answers = browser.answers(browser.form("version")) | {"reason": "Two colleagues are away."}
    assert browser.post(address, answers).location == "/desk"
    assert "You declined." in browser.open("/desk").get_text()
    assert browser.post(address, answers).location == "/desk", "a second press"
    assert f"{exchange.reference} is no longer with you." in browser.open("/desk").get_text()
    session.rollback()
    back = exchange_queries.locked(exchange.id)
    assert (back.state, back.unit_id) == (State(Status.ACCEPTED, Turn.HOST), None)
    manager = as_person(world.host_manager)
    assert "has declined already" in manager.open(f"/exchanges/{exchange.reference}/place").get_text()


@pytest.mark.parametrize("step", ["confirm", "decline"])
def test_the_coordinator_of_another_unit_neither_sees_nor_answers(
    world: World, storage: Storage, as_person: As, step: str
) -> None:
    exchange = make_exchange(world, storage, "place")
    other = person("gence@kobia.example", "Elçin İbrahimov", world.kobia, Role.HOST, units=world.units[1:2])
    as_person(other).open(f"/exchanges/{exchange.reference}/{step}", 404)
    with pytest.raises(Denied):
        service.confirm(exchange, version=exchange.version, by=actor(other))


# the unit's own page


def edit(browser: Browser, unit: HostUnit, **fields: Any) -> None:
    browser.open(f"/units/{unit.id}/edit")
    browser.send(f"/units/{unit.id}/edit", {"languages": ["az"], **fields}, having="version")


def test_the_coordinator_keeps_the_units_page(world: World, as_person: As) -> None:
    said = {
        "name_own": "Yevlax KOB evi", "name_en": "Yevlakh SME house", "name_tr": "Yevlah KOBİ evi",
        "name_az": "Yevlax KOB evi", "city": "Yevlax", "address": "Heydər Əliyev pr. 1", "phone": "",
        "other_topics": "koçinq\nixrac",
        "languages": ["az", "tr"], "capacity": "3", "offers": "Desk, interpreter",
        "blocked-0-first": "2027-07-01", "blocked-0-last": "2027-07-31", "blocked-0-why": "Summer",
    }  # fmt: skip
    browser, unit = as_person(world.coordinator), world.units[0]
    edit(browser, unit, **said)
    assert browser.status == 302, browser.problems
    page = browser.open(f"/units/{unit.id}").get_text(" ")
    for words in ("Yevlakh SME house", "Yevlah KOBİ evi", "Heydər Əliyev pr. 1", "koçinq", "Turkish", "Summer", "July"):
        assert words in page
    session.rollback()
    kept = unit_by_id(unit.id)
    assert kept is not None and (kept.capacity, len(kept.blocked)) == (3, 1)


@pytest.mark.parametrize("number", [1, 2])
def test_a_coordinator_cannot_edit_another_units_page(world: World, as_person: As, number: int) -> None:
    own = person("yevlax@kobia.example", "Elçin İbrahimov", world.kobia, Role.HOST, units=world.units[:1])
    browser = as_person(own)
    browser.open(f"/units/{world.units[0].id}/edit")
    fields = browser.answers(browser.form("version"))
    browser.open(f"/units/{world.units[number].id}/edit", 403)
    assert browser.post(f"/units/{world.units[number].id}/edit", fields).status_code == 403


@pytest.mark.parametrize(
    "wrong",
    [
        {"blocked-0-first": "2027-07-31", "blocked-0-last": "2027-07-01"},
        {"blocked-0-first": "2027-07-31", "blocked-0-last": ""},
        {"blocked-0-first": "2027-02-30", "blocked-0-last": "2027-03-01"},
        {"blocked-0-first": "0001-01-01", "blocked-0-last": "9999-12-31"},
        {"capacity": "0"},
        {"capacity": "51"},
        {"capacity": "99999999999999999999"},
        {"name_own": " "},
        {"languages": ["klingon"]},
        {"other_topics": "x" * 20_000},
    ],
)
def test_a_wrong_answer_on_the_units_page_is_told_beside_it(world: World, as_person: As, wrong: dict[str, Any]) -> None:
    browser = as_person(world.coordinator)
    edit(browser, world.units[0], **wrong)
    assert browser.status == 422 and browser.problems
    name, value = next(iter(wrong.items()))
    if isinstance(value, str) and len(value) < 100 and value.strip():
        assert value in str(browser.page.select_one(f"[name={name}]")), "what was typed is kept"


def test_never_fewer_seats_than_are_booked(world: World, storage: Storage) -> None:
    world.units[0].capacity = 2
    call = old_call(world)
    for number in range(2):
        guest = person(f"guest{number}@kosgeb.example", f"Uzman {number}", world.kosgeb, Role.EXPERT)
        told = make_exchange(world, storage, "schedule", call=call, expert=guest)
        assert told.start is not None
    unit = world.units[0]
    with pytest.raises(RuleViolation, match="capacity"):
        service.save_unit(unit, unit.version, {"capacity": 1}, [], by=actor(world.coordinator))


def test_who_saves_an_older_page_is_told_what_differs(world: World, as_person: As) -> None:
    """Blocked periods alone are a change too; the second press saves over them knowingly."""
    unit, slow, fast = world.units[0], as_person(world.coordinator), as_person(world.host_manager)
    slow.open(f"/units/{unit.id}/edit")
    old = slow.answers(slow.form("version")) | {"offers": "Desk", "languages": ["az"]}
    edit(fast, unit, **{"blocked-0-first": "2027-07-01", "blocked-0-last": "2027-07-31"})
    assert fast.status == 302
    slow._took(slow.post(f"/units/{unit.id}/edit", old))
    assert slow.status == 409
    assert "1. From: 1 July 2027" in slow.text_of(".banner.problem") and "Desk" in str(slow.page)
    slow.send(f"/units/{unit.id}/edit", having="version")
    assert slow.status == 302


def test_another_period_can_be_added_without_javascript(world: World, as_person: As) -> None:
    browser, address = as_person(world.coordinator), f"/units/{world.units[0].id}/edit"
    before = len(browser.open(address).select("[data-row]"))
    browser.send(address, {"more": "1"}, having="version")
    assert len(browser.page.select("[data-row]")) == before + 1
    many = {f"blocked-{n}-why": "" for n in range(60)}
    browser.open(address)
    browser.send(address, many | {"more": "1"}, having="version")
    assert browser.status in (200, 422)


@pytest.mark.parametrize("page", ["place", "list", "unit"])
def test_pages_cost_the_same_statements_for_one_row_and_three(
    app: Flask, world: World, storage: Storage, as_person: As, page: str
) -> None:
    exchange, unit = make_exchange(world, storage, "accept"), world.units[0]
    address = {"place": f"/exchanges/{exchange.reference}/place", "list": "/units", "unit": f"/units/{unit.id}"}[page]
    browser, counts = as_person(world.host_manager), []
    world.units[1].active = False
    for rows in range(2):
        if rows:
            for number in range(3):
                made = HostUnit(agency_id=world.kobia.id, name_own=f"Xaçmaz {number}", city="Xaçmaz")
                made.topics = [topic(f"ixrac {number}"), *unit.topics]
                made.blocked = [BlockedPeriod(first=exchange.created_at.date(), last=exchange.created_at.date())]
                session.add(made)
                unit.blocked.append(BlockedPeriod(first=made.blocked[0].first, last=made.blocked[0].last))
        browser.open(address)
        with counting() as statements:
            browser.open(address)
        counts.append(len([s for s in statements if s.lstrip().startswith("SELECT")]))
    assert counts[0] == counts[1] <= 17


def test_a_manager_adds_a_unit_to_the_own_agency_only(world: World, as_person: As) -> None:
    browser = as_person(world.manager)
    browser.open("/units/new")
    browser.send("/units/new", {"agency": str(world.kobia.id), "name": "Xudat KOB evi", "city": "Xudat"}, having="name")
    assert browser.status == 422
    fields = {"agency": str(world.kosgeb.id), "name": "Bursa Müdürlüğü", "city": "Bursa"}
    browser.send("/units/new", fields, having="name")
    assert browser.status == 302


def test_a_unit_without_a_coordinator_is_warned_of_and_can_be_asked(world: World, storage: Storage) -> None:
    exchange = make_exchange(world, storage, "accept")
    world.coordinator.active = False
    session.flush()
    codes = [finding.code for finding in service.against(world.units[0], exchange)]
    assert "unit_no_coordinator" in codes


@pytest.mark.parametrize(
    ("reader", "names", "shown"),
    [
        ("az", {"name_tr": "Yevlah KOBİ Evi", "name_en": "Yevlakh SME House"}, ("", "az")),
        ("tr", {"name_tr": "Yevlah KOBİ Evi", "name_en": "Yevlakh SME House"}, ("Yevlah KOBİ Evi", "tr")),
        ("tr", {"name_en": "Yevlakh SME House"}, ("", "az")),  # its own name is nearer than the English one
        ("en", {"name_tr": "Yevlah KOBİ Evi"}, ("Yevlah KOBİ Evi", "tr")),
        ("en", {}, ("", "az")),
    ],
)
def test_a_units_own_name_is_followed_by_the_one_that_a_reader_reads_best(
    world: World, reader: str, names: dict[str, str], shown: tuple[str, str]
) -> None:
    unit = world.units[0]
    for name, words in names.items():
        setattr(unit, name, words)
    assert unit.translated(reader) == shown


def test_a_unit_is_asked_once_for_its_name_in_each_language(world: World, as_person: As) -> None:
    world.units[0].name_az = "from before"
    browser = as_person(world.coordinator)
    browser.open(f"/units/{world.units[0].id}/edit")
    names = [str(field["name"]) for field in browser.page.select("[name^=name_]")]
    assert names == ["name_own", "name_tr", "name_en"]
    edit(browser, world.units[0], name_own="Yevlax KOB evi", name_tr="Yevlah KOBİ Evi", capacity="1")
    session.expire_all()
    assert (world.units[0].name_tr, world.units[0].name_az) == ("Yevlah KOBİ Evi", "from before")
