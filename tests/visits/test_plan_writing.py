"""Writing a plan before it is proposed: who may, what it begins with, what is kept, what is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time, timedelta

import pytest
from flask import Flask

from portal import calendars
from portal.accounts.models import Person
from portal.db import session
from portal.exchanges.models import Exchange, Kind
from portal.findings import EditConflict, RuleViolation
from portal.seed.scenarios import content
from portal.storage import Storage
from portal.visits import plan_drafts, queries
from portal.visits.forms import AgendaRow, MilestoneRow, PlanRow
from portal.visits.models import PlanDraft
from portal.visits.plan_drafts import DraftAnswers
from tests.factories import World, actor
from tests.narrowing import found
from tests.pages import Browser
from tests.scenarios import make_exchange, old_call
from tests.visits.carrying_out import MONDAY, visit_of

As = Callable[[Person], Browser]
FRIDAY = MONDAY + timedelta(days=4)
HALF = {"day": MONDAY.isoformat(), "begins": "", "ends": "", "title": "Tour of the hall", "place": "", "who": ""}


@pytest.fixture
def confirmed(world: World, storage: Storage) -> Exchange:
    return make_exchange(world, storage, "confirm", start=MONDAY)


def draft_of(exchange: Exchange) -> PlanDraft:
    session.expire_all()
    return found(queries.draft_of(exchange.id))


def page_of(exchange: Exchange, part: str = "plan") -> str:
    return f"/exchanges/{exchange.reference}/{part}"


def rows_on(browser: Browser, day: str) -> list[str]:
    return [str(field["value"]) for field in browser.page.select(f'[data-day="{day}"] [name$=title]')]


def test_the_unit_drafts_and_the_host_agency_proposes_what_it_wrote(
    confirmed: Exchange, world: World, as_person: As
) -> None:
    coordinator = as_person(world.coordinator)
    assert coordinator.open(page_of(confirmed, "visit")).select_one(f'a[href$="{page_of(confirmed)}"]')
    coordinator.open(page_of(confirmed))
    coordinator.send(page_of(confirmed), {"agenda-0-title": "Opening", "note": "Bring a laptop."}, having="version")
    assert coordinator.status == 302
    manager = as_person(world.host_manager)
    page = manager.open(page_of(confirmed, "schedule"))
    assert manager.value("agenda-0-title") == "Opening" and world.coordinator.name in page.get_text()
    manager.insist(page_of(confirmed, "schedule"), having="version")
    assert manager.status == 302
    assert visit_of(confirmed).agenda[0].title == "Opening" and visit_of(confirmed).note == "Bring a laptop."
    assert queries.draft_of(confirmed.id) is None


def test_nobody_else_sees_a_draft(confirmed: Exchange, world: World, as_person: As) -> None:
    answers = DraftAnswers(MONDAY, FRIDAY, None, None, "Not yet for everybody", [])
    plan_drafts.save(confirmed, answers, version=1, by=actor(world.coordinator))
    session.commit()
    for who in (world.expert, world.manager):
        browser = as_person(who)
        assert browser.ask("GET", page_of(confirmed)).status_code == 403
        assert "Not yet for everybody" not in browser.open(page_of(confirmed, "visit")).get_text()


def test_an_agenda_begins_with_the_wished_activities_day_by_day(
    confirmed: Exchange, world: World, as_person: As
) -> None:
    calendars.except_day("AZ", MONDAY + timedelta(days=1), closed=True, note="Decree")
    session.commit()
    browser = as_person(world.coordinator)
    page = browser.open(page_of(confirmed))
    wished = [str(field["value"]) for field in page.select("[name$=title]") if field.get("value")]
    assert wished and next(block["data-day"] for block in page.select("[data-day]")) == MONDAY.isoformat()
    closed = page.select_one(f'[data-day="{MONDAY + timedelta(days=1)}"]')
    assert "Decree" in found(closed).get_text() and not found(closed).select("[data-row]")
    assert "working days" in browser.text_of("#total") and "Decree" in browser.text_of("#total")


def test_the_days_shown_follow_the_dates_and_rows_beside_them_are_kept(
    confirmed: Exchange, world: World, as_person: As
) -> None:
    browser = as_person(world.coordinator)
    browser.open(page_of(confirmed))
    begun = rows_on(browser, MONDAY.isoformat())
    later = {"start": "2027-04-12", "end": "2027-04-13", "days": "1"}
    browser.send(page_of(confirmed), later, having="version")
    assert [block["data-day"] for block in browser.page.select("[data-day]")] == ["2027-04-12", "2027-04-13"]
    assert begun[0] in str(browser.page), "what was on other days is kept, with its day to be changed"
    assert "On other days than those of the visit" in browser.text


def test_a_row_is_added_on_its_day_and_removed_without_javascript(
    confirmed: Exchange, world: World, as_person: As
) -> None:
    browser = as_person(world.coordinator)
    browser.open(page_of(confirmed))
    day = (MONDAY + timedelta(days=5)).isoformat()  # a Saturday, between the rows of two weeks
    browser.send(page_of(confirmed), {"end": "2027-04-12", "more": day}, having="version")
    assert rows_on(browser, day) == [""]
    name = str(found(browser.page.select_one(f'[data-day="{day}"] [name=remove]'))["value"])
    browser.send(page_of(confirmed), {"remove": name}, having="version")
    assert rows_on(browser, day) == []


def test_a_day_without_an_item_is_a_heading_and_a_button(confirmed: Exchange, world: World, as_person: As) -> None:
    browser = as_person(world.coordinator)
    browser.open(page_of(confirmed))
    while gone := browser.page.select("[name=remove]"):
        browser.send(page_of(confirmed), {"remove": str(gone[0]["value"])}, having="version")
    browser.send(page_of(confirmed), {"days": "1"}, having="version")
    assert len(browser.page.select("[data-row]")) == 1 and rows_on(browser, MONDAY.isoformat()) == [""]
    tuesday = browser.one(f'[data-day="{MONDAY + timedelta(days=1)}"]')
    assert not tuesday.select("input") and len(tuesday.select("button")) == 1


def test_the_button_that_adds_an_item_leads_to_its_first_field(
    confirmed: Exchange, world: World, as_person: As
) -> None:
    browser = as_person(world.coordinator)
    browser.open(page_of(confirmed))
    for day in (MONDAY + timedelta(days=4), MONDAY, MONDAY):
        target = browser.attribute(f'[data-day="{day}"] [name=more]', "formaction")
        browser.send(page_of(confirmed), {"more": day.isoformat()}, having="version")
        added = browser.page.select(f'[data-day="{day}"] [data-row]')[-1]
        assert target == f"#{found(added.select_one('input:not([type=hidden])'))['id']}"


@pytest.mark.parametrize(
    ("kind", "cell", "text", "lacking"),
    [
        (AgendaRow, "title", "Tour", {"begins", "ends", "day"}),
        (AgendaRow, "ends", time(12), {"title", "begins", "day"}),
        (AgendaRow, "place", "Hall 2", {"title", "begins", "ends", "day"}),
        (AgendaRow, "who", "Ramil", {"title", "begins", "ends", "day"}),
        (MilestoneRow, "title", "Map", {"due"}),
        (MilestoneRow, "output", "A map", {"title", "due"}),
        (MilestoneRow, "indicator", "Two reviews", {"title", "due"}),
        (MilestoneRow, "due", MONDAY, {"title"}),
        (AgendaRow, "day", MONDAY, None),  # where it stands, and when the item before ends: these say nothing
        (AgendaRow, "begins", time(9), None),
    ],
)
def test_a_row_in_which_one_cell_is_filled_says_what_it_lacks(
    app: Flask, kind: type[PlanRow], cell: str, text: object, lacking: set[str] | None
) -> None:
    with app.test_request_context():
        row = kind(data={cell: text})
        assert bool(row.says) is (lacking is not None)
        assert {field.short_name for field in row.missing()} == (lacking or set())


def test_a_half_filled_row_is_kept_flagged_and_not_proposed(confirmed: Exchange, world: World, as_person: As) -> None:
    browser = as_person(world.host_manager)
    browser.open(page_of(confirmed))
    half = {f"agenda-0-{name}": text for name, text in HALF.items()}
    browser.send(page_of(confirmed), half, having="version")
    assert browser.status == 302 and HALF in draft_of(confirmed).rows
    browser.open(page_of(confirmed, "schedule"))
    assert len(browser.page.select("[data-flag]")) == 1
    browser.send(page_of(confirmed, "schedule"), having="version")
    assert browser.status == 422 and any("it lacks From, To" in words for words in browser.problems)
    assert browser.value("agenda-0-title") == "Tour of the hall"


def test_who_saves_an_older_draft_is_told_what_differs(confirmed: Exchange, world: World, as_person: As) -> None:
    slow, fast = as_person(world.host_manager), as_person(world.coordinator)
    slow.open(page_of(confirmed, "schedule"))
    fast.open(page_of(confirmed))
    fast.send(page_of(confirmed), {"agenda-0-title": "Hall 2"}, having="version")
    slow.insist(page_of(confirmed, "schedule"), {"agenda-0-title": "Hall 3"}, having="version")
    assert slow.status == 409 and "Hall 2" in slow.text_of(".banner.problem")
    slow.insist(page_of(confirmed, "schedule"), having="version")
    assert visit_of(confirmed).agenda[0].title == "Hall 3"


def test_a_draft_saves_itself(confirmed: Exchange, world: World, as_person: As) -> None:
    browser = as_person(world.coordinator)
    browser.open(page_of(confirmed))
    given = browser.answers(browser.form("version")) | {"note": "Twice"}
    answer = browser.ask("POST", page_of(confirmed), data=given, headers={"X-Autosave": "1"})
    assert answer.status_code == 200 and found(answer.json)["version"] == draft_of(confirmed).version
    again = browser.ask("POST", page_of(confirmed), data=given, headers={"X-Autosave": "1"})
    assert again.status_code == 409 and "saved elsewhere" in found(again.json)["message"]


def test_a_draft_has_one_writer_at_a_time(confirmed: Exchange, world: World) -> None:
    answers, by = DraftAnswers(None, None, None, None, "", []), actor(world.coordinator)
    assert plan_drafts.save(confirmed, answers, version=1, by=by).version == 2
    with pytest.raises(EditConflict):
        plan_drafts.save(confirmed, answers, version=1, by=by)


def test_agreed_dates_can_be_drafted_anew(agreed: Exchange, world: World) -> None:
    answers = DraftAnswers(None, None, None, None, "", [])
    assert plan_drafts.save(agreed, answers, version=1, by=actor(world.coordinator)).version == 2


def test_a_plan_is_not_drafted_once_the_visit_has_begun(world: World, storage: Storage, as_person: As) -> None:
    exchange = make_exchange(world, storage, "arrive")
    answers = DraftAnswers(None, None, None, None, "", [])
    with pytest.raises(RuleViolation, match="not_now"):
        plan_drafts.save(exchange, answers, version=1, by=actor(world.coordinator))
    answer = as_person(world.coordinator).ask("GET", page_of(exchange))
    assert answer.status_code == 302 and answer.location.endswith("/visit")


@pytest.mark.parametrize("days", [2, 30])
def test_plans_of_two_and_of_thirty_days_are_written_on_one_page(
    confirmed: Exchange, world: World, as_person: As, days: int
) -> None:
    browser = as_person(world.coordinator)
    browser.open(page_of(confirmed))
    end = MONDAY + timedelta(days=days - 1)
    browser.send(page_of(confirmed), {"end": end.isoformat(), "days": "1"}, having="version")
    blocks = browser.page.select("[data-day]")
    assert len(blocks) == days
    browser.send(page_of(confirmed), having="version")
    assert browser.status == 302 and draft_of(confirmed).end == end


def test_a_work_plan_begins_with_the_wished_activities_over_the_stay(
    world: World, storage: Storage, as_person: As
) -> None:
    call, end = old_call(world, kind=Kind.LONG, min_days=31, max_days=365), MONDAY + timedelta(days=100)
    said = content("KOSGEB", 0, MONDAY, world.units[0])
    said["application"] |= {"windows": [(MONDAY.isoformat(), end.isoformat())], "days": 100}
    exchange = make_exchange(world, storage, "confirm", call=call, case=said)
    browser = as_person(world.coordinator)
    page = browser.open(page_of(exchange))
    due = [str(field["value"]) for field in page.select("[name$=due]")]
    assert due == sorted(due) and len(due) >= 2
    browser.send(page_of(exchange), {"milestones-0-title": "First survey"}, having="version")
    assert draft_of(exchange).rows[0]["title"] == "First survey"
