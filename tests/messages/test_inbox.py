"""The inbox: what waits first, read when opened, the same cost for one message and for many; and how things are put."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import calendars
from portal.accounts.models import Person
from portal.db import session
from portal.messages import labels as said
from portal.messages.models import Message
from portal.messages.service import Notification, Receiver, mark_handled, notify
from portal.storage import Storage
from portal.workflows.exchange import EXCHANGE
from portal.workflows.exchange_terms import Turn
from tests.factories import World
from tests.pages import Browser
from tests.query_counter import counting
from tests.scenarios import make_exchange

As = Callable[[Person], Browser]


def say(to: Person, times: int, kind: str = "turn.submitted") -> None:
    before = session.scalar(select(func.count(Message.id))) or 0
    for number in range(before, before + times):
        facts = {"name": f"Person {number}", "reference": f"KX-2026-{number:04}", "due": "2027-01-12"}
        notify([Receiver(to.id, to.email, "en")], Notification(kind, facts, "/desk"), f"test:{number}")
    session.commit()


def test_an_empty_inbox_says_what_comes(world: World, as_person: As) -> None:
    page = as_person(world.manager).open("/inbox")
    assert "Nothing here yet" in page.get_text()


def test_an_inbox_line_begins_with_the_action_and_opening_marks_it_read(world: World, as_person: As) -> None:
    say(world.manager, 2)
    browser = as_person(world.manager)
    page = browser.open("/inbox")
    items = [item.get_text(" ", strip=True) for item in page.select(".turns li")]
    assert items[0].startswith("Endorse or return Person 1") and "by 12 January 2027" in items[0]
    newest = session.scalars(select(Message.id).order_by(Message.id.desc()).limit(1)).one()
    browser.send(f"/inbox/{newest}/read", action=f"/inbox/{newest}/read")
    assert browser.location == "/desk"
    assert len(browser.open("/inbox").select(".tag.info")) == 1
    browser.send("/inbox/read", action="/inbox/read")
    assert browser.open("/inbox").select(".tag.info") == []


def test_a_message_of_somebody_else_stays_unread(world: World, as_person: As) -> None:
    say(world.host_manager, 1)
    say(world.manager, 1)
    other = session.scalars(select(Message).where(Message.person_id == world.host_manager.id)).one()
    browser = as_person(world.manager)
    browser.open("/inbox")
    browser.post(f"/inbox/{other.id}/read", browser.answers(browser.form(action="/inbox/read")))
    session.expire_all()
    assert other.read_at is None


def test_a_page_costs_the_same_for_one_and_three_and_many(world: World, as_person: As) -> None:
    browser, costs = as_person(world.manager), []
    for more in (1, 2, 60):
        say(world.manager, more)
        with counting() as statements:
            page = browser.open("/inbox")
        costs.append(len([statement for statement in statements if "message" in statement]))
    assert costs[0] == costs[1] and costs[2] <= costs[0] + 1, "counting what does not fit the page is one more"
    assert len(page.select(".turns li")) == 25
    assert len(browser.open("/inbox?page=3").select(".turns li")) == 13


def test_the_expert_and_others_are_told_in_their_own_words(world: World, storage: Storage) -> None:
    make_exchange(world, storage, "endorse", "host_reject")
    kinds = select(Message).where(Message.kind == "news.host_reject").order_by(Message.id)
    told = {message.person_id: said.words(message).what for message in session.scalars(kinds)}
    assert told[world.expert.id] == "KOBİA rejected your application"
    assert told[world.manager.id] == f"KOBİA rejected the application of {world.expert.name}"


@pytest.mark.parametrize("language", ["en", "tr", "az"])
def test_every_turn_and_step_has_a_text_for_every_receiver(app: Flask, language: str) -> None:
    """Whatever status, turn, reminder and receiver are stored, the inbox and the mail have a subject for it."""
    facts = {"name": "Işıl", "home": "KOSGEB", "host": "KOBİA", "due": "2027-03-01", "reference": "KX-2027-0001"}
    subjects = set()
    for state in EXCHANGE.states:
        if state.turn is Turn.NOBODY:
            continue
        stood = facts | {"status": state.status.value, "turn": state.turn.value}
        for kind in (f"turn.{state.status}", "reminder", "overdue"):
            subjects.add(said.words(Message(kind=kind, facts=stood, language=language)).subject)
            subjects.add(
                said.words(Message(kind=kind, facts=facts | {"status": state.status}, language=language)).subject
            )
    for step in EXCHANGE.steps:
        for yours in (True, False):
            if step.news:
                told = Message(kind=f"news.{step.action}", facts=facts | {"yours": yours}, language=language)
                subjects.add(said.words(told).subject)
    assert all(subject.endswith(" – KX-2027-0001") and "%(" not in subject for subject in subjects)
    assert not any(subject.startswith(" –") for subject in subjects)


def test_overdue_messages_name_the_due_date(app: Flask, world: World) -> None:
    message = Message(kind="overdue", language="en", facts={"status": "submitted", "name": "A", "due": "2026-11-20"})
    assert said.words(message).by_when == "was due 20 November 2026"


def test_message_created_in_the_past_is_due_now(app: Flask, world: World) -> None:
    """The demonstration's events are in the past; its mails are due now, not weeks overdue."""
    with calendars.at(calendars.now() - timedelta(days=30)):
        say(world.manager, 1)
    message = session.scalars(select(Message)).one()
    assert message.created_at < calendars.now() - timedelta(days=29)
    assert message.next_try_at is not None and message.next_try_at > calendars.now() - timedelta(minutes=5)


@pytest.mark.parametrize(("days", "unread"), [(5, 0), (1, 1)])
def test_only_messages_older_than_the_limit_are_marked_read_and_sent(
    app: Flask, world: World, days: int, unread: int
) -> None:
    with calendars.at(calendars.now() - timedelta(days=days)):
        say(world.manager, 1)
    mark_handled(calendars.now() - timedelta(days=4))
    left = select(func.count()).where(Message.read_at.is_(None), Message.sent_at.is_(None))
    assert session.scalar(left) == unread
