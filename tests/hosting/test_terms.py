"""Choosing a unit with one press, and the terms that follow: with what they begin, who may change them, until when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from portal.accounts.models import Person
from portal.applications.queries import of_exchange
from portal.db import session
from portal.exchanges.models import Exchange
from portal.exchanges.queries import locked
from portal.findings import EditConflict, RuleViolation
from portal.hosting import queries, service, terms
from portal.hosting.matching import UnitFacts, Wish, nearest
from portal.hosting.models import Placement
from portal.policy import Denied
from portal.storage import Storage
from portal.workflows.exchange_terms import Status
from tests.factories import World, actor
from tests.narrowing import found
from tests.pages import Browser
from tests.scenarios import make_exchange

As = Callable[[Person], Browser]
MONDAY = date(2027, 4, 5)
FRIDAY = MONDAY + timedelta(days=4)


def placement_of(exchange: Exchange) -> Placement:
    session.rollback()
    return found(queries.current(exchange.id))


def test_one_press_on_the_comparison_asks_the_unit_and_the_terms_follow(
    world: World, storage: Storage, as_person: As
) -> None:
    exchange = make_exchange(world, storage, "accept")
    world.coordinator.phone, world.units[0].offers = "+994 12 555 01 01", "Desk and interpreter"
    session.commit()
    browser = as_person(world.host_manager)
    page = browser.open(f"/exchanges/{exchange.reference}/place")
    button = found(page.select_one(f'button[name=unit][value="{world.units[0].id}"]'))
    assert found(button.find_parent("section")).select_one(f'a[href="/units/{world.units[0].id}"]')
    browser.insist(f"/exchanges/{exchange.reference}/place", {"unit": button["value"]}, having="version")
    assert browser.location == f"/exchanges/{exchange.reference}/terms"
    said = placement_of(exchange)
    assert (said.counterpart, said.counterpart_phone) == (world.coordinator.name, world.coordinator.phone)
    assert said.facilities == "Desk and interpreter" and said.expected_results
    assert locked(exchange.id).status is Status.PLACED


def test_the_agencys_usual_clauses_are_taken_over(world: World, storage: Storage) -> None:
    before = make_exchange(world, storage, "place")
    placement_of(before).confidentiality = "As in the protocol of 2020"
    session.flush()
    exchange = make_exchange(world, storage, "accept", call=world.call("another call"), number=1)
    application = found(of_exchange(exchange.id))
    begin = terms.suggested(exchange, application, world.units[1])
    assert begin["confidentiality"] == "As in the protocol of 2020"


def test_the_unit_names_its_people_when_it_confirms(world: World, storage: Storage, as_person: As) -> None:
    exchange = make_exchange(world, storage, "place")
    browser, address = as_person(world.coordinator), f"/exchanges/{exchange.reference}/confirm"
    browser.open(address)
    browser.send(address, {"counterpart": ""}, having="version")
    assert browser.status == 422 and browser.problems
    people = {"counterpart": "Aysel Əliyeva", "counterpart_phone": "+994 22 256 10 10", "supervisor": "Ramil Əsgərov"}
    browser.send(address, people, having="version")
    assert browser.status == 302
    said = placement_of(exchange)
    assert {name: getattr(said, name) for name in people} == people
    assert queries.known_people(said.unit_id) == ["Aysel Əliyeva", "Ramil Əsgərov"]
    shown = {
        who.id: people["counterpart_phone"] in as_person(who).open(f"/exchanges/{exchange.reference}/host").get_text()
        for who in (world.coordinator, world.host_manager, world.expert, world.manager)
    }
    assert [*shown.values()] == [True, True, False, False], "the expert sees it on the eve, the home agency never"


def test_terms_that_changed_meanwhile_are_not_confirmed_unread(world: World, storage: Storage, as_person: As) -> None:
    exchange = make_exchange(world, storage, "place")
    browser, address = as_person(world.coordinator), f"/exchanges/{exchange.reference}/confirm"
    browser.open(address)
    said = placement_of(exchange)
    terms.save(exchange, {"duties": "Ten cases"}, version=said.version, by=actor(world.host_manager))
    session.commit()
    browser.send(address, having="version")
    assert browser.status == 409 and "Ten cases" in browser.text
    browser.send(address, having="version")
    assert browser.status == 302 and placement_of(exchange).confirmed_at is not None


def test_terms_are_changed_by_either_host_side_until_the_unit_confirms(
    world: World, storage: Storage, as_person: As
) -> None:
    exchange = make_exchange(world, storage, "place")
    for who in (world.host_manager, world.coordinator):
        version = placement_of(exchange).version
        terms.save(exchange, {"duties": who.name}, version=version, by=actor(who))
        session.commit()
        with pytest.raises(EditConflict):
            terms.save(exchange, {"duties": "older"}, version=version, by=actor(who))
    with pytest.raises(Denied):
        terms.save(exchange, {"duties": "mine"}, version=1, by=actor(world.manager))
    session.rollback()
    exchange = locked(exchange.id)
    service.confirm(exchange, version=exchange.version, by=actor(world.coordinator))
    session.commit()
    with pytest.raises(RuleViolation, match="not_now"):
        terms.save(exchange, {"duties": "late"}, version=placement_of(exchange).version, by=actor(world.coordinator))
    assert as_person(world.host_manager).ask("GET", f"/exchanges/{exchange.reference}/terms").status_code == 302


# the nearest days on which a unit could host


def unit(capacity: int = 1, blocked: tuple[date, date] | None = None, **booked: int) -> UnitFacts:
    taken = {date.fromisoformat(day.replace("_", "-")[1:]): seats for day, seats in booked.items()}
    return UnitFacts(1, [], [], capacity, [blocked] if blocked else [], taken)


def wish(days: int = 5, weekdays: bool = True) -> Wish:
    return Wish([], {}, {}, [(MONDAY, FRIDAY)], [], days, weekdays)


@pytest.mark.parametrize(
    ("blocked", "expected"),
    [
        ((MONDAY, FRIDAY), ("2027-03-29", "2027-04-02")),  # of two equally near the earlier
        ((date(2027, 3, 29), FRIDAY), ("2027-04-12", "2027-04-16")),  # later is nearer
        ((date(2027, 4, 5), date(2027, 4, 30)), ("2027-03-29", "2027-04-02")),  # earlier is nearer
        ((date(2027, 3, 31), date(2027, 4, 30)), ("2027-03-24", "2027-03-30")),  # across a weekend
        ((date(2027, 3, 1), date(2027, 6, 30)), None),  # nowhere within the call
    ],
)
def test_the_nearest_days_are_those_closest_to_the_wish(
    blocked: tuple[date, date], expected: tuple[str, str] | None
) -> None:
    told = nearest(unit(blocked=blocked), wish(), (date(2027, 3, 1), date(2027, 6, 30)))
    assert (told and (told[0].isoformat(), told[1].isoformat())) == expected


@pytest.mark.parametrize(("days", "fits"), [(4, True), (5, True), (6, False)])
def test_a_run_of_free_days_is_long_enough_or_not(days: int, fits: bool) -> None:
    bounds = (MONDAY, FRIDAY)
    assert (nearest(unit(), wish(days), bounds) is not None) is fits
    assert (nearest(unit(), wish(days, weekdays=False), bounds) is not None) is fits
