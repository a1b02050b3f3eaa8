"""A call whose days, lengths or requirements change: what falls outside, who is told, and what stays possible."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts.models import Level, Person
from portal.applications.queries import of_exchange
from portal.calls import service
from portal.calls.effects import Limits, limits, outside
from portal.calls.models import Call
from portal.db import session
from portal.documents.models import DocumentKind
from portal.exchanges.models import Exchange
from portal.findings import RuleViolation
from portal.messages.models import Message
from portal.messages.wording import words
from portal.policy import Role
from portal.storage import Storage
from portal.subjects.queries import last_event
from portal.workflows.exchange_terms import Status
from tests.factories import World, actor, person, topic
from tests.narrowing import found
from tests.pages import Browser
from tests.query_counter import counting
from tests.scenarios import make_exchange, old_call

As = Callable[[Person], Browser]
DAY = timedelta(days=1)
NAMES = [name for name in service.COLUMNS if name != "required_documents"]


def facts_of(call: Call, **changes: Any) -> service.CallFacts:
    """The call as it is, but for these."""
    facts = {name: getattr(call, name) for name in NAMES} | {"required_documents": call.documents}
    facts["topics"] = tuple(one.id for one in call.topics)
    return service.CallFacts(**(facts | changes))


def edit(call: Call, by: Person, confirmed: str | None = None, **changes: Any) -> None:
    facts = facts_of(call, **changes)
    service.edit_call(call.id, facts, version=call.version, by=actor(by), confirmed=confirmed)


@pytest.fixture
def submitted(world: World, storage: Storage) -> Exchange:
    return make_exchange(world, storage, "submit")


def of_wishes(exchange: Exchange) -> tuple[Limits, int]:
    """Limits that the application just keeps to, and how many days it asks for."""
    application = found(of_exchange(exchange.id))
    first, last = min(w.first for w in application.windows), max(w.last for w in application.windows)
    days = found(application.days)
    return replace(limits(application.call), earliest=first, latest=last, min_days=days, max_days=days), days


@pytest.mark.parametrize(
    ("name", "by", "falls"),
    [
        ("earliest", -1, False), ("earliest", 0, False), ("earliest", 1, True),
        ("latest", 1, False), ("latest", 0, False), ("latest", -1, True),
        ("min_days", -1, False), ("min_days", 0, False), ("min_days", 1, True),
        ("max_days", 1, False), ("max_days", 0, False), ("max_days", -1, True),
    ],
)  # fmt: skip
def test_an_application_falls_outside_one_day_beyond_what_it_wishes(
    submitted: Exchange, name: str, by: int, falls: bool
) -> None:
    just, _days = of_wishes(submitted)
    wanted = {name: getattr(just, name) + by * (1 if "days" in name else DAY)}
    assert bool(outside(submitted.call_id, replace(just, **wanted))) is falls


@pytest.mark.parametrize(
    ("asked", "falls"),
    [
        ({"years": 6}, False), ({"years": 7}, False), ({"years": 8}, True), ({"years": None}, False),
        ({"level": Level.A2}, False), ({"level": Level.B1}, False), ({"level": Level.B2}, True),
        ({"level": None}, False),
    ],
)  # fmt: skip
def test_an_application_falls_outside_with_more_experience_or_language_than_it_has(
    submitted: Exchange, asked: dict[str, Any], falls: bool
) -> None:
    just, _days = of_wishes(submitted)
    application = found(of_exchange(submitted.id))
    application.years = 7
    for known in application.languages:
        known.level = Level.B1 if known.code == submitted.host.language else Level.C2
    session.flush()
    assert bool(outside(submitted.call_id, replace(just, **asked))) is falls


def test_a_document_that_is_required_afterwards_is_missing(submitted: Exchange) -> None:
    just, _days = of_wishes(submitted)
    missing = next(kind for kind in DocumentKind if kind not in just.documents)
    assert not outside(submitted.call_id, replace(just, documents=()))
    assert list(outside(submitted.call_id, replace(just, documents=(*just.documents, missing)))) == [submitted.id]


def test_what_falls_outside_is_named_before_and_told_after(world: World, storage: Storage, submitted: Exchange) -> None:
    call, (_just, days) = old_call(world), of_wishes(submitted)
    writer, holder = (person(f"{n}@kosgeb.example", n, world.kosgeb, Role.EXPERT, language="tr") for n in "ab")
    draft = make_exchange(world, storage, "apply", call=call, expert=writer)
    dated = make_exchange(world, storage, "schedule", call=call, expert=holder, number=3)
    with pytest.raises(RuleViolation) as refused:
        edit(call, world.manager, "", min_days=days + 1, max_days=30)
    assert refused.value.facts == {"count": 1, "applications": [submitted.reference]}
    session.rollback()
    for _again in range(2):
        edit(call, world.manager, min_days=days + 1, max_days=30)
    about = select(Message.kind, Message.person_id).where(Message.kind.like("call%"))
    told = sorted(tuple(row) for row in session.execute(about))
    assert told == [("call_changed", writer.id), ("call_outside", world.expert.id)], (
        "once; agreed dates stay as they are"
    )
    assert [found(last_event(one.id)).what for one in (draft, submitted)] == ["call_changed", "call_outside"]
    assert found(last_event(dated.id)).what == "host_schedule"
    to_writer = select(Message).where(Message.person_id == writer.id, Message.kind == "call_changed")
    assert "kalış süresi" in words(session.scalars(to_writer).one()).lead, "in their language"


def test_both_agencies_are_told_of_as_many_as_they_see(world: World, storage: Storage, submitted: Exchange) -> None:
    call, (_just, days) = old_call(world), of_wishes(submitted)
    endorsed = make_exchange(
        world, storage, "endorse", call=call, expert=person("c@kosgeb.example", "c", world.kosgeb, Role.EXPERT)
    )
    second = person("second@kosgeb.example", "İkinci", world.kosgeb, Role.MANAGER)
    edit(call, world.manager, min_days=max(days, of_wishes(endorsed)[1]) + 1, max_days=30)
    rows = session.execute(select(Message.person_id, Message.facts).where(Message.kind == "calls_outside"))
    assert {who: facts["count"] for who, facts in rows} == {second.id: 2, world.host_manager.id: 1}


@pytest.mark.parametrize(
    ("changes", "writers", "holders"),
    [
        ({"places": 99}, None, None),
        ({"deadline": timedelta(hours=1)}, "call_moved", None),
        ({"deadline": timedelta(hours=1), "costs": "Half and half."}, "call_changed", "call_changed"),
        ({"who_can_apply_az": "Hamı."}, "call_changed", "call_changed"),
        ({"topics": "another"}, "call_changed", "call_changed"),
        ({"max_days": 30}, "call_changed", "call_changed"),
    ],
)
def test_each_hears_of_what_concerns_them(
    world: World, storage: Storage, changes: dict[str, Any], writers: str | None, holders: str | None
) -> None:
    call, other = old_call(world), person("d@kosgeb.example", "d", world.kosgeb, Role.EXPERT)
    draft = make_exchange(world, storage, "apply", call=call)
    submitted = make_exchange(world, storage, "submit", call=call, expert=other)
    if "deadline" in changes:
        changes = changes | {"deadline": call.deadline + changes["deadline"]}
    if "topics" in changes:
        changes = {"topics": (topic("another").id,)}
    edit(call, world.manager, **changes)
    kinds = {one.id: found(last_event(one.id)).what for one in (draft, submitted)}
    assert kinds == {draft.id: writers or "document_added", submitted.id: holders or "expert_submit"}


def test_a_decision_stays_possible_and_its_page_says_why(world: World, submitted: Exchange, as_person: As) -> None:
    call, (_just, days) = old_call(world), of_wishes(submitted)
    manager, address = as_person(world.manager), f"/calls/{call.id}/edit"
    manager.open(address)
    answers = {"min_days": str(days + 1), "max_days": "30"}
    manager.send(address, answers, having="version")
    assert manager.status == 422 and submitted.reference in manager.warnings[0]
    manager.send(address, answers, having="version")
    assert manager.status == 302, manager.problems
    page = f"/exchanges/{submitted.reference}/endorse"
    text = manager.open(page).get_text(" ", strip=True)
    assert "which lies outside it now" in text and "The call was changed after the handing in." in text
    manager.send(page)
    session.expire_all()
    assert found(session.get(Exchange, submitted.id)).status is Status.ENDORSED


def test_looking_costs_the_same_for_one_application_and_three(world: World, storage: Storage, app: Flask) -> None:
    call, costs = old_call(world), []
    for number in range(3):
        expert = person(f"e{number}@kosgeb.example", f"Uzman {number}", world.kosgeb, Role.EXPERT)
        make_exchange(world, storage, "submit", call=call, expert=expert)
        session.expire_all()
        call = old_call(world)
        with counting() as statements:
            outside(call.id, replace(limits(call), min_days=29, max_days=30))
        costs.append(len(statements))
    assert len(set(costs)) == 1
