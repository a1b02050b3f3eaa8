"""Around the report: progress every three months, evaluations both ways, what became of the recommendations."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import calendars
from portal.accounts.models import Person
from portal.db import session
from portal.exchanges.models import Exchange, Kind
from portal.exchanges.queries import locked
from portal.findings import RuleViolation
from portal.policy import Denied
from portal.reports import outcome, queries
from portal.reports.models import Evaluation, Progress, ProgressReport, Recommendation
from portal.reports.outcome import MilestoneAnswer, PeriodAnswer
from portal.reports.periods import later, periods, unreported
from portal.storage import Storage
from portal.subjects.models import Event
from portal.visits.models import Milestone, Visit
from tests.concurrency import together
from tests.factories import World, actor
from tests.narrowing import found
from tests.pages import Browser
from tests.scenarios import make_exchange, old_call

As = Callable[[Person], Browser]
TEXTS = {"text": "Harita hazır.", "difficulties": "", "next": "Rehber."}


@pytest.fixture
def stay(world: World, storage: Storage) -> Exchange:
    """A long stay of KOBİA's expert in Ankara that has gone on for four months."""
    call = old_call(world, "KOBIA", "a long call", kind=Kind.LONG, min_days=60, max_days=300, heading=5)
    start = calendars.today() - timedelta(days=125)
    start -= timedelta(days=start.weekday())
    end = start + timedelta(days=200)
    plan = [
        {"due": (start + timedelta(days=30 * n)).isoformat(), "title": t, "output": "Sənəd", "indicator": "İki rəy"}
        for n, t in enumerate(("Plan", "Xəritə", "Rəhbər"), start=1)
    ]
    case = {
        "language": "az",
        "application": {
            "situation": "Alətlər ayrıdır.", "aim": "Xəritə", "results": ["Xəritə"], "benefit_home": "Sadə",
            "benefit_host": "Rəhbər", "activities": ["İş"], "days": 201, "wished_ids": [world.units[2].id], "needs": "",
            "windows": [(start.isoformat(), end.isoformat())],
        },
        "visit": {
            "start": start.isoformat(), "end": end.isoformat(), "milestones": plan,
            "travel": [(start - timedelta(days=1)).isoformat(), (end + timedelta(days=1)).isoformat()],
        },
    }  # fmt: skip
    return make_exchange(world, storage, "arrive", call=call, case=case, start=start)


def first_period(stay: Exchange, **answers: str) -> PeriodAnswer:
    period = periods(found(stay.start), found(stay.end))[0]
    return PeriodAnswer(period.first, period.last, TEXTS | answers)


def test_periods_are_three_months_each_and_due_within_the_month_after() -> None:
    found = periods(date(2027, 1, 11), date(2027, 7, 9))
    assert [(p.first, p.last, p.due) for p in found] == [
        (date(2027, 1, 11), date(2027, 4, 10), date(2027, 5, 10)),
        (date(2027, 4, 11), date(2027, 7, 9), date(2027, 8, 9)),
    ]
    assert later(date(2026, 11, 30), 3) == date(2027, 2, 28) and later(date(2027, 12, 31), 1) == date(2028, 1, 31)
    assert unreported(date(2027, 1, 11), date(2027, 7, 9), [(date(2027, 2, 1), date(2027, 2, 2))]) == found[1:]
    whole = periods(date(2026, 8, 31), date(2027, 8, 30))
    assert all(a.last + timedelta(days=1) == b.first for a, b in pairwise(whole))
    assert whole[-1].last == date(2027, 8, 30)


def test_a_period_is_reported_against_its_milestones(world: World, stay: Exchange, as_person: As) -> None:
    expert, address = as_person(world.colleague), f"/exchanges/{stay.reference}/report"
    expert.open(address)
    assert "Still to come" in expert.text
    expert.open(f"{address}/progress")
    answers = expert.answers(expert.form("idempotency_key"))
    period = periods(found(stay.start), found(stay.end))[0]
    assert (answers["first"], answers["last"]) == (period.first.isoformat(), period.last.isoformat())
    said = {"text": "Xəritə hazırdır.", "rows-0-progress": "done", "rows-0-note": "Təsdiq edildi.", "next": "Rəhbər"}
    for _press in range(2):
        expert.send(f"{address}/progress", said, having="idempotency_key")
        assert expert.status == 302, expert.problems
    assert session.scalar(select(func.count(ProgressReport.id))) == 1
    for reader in (world.manager, world.host_manager, world.home_coordinator):
        browser = as_person(reader)
        browser.open(address)
        assert "Xəritə hazırdır." in browser.text and "Təsdiq edildi." in browser.text
    expert.open(f"{address}/progress")
    answers = expert.answers(expert.form("idempotency_key"))
    assert answers["rows-0-progress"] == "done", "the next report begins where the last one ended"
    assert answers["first"] == periods(found(stay.start), found(stay.end))[1].first.isoformat()


def test_periods_that_cannot_be_are_refused(world: World, stay: Exchange) -> None:
    by, day = actor(world.colleague), timedelta(days=1)
    start, today = found(stay.start), calendars.today()
    wrong = {
        "order": (start + day, start),
        "period_outside": (start - day, start + day),
        "period_future": (today, today + 2 * day),
    }
    for code, (first, last) in wrong.items():
        with pytest.raises(RuleViolation, match=code):
            outcome.hand_in_progress(stay, PeriodAnswer(first, last, TEXTS), f"once upon a time {code}", by=by)
        session.rollback()
    outcome.hand_in_progress(stay, first_period(stay), "once upon a time", by=by)
    with pytest.raises(RuleViolation, match="period_known"):
        outcome.hand_in_progress(stay, first_period(stay), "another time", by=by)


def test_milestones_of_other_visits_are_left_out(world: World, stay: Exchange) -> None:
    own = found(session.scalars(select(Milestone.id)).first())
    answers = [MilestoneAnswer(own, Progress.DONE, ""), MilestoneAnswer(own + 999, Progress.DONE, "")]
    period = first_period(stay)
    written = PeriodAnswer(period.first, period.last, period.answers, answers)
    made = outcome.hand_in_progress(stay, written, "once upon a time", by=actor(world.colleague))
    assert [(row.title, row.progress) for row in made.milestones] == [("Plan", Progress.DONE)]


def test_short_visits_and_other_people_have_no_progress_to_report(
    world: World, storage: Storage, stay: Exchange, as_person: As
) -> None:
    short = make_exchange(world, storage, "arrive")
    with pytest.raises(RuleViolation, match="not_now"):
        outcome.hand_in_progress(short, first_period(stay), "once upon a time", by=actor(world.expert))
    session.rollback()
    as_person(world.expert).open(f"/exchanges/{short.reference}/report/progress", 302)
    with pytest.raises(Denied):
        outcome.hand_in_progress(stay, first_period(stay), "once upon a time", by=actor(world.host_manager))


def test_progress_stands_in_the_final_report(world: World, stay: Exchange) -> None:
    own = found(session.scalars(select(Milestone.id)).first())
    period = first_period(stay)
    stood = [MilestoneAnswer(own, Progress.UNDER_WAY, "Yarısı")]
    written = PeriodAnswer(period.first, period.last, period.answers, stood)
    outcome.hand_in_progress(stay, written, "once upon a time", by=actor(world.colleague))
    queried = queries.progress_reports(stay.id)
    assert queried[0].milestones[0].note == "Yarısı"
    assert session.scalars(select(Visit)).one().milestones[0].title == "Plan"


def test_each_side_evaluates_the_other_and_may_correct_itself(world: World, storage: Storage, as_person: As) -> None:
    exchange = make_exchange(world, storage, "depart")
    address = f"/exchanges/{exchange.reference}/report"
    for person, page in ((world.expert, "evaluate-host"), (world.coordinator, "evaluate-expert")):
        browser = as_person(person)
        browser.open(f"{address}/{page}")
        browser.send(f"{address}/{page}", {"mark1": "5"}, having="mark1")
        assert browser.status == 422 and len(browser.problems) == 4
        assert browser.answers(browser.form("mark1"))["mark1"] == ["5"]
        marks = {f"mark{n}": str(n) for n in range(1, 6)} | {"comment": "Hər şey yaxşı"}
        browser.send(f"{address}/{page}", marks, having="mark1")
        assert browser.status == 302
        browser.open(f"{address}/{page}")
        assert browser.answers(browser.form("mark1"))["mark3"] == ["3"], "what was said before stands there"
        browser.send(f"{address}/{page}", {"mark3": "4"}, having="mark1")
        browser.open(address)
        assert "Hər şey yaxşı" in browser.text
    rows = {row.on_host: row for row in session.scalars(select(Evaluation))}
    assert rows[True].marks == rows[False].marks == "12445"
    assert rows[True].comment == "Hər şey yaxşı", "a correction keeps the rest"
    as_person(world.manager).open(f"{address}/evaluate-host", 403)
    as_person(world.expert).open(f"{address}/evaluate-expert", 403)


@pytest.mark.parametrize("mark", ["0", "6", "", "five"])
def test_marks_are_from_one_to_five(world: World, storage: Storage, as_person: As, mark: str) -> None:
    exchange = make_exchange(world, storage, "depart")
    address = f"/exchanges/{exchange.reference}/report/evaluate-host"
    expert = as_person(world.expert)
    expert.open(address)
    expert.send(address, {f"mark{n}": mark for n in range(1, 6)}, having="mark1")
    assert expert.status == 422 and session.scalar(select(func.count(Evaluation.id))) == 0


def test_nothing_is_evaluated_before_the_visit_is_over(world: World, storage: Storage) -> None:
    exchange = make_exchange(world, storage, "arrive")
    with pytest.raises(RuleViolation, match="not_now"):
        outcome.evaluate(exchange, True, [5] * 5, "", by=actor(world.expert))


def test_evaluating_twice_at_once_makes_one_evaluation(app: Flask, world: World, storage: Storage) -> None:
    number, by = make_exchange(world, storage, "depart").id, actor(world.expert)
    together(app, lambda: outcome.evaluate(locked(number), True, [5] * 5, "", by=by))
    assert session.scalar(select(func.count(Evaluation.id))) == 1


def test_both_agencies_say_what_became_of_a_recommendation(world: World, storage: Storage, as_person: As) -> None:
    exchange = make_exchange(world, storage, "accept_home")
    address = f"/exchanges/{exchange.reference}/report"
    for person, progress in ((world.manager, "under_way"), (world.host_manager, "done")):
        browser = as_person(person)
        browser.open(address)
        said = {"progress": progress, "evidence": f"Evidence of {person.name}"}
        browser.send(f"{address}/follow-up/1", said, having="progress")
        assert browser.status == 302
        browser.open(address)
        assert f"Evidence of {person.name}" in browser.text
    stored = session.scalars(select(Recommendation).where(Recommendation.number == 1)).one()
    assert stored.progress is Progress.DONE and stored.followed_up_at is not None
    assert session.scalars(select(Event.what)).all().count("followed_up") == 2
    for person in (world.expert, world.coordinator):
        assert not as_person(person).open(address).select("form[action*=follow-up]")
        with pytest.raises(Denied):
            outcome.follow_up(locked(exchange.id), 1, Progress.DONE, "", by=actor(person))


def test_only_closed_reports_are_followed_up(world: World, storage: Storage) -> None:
    exchange = make_exchange(world, storage, "accept_host")
    with pytest.raises(RuleViolation, match="not_now"):
        outcome.follow_up(exchange, 1, Progress.DONE, "", by=actor(world.manager))
    session.rollback()
    with pytest.raises(RuleViolation, match="not_now"):
        outcome.follow_up(exchange, 77, Progress.DONE, "", by=actor(world.manager))
