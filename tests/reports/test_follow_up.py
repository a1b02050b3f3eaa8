"""Follow-up of recommendations: each agency's answers are added, shown side by side and never overwritten."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DBAPIError

from portal import calendars
from portal.accounts.models import Person
from portal.db import session
from portal.exchanges.models import Exchange
from portal.exchanges.queries import locked
from portal.findings import RuleViolation
from portal.policy import Actor, Denied, Grant, Role, Side
from portal.reports import follow_up, queries
from portal.reports.follow_up import Answer
from portal.reports.models import FollowUpEntry, FollowUpEvidence, Priority, Progress, Recommendation
from portal.storage import Storage
from portal.subjects.models import Event
from tests.concurrency import together
from tests.factories import World, actor
from tests.pages import Browser
from tests.scenarios import make_exchange

As = Callable[[Person], Browser]
KEY = "once upon a time"


@pytest.fixture
def closed(world: World, storage: Storage) -> Exchange:
    return make_exchange(world, storage, "accept_home")


def say(exchange: Exchange, person: Person, progress: Progress, evidence: str = "", key: str = KEY) -> FollowUpEntry:
    return follow_up.record(locked(exchange.id), 1, Answer(progress, evidence), key, by=actor(person))


def card(browser: Browser, exchange: Exchange) -> str:
    """What the report's part of the page says of the first recommendation, without the form."""
    page = browser.open(f"/exchanges/{exchange.reference}/report")
    found = next(card for card in page.select(".card") if card.select_one("strong") and "1." in card.get_text())
    for form in found.select("details:has(form)"):
        form.decompose()
    return " ".join(found.get_text(" ").split())


def test_both_agencies_answers_stand_beside_each_other(world: World, closed: Exchange, as_person: As) -> None:
    address = f"/exchanges/{closed.reference}/report"
    for person, progress in ((world.manager, "under_way"), (world.host_manager, "done")):
        browser = as_person(person)
        browser.open(address)
        given = {"progress": progress, "evidence": f"Evidence of {person.name}"}
        browser.send(f"{address}/follow-up/1", given, having="progress")
        assert browser.status == 302
    said = card(as_person(world.expert), closed)
    assert "KOSGEB · Under way" in said and f"Evidence of {world.manager.name}" in said
    assert "KOBİA · Done" in said and f"Evidence of {world.host_manager.name}" in said
    assert said.count("As of") == 2 and "Earlier answers" not in said
    entries = session.scalars(select(FollowUpEntry).order_by(FollowUpEntry.id)).all()
    assert [(e.agency_id, e.by_id) for e in entries] == [
        (world.kosgeb.id, world.manager.id),
        (world.kobia.id, world.host_manager.id),
    ]
    events = session.scalars(select(Event).where(Event.what == "followed_up").order_by(Event.number)).all()
    assert [(event.side, event.facts) for event in events] == [
        (Side.HOME, {"recommendation": 1}),
        (Side.HOST, {"recommendation": 1}),
    ]


def test_a_single_answer_stands_without_the_agencys_name(world: World, closed: Exchange, as_person: As) -> None:
    say(closed, world.manager, Progress.UNDER_WAY, "Half of it.")
    session.commit()
    said = card(as_person(world.expert), closed)
    assert "· Under way Half of it. As of" in said
    assert "KOSGEB · Under way" not in said and "Earlier answers" not in said


def test_an_agencys_newer_answer_keeps_the_earlier_one(world: World, closed: Exchange, as_person: As) -> None:
    say(closed, world.manager, Progress.NOT_STARTED, "No money yet.")
    with calendars.at(calendars.now() + timedelta(days=90)):
        say(closed, world.manager, Progress.DONE, "Opened in May.", "another time")
        session.commit()
        said = card(as_person(world.expert), closed)
    now, earlier = said.split("Earlier answers")
    assert "Done" in now and "Opened in May." in now and "No money yet." not in now
    assert "KOSGEB · Not started No money yet." in earlier


def test_the_newest_answer_of_each_agency_counts(world: World, closed: Exchange) -> None:
    for n, (person, progress) in enumerate(
        [
            (world.manager, Progress.NOT_STARTED),
            (world.host_manager, Progress.UNDER_WAY),
            (world.manager, Progress.UNDER_WAY),
            (world.manager, Progress.DONE),
        ]
    ):
        say(closed, person, progress, key=f"press number {n}")
    report = queries.report_of(closed.id)
    assert report is not None
    said = queries.follow_up(report.id)[report.recommendations[0].id]
    assert [(e.agency_id, e.progress) for e in said.newest] == [
        (world.kosgeb.id, Progress.DONE),
        (world.kobia.id, Progress.UNDER_WAY),
    ]
    assert [e.progress for e in said.earlier] == [Progress.UNDER_WAY, Progress.NOT_STARTED]
    assert said.of(world.kobia.id) is said.newest[1] and said.of(-1) is None


def test_the_form_begins_with_ones_own_agencys_answer(world: World, closed: Exchange, as_person: As) -> None:
    say(closed, world.manager, Progress.DONE, "Opened in May.")
    session.commit()
    given = {}
    for person in (world.manager, world.host_manager):
        browser = as_person(person)
        browser.open(f"/exchanges/{closed.reference}/report")
        answers = browser.answers(browser.form("progress"))
        given[person.id] = (answers["progress"], str(answers["evidence"]).strip())
    assert given[world.manager.id] == ("done", "Opened in May.")
    assert given[world.host_manager.id][1] == "", "nobody records the other agency's words as their own"


def test_a_double_click_makes_one_entry(world: World, closed: Exchange, as_person: As) -> None:
    browser, address = as_person(world.manager), f"/exchanges/{closed.reference}/report"
    browser.open(address)
    form = browser.answers(browser.form("progress")) | {"progress": "done", "evidence": "Opened."}
    for _press in range(2):
        assert browser.client.post(f"{address}/follow-up/1", data=form).status_code == 302
    session.rollback()
    assert session.scalar(select(func.count(FollowUpEntry.id))) == 1
    assert session.scalars(select(Event.what)).all().count("followed_up") == 1


def test_pressing_at_the_same_moment_makes_one_entry(app: Flask, world: World, closed: Exchange) -> None:
    number, by, answer = closed.id, actor(world.manager), Answer(Progress.DONE, "Opened.")
    made = together(app, lambda: follow_up.record(locked(number), 1, answer, KEY, by=by).id)
    assert len(set(made)) == 1
    assert session.scalar(select(func.count(FollowUpEntry.id))) == 1


@pytest.mark.parametrize(("progress", "evidence"), [(Progress.DONE, "Opened."), (Progress.UNDER_WAY, "Closed.")])
def test_another_answer_from_the_same_form_is_another_entry(
    world: World, closed: Exchange, progress: Progress, evidence: str
) -> None:
    """Somebody goes back to the form and corrects the answer."""
    first = say(closed, world.manager, Progress.UNDER_WAY, "Opened.")
    assert say(closed, world.manager, progress, evidence).id != first.id


def test_the_same_form_serves_every_recommendation(world: World, closed: Exchange) -> None:
    """All forms of a page carry the same key."""
    report = queries.report_of(closed.id)
    assert report is not None
    report.recommendations.append(Recommendation(number=77, text="Another.", priority=Priority.LOW))
    session.flush()
    first = say(closed, world.manager, Progress.DONE)
    second = follow_up.record(closed, 77, Answer(Progress.DONE), KEY, by=actor(world.manager))
    assert first.id != second.id


@pytest.mark.parametrize("change", [update(FollowUpEntry).values(progress=Progress.DROPPED), delete(FollowUpEntry)])
def test_the_database_refuses_to_change_or_delete_an_entry(world: World, closed: Exchange, change: object) -> None:
    say(closed, world.manager, Progress.DONE)
    session.commit()
    with pytest.raises(DBAPIError, match="follow_up_entry is append-only"):
        session.execute(change)  # type: ignore[call-overload]
    session.rollback()
    assert session.scalars(select(FollowUpEntry.progress)).all() == [Progress.DONE]


def test_a_persons_words_can_be_erased_while_the_entry_stays(world: World, closed: Exchange, as_person: As) -> None:
    say(closed, world.manager, Progress.DONE, "Told by Işıl.")
    session.execute(delete(FollowUpEvidence))
    session.commit()
    said = card(as_person(world.expert), closed)
    assert "· Done As of" in said and "Işıl" not in said


def test_an_answer_without_evidence_stores_no_words(world: World, closed: Exchange) -> None:
    say(closed, world.manager, Progress.DONE)
    assert session.scalar(select(func.count(FollowUpEvidence.id))) == 0


def test_a_wrong_answer_is_refused_beside_its_field(world: World, closed: Exchange, as_person: As) -> None:
    browser, address = as_person(world.manager), f"/exchanges/{closed.reference}/report"
    for wrong in ({"progress": "forgotten"}, {"evidence": "x" * 4_001}):
        browser.open(address)
        browser.send(f"{address}/follow-up/1", {"progress": "done", "evidence": ""} | wrong, having="progress")
        assert browser.status == 422 and browser.problems
    assert session.scalar(select(func.count(FollowUpEntry.id))) == 0


def test_only_those_who_decide_for_an_agency_follow_up(world: World, closed: Exchange, as_person: As) -> None:
    for person in (world.expert, world.coordinator, world.deputy, world.admin):
        with pytest.raises(Denied):
            say(closed, person, Progress.DONE)
    for person in (world.expert, world.coordinator):
        assert not as_person(person).open(f"/exchanges/{closed.reference}/report").select("form[action*=follow-up]")


@pytest.mark.parametrize("step", ["report", "accept_host"])
def test_only_closed_reports_are_followed_up(world: World, storage: Storage, step: str) -> None:
    exchange = make_exchange(world, storage, step)
    with pytest.raises(RuleViolation, match="not_now"):
        follow_up.record(exchange, 1, Answer(Progress.DONE), KEY, by=actor(world.manager))


@pytest.mark.parametrize("number", [0, 78])
def test_only_the_reports_own_recommendations_are_followed_up(world: World, closed: Exchange, number: int) -> None:
    with pytest.raises(RuleViolation, match="not_now"):
        follow_up.record(closed, number, Answer(Progress.DONE), KEY, by=actor(world.manager))


@pytest.mark.parametrize(
    ("home", "host", "side"),
    [
        ({Role.MANAGER}, set(), Side.HOME),
        (set(), {Role.MANAGER}, Side.HOST),
        ({Role.EXPERT}, {Role.MANAGER}, Side.HOST),
        ({Role.DEPUTY}, {Role.MANAGER}, Side.HOST),
        ({Role.MANAGER}, {Role.EXPERT}, Side.HOME),
    ],
)
def test_somebody_answers_for_the_agency_for_which_they_decide(
    world: World, closed: Exchange, home: set[Role], host: set[Role], side: Side
) -> None:
    grants = {Grant(role, world.kosgeb.id) for role in home} | {Grant(role, world.kobia.id) for role in host}
    agency_id = world.kosgeb.id if side is Side.HOME else world.kobia.id
    assert follow_up.acting_for(closed, Actor(99, frozenset(grants))) == (side, agency_id)


def test_more_entries_take_no_more_statements(
    world: World, closed: Exchange, as_person: As, statements: list[str]
) -> None:
    counts = []
    browser = as_person(world.expert)
    for n in range(3):
        say(
            closed, (world.manager, world.host_manager)[n % 2], Progress.UNDER_WAY, f"Evidence {n}", f"press number {n}"
        )
        session.commit()
        session.expire_all()
        statements.clear()
        browser.open(f"/exchanges/{closed.reference}/report")
        counts.append(len(statements))
    assert counts[0] == counts[1] == counts[2], counts
