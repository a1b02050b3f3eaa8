"""Decisions: one an agency and version, places never over-filled, consent before release, words that help."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from portal.accounts.models import Person
from portal.applications import service as applications
from portal.approvals import service
from portal.approvals.models import Decision, Outcome
from portal.approvals.service import Verdict
from portal.calendars import now
from portal.calls.models import Call
from portal.db import session
from portal.exchanges import queries
from portal.exchanges.models import Exchange
from portal.findings import RuleViolation
from portal.personal_data.service import withdraw
from portal.policy import Role
from portal.storage import Storage
from portal.workflows.exchange_terms import TAKES_PLACE, Action, Status
from tests.concurrency import together
from tests.factories import World, actor, person
from tests.narrowing import found
from tests.pages import Browser
from tests.query_counter import counting
from tests.scenarios import make_exchange, old_call

As = Callable[[Person], Browser]


def applicants(world: World, storage: Storage, count: int, places: int) -> tuple[Call, list[Exchange]]:
    """Endorsed exchanges of one call, each by another expert."""
    call = old_call(world, places=places)
    told = []
    for number in range(count):
        expert = person(f"expert{number}@kosgeb.example", f"Uzman {number}", world.kosgeb, Role.EXPERT)
        told.append(make_exchange(world, storage, "endorse", call=call, expert=expert, number=number))
    return call, told


def accept(exchange: Exchange, world: World) -> None:
    service.decide(exchange, Verdict(Action.HOST_ACCEPT, exchange.version), by=actor(world.host_manager))


def test_concurrent_acceptances_give_the_last_place_once(app: Flask, world: World, storage: Storage) -> None:
    call, exchanges = applicants(world, storage, 20, places=1)
    numbers, by = [exchange.id for exchange in exchanges], actor(world.host_manager)
    versions = {exchange.id: exchange.version for exchange in exchanges}

    def take() -> object:
        number = numbers.pop()
        verdict = Verdict(Action.HOST_ACCEPT, versions[number])
        return service.decide(queries.locked(number), verdict, by=by).outcome

    results = together(app, take, 20)
    assert (results.count(Outcome.ACCEPTED), results.count(RuleViolation)) == (1, 19)
    taken = select(func.count(Exchange.id)).where(Exchange.call_id == call.id, Exchange.status.in_(TAKES_PLACE))
    assert session.scalar(taken) == 1


def test_without_a_free_place_accepting_is_refused_and_the_waiting_list_offered(
    world: World, storage: Storage, as_person: As
) -> None:
    _call, (first, second) = applicants(world, storage, 2, places=1)
    browser = as_person(world.host_manager)
    address = f"/exchanges/{second.reference}/accept"
    browser.open(address)
    accept(first, world)
    session.commit()
    browser.send(address, having="version")
    assert browser.status == 422
    assert "last place" in " ".join(browser.problems)
    assert found(queries.by_reference(second.reference)).status is Status.ENDORSED
    assert browser.open(address).find("a", href=f"/exchanges/{second.reference}/waitlist")


def test_accepting_twice_for_the_last_place_is_already_done(world: World, storage: Storage, as_person: As) -> None:
    """The place has gone to this very person: nobody is told that it has gone."""
    _call, (exchange,) = applicants(world, storage, 1, places=1)
    browser, address = as_person(world.host_manager), f"/exchanges/{exchange.reference}/accept"
    browser.open(address)
    form = browser.answers(browser.form("version"))
    assert [browser.post(address, form).status_code for _press in range(2)] == [302, 302]


def test_whoever_was_slower_reads_what_happened_and_not_that_the_place_has_gone(
    world: World, storage: Storage, as_person: As
) -> None:
    other = person("second@kobia.example", "Leyla Quliyeva", world.kobia, Role.MANAGER)
    _call, (exchange,) = applicants(world, storage, 1, places=1)
    browser, address = as_person(other), f"/exchanges/{exchange.reference}/accept"
    browser.open(address)
    accept(exchange, world)
    browser.send(address, having="version")
    assert browser.status == 409
    assert "Accepted by KOBİA" in browser.text and world.host_manager.name in browser.text


@pytest.mark.parametrize("ending", ["home_cancel", "host_cancel", "expert_withdraw"])
def test_a_place_that_comes_free_can_be_taken(world: World, storage: Storage, ending: str) -> None:
    _call, (first, second) = applicants(world, storage, 2, places=1)
    accept(first, world)
    with pytest.raises(RuleViolation, match="no_place"):
        accept(second, world)
    if ending == "expert_withdraw":
        expert = session.get_one(Person, first.expert_id)
        applications.withdraw(first, version=first.version, reason="A new post.", by=actor(expert))
    else:
        by = world.manager if ending == "home_cancel" else world.host_manager
        service.decide(first, Verdict(Action(ending), first.version, "The unit closed."), by=actor(by))
    accept(second, world)
    assert second.status is Status.ACCEPTED


def test_the_database_holds_one_decision_an_agency_and_version(world: World, storage: Storage) -> None:
    exchange = make_exchange(world, storage, "endorse")
    decision = session.scalars(select(Decision).where(Decision.exchange_id == exchange.id)).one()
    again = {c.name: getattr(decision, c.name) for c in Decision.__table__.columns if c.name != "id"}
    with pytest.raises(IntegrityError):
        session.execute(insert(Decision).values(**again | {"at": now()}))
    session.rollback()


def test_without_consent_nothing_is_released(world: World, storage: Storage) -> None:
    exchange = make_exchange(world, storage, "submit")
    assert withdraw(exchange.id)
    with pytest.raises(RuleViolation, match="consent"):
        service.decide(exchange, Verdict(Action.HOME_ENDORSE, exchange.version), by=actor(world.manager))
    assert not exchange.released


def test_a_return_needs_a_word_somewhere(world: World, storage: Storage, as_person: As) -> None:
    exchange = make_exchange(world, storage, "submit")
    address = f"/exchanges/{exchange.reference}/return-home"
    browser = as_person(world.manager)
    browser.open(address)
    browser.send(address, {"reason": " "}, having="version")
    assert browser.status == 422 and browser.problems
    browser.send(address, {"section_wishes": "Which of the two windows?"}, having="version")
    assert browser.status == 302


@pytest.mark.parametrize("words", ["x" * 20_000, "\ud800\x00 lone"])
def test_odd_reasons_are_answered_in_words(world: World, storage: Storage, as_person: As, words: str) -> None:
    exchange = make_exchange(world, storage, "submit")
    address = f"/exchanges/{exchange.reference}/reject-home"
    browser = as_person(world.manager)
    browser.open(address)
    browser.send(address, {"reason": words}, having="version")
    assert browser.status in (302, 422)
    if browser.status == 422:
        assert browser.problems and words in browser.text_of("textarea")


def test_the_back_button_and_a_second_press_change_nothing_more(world: World, storage: Storage, as_person: As) -> None:
    exchange = make_exchange(world, storage, "submit")
    address = f"/exchanges/{exchange.reference}/endorse"
    browser = as_person(world.manager)
    browser.open(address)
    form = browser.answers(browser.form("version"))
    for _press in range(3):
        assert browser.post(address, form).status_code == 302
    assert session.scalar(select(func.count(Decision.id))) == 1


@pytest.mark.parametrize(("step", "page"), [("submit", "endorse"), ("endorse", "accept"), ("accept_home", "decisions")])
def test_pages_cost_the_same_however_much_was_decided(
    world: World, storage: Storage, as_person: As, step: str, page: str
) -> None:
    exchange = make_exchange(world, storage, step)
    address, who = f"/exchanges/{exchange.reference}/{page}", world.manager if page == "endorse" else world.host_manager
    browser, counts = as_person(who), []
    browser.ask("GET", address)  # what a process keeps is read now, not while counting
    for number in range(2):
        if number:
            again = {"agency_id": world.kosgeb.id, "by_id": world.manager.id, "at": now(), "outcome": Outcome.RETURNED}
            made = [Decision(exchange_id=exchange.id, version=900 + n, reason="Again", **again) for n in range(3)]
            session.add_all(made)
            session.commit()
        with counting() as statements:
            assert browser.ask("GET", address).status_code == 200
        counts.append(len([s for s in statements if s.lstrip().startswith("SELECT")]))
    assert counts[0] == counts[1] <= 18, statements


def test_a_deputy_decides_only_while_standing_in(world: World, storage: Storage, as_person: As) -> None:
    exchange = make_exchange(world, storage, "submit")
    as_person(world.deputy).open(f"/exchanges/{exchange.reference}/endorse", 403)


def test_a_step_that_cannot_be_taken_leads_to_how_it_stands(world: World, storage: Storage, as_person: As) -> None:
    """From an old mail, a bookmark, another tab."""
    exchange = make_exchange(world, storage, "accept")
    browser = as_person(world.manager)
    browser._took(browser.ask("GET", f"/exchanges/{exchange.reference}/endorse"))
    assert (browser.status, browser.location) == (302, f"/exchanges/{exchange.reference}")
    assert "not possible now" in browser.open(browser.location).text


def test_whoever_returned_an_application_that_is_no_longer_theirs_comes_to_the_desk(
    world: World, storage: Storage, as_person: As
) -> None:
    exchange = make_exchange(world, storage, "endorse")
    browser, address = as_person(world.host_manager), f"/exchanges/{exchange.reference}/return-host"
    browser.open(address)
    browser.send(address, {"reason": "Lütfen ayrıntı yazın."}, having="reason")
    assert (browser.status, browser.location) == (302, "/desk")
    assert "Returned to the expert." in browser.open("/desk").text
