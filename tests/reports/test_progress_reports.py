"""Progress reports of a long stay: one period at a time, against the milestones of its plan."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from portal import calendars
from portal.accounts.models import Person
from portal.db import session
from portal.exchanges.models import Exchange, Kind
from portal.exchanges.queries import locked
from portal.findings import EditConflict, RuleViolation
from portal.policy import Denied
from portal.reports import progress_drafts, progress_reports, queries
from portal.reports.models import Progress, ProgressReport
from portal.reports.periods import periods
from portal.reports.progress_reports import MilestoneAnswer, PeriodAnswer
from portal.storage import Storage
from portal.subjects.models import Event
from portal.visits.models import Milestone, Visit
from portal.workflows.exchange_terms import Status
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


@pytest.mark.parametrize(
    ("first", "last", "refusal"),
    [
        ("start", "start", None),
        ("start + 1", "start", "order"),
        ("start - 1", "start", "period_outside"),
        ("start", "today - 1", None),
        ("start", "today", None),
        ("start", "today + 1", "period_future"),
        ("end + 1", "end + 1", "period_outside"),
        ("end", "end + 1", "period_outside"),
        ("end", "end", "period_future"),
    ],
)
def test_a_period_lies_within_the_visit_and_is_over(
    world: World, stay: Exchange, first: str, last: str, refusal: str | None
) -> None:
    def day(said: str) -> date:
        name, sign, days = said.partition(" ")[0], 1 if "+" in said else -1, int(said[-1]) if said[-1].isdigit() else 0
        known = {"start": stay.start, "end": stay.end, "today": calendars.today(stay.host.zone)}[name]
        return found(known) + timedelta(days=sign * days)

    written, by = PeriodAnswer(day(first), day(last), TEXTS), actor(world.colleague)
    if refusal is None:
        assert progress_reports.hand_in(stay, written, "once upon a time", by=by).last == written.last
    else:
        with pytest.raises(RuleViolation, match=refusal):
            progress_reports.hand_in(stay, written, "once upon a time", by=by)


@pytest.mark.parametrize(
    ("first", "last", "known"),
    [(8, 9, False), (8, 10, True), (10, 10, True), (12, 12, True), (20, 30, True), (21, 30, False), (5, 30, True)],
)
def test_no_day_is_reported_on_twice(world: World, stay: Exchange, first: int, last: int, known: bool) -> None:
    """Days 10 to 20 of the stay are reported on already."""
    by, days = actor(world.colleague), [found(stay.start) + timedelta(days=n) for n in range(31)]
    progress_reports.hand_in(stay, PeriodAnswer(days[10], days[20], TEXTS), "once upon a time", by=by)
    written = PeriodAnswer(days[first], days[last], TEXTS)
    if known:
        with pytest.raises(RuleViolation, match="period_known"):
            progress_reports.hand_in(stay, written, "another time", by=by)
    else:
        assert progress_reports.hand_in(stay, written, "another time", by=by).first == days[first]


def test_progress_is_reported_from_the_arrival_until_the_report_is_handed_in(world: World, stay: Exchange) -> None:
    number, written, by = stay.id, first_period(stay), actor(world.colleague)
    possible = set()
    for status in Status:
        session.execute(update(Exchange).values(status=status))
        try:
            progress_reports.hand_in(locked(number), written, "once upon a time", by=by)
            possible.add(status)
        except RuleViolation as refused:
            assert refused.code == "not_now"
        session.rollback()
    assert possible == {Status.UNDER_WAY, Status.COMPLETED}


def test_handing_in_twice_at_once_makes_one_progress_report(app: Flask, world: World, stay: Exchange) -> None:
    number, written, by = stay.id, first_period(stay), actor(world.colleague)
    made = together(app, lambda: progress_reports.hand_in(locked(number), written, "once upon a time", by=by).id)
    assert len(set(made)) == 1
    assert session.scalar(select(func.count(ProgressReport.id))) == 1
    assert session.scalars(select(Event.what)).all().count("progress_report") == 1


def test_milestones_of_other_visits_are_left_out(world: World, stay: Exchange) -> None:
    own = found(session.scalars(select(Milestone.id)).first())
    answers = [MilestoneAnswer(own, Progress.DONE, ""), MilestoneAnswer(own + 999, Progress.DONE, "")]
    period = first_period(stay)
    written = PeriodAnswer(period.first, period.last, period.answers, answers)
    made = progress_reports.hand_in(stay, written, "once upon a time", by=actor(world.colleague))
    assert [(row.title, row.progress) for row in made.milestones] == [("Plan", Progress.DONE)]


def test_short_visits_and_other_people_have_no_progress_to_report(
    world: World, storage: Storage, stay: Exchange, as_person: As
) -> None:
    short = make_exchange(world, storage, "arrive")
    with pytest.raises(RuleViolation, match="not_now"):
        progress_reports.hand_in(short, first_period(stay), "once upon a time", by=actor(world.expert))
    session.rollback()
    as_person(world.expert).open(f"/exchanges/{short.reference}/report/progress", 302)
    with pytest.raises(Denied):
        progress_reports.hand_in(stay, first_period(stay), "once upon a time", by=actor(world.host_manager))


def test_progress_stands_in_the_final_report(world: World, stay: Exchange) -> None:
    own = found(session.scalars(select(Milestone.id)).first())
    period = first_period(stay)
    stood = [MilestoneAnswer(own, Progress.UNDER_WAY, "Yarısı")]
    written = PeriodAnswer(period.first, period.last, period.answers, stood)
    progress_reports.hand_in(stay, written, "once upon a time", by=actor(world.colleague))
    queried = queries.progress_reports(stay.id)
    assert queried[0].milestones[0].note == "Yarısı"
    assert session.scalars(select(Visit)).one().milestones[0].title == "Plan"


def test_it_is_kept_while_it_is_written_and_gone_once_it_is_handed_in(
    world: World, stay: Exchange, as_person: As
) -> None:
    expert, address = as_person(world.colleague), f"/exchanges/{stay.reference}/report"
    expert.open(f"{address}/progress")
    given = expert.answers(expert.form("version")) | {"rows-1-note": "Yarısı çəkilib.", "rows-1-progress": "under_way"}
    answer = expert.ask("POST", f"{address}/progress", data=given, headers={"X-Autosave": "1"})
    assert answer.status_code == 200 and found(answer.json)["version"] == 2, "half a report is kept"
    expert.open(f"{address}/progress")
    expert.send(f"{address}/progress", having="version")
    assert expert.status == 422 and expert.problems == ["What was done in this period: Write what was done."]
    expert.send(f"{address}/progress", {"text": "Xəritə", "first": "", "stop": "1"}, having="version")
    assert expert.location.endswith("/report") and session.scalar(select(func.count(ProgressReport.id))) == 0
    expert.open(f"{address}/progress")
    kept = expert.answers(expert.form("version"))
    assert (kept["text"], kept["first"]) == ("Xəritə", "")
    assert (kept["rows-1-note"], kept["rows-1-progress"]) == ("Yarısı çəkilib.", "under_way")
    expert.send(f"{address}/progress", {"first": found(stay.start).isoformat()}, having="version")
    assert expert.status == 302, expert.problems
    report = session.scalars(select(ProgressReport)).one()
    assert report.text == "Xəritə" and report.milestones[1].note == "Yarısı çəkilib."
    assert queries.progress_draft(stay.id) is None


def test_what_another_window_saved_is_shown_before_it_is_written_over(
    world: World, stay: Exchange, as_person: As
) -> None:
    address = f"/exchanges/{stay.reference}/report/progress"
    slow, fast = as_person(world.colleague), as_person(world.colleague)
    slow.open(address)
    fast.open(address)
    fast.send(address, {"text": "Birinci", "stop": "1"}, having="version")
    slow.send(address, {"text": "İkinci"}, having="version")
    assert slow.status == 409 and "Birinci" in slow.text_of(".banner.problem")
    slow.send(address, having="version")
    assert slow.status == 302 and session.scalars(select(ProgressReport.text)).one() == "İkinci"


def test_a_draft_is_kept_by_whoever_writes_it_as_long_as_the_stay_is_reported_on(world: World, stay: Exchange) -> None:
    answers: dict[str, Any] = {
        "text": "Xəritə",
        "difficulties": "",
        "next": "",
        "first": None,
        "last": None,
        "rows": [],
    }
    with pytest.raises(Denied):
        progress_drafts.save(stay, answers, version=1, by=actor(world.host_manager))
    assert progress_drafts.save(stay, answers, version=1, by=actor(world.colleague)).version == 2
    with pytest.raises(EditConflict):
        progress_drafts.save(stay, answers, version=1, by=actor(world.colleague))
    session.execute(update(Exchange).values(status=Status.REPORTED))
    session.expire_all()
    with pytest.raises(RuleViolation, match="not_now"):
        progress_drafts.save(stay, answers, version=2, by=actor(world.colleague))
