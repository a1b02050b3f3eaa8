"""Withdrawing ends the other side's sight at once: pages, lists, files, search, calendars, and the name in messages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from portal.accounts.models import Person
from portal.applications import service
from portal.db import session
from portal.documents.queries import of_subject
from portal.exchanges.models import Exchange
from portal.exchanges.queries import by_reference
from portal.findings import AlreadyDone, Conflict
from portal.messages.models import Message
from portal.messages.wording import words
from portal.personal_data.models import Consent, ConsentAct
from portal.policy import Denied, Permission, allows
from portal.storage import Storage
from portal.subjects.queries import events
from portal.subjects.service import chain
from portal.workflows.exchange_terms import Status
from tests.factories import World, actor
from tests.narrowing import found
from tests.pages import Browser
from tests.scenarios import make_exchange

As = Callable[[Person], Browser]
# the last step of an exchange, and its status afterwards
BEFORE = [("apply", Status.DRAFT), ("submit", Status.SUBMITTED)]
AFTER = [
    ("endorse", Status.ENDORSED),
    ("confirm", Status.PLACED),
    ("home_approve_plan", Status.SCHEDULED),
    ("attend", Status.UNDER_WAY),
    ("depart", Status.COMPLETED),
    ("report", Status.REPORTED),
    ("accept_home", Status.CLOSED),
]


def withdrawn(world: World, storage: Storage, last: str) -> Exchange:
    exchange = make_exchange(world, storage, last)
    service.withdraw(exchange, version=exchange.version, reason="Özel nedenler.", by=actor(world.expert))
    session.commit()
    return found(by_reference(exchange.reference))


def host_side(world: World) -> list[Person]:
    return [world.host_manager, world.host_deputy, world.coordinator]


@pytest.mark.parametrize(("last", "_before"), [*BEFORE, *AFTER])
def test_the_host_side_reads_nothing_from_that_moment_and_the_home_agency_goes_on(
    world: World, storage: Storage, last: str, _before: Status
) -> None:
    exchange = withdrawn(world, storage, last)
    closed = last == "accept_home"
    assert exchange.status is (Status.CLOSED if closed else Status.WITHDRAWN)
    assert not any(allows(Permission.READ_EXCHANGE, actor(person), exchange) for person in host_side(world))
    assert allows(Permission.READ_EXCHANGE, actor(world.expert), exchange)
    assert allows(Permission.READ_EXCHANGE, actor(world.manager), exchange) is (last != "apply")
    acts = session.scalars(select(Consent.act).where(Consent.subject_id == exchange.id).order_by(Consent.id)).all()
    assert (acts[-1:] == [ConsentAct.WITHDRAWN]) is (last != "apply")


@pytest.mark.parametrize(("last", "_before"), AFTER)
def test_no_message_of_the_host_side_keeps_the_name(world: World, storage: Storage, last: str, _before: Status) -> None:
    exchange = withdrawn(world, storage, last)
    theirs = [person.id for person in host_side(world)]
    messages = session.scalars(select(Message).where(Message.person_id.in_(theirs))).all()
    said = [
        (message, f"{text.subject} {text.lead} {text.details}")
        for message in messages
        for language in ("en", "tr", "az")
        for text in [words(message, language)]
    ]
    assert said and not [text for _message, text in said if exchange.person_name in text or "%(" in text]
    assert not [message for message in messages if exchange.person_name in str(message.facts)]
    (told,) = {message.person_id for message in messages if message.kind == "sight_ended"} - {world.coordinator.id}
    assert told == world.host_manager.id
    waiting = [message.kind for message in messages if message.next_try_at is not None]
    assert set(waiting) == {"sight_ended"}, "no other mail about it leaves any more"
    others = session.scalars(select(Message).where(Message.person_id.in_([world.expert.id, world.manager.id]))).all()
    assert any(exchange.person_name in str(message.facts) for message in others), "the home side keeps it"


def test_pages_lists_search_files_and_desk_of_the_host_side_are_empty(
    world: World, storage: Storage, as_person: As
) -> None:
    exchange = withdrawn(world, storage, "home_approve_plan")
    document = of_subject(exchange.id)[0]
    base, name = f"/exchanges/{exchange.reference}", exchange.person_name
    for person in (world.host_manager, world.coordinator):
        browser = as_person(person)
        for path in ("", "/application", "/documents", "/visit", "/history", "/messages", f"/documents/{document.id}"):
            assert browser.client.get(f"{base}{path}").status_code in (302, 403, 404), path
        for path in (
            "/desk",
            "/exchanges",
            f"/exchanges?q={exchange.reference}",
            "/inbox",
            f"/units/{world.units[0].id}",
        ):
            browser.open(path)
            assert name not in browser.text, path
    home = as_person(world.manager)
    home.open(f"{base}/application")
    assert name in home.text


def test_the_page_says_what_becomes_of_the_data_before_the_press(world: World, storage: Storage, as_person: As) -> None:
    exchange = make_exchange(world, storage, "attend")
    expert, address = as_person(world.expert), f"/exchanges/{exchange.reference}/withdraw"
    expert.open(address)
    for said in ("see nothing about you", "without your name", "half-yearly clearing", "The visit ends with it"):
        assert said in expert.text
    expert.send(address, {"reason": "Özel"}, having="version")
    assert expert.status == 302, expert.problems
    assert found(by_reference(exchange.reference)).status is Status.WITHDRAWN


def test_after_the_end_the_consent_can_be_withdrawn_and_the_chain_still_holds(
    world: World, storage: Storage, as_person: As
) -> None:
    exchange = make_exchange(world, storage, "accept_home")
    expert, address = as_person(world.expert), f"/exchanges/{exchange.reference}/withdraw-consent"
    expert.open(address)
    assert "The sealed report stays" in expert.text and "has ended already" in expert.text
    expert.send(address, having="version")
    assert expert.status == 302
    now = found(by_reference(exchange.reference))
    assert now.status is Status.CLOSED and not now.released
    history = events(exchange.id)
    assert history[-1].what == "consent_withdrawn"
    before = ""
    for event in history:
        assert event.hash == chain(before, event)
        before = event.hash
    with pytest.raises(AlreadyDone):
        service.withdraw(now, version=now.version, reason="", by=actor(world.expert))
    expert.open(address, 302)


def test_only_the_expert_withdraws_and_not_on_a_stale_page(world: World, storage: Storage) -> None:
    exchange = make_exchange(world, storage, "accept_home")
    for person in (world.manager, world.host_manager, world.admin):
        with pytest.raises(Denied):
            service.withdraw(exchange, version=exchange.version, reason="", by=actor(person))
    with pytest.raises(Conflict):
        service.withdraw(exchange, version=exchange.version - 1, reason="", by=actor(world.expert))
