"""The final report: written in sections and kept, handed in after the visit, accepted or sent back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts.models import Person
from portal.calendars import overrides, working_days
from portal.db import session
from portal.exchanges.models import Exchange
from portal.exchanges.queries import by_reference, locked
from portal.findings import AlreadyDone, Conflict, EditConflict, RuleViolation
from portal.policy import Denied
from portal.reports import completeness, queries, service
from portal.reports.models import Met, Priority, Recommendation, Report
from portal.reports.service import ObjectiveAnswer, RecommendationAnswer
from portal.sealing.queries import versions_of
from portal.seed.exchange_builder import write_report
from portal.seed.scenarios import content
from portal.storage import Storage
from portal.subjects.models import Event
from portal.workflows.exchange_terms import Action, Status
from tests.concurrency import together
from tests.factories import World, actor
from tests.narrowing import found
from tests.pages import Browser
from tests.query_counter import counting
from tests.scenarios import make_exchange

As = Callable[[Person], Browser]
SECTIONS = ("objectives", "plan", "findings", "recommendations", "rest")


def address(exchange: Exchange, rest: str = "") -> str:
    return f"/exchanges/{exchange.reference}/report{rest}"


def begun(exchange: Exchange, world: World) -> Report:
    report = service.begin(exchange, ["A list of what is asked", "A plan"], "tr", actor(world.expert))
    session.commit()
    return report


def test_a_report_is_written_handed_in_accepted_and_closed(world: World, storage: Storage, as_person: As) -> None:
    exchange = make_exchange(world, storage, "depart")
    worked = working_days(found(exchange.start), found(exchange.end), "AZ", overrides())
    expert = as_person(world.expert)
    expert.open(address(exchange))
    expert.send(address(exchange, "/begin"), action="/begin")
    assert expert.location.endswith("/write/objectives")
    expert.open(expert.location)
    expected = expert.answers(expert.form("version"))
    assert expected["rows-0-text"], "the objectives begin with the application's expected results"
    met = {name: "met" for name in expected if name.endswith("-met")}
    expert.send(address(exchange, "/write/objectives"), met | {"rows-0-note": "On iş izləndi."}, having="version")
    assert expert.location.endswith("/write/plan")
    expert.open(expert.location)
    expert.send(address(exchange, "/write/plan"), {"changes": "Cuma günü yer değişti."}, having="version")
    expert.open(expert.location)
    filled_in = expert.answers(expert.form("version"))["days_worked"]
    assert filled_in == str(worked), "the days that the host recorded stand there"
    expert.send(
        address(exchange, "/write/findings"), {"people_met": "Ramil Əsgərov", "findings": "Tek gişe."}, having="version"
    )
    expert.open(expert.location)
    row = {"rows-0-text": "Birlikte.", "rows-0-owner": str(world.kobia.id), "rows-0-horizon": "2027-12-31"}
    expert.send(address(exchange, "/write/recommendations"), row | {"rows-0-priority": "high"}, having="version")
    expert.open(expert.location)
    expert.send(address(exchange, "/write/rest"), {"lessons": "Erken başlayın.", "publish": "yes"}, having="version")
    assert expert.location.endswith("/report/check")
    expert.open(expert.location)
    expert.send(address(exchange, "/check"), having="version")
    assert expert.status == 302, expert.problems
    for person, step in ((world.host_manager, "accept-host"), (world.manager, "accept-home")):
        browser = as_person(person)
        browser.open(address(exchange))
        assert "Tek gişe." in browser.text and "Birlikte." in browser.text
        browser.open(address(exchange, f"/{step}"))
        browser.send(address(exchange, f"/{step}"), having="version")
        assert browser.status == 302, browser.text
    assert found(by_reference(exchange.reference)).status is Status.CLOSED
    waiting = [(row.language, row.sealed_at) for row in versions_of(exchange.id, "report")]
    assert waiting == [("az", None), ("en", None), ("tr", None), ("tr-az", None)]


def test_a_report_can_be_begun_during_the_visit_and_handed_in_only_after_it(
    world: World, storage: Storage, as_person: As
) -> None:
    exchange = make_exchange(world, storage, "arrive")
    expert = as_person(world.expert)
    expert.open(address(exchange))
    expert.send(address(exchange, "/begin"), action="/begin")
    expert.open(address(exchange, "/write/rest"))
    expert.send(address(exchange, "/write/rest"), {"lessons": "Erken başlayın."}, having="version")
    assert expert.status == 302
    expert.open(address(exchange, "/check"))
    assert "your host unit has not recorded your departure yet" in expert.text
    assert "Hand in the report" not in expert.text
    expert.send(address(exchange, "/check"), having="version")
    assert expert.status == 422
    assert any("departure" in problem for problem in expert.problems)
    assert found(by_reference(exchange.reference)).status is Status.UNDER_WAY


@pytest.mark.parametrize("last", ["place", "home_approve_plan"])
def test_before_the_visit_there_is_nothing_to_write(world: World, storage: Storage, as_person: As, last: str) -> None:
    exchange = make_exchange(world, storage, last)
    with pytest.raises(RuleViolation, match="not_departed"):
        service.hand_in(exchange, exchange.version, by=actor(world.expert))
    with pytest.raises(RuleViolation, match="not_now"):
        service.begin(exchange, [], "tr", actor(world.expert))
    expert = as_person(world.expert)
    expert.open(address(exchange, "/check"))
    assert "You have not begun the report." in expert.text
    assert queries.report_of(exchange.id) is None


def test_an_unfinished_report_says_what_is_missing_and_where(world: World, storage: Storage, as_person: As) -> None:
    exchange = make_exchange(world, storage, "depart")
    begun(exchange, world)
    expert = as_person(world.expert)
    expert.open(address(exchange, "/check"))
    missing = {a.get_text(): str(a["href"]) for a in expert.page.select("[aria-labelledby=missing] a")}
    met, first = (
        "Objectives: 2. Say how far this objective was met.",
        "Recommendations: Write at least one recommendation.",
    )
    assert missing[met].endswith("/write/objectives#rows-1-met")
    assert missing[first].endswith("/write/recommendations#rows-0-text")
    leave = "Lessons and leave to publish: Say whether the report may be published."
    assert missing[leave].endswith("/write/rest#publish-0")
    with pytest.raises(RuleViolation, match="incomplete"):
        service.hand_in(exchange, exchange.version, by=actor(world.expert))
    report = found(queries.report_of(exchange.id))
    half = [RecommendationAnswer("Birlikte.", None, None, Priority.LOW)]
    service.save_recommendations(exchange, report.version, half, by=actor(world.expert))
    found_in = {finding.code: finding.field for finding in completeness.missing(report)}
    assert (found_in["missing_owner"], found_in["missing_horizon"]) == ("rows-0-owner", "rows-0-horizon")


def test_a_completed_visit_without_a_report_is_not_handed_in(world: World, storage: Storage) -> None:
    exchange = make_exchange(world, storage, "depart")
    with pytest.raises(RuleViolation, match="incomplete"):
        service.hand_in(exchange, exchange.version, by=actor(world.expert))


@pytest.mark.parametrize(
    ("said", "horizon", "periods", "codes"),
    [
        (5, date(2027, 4, 12), 0, []),
        (None, None, 0, []),
        (4, date(2027, 4, 12), 0, ["days_differ"]),
        (5, date(2027, 4, 11), 0, ["horizon_over"]),
        (6, date(2027, 4, 1), 2, ["days_differ", "horizon_over", "periods_open"]),
    ],
)
def test_what_to_look_at_before_handing_in(
    said: int | None, horizon: date | None, periods: int, codes: list[str]
) -> None:
    report = Report(days_worked=said, recommendations=[Recommendation(number=1, text="Birlikte.", horizon=horizon)])
    doubts = completeness.doubts(report, 5, periods, date(2027, 4, 12))
    assert [doubt.code for doubt in doubts] == codes
    assert completeness.doubts(report, None, 0, date(2000, 1, 1)) == [], "nothing was recorded, nothing is over"


def test_warnings_come_with_the_press_and_are_confirmed_with_the_next(
    world: World, storage: Storage, as_person: As
) -> None:
    exchange = make_exchange(world, storage, "depart")
    write_report(exchange, content("KOSGEB", 0, found(exchange.start), world.units[0]), actor(world.expert))
    report, recorded = found(queries.report_of(exchange.id)), found(queries.days_present(exchange.id))
    service.save_text(exchange, report.version, {"days_worked": recorded + 2}, by=actor(world.expert))
    expert = as_person(world.expert)
    expert.open(address(exchange, "/check"))
    expert.send(address(exchange, "/check"), having="version")
    assert expert.status == 422 and not expert.problems
    assert expert.warnings == [
        f"You say that you spent {recorded + 2} working days at the host; your host unit recorded {recorded}."
    ]
    expert.send(address(exchange, "/check"), having="version")
    assert expert.status == 302 and found(by_reference(exchange.reference)).status is Status.REPORTED


HALVES = {
    "objectives": {"text": "Bir amaç", "met": "partly", "note": "Yalnız bir not"},
    "recommendations": {"text": "Birlikte.", "owner": "KOBİA", "horizon": "2028-12-31"},
}
NEEDED = {"objectives": {"text", "met"}, "recommendations": {"text", "owner", "horizon"}}


@pytest.mark.parametrize(("key", "cell"), [(key, cell) for key, cells in HALVES.items() for cell in cells])
def test_a_row_in_which_one_cell_is_filled_is_kept_and_says_what_is_missing(
    world: World, storage: Storage, as_person: As, key: str, cell: str
) -> None:
    exchange = make_exchange(world, storage, "depart")
    service.begin(exchange, [], "tr", actor(world.expert))
    said = str(world.kobia.id) if cell == "owner" else HALVES[key][cell]
    expert = as_person(world.expert)
    expert.open(address(exchange, f"/write/{key}"))
    expert.send(address(exchange, f"/write/{key}"), {f"rows-0-{cell}": said}, having="version")
    assert expert.status == 302, expert.problems
    expert.open(address(exchange, f"/write/{key}"))
    assert expert.answers(expert.form("version"))[f"rows-0-{cell}"] == said
    flagged = {
        str(flag["id"]).removeprefix("rows-0-").removesuffix("-lacking") for flag in expert.page.select(".lacking")
    }
    assert flagged == NEEDED[key] - {cell}


def test_drafts_are_saved_as_one_goes_even_half_a_row(world: World, storage: Storage, as_person: As) -> None:
    exchange = make_exchange(world, storage, "depart")
    begun(exchange, world)
    expert = as_person(world.expert)
    expert.open(address(exchange, "/write/recommendations"))
    given = expert.answers(expert.form("version")) | {"rows-0-text": "Yarım kalmış"}
    sent = expert.ask("POST", address(exchange, "/write/recommendations"), data=given, headers={"X-Autosave": "1"})
    assert sent.status_code == 200 and found(sent.json)["version"] == 2
    assert found(sent.json)["message"].startswith("Saved at ")
    stored = session.scalars(select(Recommendation)).one()
    assert (stored.text, stored.owner_id, stored.horizon) == ("Yarım kalmış", None, None)
    again = expert.ask("POST", address(exchange, "/write/recommendations"), data=given, headers={"X-Autosave": "1"})
    assert again.status_code == 409 and "saved elsewhere" in found(again.json)["message"]
    wrong = given | {"version": found(sent.json)["version"], "rows-0-horizon": "31.31.2027"}
    refused = expert.ask("POST", address(exchange, "/write/recommendations"), data=wrong, headers={"X-Autosave": "1"})
    assert refused.status_code == 422 and found(refused.json)["message"].startswith("Not saved yet")


@pytest.mark.parametrize(
    ("key", "typed", "shown"),
    [
        ("findings", {"findings": "Tekkelime", "days_worked": "4"}, "Findings: From the other window"),
        ("objectives", {"rows-0-text": "Tekkelime", "rows-0-met": "met"}, "1. Objective: A list of what is asked"),
        ("rest", {"lessons": "Tekkelime", "publish": "no"}, "another part was changed"),
    ],
)
def test_a_stale_tab_keeps_what_was_typed_and_shows_what_is_stored(
    world: World, storage: Storage, as_person: As, key: str, typed: dict[str, str], shown: str
) -> None:
    exchange = make_exchange(world, storage, "depart")
    report = begun(exchange, world)
    expert = as_person(world.expert)
    expert.open(address(exchange, f"/write/{key}"))
    answers = {"findings": "From the other window"}
    service.save_text(exchange, report.version, answers, by=actor(world.expert))
    session.commit()
    expert.send(address(exchange, f"/write/{key}"), typed, having="version")
    assert expert.status == 409
    assert shown in expert.text or key == "rest"
    kept = expert.answers(expert.form("version"))
    assert {name: kept[name] if not isinstance(kept[name], list) else kept[name][0] for name in typed} == typed
    session.expire_all()
    assert found(queries.report_of(exchange.id)).findings == "From the other window", "nothing was overwritten"
    expert.send(address(exchange, f"/write/{key}"), having="version")
    assert expert.status == 302, "the next press keeps it"


def test_rows_are_added_and_nothing_typed_is_lost(world: World, storage: Storage, as_person: As) -> None:
    exchange = make_exchange(world, storage, "depart")
    begun(exchange, world)
    expert = as_person(world.expert)
    expert.open(address(exchange, "/write/recommendations"))
    expert.send(address(exchange, "/write/recommendations"), {"rows-0-text": "Bir", "more": "1"}, having="version")
    assert expert.status == 200
    answers = expert.answers(expert.form("version"))
    assert answers["rows-0-text"] == "Bir" and answers["rows-1-text"] == ""
    many = {f"rows-{n}-text": f"Öneri {n}" for n in range(60)} | {"more": "1"}
    expert.send(address(exchange, "/write/recommendations"), many, having="version")
    assert expert.status == 200
    assert len([name for name in expert.answers(expert.form("version")) if name.endswith("-text")]) == 60, (
        "none is cut off"
    )


@pytest.mark.parametrize(
    ("key", "given", "words"),
    [
        ("findings", {"findings": "x" * 20_000}, "longer than 4000"),
        ("findings", {"days_worked": "many"}, "Not a valid integer"),
        ("findings", {"days_worked": "9" * 30}, "between 0 and 400"),
        ("recommendations", {"rows-0-text": "y", "rows-0-owner": "999999"}, "Not a valid choice"),
        ("recommendations", {"rows-0-text": "y", "rows-0-owner": "x"}, "Invalid Choice"),
        ("objectives", {"rows-0-text": "y", "rows-0-met": "very much"}, "Not a valid choice"),
        ("rest", {"publish": "perhaps"}, "Not a valid choice"),
    ],
)
def test_what_cannot_be_right_is_refused_and_kept(
    world: World, storage: Storage, as_person: As, key: str, given: dict[str, str], words: str
) -> None:
    exchange = make_exchange(world, storage, "depart")
    report = begun(exchange, world)
    expert = as_person(world.expert)
    expert.open(address(exchange, f"/write/{key}"))
    expert.send(address(exchange, f"/write/{key}"), given, having="version")
    assert expert.status == 422
    assert any(words in problem for problem in expert.problems), expert.problems
    session.expire_all()
    assert found(queries.report_of(exchange.id)).version == report.version


def test_odd_characters_are_taken_out_before_they_are_stored(world: World, storage: Storage, as_person: As) -> None:
    exchange = make_exchange(world, storage, "depart")
    begun(exchange, world)
    expert = as_person(world.expert)
    expert.open(address(exchange, "/write/findings"))
    expert.send(address(exchange, "/write/findings"), {"findings": "a\x00bc\u202ed"}, having="version")
    assert expert.status == 302
    assert session.scalar(select(Report.findings)) == "abcd"


def test_recommendations_belong_to_one_of_the_two_agencies(world: World, storage: Storage) -> None:
    exchange = make_exchange(world, storage, "depart")
    report = begun(exchange, world)
    answer = RecommendationAnswer("Üçüncü", 999, date(2027, 1, 1), Priority.LOW)
    with pytest.raises(RuleViolation, match="owner"):
        service.save_recommendations(exchange, report.version, [answer], by=actor(world.expert))


def test_only_the_expert_writes(world: World, storage: Storage, as_person: As) -> None:
    exchange = make_exchange(world, storage, "depart")
    report = begun(exchange, world)
    for person in (world.manager, world.host_manager, world.coordinator, world.admin, world.colleague):
        with pytest.raises(Denied):
            service.save_text(exchange, report.version, {"findings": "x"}, by=actor(person))
    as_person(world.host_manager).open(address(exchange, "/write/findings"), 403)
    as_person(world.admin).open(address(exchange, "/write/findings"), 404)


def test_two_tabs_that_save_at_once_have_one_outcome(app: Flask, world: World, storage: Storage) -> None:
    exchange = make_exchange(world, storage, "depart")
    report, by = begun(exchange, world), actor(world.expert)
    number, version = exchange.id, report.version

    def save() -> object:
        service.save_objectives(locked(number), version, [ObjectiveAnswer("Bir", Met.MET, "")], by=by)
        return "saved"

    results = together(app, save)
    assert results.count("saved") == 1 and results.count(EditConflict) == 3


def test_beginning_at_once_makes_one_report(app: Flask, world: World, storage: Storage) -> None:
    number, by = make_exchange(world, storage, "depart").id, actor(world.expert)
    assert len(set(together(app, lambda: service.begin(locked(number), ["Bir"], "tr", by).id))) == 1


def test_handing_in_at_once_is_once_and_then_nothing_can_be_changed(app: Flask, world: World, storage: Storage) -> None:
    exchange = make_exchange(world, storage, "report")
    number, by = exchange.id, actor(world.expert)
    report = found(queries.report_of(number))
    with pytest.raises(RuleViolation, match="handed_in"):
        service.save_text(exchange, report.version, {"findings": "later"}, by=by)
    session.rollback()
    with pytest.raises((AlreadyDone, Conflict)):
        service.hand_in(locked(number), 1, by=by)


def test_sent_back_with_comments_the_report_comes_again_and_both_read_it_anew(
    world: World, storage: Storage, as_person: As
) -> None:
    exchange = make_exchange(world, storage, "accept_host")
    manager = as_person(world.manager)
    manager.open(address(exchange, "/send-back-home"))
    manager.send(address(exchange, "/send-back-home"), {"reason": " "}, having="reason")
    assert manager.status == 422 and manager.problems
    manager.send(address(exchange, "/send-back-home"), {"reason": "Name the owner."}, having="reason")
    assert manager.status == 302
    report = found(queries.report_of(exchange.id))
    session.refresh(report)
    assert report.host_accepted_at is None and report.submitted_at is None
    expert = as_person(world.expert)
    for page in ("", "/write/recommendations"):
        expert.open(address(exchange, page))
        assert "Name the owner." in expert.text
    expert.open(address(exchange, "/check"))
    expert.send(address(exchange, "/check"), having="version")
    assert expert.status == 302
    again = found(by_reference(exchange.reference))
    assert (again.status, again.turn) == ("reported", "host")
    expert.open(address(exchange))
    assert "Name the owner." not in expert.text, "an answered comment does not stay"


def test_the_home_agency_accepts_after_the_host_and_a_stale_page_changes_nothing(
    world: World, storage: Storage, as_person: As
) -> None:
    exchange = make_exchange(world, storage, "report")
    with pytest.raises(Conflict):
        service.accept(exchange, Action.HOME_ACCEPT_REPORT, exchange.version, ("en",), by=actor(world.manager))
    session.rollback()
    manager = as_person(world.host_manager)
    manager.open(address(exchange, "/accept-host"))
    yesterday = manager.answers(manager.form("version"))
    service.send_back(
        locked(exchange.id), Action.HOST_RETURN_REPORT, exchange.version, "Kürzer.", by=actor(world.host_manager)
    )
    session.commit()
    assert manager.post(address(exchange, "/accept-host"), yesterday).status_code == 409
    manager.open(address(exchange, "/accept-host"), 302)


def test_the_host_comments_until_it_accepts(world: World, storage: Storage, as_person: As) -> None:
    exchange = make_exchange(world, storage, "report")
    coordinator = as_person(world.coordinator)
    coordinator.open(address(exchange))
    coordinator.send(address(exchange, "/comment"), {"text": "Çox faydalı"}, having="text")
    assert coordinator.status == 302
    coordinator.open(address(exchange))
    assert coordinator.answers(coordinator.form("text"))["text"] == "Çox faydalı", "what was said stands in the form"
    older = coordinator.answers(coordinator.form("text")) | {"version": "1", "text": "Başqa"}
    stale = coordinator.post(address(exchange, "/comment"), older)
    assert stale.status_code == 409 and "Başqa" in stale.text
    service.accept(
        locked(exchange.id), Action.HOST_ACCEPT_REPORT, exchange.version, ("en",), by=actor(world.host_manager)
    )
    session.commit()
    late = coordinator.answers(coordinator.form("text")) | {"text": "Too late"}
    assert coordinator.post(address(exchange, "/comment"), late).status_code == 422
    assert session.scalar(select(Report.host_comment)) == "Çox faydalı"
    assert "host_commented" in session.scalars(select(Event.what)).all()


def test_the_number_of_statements_does_not_grow_with_the_rows(world: World, storage: Storage, as_person: As) -> None:
    exchange = make_exchange(world, storage, "depart")
    report = begun(exchange, world)
    manager, counts = as_person(world.manager), []
    manager.open(address(exchange))  # reads what the process keeps from then on
    for many in (1, 40):
        day = date(2027, 1, 1)
        answers = [RecommendationAnswer(f"Öneri {n}", world.kobia.id, day, Priority.LOW) for n in range(many)]
        service.save_recommendations(exchange, report.version, answers, by=actor(world.expert))
        session.commit()
        with counting() as statements:
            manager.open(address(exchange))
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 12 + 4, counts  # two of them begin, two are of the test itself
