"""What speaks against a plan: blocked, mind, noted. Pure, so with plain values."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

import pytest

from portal.calendars import Why
from portal.findings import Level
from portal.visits.plan_checks import Closed, Item, Limits, Plan, findings, slip, span

MONDAY = date(2027, 4, 5)
FRIDAY = MONDAY + timedelta(days=4)
NEXT = MONDAY + timedelta(days=7)
WEEK = span(MONDAY, FRIDAY)
FULL_DAYS = [Item(day, time(9), time(16), "Work") for day in WEEK]


def plan(**more: Any) -> Plan:
    facts: dict[str, Any] = {"start": MONDAY, "end": FRIDAY, "travel_out": None, "travel_back": None}
    facts |= {"items": FULL_DAYS, "milestones": [], "long": False}
    return Plan(**(facts | more))


def limits(**more: Any) -> Limits:
    facts: dict[str, Any] = {"earliest": date(2027, 1, 1), "latest": date(2027, 12, 31), "least": 2, "most": 10}
    facts |= {
        "binding": True,
        "days": 5,
        "asked": 5,
        "unit_blocked": [],
        "full": [],
        "elsewhere": [],
        "closed": [],
        "working": WEEK,
    }
    return Limits(**(facts | {"today": date(2027, 1, 1)} | more))


@pytest.mark.parametrize(
    ("days", "asked", "binding", "found"),
    [
        (5, 5, True, []),
        (4, 4, True, [("error", "days")]),
        (4, 5, True, [("warning", "days_closed")]),
        (2, 5, True, [("warning", "days_closed")]),
        (0, 5, True, [("warning", "days_closed")]),
        (4, 5, False, [("warning", "days_closed")]),
        (3, 4, True, [("error", "days")]),
        (5, 6, True, []),
        (10, 10, True, []),
        (10, 12, True, []),
        (11, 11, True, [("error", "days")]),
        (11, 12, False, [("warning", "days")]),
    ],
)
def test_holidays_alone_never_refuse_a_stay(days: int, asked: int, binding: bool, found: list[Any]) -> None:
    """The call asks for five to ten working days; `asked` counts Mondays to Fridays, `days` those without holidays."""
    held = limits(least=5, most=10, days=days, asked=asked, binding=binding)
    assert told(plan(), held) == found


def told(made: Plan, held: Limits) -> list[tuple[str, str]]:
    return [(finding.level.value, finding.code) for finding in findings(made, held)]


def test_a_good_plan_has_nothing_against_it() -> None:
    travelling = plan(travel_out=MONDAY - timedelta(days=1), travel_back=FRIDAY + timedelta(days=1))
    assert findings(travelling, limits()) == []


@pytest.mark.parametrize(
    ("made", "held", "code", "field"),
    [
        ({}, {"earliest": MONDAY + timedelta(days=1)}, "outside_call", "start"),
        ({}, {"latest": FRIDAY - timedelta(days=1)}, "outside_call", "end"),
        ({}, {"most": 4}, "days", "end"),
        ({}, {"least": 6}, "days", "end"),
        ({"travel_out": MONDAY}, {}, "travel_out", "travel_out"),
        ({"travel_out": MONDAY - timedelta(days=8)}, {}, "travel_out", "travel_out"),
        ({"travel_back": FRIDAY}, {}, "travel_back", "travel_back"),
        ({"travel_back": MONDAY - timedelta(days=1)}, {}, "travel_back", "travel_back"),
        ({}, {"unit_blocked": [(FRIDAY, FRIDAY)]}, "unit_blocked", "start"),
        ({}, {"full": {FRIDAY}}, "unit_full", "start"),
        ({}, {"elsewhere": {MONDAY}}, "elsewhere", "start"),
        ({"items": [*FULL_DAYS, Item(NEXT, time(9), time(10), "x")]}, {}, "item_outside", "agenda"),
        ({"items": [*FULL_DAYS, Item(FRIDAY, time(17), time(17), "x")]}, {}, "item_order", "agenda"),
        ({"long": True, "milestones": [FRIDAY + timedelta(days=1)]}, {}, "milestone_outside", "milestones"),
    ],
)  # fmt: skip
def test_what_is_impossible_is_an_error_beside_its_answer(
    made: dict[str, Any], held: dict[str, Any], code: str, field: str
) -> None:
    found = findings(plan(**made), limits(**held))
    assert [(finding.level, finding.code, finding.field) for finding in found[:1]] == [(Level.ERROR, code, field)]


@pytest.mark.parametrize(
    ("made", "held", "code"),
    [
        ({"items": FULL_DAYS[:3]}, {}, "nothing_planned"),
        ({"items": [*FULL_DAYS, Item(FRIDAY, time(15), time(17), "x")]}, {}, "overlap"),
        ({"long": True}, {}, "no_milestones"),
        ({}, {"today": MONDAY + timedelta(days=1)}, "past"),
        ({}, {"binding": False, "earliest": MONDAY + timedelta(days=1)}, "outside_call"),
        ({}, {"binding": False, "latest": FRIDAY - timedelta(days=1)}, "outside_call"),
        ({}, {"binding": False, "most": 4}, "days"),
        ({}, {"binding": False, "least": 6}, "days"),
    ],
)
def test_what_is_odd_is_a_warning(made: dict[str, Any], held: dict[str, Any], code: str) -> None:
    assert told(plan(**made), limits(**held)) == [("warning", code)]


@pytest.mark.parametrize(
    ("half", "there", "ends", "said"),
    [
        (False, True, time(12), [("warning", "holiday")]),
        (True, True, time(16), [("warning", "half_day")]),
        (True, True, time(13), [("info", "half_days")]),
        (False, False, time(16), [("info", "holidays")]),
        (True, False, time(16), []),
    ],
)
def test_holidays_of_both_countries_weigh_as_much_as_they_disturb(
    half: bool, there: bool, ends: time, said: list[tuple[str, str]]
) -> None:
    """There with something planned: a warning. There without, or at home: a note. Half days close at 13:00."""
    closed = Closed(MONDAY, "TR", Why("TR"), half, there)
    items = [Item(MONDAY, time(9), ends, "Opening"), *FULL_DAYS[1:]]
    assert told(plan(items=items), limits(closed=[closed])) == said


def test_the_gravest_comes_first() -> None:
    found = findings(plan(items=[]), limits(full={MONDAY}, closed=[Closed(MONDAY, "AZ", Why("AZ"), False, True)]))
    assert [finding.level for finding in found] == [Level.ERROR, Level.WARNING, Level.INFO]


def test_a_long_stay_has_one_finding_for_all_holidays_of_a_country() -> None:
    closed = [Closed(day, "AZ", Why("AZ"), False, True) for day in WEEK]
    found = findings(plan(long=True, milestones=[FRIDAY], items=[]), limits(closed=closed))
    assert [(finding.code, len(finding.facts["closed"])) for finding in found] == [("holidays", 5)]


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        ("Açlış töreni", "Açılış töreni", True),
        ("", "Room 2", True),
        ("Visit to the SME house", "Boat trip", False),
        ("Room 2", "", False),
    ],
)
def test_a_slip_is_told_from_another_wording(before: str, after: str, same: bool) -> None:
    assert slip(before, after) is same


def codes(made: dict[str, Any], held: dict[str, Any] | None = None) -> list[str]:
    return [code for _level, code in told(plan(**made), limits(**(held or {})))]


def days(count: int) -> timedelta:
    return timedelta(days=count)


def item(begins: time, ends: time, day: date = MONDAY) -> Item:
    return Item(day, begins, ends, "Talk")


@pytest.mark.parametrize(
    ("field", "day", "said"),
    [
        ("earliest", MONDAY - days(1), []),
        ("earliest", MONDAY, []),
        ("earliest", MONDAY + days(1), ["outside_call"]),
        ("latest", FRIDAY - days(1), ["outside_call"]),
        ("latest", FRIDAY, []),
        ("latest", FRIDAY + days(1), []),
        ("least", 4, []),
        ("least", 5, []),
        ("least", 6, ["days"]),
        ("most", 4, ["days"]),
        ("most", 5, []),
        ("most", 6, []),
        ("today", MONDAY - days(1), []),
        ("today", MONDAY, []),
        ("today", MONDAY + days(1), ["past"]),
    ],
)
def test_dates_and_length_are_right_up_to_the_limit_itself(field: str, day: Any, said: list[str]) -> None:
    assert codes({}, {field: day}) == said


@pytest.mark.parametrize(
    ("field", "day", "said"),
    [
        ("travel_out", MONDAY - days(8), ["travel_out"]),
        ("travel_out", MONDAY - days(7), []),
        ("travel_out", MONDAY - days(6), []),
        ("travel_out", MONDAY - days(1), []),
        ("travel_out", MONDAY, ["travel_out"]),
        ("travel_out", MONDAY + days(1), ["travel_out"]),
        ("travel_back", FRIDAY - days(1), ["travel_back"]),
        ("travel_back", FRIDAY, ["travel_back"]),
        ("travel_back", FRIDAY + days(1), []),
        ("travel_back", FRIDAY + days(6), []),
        ("travel_back", FRIDAY + days(7), []),
        ("travel_back", FRIDAY + days(8), ["travel_back"]),
    ],
)
def test_travel_days_are_one_to_seven_days_away_from_the_visit(field: str, day: date, said: list[str]) -> None:
    assert codes({field: day}) == said


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (MONDAY - days(9), MONDAY - days(1), []),
        (MONDAY - days(9), MONDAY, ["unit_blocked"]),
        (MONDAY - days(9), FRIDAY + days(9), ["unit_blocked"]),
        (FRIDAY, FRIDAY + days(9), ["unit_blocked"]),
        (FRIDAY + days(1), FRIDAY + days(9), []),
    ],
)
def test_a_blocked_period_stands_against_each_day_that_it_shares(first: date, last: date, said: list[str]) -> None:
    assert codes({}, {"unit_blocked": [(first, last)]}) == said


@pytest.mark.parametrize(
    ("second", "said"),
    [
        (item(time(9, 59), time(11)), ["overlap"]),
        (item(time(10), time(11)), []),
        (item(time(10, 1), time(11)), []),
        (item(time(9), time(10)), ["overlap"]),
        (item(time(9, 30), time(9, 40)), ["overlap"]),
        (item(time(9, 59), time(11), MONDAY + days(1)), []),
    ],
)
def test_an_item_may_begin_when_the_one_before_ends(second: Item, said: list[str]) -> None:
    items = [item(time(9), time(10)), second, *(item(time(15), time(16), day) for day in WEEK[1:])]
    assert codes({"items": items}) == said
    assert codes({"items": items[::-1]}) == said, "in whatever order they were written"


@pytest.mark.parametrize(
    ("day", "begins", "ends", "said"),
    [
        (MONDAY - days(1), time(17), time(18), ["item_outside"]),
        (MONDAY, time(17), time(18), []),
        (FRIDAY, time(17), time(18), []),
        (FRIDAY + days(1), time(17), time(18), ["item_outside"]),
        (MONDAY, time(17), time(16, 59), ["item_order"]),
        (MONDAY, time(17), time(17), ["item_order"]),
        (MONDAY, time(17), time(17, 1), []),
    ],
)
def test_an_item_lies_within_the_visit_and_takes_time(day: date, begins: time, ends: time, said: list[str]) -> None:
    assert codes({"items": [*FULL_DAYS, item(begins, ends, day)]}) == said


@pytest.mark.parametrize(
    ("due", "said"),
    [
        (MONDAY - days(1), ["milestone_outside"]),
        (MONDAY, []),
        (FRIDAY, []),
        (FRIDAY + days(1), ["milestone_outside"]),
    ],
)
def test_a_milestone_is_due_within_the_stay(due: date, said: list[str]) -> None:
    assert codes({"long": True, "items": [], "milestones": [due]}) == said


@pytest.mark.parametrize(
    ("ends", "said"), [(time(12, 59), ["half_days"]), (time(13), ["half_days"]), (time(13, 1), ["half_day"])]
)
def test_on_a_half_day_offices_close_at_one(ends: time, said: list[str]) -> None:
    items = [item(time(9), ends), *FULL_DAYS[1:]]
    assert codes({"items": items}, {"closed": [Closed(MONDAY, "TR", Why("TR"), half=True, there=True)]}) == said


def test_a_holiday_is_held_against_the_items_of_its_own_day_only() -> None:
    closed = [Closed(MONDAY, "TR", Why("TR"), half=False, there=True)]
    assert codes({"items": FULL_DAYS[1:]}, {"closed": closed, "working": WEEK[1:]}) == ["holidays"]


def test_holidays_and_half_days_of_each_country_are_told_apart() -> None:
    """One finding for each country's holidays and one for its half days, each with its own days."""
    closed = [
        Closed(MONDAY, "AZ", Why("AZ"), half=False, there=True),
        Closed(MONDAY + days(1), "AZ", Why("AZ"), half=False, there=True),
        Closed(MONDAY + days(2), "TR", Why("TR"), half=False, there=False),
        Closed(MONDAY + days(3), "AZ", Why("AZ"), half=True, there=True),
    ]
    found = findings(plan(items=[], long=True, milestones=[FRIDAY]), limits(closed=closed))
    assert [(finding.code, finding.facts["country"], len(finding.facts["closed"])) for finding in found] == [
        ("holidays", "AZ", 2),
        ("holidays", "TR", 1),
        ("half_days", "AZ", 1),
    ]


def test_what_is_said_carries_the_days_that_it_is_about() -> None:
    two = {FRIDAY, MONDAY + days(1)}
    held = {"full": two, "elsewhere": two, "unit_blocked": [(MONDAY, FRIDAY)], "most": 4}
    out, back = MONDAY - days(8), FRIDAY + days(8)
    found = {f.code: f.facts for f in findings(plan(items=[], travel_out=out, travel_back=back), limits(**held))}
    assert found == {
        "days": {"length": ("short", 5), "allowed": ("short", 2, 4)},
        "travel_out": {"days": 7, "first": MONDAY},
        "travel_back": {"days": 7, "last": FRIDAY},
        "unit_blocked": {"first": MONDAY, "last": FRIDAY},
        "unit_full": {"first": MONDAY + days(1), "days": 2},
        "elsewhere": {"first": MONDAY + days(1), "days": 2},
        "nothing_planned": {"days": 5, "first": MONDAY},
    }


@pytest.mark.parametrize(("same", "is_slip"), [(5, False), (6, True), (7, True)])
def test_six_of_ten_letters_alike_are_a_slip(same: int, is_slip: bool) -> None:
    """SequenceMatcher: twice the letters in common, by the letters of both."""
    assert slip("abcdefghij", "ABCDEFGHIJ"[:same] + "z" * (10 - same)) is is_slip


@pytest.mark.parametrize(("last", "count"), [(MONDAY - days(1), 0), (MONDAY, 1), (FRIDAY, 5)])
def test_a_span_holds_both_its_ends(last: date, count: int) -> None:
    assert span(MONDAY, last) == [MONDAY + days(n) for n in range(count)]


def test_dates_outside_the_call_are_told_beside_the_day_that_is_wrong() -> None:
    held = limits(earliest=MONDAY, latest=FRIDAY - days(1))
    assert [(finding.code, finding.field) for finding in findings(plan(), held)] == [("outside_call", "end")]
