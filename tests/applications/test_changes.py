"""After a return, whoever decides next reads what was changed since: old and new, answer by answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from portal import calendars
from portal.accounts.models import Person
from portal.applications import service
from portal.applications.changes import Change, changes
from portal.applications.queries import changed_since_return, locked
from portal.applications.sections import Section, wish_warnings
from portal.applications.service import Answers
from portal.approvals import service as approvals
from portal.approvals.service import Verdict
from portal.db import session
from portal.exchanges.models import Exchange
from portal.exchanges.queries import locked as exchange_now
from portal.findings import Level
from portal.personal_data.service import tick
from portal.storage import Storage
from portal.workflows.exchange_terms import Action
from tests.factories import World, actor
from tests.form_data import CONSENT
from tests.pages import Browser
from tests.scenarios import make_exchange

As = Callable[[Person], Browser]
RETURNS = (Action.HOME_RETURN, Action.HOST_RETURN)


def decide(exchange: Exchange, action: Action, by: Person) -> None:
    now = exchange_now(exchange.id)
    approvals.decide(now, Verdict(action, now.version, "Say it better."), by=actor(by))


def hand_in_again(exchange: Exchange, world: World, aim: str, days: int) -> None:
    """Other words for the aim, another length, another wished unit."""
    by = actor(world.expert)
    saved = service.save(exchange, Section.PLAN, Answers({"aim": aim}), version=locked(exchange.id).version, by=by)
    windows = [(window.first, window.last) for window in saved.windows]
    answers = Answers({"days": days}, wishes=[world.units[1].id], windows=windows)
    service.save(exchange, Section.WISHES, answers, version=saved.version, by=by)
    service.submit(exchange, version=exchange_now(exchange.id).version, by=by)
    session.commit()


def test_only_what_differs_is_told_in_the_order_of_the_application() -> None:
    before = {"aim": ["a"], "results": ["x", "y"], "days": ["5"], "needs": []}
    after = {"aim": ["a"], "results": ["y", "x"], "days": ["6"], "needs": ["Vegetarian"]}
    assert changes(before, after) == [
        Change("results", ["x", "y"], ["y", "x"]),
        Change("days", ["5"], ["6"]),
        Change("needs", [], ["Vegetarian"]),
    ]
    assert changes({}, {"aim": []}) == [], "an answer that nobody gave is none"


def test_the_home_agency_reads_what_was_changed_since_its_return(world: World, storage: Storage, as_person: As) -> None:
    exchange = make_exchange(world, storage, "submit")
    old = locked(exchange.id).aim
    decide(exchange, Action.HOME_RETURN, world.manager)
    hand_in_again(exchange, world, "A better aim.", 4)
    browser = as_person(world.manager)
    browser.open(f"/exchanges/{exchange.reference}/endorse")
    told = browser.text_of("[aria-labelledby=changes]")
    assert old in told and "A better aim." in told and world.units[1].name_own in told


@pytest.mark.parametrize("returned_by_host", [False, True])
def test_the_host_agency_reads_only_changes_of_what_it_has_seen(
    world: World, storage: Storage, returned_by_host: bool
) -> None:
    exchange = make_exchange(world, storage, "submit")
    if returned_by_host:
        decide(exchange, Action.HOME_ENDORSE, world.manager)
        decide(exchange, Action.HOST_RETURN, world.host_manager)
    else:
        decide(exchange, Action.HOME_RETURN, world.manager)
    hand_in_again(exchange, world, "A better aim.", 4)
    decide(exchange, Action.HOME_ENDORSE, world.manager)
    known = [change.name for change in changed_since_return(exchange.id, *RETURNS)]
    assert "aim" in known
    assert [c.name for c in changed_since_return(exchange.id, Action.HOST_RETURN)] == (
        known if returned_by_host else []
    )


def test_the_last_return_counts_and_a_first_handing_in_changes_nothing(world: World, storage: Storage) -> None:
    exchange = make_exchange(world, storage, "submit")
    assert changed_since_return(exchange.id, *RETURNS) == []
    for aim in ("Second.", "Third."):
        decide(exchange, Action.HOME_RETURN, world.manager)
        hand_in_again(exchange, world, aim, 4)
    (change,) = changed_since_return(exchange.id, *RETURNS)
    assert (change.name, change.before, change.after) == ("aim", ["Second."], ["Third."])


@pytest.mark.parametrize(("ahead", "warned"), [(-1, True), (0, False), (1, False)])
def test_dates_before_anything_can_be_agreed_are_warned_of(ahead: int, warned: bool) -> None:
    soon = date(2027, 3, 1)
    first = soon + timedelta(days=ahead)
    found = wish_warnings([(soon, soon), (first, first + timedelta(days=9))], soon)
    assert [(one.level, one.code, one.field) for one in found] == [(Level.WARNING, "window_soon", "first_2")] * warned


def test_near_dates_are_confirmed_with_the_press(world: World, storage: Storage, as_person: As) -> None:
    """Nothing is handed in by the first press; nothing forbids the second."""
    today = calendars.today()
    exchange = make_exchange(world, storage, "apply", start=today + timedelta(days=29))
    application = locked(exchange.id)
    application.call.deadline = calendars.now() + timedelta(days=1)
    application.declared_at = calendars.now()
    tick(exchange.id, world.expert.id, CONSENT.words)
    session.commit()
    browser, address = as_person(world.expert), f"/exchanges/{exchange.reference}/check"
    browser.open(address)
    browser.send(address, having="version")
    assert browser.status == 422 and not browser.problems and "may not be agreed by then" in browser.warnings[0]
    browser.send(address, having="version")
    assert browser.status == 302, browser.text
