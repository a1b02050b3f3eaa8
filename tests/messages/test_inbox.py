"""The inbox: what waits first, read when opened, the same cost for one message and for many; and how things are put."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import calendars
from portal.accounts.models import Person
from portal.approvals import service as approvals
from portal.approvals.service import Verdict
from portal.db import session
from portal.desk.reminders import remind
from portal.messages import wording as said
from portal.messages.models import Message
from portal.messages.service import Notification, Receiver, mark_handled, notify
from portal.policy import Role
from portal.reports.evaluations import evaluate
from portal.storage import Storage
from portal.visits import service as visits
from portal.workflows.exchange import EXCHANGE
from portal.workflows.exchange_terms import Action, Turn
from tests.factories import World, actor, person
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


def open_for(who: Person) -> list[str]:
    """The kinds of what this person's number counts: unread and still true."""
    unread = select(Message.kind).where(Message.person_id == who.id, Message.in_inbox, Message.read_at.is_(None))
    session.expire_all()
    return list(session.scalars(unread.order_by(Message.id)))


def test_what_is_done_by_another_needs_no_reading_any_more(world: World, storage: Storage, as_person: As) -> None:
    """Two managers are asked; one decides. The other's number falls, the line stays in the history as done."""
    other = person("second@kosgeb.example", "Ece Aydın", world.kosgeb, Role.MANAGER)
    exchange = make_exchange(world, storage, "submit")
    assert open_for(other) == open_for(world.manager) == ["turn.submitted"]
    browser = as_person(other)
    assert browser.open("/desk").select(".inbox .count")[0].get_text(" ", strip=True) == "1 unread"
    approvals.decide(exchange, Verdict(Action.HOME_ENDORSE, exchange.version), by=actor(world.manager))
    session.commit()
    assert open_for(other) == open_for(world.manager) == []
    page = browser.open("/inbox")
    assert browser.page.select(".inbox .count") == []
    assert [tag.text for tag in page.select(".turns .tag")] == ["done"]
    assert "Endorse or return" in page.select(".turns li")[0].get_text()
    unsent = select(Message.next_try_at).where(Message.person_id == other.id)
    assert session.scalars(unsent).all() == [None], "a mail that asks for what is done stays at home"


@pytest.mark.parametrize(("last", "ending"), [("schedule", "host_cancel"), ("schedule", "expert_withdraw")])
def test_nothing_is_asked_of_anybody_after_an_early_end(world: World, storage: Storage, last: str, ending: str) -> None:
    make_exchange(world, storage, last, ending)
    asking = select(Message.kind).where(Message.asks != "", Message.settled_at.is_(None))
    assert session.scalars(asking).all() == []


def test_agreeing_settles_ones_own_question_and_asks_the_other_anew(world: World, storage: Storage) -> None:
    make_exchange(world, storage, "expert_approve_plan")
    assert open_for(world.manager) == ["turn.scheduled"]
    asked = select(Message.kind).where(Message.asks == "turn", Message.settled_at.is_(None))
    assert session.scalars(asked).all() == ["turn.scheduled"], "of the home agency alone"


def test_reminders_are_settled_by_what_they_ask_for(world: World, storage: Storage) -> None:
    exchange = make_exchange(world, storage, "depart")
    assert exchange.end is not None
    with calendars.at(calendars.now() + timedelta(days=60)):
        remind()
    session.commit()
    assert {"overdue", "evaluate"} <= set(open_for(world.expert)) and open_for(world.coordinator)[-1:] == ["evaluate"]
    evaluate(exchange, False, [3, 3, 3, 3, 3], "", by=actor(world.coordinator))
    session.commit()
    assert "evaluate" in open_for(world.expert) and "evaluate" not in open_for(world.coordinator)
    evaluate(exchange, True, [3, 3, 3, 3, 3], "", by=actor(world.expert))
    session.commit()
    assert "evaluate" not in open_for(world.expert) and "overdue" in open_for(world.expert)


def test_a_step_reads_what_its_taker_was_told_about_the_same_exchange(world: World, storage: Storage) -> None:
    exchange = make_exchange(world, storage, "schedule")
    assert "news.host_accept" in open_for(world.expert)
    visits.agree(exchange, Action.EXPERT_APPROVE_PLAN, version=exchange.version, by=actor(world.expert))
    session.commit()
    assert open_for(world.expert) == []


def test_a_message_that_cannot_be_worded_hides_no_other(world: World, as_person: As) -> None:
    say(world.manager, 1)
    say(world.manager, 1, "of.a.later.release")
    session.add(Message(
        person_id=world.manager.id, address="a@kosgeb.example", language="en", kind="turn.submitted", facts=[],
        idempotency_key="odd", mail_id="<odd>", created_at=calendars.now(),
    ))  # fmt: skip
    page = as_person(world.manager).open("/inbox")
    lines = [line.get_text(" ", strip=True) for line in page.select(".turns li button")]
    assert sorted(lines)[0].startswith("Endorse or return Person 0") and len(lines) == 3
    assert len([line for line in lines if line.startswith("There is something new for you")]) == 2


def test_the_link_of_a_mail_leads_to_what_is_to_do_now(world: World, storage: Storage, as_person: As) -> None:
    exchange = make_exchange(world, storage, "submit")
    path = session.scalars(select(Message.path).where(Message.kind == "turn.submitted")).one()
    base = f"/exchanges/{exchange.reference}"
    for who, leads in ((world.manager, f"{base}/endorse"), (world.deputy, base), (world.expert, base)):
        browser = as_person(who)
        browser.open(path, 302)
        assert browser.location == leads, who.name
    as_person(world.host_manager).open(path, 404)
    approvals.decide(exchange, Verdict(Action.HOME_ENDORSE, exchange.version), by=actor(world.manager))
    for who, leads in ((world.manager, base), (world.host_manager, f"{base}/accept")):
        browser = as_person(who)
        browser.open(path, 302)
        assert browser.location == leads, who.name
