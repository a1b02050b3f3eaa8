"""The visit as pages: proposing with and without rows, agreeing, arriving, attending, leaving."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from icalendar import Calendar
from sqlalchemy import func, select

from portal.accounts.models import Person
from portal.bookings.models import BookedDay, DayKind
from portal.bookings.queries import stayed
from portal.calls.models import Call
from portal.db import session
from portal.exchanges.models import Exchange, Kind
from portal.exchanges.queries import locked
from portal.findings import AlreadyDone, RuleViolation
from portal.policy import Denied, Role
from portal.seed.scenarios import content
from portal.storage import Storage
from portal.visits import attendance, plan_forms, queries, service
from portal.visits.models import AgendaItem
from portal.visits.plan_forms import limits
from portal.visits.service import MilestoneAnswer, Proposal
from portal.workflow import State
from portal.workflows.exchange_terms import Status, Turn
from tests.factories import World, actor, person
from tests.pages import Browser, attribute
from tests.query_counter import counting
from tests.scenarios import make_exchange, old_call
from tests.visits.carrying_out import noon, presence, there, visit_of

As = Callable[[Person], Browser]
MONDAY = date(2027, 4, 5)  # no holiday of either country in this week or the next
FRIDAY = MONDAY + timedelta(days=4)


# proposing


def fields(**more: str) -> dict[str, str]:
    dates = {"start": MONDAY.isoformat(), "end": FRIDAY.isoformat(), "travel_out": "", "travel_back": ""}
    item = {"day": MONDAY.isoformat(), "begins": "09:00", "ends": "12:00", "title": "Opening", "place": "Hall"}
    return dates | {f"agenda-0-{name}": value for name, value in item.items()} | more


def propose(browser: Browser, exchange: Exchange, given: dict[str, str]) -> None:
    browser.open(f"/exchanges/{exchange.reference}/schedule")
    browser.insist(f"/exchanges/{exchange.reference}/schedule", given, having="version")


def test_the_form_begins_with_a_row_for_each_wished_activity_on_a_day_of_its_own(
    world: World, storage: Storage, as_person: As
) -> None:
    exchange = make_exchange(world, storage, "confirm", start=MONDAY)
    page = as_person(world.host_manager).open(f"/exchanges/{exchange.reference}/schedule")
    rows = [str(row["value"]) for row in page.select("[name^=agenda][name$=day]")]
    assert rows == [(MONDAY + timedelta(days=n)).isoformat() for n in range(3)]
    assert len(page.select("[data-day]")) == 5, "the days without one are shown, too"


def test_rows_are_added_without_javascript_and_nothing_typed_is_lost(
    world: World, storage: Storage, as_person: As
) -> None:
    exchange = make_exchange(world, storage, "confirm", start=MONDAY)
    browser = as_person(world.host_manager)
    propose(browser, exchange, fields(more=FRIDAY.isoformat()))
    assert browser.status == 200
    rows = browser.page.select("[data-row]")
    assert len(rows) == 4
    assert attribute(rows[-1], "[name$=day]", "value") == FRIDAY.isoformat()
    assert browser.value("agenda-0-title") == "Opening"
    browser.insist(f"/exchanges/{exchange.reference}/schedule", having="version")
    assert browser.status == 302
    assert visit_of(exchange).agenda[0].title == "Opening"


def test_a_plan_has_a_limited_number_of_rows(world: World, storage: Storage, as_person: As) -> None:
    exchange = make_exchange(world, storage, "confirm", start=MONDAY)
    browser = as_person(world.host_manager)
    many = {f"agenda-{n}-title": "" for n in range(205)}
    propose(browser, exchange, fields(**many, more="1"))
    assert browser.status == 200 and "200 rows" in browser.text


@pytest.mark.parametrize(
    "wrong",
    [
        {"agenda-0-begins": "12:00", "agenda-0-ends": "09:00"},
        {"agenda-0-begins": "25:00"},
        {"agenda-0-ends": ""},
        {"agenda-0-day": "2027-02-30"},
        {"agenda-0-day": "2029-04-05"},
        {"agenda-0-title": "x" * 20_000},
        {"agenda-0-place": "x" * 201},
        {"note": "x" * 20_000},
        {"travel_out": MONDAY.isoformat()},
        {"travel_back": MONDAY.isoformat()},
        {"travel_out": "0001-01-01"},
        {"start": "0001-01-01", "end": "0001-01-05"},
        {"start": "9999-12-27", "end": "9999-12-31"},
    ],
)
def test_a_wrong_answer_is_told_and_the_rest_is_kept(
    world: World, storage: Storage, as_person: As, wrong: dict[str, str]
) -> None:
    exchange = make_exchange(world, storage, "confirm", start=MONDAY)
    browser = as_person(world.host_manager)
    propose(browser, exchange, fields(**{"agenda-0-who": "Ramil Əsgərov"} | wrong))
    assert browser.status == 422 and browser.problems
    assert "Ramil Əsgərov" in str(browser.page)
    session.rollback()
    assert queries.visit_of(exchange.id) is None


def test_odd_letters_are_left_out_of_the_plan(world: World, storage: Storage, as_person: As) -> None:
    exchange = make_exchange(world, storage, "confirm", start=MONDAY)
    """A lone surrogate comes as the bytes that it was sent in, a NUL not at all."""
    propose(as_person(world.host_manager), exchange, fields(**{"agenda-0-title": "\ud800 Open\x00ing"}))
    assert visit_of(exchange).agenda[0].title.split()[-1] == "Opening"


def test_a_full_unit_refuses(world: World, storage: Storage, as_person: As) -> None:
    call = old_call(world)
    second = person("second@kosgeb.example", "Oya Er", world.kosgeb, Role.EXPERT)
    exchange = make_exchange(world, storage, "confirm", call=call, start=MONDAY)
    make_exchange(world, storage, "schedule", call=call, expert=second, start=MONDAY)
    browser = as_person(world.host_manager)
    propose(browser, exchange, fields())
    assert browser.status == 422 and "The host unit is full on 5 of these days" in " ".join(browser.problems)


def test_other_dates_and_hours_are_shown_to_those_who_agree(world: World, storage: Storage, as_person: As) -> None:
    exchange = make_exchange(world, storage, "home_approve_plan", start=MONDAY)
    propose(
        as_person(world.host_manager), exchange, {"end": (FRIDAY + timedelta(days=3)).isoformat(), "travel_back": ""}
    )
    session.rollback()
    assert locked(exchange.id).turn is Turn.EXPERT_AND_HOME
    page = as_person(world.expert).open(f"/exchanges/{exchange.reference}/agree-expert").get_text(" ", strip=True)
    assert "What changed since the proposal before" in page and "The dates were 5–9 April 2027" in page


@pytest.mark.parametrize("who", ["expert", "home"])
def test_asking_for_a_change_needs_words_and_shows_them_to_the_host(
    world: World, storage: Storage, as_person: As, who: str
) -> None:
    exchange = make_exchange(world, storage, "schedule", start=MONDAY)
    browser = as_person(world.expert if who == "expert" else world.manager)
    address = f"/exchanges/{exchange.reference}/ask-change-{who}"
    browser.open(address)
    browser.send(address, {"reason": "  "}, having="version")
    assert browser.status == 422 and browser.problems
    browser.send(address, {"reason": "I land at noon."}, having="version")
    assert browser.status == 302
    assert "I land at noon." in as_person(world.host_manager).open(f"/exchanges/{exchange.reference}").get_text()


# corrections


def test_other_words_than_were_agreed_are_no_correction(agreed: Exchange, world: World, as_person: As) -> None:
    browser, address = as_person(world.coordinator), f"/exchanges/{agreed.reference}/wording"
    browser.open(address)
    title = browser.value("rows-0-title")
    browser.send(address, {"rows-0-title": "Boat trip"}, having="version")
    assert browser.status == 422 and "propose it anew" in browser.text
    browser.send(address, {"rows-0-title": f"{title}."}, having="version")
    assert browser.status == 302
    assert visit_of(agreed).agenda[0].title == f"{title}."
    assert locked(agreed.id).state == State(Status.SCHEDULED, Turn.UNIT)


def test_items_of_other_visits_stay_as_they_are(world: World, storage: Storage, as_person: As) -> None:
    call = old_call(world)
    other = person("second@kosgeb.example", "Oya Er", world.kosgeb, Role.EXPERT)
    mine = make_exchange(world, storage, "home_approve_plan", call=call, start=MONDAY)
    theirs = make_exchange(
        world, storage, "home_approve_plan", call=call, expert=other, start=MONDAY + timedelta(days=7)
    )
    item = visit_of(theirs).agenda[0]
    browser, address = as_person(world.coordinator), f"/exchanges/{mine.reference}/wording"
    browser.open(address)
    browser.send(address, {"rows-0-number": str(item.id), "rows-0-title": f"{item.title}!"}, having="version")
    assert "!" not in visit_of(theirs).agenda[0].title


def long_call(world: World) -> Call:
    return old_call(world, kind=Kind.LONG, min_days=31, max_days=200, idempotency_key="a long call")


def test_a_long_stay_has_milestones_that_can_be_corrected_too(world: World, storage: Storage, as_person: As) -> None:
    call, end = long_call(world), MONDAY + timedelta(days=100)
    said = content("KOSGEB", 0, MONDAY, world.units[0])
    said["application"] |= {"windows": [(MONDAY.isoformat(), end.isoformat())], "days": 100}
    exchange = make_exchange(world, storage, "confirm", call=call, case=said)
    made = Proposal(MONDAY, end, None, None, "", [], [MilestoneAnswer(end, "Son sunm", "Sunum", "Katılım")])
    by = actor(world.host_manager)
    service.schedule(exchange, made, limits(call), version=exchange.version, by=by)
    browser, address = as_person(world.coordinator), f"/exchanges/{exchange.reference}/wording"
    browser.open(address)
    browser.send(address, {"rows-0-title": "Son sunum"}, having="version")
    assert browser.status == 302, browser.text
    assert [m.title for m in visit_of(exchange).milestones] == ["Son sunum"]
    page = as_person(world.expert).open(f"/exchanges/{exchange.reference}/agree-expert").get_text(" ", strip=True)
    assert "101 days in Azerbaijan are more than the 90" in page and "by 19 April 2027" in page
    assert "host country’s consulate" in page and "no legal advice" in page


# the stay


def test_what_was_stayed_before_is_read_from_the_days(world: World, storage: Storage) -> None:
    call = old_call(world, "KOBIA")
    make_exchange(world, storage, "home_approve_plan", call=call, start=MONDAY)
    second = make_exchange(
        world, storage, "home_approve_plan", call=old_call(world, "KOBIA", "another"), start=MONDAY + timedelta(28)
    )
    visit = visit_of(second)
    first = visit.end - timedelta(days=179)
    assert len(stayed(second.expert_id, "TR", first, visit.end, second.id)) == 7, "five days and two of travel"
    assert stayed(second.expert_id, "AZ", first, visit.end, second.id) == []


# carrying out


def test_whoever_comes_late_was_away_before(agreed: Exchange, world: World) -> None:
    there(agreed, world, MONDAY + timedelta(days=2))
    assert [day.present for day in visit_of(agreed).days if day.kind is DayKind.WORK] == [
        False,
        False,
        None,
        None,
        None,
    ]


@pytest.mark.parametrize(("today", "on"), [(-4, -4), (0, 1), (9, 7)])
def test_arrival_is_recorded_in_time(agreed: Exchange, world: World, as_person: As, today: int, on: int) -> None:
    """Not more than three days before, not ahead, not after the end; said beside the day, which is kept."""
    day = (MONDAY + timedelta(days=on)).isoformat()
    with noon(MONDAY + timedelta(days=today)):
        browser, address = as_person(world.coordinator), f"/exchanges/{agreed.reference}/arrive"
        browser.open(address)
        browser.send(address, {"on": day}, having="version")
    assert browser.status == 422 and browser.problems
    assert browser.value("on") == day


@pytest.mark.parametrize("step", ["arrive", "depart", "attendance"])
def test_only_the_units_own_coordinator_records(agreed: Exchange, world: World, as_person: As, step: str) -> None:
    other = person("gence@kobia.example", "Elçin İbrahimov", world.kobia, Role.HOST, units=world.units[1:2])
    as_person(other).open(f"/exchanges/{agreed.reference}/{step}", 404)
    as_person(world.host_manager).open(f"/exchanges/{agreed.reference}/{step}", 403)
    with pytest.raises(Denied):
        attendance.record_days(agreed, [MONDAY], 1, by=actor(other))


def test_attendance_is_recorded_day_by_day_and_never_ahead(agreed: Exchange, world: World, as_person: As) -> None:
    there(agreed, world)
    wednesday = MONDAY + timedelta(days=2)
    address = f"/exchanges/{agreed.reference}/attendance"
    with noon(wednesday):
        browser = as_person(world.coordinator)
        page = browser.open(address)
        offered = [str(box["value"]) for box in page.select("[name=present]")]
        assert offered == [(wednesday - timedelta(days=n)).isoformat() for n in range(3)], "the newest first"
        browser.send(address, {"present": [*offered, FRIDAY.isoformat()]}, having="version")
        assert browser.status == 422, "Friday has not come yet"
        browser.open(address)
        browser.send(address, {"present": [MONDAY.isoformat(), wednesday.isoformat()]}, having="version")
        assert browser.status == 302
    assert presence(agreed) == [True, False, True, None, None]


def test_nobody_leaves_before_the_attendance_is_recorded(agreed: Exchange, world: World, as_person: As) -> None:
    there(agreed, world)
    address = f"/exchanges/{agreed.reference}/depart"
    with noon(FRIDAY):
        browser = as_person(world.coordinator)
        browser.open(address)
        browser.send(address, having="version")
        assert browser.status == 422 and "5 working days" in " ".join(browser.problems)
        browser.open(f"/exchanges/{agreed.reference}/attendance")
        browser.send(f"/exchanges/{agreed.reference}/attendance", having="version")
        browser.open(address)
        browser.send(address, having="version")
        assert browser.status == 302
    session.rollback()
    assert locked(agreed.id).state == State(Status.COMPLETED, Turn.EXPERT)


def test_leaving_early_gives_back_the_days_and_the_travel(agreed: Exchange, world: World) -> None:
    there(agreed, world)
    wednesday, by = MONDAY + timedelta(days=2), actor(world.coordinator)
    with noon(wednesday):
        attendance.record_days(agreed, [MONDAY, wednesday], visit_of(agreed).version, by=by)
        attendance.depart(agreed, wednesday, version=agreed.version, by=by)
    later = select(func.count(BookedDay.id)).where(BookedDay.person_id == agreed.expert_id, BookedDay.day > wednesday)
    assert session.scalar(later) == 0
    assert (agreed.end, visit_of(agreed).travel_back) == (wednesday, None)


@pytest.mark.parametrize(("today", "on", "code"), [(4, 5, "future"), (4, -1, "depart_order"), (4, 4, "attendance")])
def test_departure_is_recorded_in_time(agreed: Exchange, world: World, today: int, on: int, code: str) -> None:
    there(agreed, world)
    with noon(MONDAY + timedelta(days=today)), pytest.raises(RuleViolation, match=code):
        day = MONDAY + timedelta(days=on)
        attendance.depart(agreed, day, version=agreed.version, by=actor(world.coordinator))


def test_recording_the_arrival_twice_records_one_arrival(agreed: Exchange, world: World) -> None:
    version = agreed.version
    there(agreed, world)
    with noon(MONDAY), pytest.raises(AlreadyDone):
        attendance.arrive(agreed, MONDAY, version=version, by=actor(world.coordinator))


def test_cancelling_under_way_keeps_the_days_that_are_over(agreed: Exchange, world: World, as_person: As) -> None:
    there(agreed, world)
    with noon(MONDAY + timedelta(days=1)):
        browser, address = as_person(world.host_manager), f"/exchanges/{agreed.reference}/cancel-host"
        browser.open(address)
        browser.send(address, {"reason": "Flood."}, having="version")
    mine = select(func.max(BookedDay.day)).where(BookedDay.person_id == agreed.expert_id)
    assert session.scalar(mine) == MONDAY + timedelta(days=1)


# calendars and hours


def test_a_shorter_plan_cancels_what_calendars_still_hold(agreed: Exchange, world: World, as_person: As) -> None:
    browser = as_person(world.host_manager)

    def events() -> dict[str, Any]:
        file = browser.ask("GET", f"/exchanges/{agreed.reference}/visit.ics").text
        return {str(event["UID"]): event for event in Calendar.from_ical(file).walk("VEVENT")}

    before = events()
    assert {str(event["STATUS"]) for event in before.values()} == {"CONFIRMED"}
    call = agreed.call_id
    made = plan_forms.proposal_of(visit_of(agreed), agreed.kind)
    shorter = Proposal(made.start, made.end, made.travel_out, made.travel_back, "", made.agenda[:1], [])
    found = session.get_one(Call, call)
    service.schedule(agreed, shorter, limits(found), version=agreed.version, by=actor(world.host_manager))
    after = events()
    assert after.keys() == before.keys(), "the same identities"
    states = [str(event["STATUS"]) for event in after.values()]
    assert (states.count("TENTATIVE"), states.count("CANCELLED")) == (2, len(after) - 2)
    assert all(after[uid]["SEQUENCE"] > before[uid]["SEQUENCE"] for uid in before)


def test_hours_carry_their_place_and_the_other_sides_hour(agreed: Exchange, world: World, as_person: As) -> None:
    page = " ".join(as_person(world.expert).open(f"/exchanges/{agreed.reference}/visit").get_text(" ").split())
    assert "hours of Yevlax; beneath, those of Ankara" in page
    assert "09:30–12:30" in page and "08:30–11:30 Ankara" in page


# what pages cost


@pytest.mark.parametrize("part", ["schedule", "agree-expert", "visit", "visit.ics", "wording", "attendance", "depart"])
def test_pages_cost_the_same_for_one_row_and_many(world: World, storage: Storage, as_person: As, part: str) -> None:
    step = {"schedule": "schedule", "agree-expert": "schedule", "attendance": "arrive", "depart": "arrive"}
    exchange = make_exchange(world, storage, step.get(part, "home_approve_plan"))
    who = {"agree-expert": world.expert, "schedule": world.host_manager}.get(part, world.coordinator)
    browser, counts, visit = as_person(who), [], visit_of(exchange)
    rows, address = plan_forms.proposal_of(visit, exchange.kind).agenda, f"/exchanges/{exchange.reference}/{part}"
    browser.ask("GET", address)  # what a process keeps is read now, not while counting
    for count in (1, 3):
        made = [AgendaItem(**vars(answer), changed="") for answer in rows[:count]]
        visit = visit_of(exchange)
        visit.agenda = made
        session.commit()
        with counting() as statements:
            assert browser.ask("GET", address).status_code == 200
        counts.append(len([statement for statement in statements if statement.lstrip().startswith("SELECT")]))
    most = {"schedule": 25, "agree-expert": 23}.get(part, 14)  # those two say what will happen
    assert counts[0] == counts[1] <= most, statements
