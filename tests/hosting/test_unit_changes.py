"""A unit that closes, or takes nobody on days of a visit: shown first, then told and moved by the steps there are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, cast

import pytest
from sqlalchemy import func, select

from portal.accounts.models import Person
from portal.administration.models import AdministrationEvent
from portal.db import session
from portal.exchanges.models import Exchange
from portal.exchanges.queries import locked
from portal.findings import RuleViolation
from portal.hosting import service
from portal.hosting.unit_changes import Concerned, days_of
from portal.messages.models import Message
from portal.policy import Actor, Grant, Role
from portal.storage import Storage
from portal.subjects.queries import last_event
from portal.workflows.exchange_terms import Action, Status, Turn
from tests.factories import World, actor
from tests.narrowing import found
from tests.pages import Browser
from tests.scenarios import make_exchange

As = Callable[[Person], Browser]
FIRST, LAST = date(2027, 3, 8), date(2027, 3, 12)
HOST, UNIT, ADMIN = (
    Actor(1, frozenset({grant})) for grant in (Grant(Role.MANAGER, 2), Grant(Role.HOST, 2, 3), Grant(Role.ADMIN))
)


@dataclass
class Visit:
    """What the checks read of an exchange at unit 3 of agency 2."""

    status: Status = Status.SCHEDULED
    start: date | None = FIRST
    end: date | None = LAST
    id: int = 1
    reference: str = "KX-2026-0001"
    expert_id: int = 9
    home_id: int = 1
    host_id: int = 2
    unit_id: int | None = 3
    handed_in: bool = True
    released: bool = True
    escalated: bool = False
    expert_gone: bool = False
    unit_staffed: bool = True


def change(closing: bool = False, *days: date) -> Concerned:
    return Concerned(closing, days)


def codes(concerned: Concerned, visit: Visit, by: Actor) -> list[str]:
    return [finding.code for finding in concerned.findings([cast(Exchange, visit)], by)]


@pytest.mark.parametrize(
    ("first", "last", "meets"),
    [
        (FIRST - timedelta(days=9), FIRST - timedelta(days=1), False),
        (FIRST - timedelta(days=9), FIRST, True),
        (FIRST + timedelta(days=1), FIRST + timedelta(days=1), True),
        (LAST, LAST + timedelta(days=9), True),
        (LAST + timedelta(days=1), LAST + timedelta(days=9), False),
    ],
)
def test_a_visit_is_concerned_by_days_from_its_first_to_its_last(first: date, last: date, meets: bool) -> None:
    concerned = Concerned(False, days_of([(first, last, "")]))
    assert codes(concerned, Visit(), HOST) == (["unit_redates"] if meets else [])
    assert codes(concerned, Visit(Status.UNDER_WAY), HOST) == (["unit_stays"] if meets else [])
    assert codes(concerned, Visit(Status.PLACED), HOST) == [], "its dates are still to be proposed"
    assert codes(concerned, Visit(Status.PLACED, None, None), HOST) == []


@pytest.mark.parametrize(
    ("by", "closing", "redating"),
    [
        (HOST, Action.HOST_REPLACE, Action.HOST_REQUEST_CHANGES),
        (UNIT, Action.UNIT_DECLINE, Action.HOST_REQUEST_CHANGES),
        (ADMIN, None, None),
    ],
)
def test_each_moves_visits_by_their_own_step(by: Actor, closing: Action | None, redating: Action | None) -> None:
    visit = cast(Exchange, Visit())
    assert (change(True).move(visit, by), change(False, FIRST).move(visit, by)) == (closing, redating)
    barred = [] if closing else ["not_yours"]
    assert codes(change(True), Visit(), by) == [*barred, "unit_leaves"]
    assert codes(change(True, FIRST), Visit(), by) == [*barred, "unit_leaves"], "once, not for the days too"
    assert codes(change(True), Visit(Status.UNDER_WAY), by) == ["unit_stays"]
    assert codes(change(), Visit(), by) == []


def fields(browser: Browser, exchange: Exchange, what: str) -> dict[str, Any]:
    """The unit's page with this change."""
    answers = browser.answers(browser.form("version"))
    if what == "closed":
        return {name: value for name, value in answers.items() if name != "active"}
    assert exchange.end
    day = exchange.end.isoformat()
    return answers | {"blocked-0-first": day, "blocked-0-last": day, "blocked-0-why": "Moving"}


@pytest.mark.parametrize(
    ("who", "what", "status", "event"),
    [
        ("host_manager", "closed", Status.ACCEPTED, Action.HOST_REPLACE),
        ("coordinator", "closed", Status.ACCEPTED, Action.UNIT_DECLINE),
        ("coordinator", "blocked", Status.PLACED, Action.HOST_REQUEST_CHANGES),
    ],
)
def test_an_agreed_visit_is_shown_before_and_moved_after(
    world: World, storage: Storage, as_person: As, who: str, what: str, status: Status, event: Action
) -> None:
    exchange = make_exchange(world, storage, "home_approve_plan")
    browser, address = as_person(getattr(world, who)), f"/units/{world.units[0].id}/edit"
    browser.open(address)
    browser._took(browser.post(address, fields(browser, exchange, what)))
    assert browser.status == 422 and [exchange.reference in words for words in browser.warnings] == [True]
    assert last_told(exchange) < exchange.version and locked(exchange.id).status is Status.SCHEDULED
    browser._took(browser.post(address, fields(browser, exchange, what)))
    assert browser.status == 302, (browser.problems, browser.warnings)
    session.expire_all()
    now = locked(exchange.id)
    assert (now.status, now.turn, found(last_event(now.id)).what) == (status, Turn.HOST, event.value)
    assert world.units[0].active is (what != "closed")
    told = select(Message.person_id).where(Message.subject_id == now.id, Message.created_at >= now.turn_since)
    everybody = {world.expert.id, world.manager.id, world.host_manager.id, world.coordinator.id}
    assert set(session.scalars(told)) == everybody - {getattr(world, who).id}
    browser.open(address)
    browser._took(browser.post(address, browser.answers(browser.form("version"))))
    assert browser.status == 302, "what is closed or blocked already is asked no more"


def test_a_page_that_is_saved_as_it_was_changes_nothing(world: World, as_person: As) -> None:
    world.units[0].languages = "tr en az"
    session.commit()
    browser, address = as_person(world.host_manager), f"/units/{world.units[0].id}/edit"
    browser.open(address)
    browser.send(address, having="version")
    assert browser.status == 302 and session.scalar(select(func.count(AdministrationEvent.id))) == 0


def test_a_blocked_period_needs_its_days(world: World, as_person: As) -> None:
    browser, address = as_person(world.host_manager), f"/units/{world.units[0].id}/edit"
    browser.open(address)
    browser.send(address, {"blocked-0-why": "Moving"}, having="version")
    assert browser.status == 422 and "Enter both days." in browser.text and browser.value("blocked-0-why") == "Moving"


def last_told(exchange: Exchange) -> int:
    return found(last_event(exchange.id)).version - 1


def test_an_administrator_does_not_move_visits(world: World, storage: Storage) -> None:
    exchange, unit = make_exchange(world, storage, "place"), world.units[0]
    answers = {"capacity": 1, "active": False}
    with pytest.raises(RuleViolation, match="not_yours"):
        service.save_unit(unit, unit.version, answers, [], by=actor(world.admin), reason="Gone.")
    session.rollback()
    assert service.save_unit(unit, unit.version, answers, [], by=actor(world.coordinator), reason="Gone.") == 1
    assert locked(exchange.id).unit_id is None
