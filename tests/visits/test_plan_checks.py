"""What speaks against a plan: blocked, mind, noted. Pure, so with plain values."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

import pytest

from portal.visits.plan_checks import Closed, Item, Limits, Notice, Plan, Weight, notices, slip, span

MONDAY = date(2027, 4, 5)
FRIDAY = MONDAY + timedelta(days=4)
NEXT = MONDAY + timedelta(days=7)
WEEK = span(MONDAY, FRIDAY)
FULL_DAYS = [Item(day, time(9), time(16), "Work") for day in WEEK]


def plan(**more: Any) -> Plan:
    facts = {"start": MONDAY, "end": FRIDAY, "travel_out": None, "travel_back": None, "items": FULL_DAYS}
    return Plan(**(facts | {"milestones": [], "long": False} | more))


def limits(**more: Any) -> Limits:
    facts: dict[str, Any] = {"earliest": date(2027, 1, 1), "latest": date(2027, 12, 31), "least": 2, "most": 10}
    facts |= {"days": 5, "unit_blocked": [], "full": [], "elsewhere": [], "closed": [], "working": WEEK}
    return Limits(**(facts | {"today": date(2027, 1, 1)} | more))


def told(made: Plan, held: Limits) -> list[tuple[str, str]]:
    return [(notice.level.value, notice.code) for notice in notices(made, held)]


def test_a_good_plan_has_nothing_against_it() -> None:
    travelling = plan(travel_out=MONDAY - timedelta(days=1), travel_back=FRIDAY + timedelta(days=1))
    assert notices(travelling, limits()) == []


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
def test_what_is_impossible_is_blocked_beside_its_answer(
    made: dict[str, Any], held: dict[str, Any], code: str, field: str
) -> None:
    found = notices(plan(**made), limits(**held))
    assert [(notice.level, notice.code, notice.field) for notice in found[:1]] == [(Weight.BLOCKED, code, field)]


@pytest.mark.parametrize(
    ("made", "held", "code"),
    [
        ({"items": FULL_DAYS[:3]}, {}, "nothing_planned"),
        ({"items": [*FULL_DAYS, Item(FRIDAY, time(15), time(17), "x")]}, {}, "overlap"),
        ({"long": True}, {}, "no_milestones"),
        ({}, {"today": MONDAY + timedelta(days=1)}, "past"),
    ],
)
def test_what_is_odd_is_minded(made: dict[str, Any], held: dict[str, Any], code: str) -> None:
    assert told(plan(**made), limits(**held)) == [("mind", code)]


@pytest.mark.parametrize(
    ("half", "there", "ends", "said"),
    [
        (False, True, time(12), [("mind", "holiday")]),
        (True, True, time(16), [("mind", "half_day")]),
        (True, True, time(13), [("noted", "half_days")]),
        (False, False, time(16), [("noted", "holidays")]),
        (True, False, time(16), []),
    ],
)
def test_holidays_of_both_countries_weigh_as_much_as_they_disturb(
    half: bool, there: bool, ends: time, said: list[tuple[str, str]]
) -> None:
    """There with something planned: mind. There without, or at home: noted. Half days close at 13:00."""
    closed = Closed(MONDAY, "TR", "Ramazan Bayramı", half, there)
    items = [Item(MONDAY, time(9), ends, "Opening"), *FULL_DAYS[1:]]
    assert told(plan(items=items), limits(closed=[closed])) == said


def test_the_gravest_comes_first() -> None:
    found = notices(plan(items=[]), limits(full={MONDAY}, closed=[Closed(MONDAY, "AZ", "", False, True)]))
    assert [notice.level for notice in found] == [Weight.BLOCKED, Weight.MIND, Weight.NOTED]


def test_a_long_stay_has_one_notice_for_all_holidays_of_a_country() -> None:
    closed = [Closed(day, "AZ", "Novruz", False, True) for day in WEEK]
    found: list[Notice] = notices(plan(long=True, milestones=[FRIDAY], items=[]), limits(closed=closed))
    assert [(notice.code, len(notice.facts["list"])) for notice in found] == [("holidays", 5)]


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
