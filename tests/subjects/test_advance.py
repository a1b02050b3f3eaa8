"""The one function that moves an exchange: what it refuses, what it leaves behind, what happens at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import DBAPIError

from portal.accounts.models import Person, RoleGrant
from portal.db import session
from portal.exchanges import queries
from portal.exchanges.models import Exchange
from portal.exchanges.service import write_note
from portal.findings import AlreadyDone, Conflict, RuleViolation
from portal.hosting.service import decline
from portal.messages.models import Message
from portal.policy import Denied, Permission, Role, Side, allows
from portal.seed.exchange_builder import STEPS
from portal.storage import Storage
from portal.subjects import queries as subjects
from portal.subjects import service
from portal.subjects.models import Event, Reason
from portal.workflows.exchange_terms import Action, Status, Turn
from tests.concurrency import at_once, together
from tests.factories import World, actor, person
from tests.narrowing import found
from tests.pages import Browser
from tests.scenarios import both_directions, make_exchange


def test_a_step_moves_status_turn_and_version_together(world: World, storage: Storage) -> None:
    exchange = make_exchange(world, storage, "submit")
    before = exchange.version
    event = service.advance(exchange, Action.HOME_ENDORSE, by=actor(world.manager), version=before)
    assert (exchange.status, exchange.turn, exchange.version) == (Status.ENDORSED, Turn.HOST, before + 1)
    assert (event.what, event.side, event.actor_id) == ("home_endorse", "home", world.manager.id)
    assert exchange.released


def test_a_step_writes_its_subject_in_one_statement(world: World, storage: Storage, statements: list[str]) -> None:
    exchange = make_exchange(world, storage, "submit")
    session.flush()
    statements.clear()
    service.advance(exchange, Action.HOME_ENDORSE, by=actor(world.manager), version=exchange.version)
    assert len([sent for sent in statements if sent.startswith("UPDATE exchange ")]) == 1


def test_a_decision_binds_to_the_version_that_was_read(world: World, storage: Storage) -> None:
    exchange = make_exchange(world, storage, "submit")
    with pytest.raises(Conflict):
        service.advance(exchange, Action.HOME_ENDORSE, by=actor(world.manager), version=exchange.version - 1)


def test_the_same_step_twice_by_the_same_person_is_already_done(world: World, storage: Storage) -> None:
    exchange = make_exchange(world, storage, "submit")
    version = exchange.version
    service.advance(exchange, Action.HOME_ENDORSE, by=actor(world.manager), version=version)
    with pytest.raises(AlreadyDone):
        service.advance(exchange, Action.HOME_ENDORSE, by=actor(world.manager), version=version)


def test_a_step_after_one_that_ended_ones_own_right_is_a_conflict(world: World, storage: Storage) -> None:
    """A coordinator declines in one tab and confirms in another; whoever took no step of it is denied."""
    exchange = make_exchange(world, storage, "place")
    version = exchange.version
    decline(exchange, "Two colleagues are away.", version=version, by=actor(world.coordinator))
    with pytest.raises(Conflict):
        service.advance(exchange, Action.UNIT_CONFIRM, by=actor(world.coordinator), version=version)
    with pytest.raises(Denied):
        service.advance(exchange, Action.UNIT_CONFIRM, by=actor(world.home_coordinator), version=version)


def test_other_answers_to_the_same_step_are_no_double_click(world: World, storage: Storage) -> None:
    """From a second tab: who believed them saved would wait for something else than the others do."""
    exchange = make_exchange(world, storage, "submit")
    step: dict[str, Any] = {"action": Action.HOME_REJECT, "by": actor(world.manager), "version": exchange.version}
    service.advance(exchange, **step, reason="Not in this field of work.")
    with pytest.raises(AlreadyDone):
        service.advance(exchange, **step, reason=" Not in this field of work.\n")
    with pytest.raises(Conflict) as refused:
        service.advance(exchange, **step, reason="The post is another one.")
    assert not isinstance(refused.value, AlreadyDone)


def test_a_step_that_the_workflow_does_not_allow_is_a_conflict(world: World, storage: Storage) -> None:
    exchange = make_exchange(world, storage, "submit")
    with pytest.raises(Conflict):
        service.advance(exchange, Action.EXPERT_SUBMIT_REPORT, by=actor(world.expert), version=exchange.version)


@pytest.mark.parametrize("reason", ["", "  \n "])
def test_a_refusal_without_a_reason_is_rejected(world: World, storage: Storage, reason: str) -> None:
    exchange = make_exchange(world, storage, "submit")
    with pytest.raises(RuleViolation) as refused:
        service.advance(exchange, Action.HOME_REJECT, by=actor(world.manager), version=exchange.version, reason=reason)
    assert refused.value.field == "reason"


def test_nobody_acts_for_both_agencies(world: World, storage: Storage) -> None:
    """A person who manages both agencies may act for one of them in an exchange, for whichever they acted first."""
    both = person("both@kosgeb.example", "Aylin Öz", world.kosgeb, Role.MANAGER)
    both.grants.append(RoleGrant(role=Role.MANAGER, agency_id=world.kobia.id))
    exchange = make_exchange(world, storage, "submit")
    service.advance(exchange, Action.HOME_ENDORSE, by=actor(both), version=exchange.version)
    with pytest.raises(RuleViolation, match="both_sides"):
        service.advance(exchange, Action.HOST_ACCEPT, by=actor(both), version=exchange.version)


def test_a_step_notifies_only_the_person_whose_turn_is_next_and_the_expert(world: World, storage: Storage) -> None:
    exchange = make_exchange(world, storage, "submit")
    session.execute(delete(Message))
    service.advance(exchange, Action.HOME_ENDORSE, by=actor(world.manager), version=exchange.version)
    told = session.execute(select(Message.person_id, Message.kind)).all()
    assert {(world.host_manager.id, "turn.endorsed"), (world.expert.id, "news.home_endorse")} == {
        tuple(row) for row in told
    }


@pytest.mark.parametrize("statement", ["UPDATE event SET what = 'accept'", "DELETE FROM event"])
def test_the_history_cannot_be_changed(world: World, storage: Storage, statement: str) -> None:
    make_exchange(world, storage, "endorse")
    with pytest.raises(DBAPIError, match="append-only"):
        session.execute(text(statement))
    session.rollback()


def test_each_event_holds_the_hash_of_the_one_before(world: World, storage: Storage) -> None:
    exchange = make_exchange(world, storage, "accept_home")
    before = ""
    for number, event in enumerate(subjects.events(exchange.id), start=1):
        assert event.number == number
        assert event.hash == service.chain(before, event)
        before = event.hash


def test_a_changed_event_breaks_the_chain(world: World, storage: Storage) -> None:
    first, second = subjects.events(make_exchange(world, storage, "endorse").id)[:2]
    session.expunge_all()
    first.what = "accept"
    assert second.hash != service.chain(service.chain("", first), second)


def test_the_history_holds_no_words_of_people(world: World, storage: Storage) -> None:
    """So that erasing a person's data does not touch it: words stand in a table of their own."""
    exchange = make_exchange(world, storage, "submit", "home_reject")
    facts = " ".join(str(event.facts) for event in subjects.events(exchange.id))
    assert "Reason in words." not in facts and world.expert.name not in facts
    assert session.scalars(select(Reason.text)).one() == "Reason in words."


def test_two_managers_at_once_make_one_decision(app: Flask, world: World, storage: Storage) -> None:
    exchange = make_exchange(world, storage, "submit")
    number, version, by = exchange.id, exchange.version, actor(world.manager)

    def endorse() -> object:
        return service.advance(queries.locked(number), Action.HOME_ENDORSE, by=by, version=version).number

    results = together(app, endorse, 6)
    assert sum(isinstance(result, int) for result in results) == 1
    assert sum(result is AlreadyDone for result in results) == 5
    decided = select(func.count()).select_from(Event).where(Event.subject_id == number, Event.what == "home_endorse")
    assert session.scalar(decided) == 1


def test_the_second_manager_gets_409_with_what_the_first_did(
    world: World, storage: Storage, as_person: Callable[[Person], Browser]
) -> None:
    other = person("second@kosgeb.example", "Oya Er", world.kosgeb, Role.MANAGER)
    exchange = make_exchange(world, storage, "submit")
    reference = exchange.reference
    slow, fast = as_person(other), as_person(world.manager)
    slow.open(f"/exchanges/{reference}/reject-home")
    fast.open(f"/exchanges/{reference}/endorse")
    fast.send(f"/exchanges/{reference}/endorse", having="version")
    assert fast.status == 302
    slow.send(f"/exchanges/{reference}/reject-home", {"reason": "Not in this field of work."}, having="version")
    assert slow.status == 409
    assert "Endorsed by KOSGEB" in slow.text and world.manager.name in slow.text
    assert "Not in this field of work." in str(slow.page), "what was typed is kept"


def test_a_fact_says_how_the_subject_stands_now(world: World, storage: Storage) -> None:
    """Whatever was read before: here it is moved past the session, as by somebody else's request."""
    exchange = make_exchange(world, storage, "submit")
    version = exchange.version
    behind = update(Exchange).values(status=Status.ENDORSED, version=version + 1)
    session.execute(behind, execution_options={"synchronize_session": False})
    assert exchange.status is Status.SUBMITTED, "the session knows nothing of it"
    event = service.record(exchange, "note_written", by=actor(world.expert), side=Side.EXPERT)
    assert (event.status, event.version) == ("endorsed", version + 1)


def test_an_escalation_is_of_the_turn_that_was_read(world: World, storage: Storage) -> None:
    exchange = make_exchange(world, storage, "submit")
    behind = update(Exchange).values(status=Status.ENDORSED, version=exchange.version + 1)
    session.execute(behind, execution_options={"synchronize_session": False})
    assert service.escalate(exchange) is None
    assert not exchange.escalated


def test_messages_beside_a_decision_write_a_true_history(app: Flask, world: World, storage: Storage) -> None:
    """Each message is stored, none is refused, and no line of the history says what was over by then."""
    exchange = make_exchange(world, storage, "submit")
    number, version, manager, expert = exchange.id, exchange.version, actor(world.manager), actor(world.expert)

    def write(key: str) -> Callable[[], object]:
        return lambda: write_note(found(session.get(Exchange, number)), "Hello", idempotency_key=key, by=expert).id

    def endorse() -> object:
        return service.advance(
            found(session.get(Exchange, number)), Action.HOME_ENDORSE, by=manager, version=version
        ).id

    results = at_once(app, [write("first note"), endorse, write("second note"), write("third note")])
    assert all(isinstance(result, int) for result in results), results
    events, before, decided = subjects.events(number), "", False
    for expected, event in enumerate(events, start=1):
        assert (event.number, event.hash) == (expected, service.chain(before, event))
        before, decided = event.hash, decided or event.what == "home_endorse"
        assert event.what != "note_written" or event.status == ("endorsed" if decided else "submitted")
    assert [event.what for event in events].count("note_written") == 3


def test_references_are_given_once_each(app: Flask, world: World) -> None:
    given = together(app, lambda: service.new_reference("KX", 2031), 8)
    assert sorted(map(str, given)) == [f"KX-2031-{n:04d}" for n in range(1, 9)]


@pytest.mark.parametrize("last", STEPS)
def test_lists_show_exactly_what_may_be_read(world: World, storage: Storage, last: str) -> None:
    """The read rule stands twice, as a predicate and as SQL: both agree for everybody in every status."""
    for call in both_directions(world):
        make_exchange(world, storage, last, call=call)
    everybody = list(session.scalars(select(Person)))
    for exchange in session.scalars(select(Exchange)):
        for who in everybody:
            listed = select(Exchange.id).where(Exchange.id == exchange.id, queries.visible_to(actor(who)))
            may = allows(Permission.READ_EXCHANGE, actor(who), exchange)
            assert (session.scalar(listed) is not None) == may, (who.email, exchange.status)


def test_a_row_changed_outside_of_the_services_is_noticed(world: World, storage: Storage) -> None:
    exchange = make_exchange(world, storage, "submit")
    version = exchange.version
    session.execute(update(Exchange).values(version=version + 1), execution_options={"synchronize_session": False})
    with pytest.raises(Conflict):
        service.advance(exchange, Action.HOME_ENDORSE, by=actor(world.manager), version=version)
