"""What a page says will happen with a press, for every step from every state, is what happens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import url_for
from sqlalchemy import select

from portal.accounts.models import Person
from portal.db import session
from portal.exchanges.models import Exchange
from portal.exchanges.queries import locked
from portal.exchanges.service import assign_unit
from portal.messages.models import Message
from portal.policy import allows
from portal.registry import registry
from portal.reports import service as reports
from portal.storage import Storage
from portal.subjects.notifications import addressed
from portal.subjects.preview import after
from portal.subjects.service import advance
from portal.workflow import State, Step
from portal.workflows import exchange_states as at
from portal.workflows.exchange import EXCHANGE
from portal.workflows.exchange_terms import Action, Party
from tests.factories import World, actor
from tests.pages import Browser
from tests.scenarios import make_exchange

AGENCIES = {"home": "KOSGEB", "host": "KOBİA"}
As = Callable[[Person], Browser]
# how each state is reached: the last step of the builder, and a step after it
REACHED: dict[State, tuple[str, str | None]] = {
    at.DRAFT: ("apply", None),
    at.SUBMITTED: ("submit", None),
    at.RETURNED: ("submit", "home_return"),
    at.ENDORSED: ("endorse", None),
    at.WAITLISTED: ("endorse", "host_waitlist"),
    at.ACCEPTED: ("accept", None),
    at.PROPOSED: ("place", None),
    at.PLACED: ("confirm", None),
    at.TO_AGREE: ("schedule", None),
    at.EXPERT_TO_AGREE: ("schedule", "home_approve_plan"),
    at.HOME_TO_AGREE: ("expert_approve_plan", None),
    at.AGREED: ("home_approve_plan", None),
    at.UNDER_WAY: ("arrive", None),
    at.COMPLETED: ("depart", None),
    at.REPORTED: ("report", None),
    at.HOST_ACCEPTED: ("accept_host", None),
}


def test_every_state_from_which_a_step_leads_is_looked_at() -> None:
    assert set(REACHED) == {source for _action, source, _target in EXCHANGE.arrows()}


def party(step: Step, world: World) -> Person:
    people = {
        Party.EXPERT: world.expert,
        Party.HOME: world.manager,
        Party.HOST: world.host_manager,
    }
    return people.get(Party(step.by), world.coordinator)


def reach(state: State, world: World, storage: Storage) -> Exchange:
    last, further = REACHED[state]
    exchange = make_exchange(world, storage, last)
    if further:
        step = EXCHANGE.by_action[further]
        by = actor(party(step, world))
        advance(exchange, step.action, by=by, version=exchange.version, reason="In words.")
        session.commit()
    assert exchange.state == state
    return exchange


def values_of(action: Action, world: World) -> dict[str, Any]:
    """The columns that a step sets, as its page knows them."""
    if action is Action.HOST_PLACE:
        return {"unit_id": world.units[0].id}
    start = date(2027, 5, 3)
    return {"start": start, "end": start + timedelta(days=4)} if action is Action.HOST_SCHEDULE else {}


def happened(exchange: Exchange, action: Action, by: Person, values: dict[str, Any]) -> tuple[Any, ...]:
    """Takes the step: the state, its date, and whose mail of which kind; everything is undone afterwards."""
    known = set(session.scalars(select(Message.id)))
    exchange = locked(exchange.id)
    if "unit_id" in values:
        assign_unit(exchange, values["unit_id"], "a unit")
    advance(exchange, action, by=actor(by), version=exchange.version, reason="In words.", values=values)
    new = session.scalars(select(Message).where(Message.id.not_in(known))).all()
    acting = {m.person_id for m in new if m.kind.startswith("turn.")}
    news = [m for m in new if m.kind.startswith("news.") or m.kind == "sight_ended"]  # which tells it without a name
    informed = {m.person_id for m in news} - {by.id}  # without their own receipt
    found = (exchange.state, exchange.due_on, acting, informed)
    session.rollback()
    return found


@pytest.mark.parametrize("state", list(REACHED), ids=lambda state: f"{state.status}-{state.turn}")
def test_what_is_said_before_the_press_is_what_happens(
    world: World, storage: Storage, as_person: As, state: State
) -> None:
    exchange = reach(state, world, storage)
    kind = registry.kinds[EXCHANGE.name]
    for name in EXCHANGE.possible(state):
        action = Action(name)
        if EXCHANGE.by_action[action].undoes:
            continue  # too late for these exchanges; see test_undoing.py
        step, values = EXCHANGE.by_action[action], values_of(action, world)
        by = party(step, world)
        if not allows(action, actor(by), exchange):
            continue  # the home agency ends a draft only where its writer is gone
        ahead = after(exchange, action, values, actor(by))
        heard = addressed(kind, ahead, step, actor(by))
        said = (ahead.state, ahead.due_on, *({r.person_id for r in part} for part in (heard.acting, heard.informed)))
        assert said == happened(exchange, action, by, values), action
        assert (exchange.state, exchange.version) == (state, locked(exchange.id).version), "nothing was touched"


@pytest.mark.parametrize("state", list(REACHED), ids=lambda state: f"{state.status}-{state.turn}")
def test_every_page_of_a_step_tells_what_it_will_do(
    world: World, storage: Storage, as_person: As, state: State
) -> None:
    exchange = reach(state, world, storage)
    if state == at.COMPLETED:
        reports.begin(exchange, ["A plan in two languages"], "en", actor(world.expert))
    reference = exchange.reference
    steps = [step for name in EXCHANGE.possible(state) if not (step := EXCHANGE.by_action[name]).undoes]
    possible = [step.action for step in steps if allows(step.action, actor(party(step, world)), exchange)]
    browsers = {who.id: as_person(who) for who in {party(EXCHANGE.by_action[name], world) for name in possible}}
    for name in possible:
        step = EXCHANGE.by_action[name]
        browser = browsers[party(step, world).id]
        with browser.client.application.test_request_context():
            address = url_for(step.endpoint, reference=reference)
        browser.open(address)
        told = browser.text_of("[aria-labelledby=outlook]")
        target = EXCHANGE.transitions[step.action, state]
        assert target.label % AGENCIES in told and ("Next it is" in told) == bool(target.task), name
