"""A call that is moved or cancelled: whoever holds a draft or a returned application is told and can go on."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import calendars
from portal.applications.service import time_finding
from portal.calls import service
from portal.db import session
from portal.exchanges.models import Exchange
from portal.messages.models import Message
from portal.policy import Role
from portal.storage import Storage
from portal.subjects.queries import last_event
from portal.workflows.exchange_terms import Status
from tests.factories import World, actor, person
from tests.narrowing import found
from tests.scenarios import make_exchange, old_call

STANDS = {"draft": ("apply", None), "returned": ("submit", "home_return"), "submitted": ("submit", None)}


@pytest.mark.parametrize("what", ["call_moved", "call_cancelled"])
def test_writers_are_told_of_a_call_that_was_moved_or_cancelled(world: World, storage: Storage, what: str) -> None:
    call, by = old_call(world), actor(world.manager)
    exchanges: dict[str, Exchange] = {}
    for number, (name, (last, ending)) in enumerate(STANDS.items()):
        expert = person(f"{name}@kosgeb.example", f"Uzman {number}", world.kosgeb, Role.EXPERT)
        exchanges[name] = make_exchange(world, storage, last, ending, call=call, expert=expert, number=number)
    facts = replace(
        world.call_facts(), **{name: getattr(call, name) for name in ("opens", "earliest", "latest", "places")}
    )
    for _again in range(2):
        if what == "call_cancelled":
            service.cancel_call(call.id, version=call.version, by=by)
        else:
            moved = replace(facts, deadline=call.deadline.replace(hour=7), min_days=call.min_days)
            service.edit_call(call.id, moved, version=call.version, by=by)
    told = list(session.scalars(select(Message.subject_id).where(Message.kind == what).order_by(Message.subject_id)))
    assert told == sorted((exchanges["draft"].id, exchanges["returned"].id)), "once, whoever is writing"
    for name, exchange in exchanges.items():
        assert (found(last_event(exchange.id)).what == what) is (name != "submitted"), name


@pytest.mark.parametrize("later", [timedelta(days=-1), timedelta(days=31), timedelta(days=400)])
def test_a_returned_application_can_be_handed_in_whatever_became_of_the_call(world: World, later: timedelta) -> None:
    call = world.call()
    with calendars.at(calendars.now() + later):
        assert time_finding(call, Status.RETURNED) is None
        service.cancel_call(call.id, version=call.version, by=actor(world.manager))
        assert time_finding(call, Status.RETURNED) is None
        assert found(time_finding(call, Status.DRAFT)).code == "call_cancelled"
