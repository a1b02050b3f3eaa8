"""Who could go where, and why: pure, so with plain values."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from portal.hosting.matching import Tone, UnitFacts, Why, Wish, candidate, ranked

MONDAY = date(2027, 4, 5)
APRIL = (MONDAY, MONDAY + timedelta(days=18))


def unit(number: int = 1, **more: Any) -> UnitFacts:
    facts: dict[str, Any] = {"topics": [], "languages": [], "capacity": 1, "blocked": [], "booked": {}}
    return UnitFacts(number, **(facts | more))


def wish(**more: Any) -> Wish:
    facts: dict[str, Any] = {"units": [], "topics": [], "levels": {}, "windows": [APRIL], "declined": [], "days": 5}
    return Wish(**(facts | more))


def whys(found: UnitFacts, wanted: Wish) -> list[Why]:
    return [reason.why for reason in candidate(found, wanted).reasons]


def test_everything_in_favour_makes_a_hundred() -> None:
    best = unit(topics=["Koçluk"], languages=["az"])
    assert candidate(best, wish(units=[1], topics=["Koçluk"], levels={"az": "B2"})).score == 100


def test_topics_of_two_alphabets_meet() -> None:
    reason = candidate(unit(topics=["İHRACAT ƏSASLARI"]), wish(topics=["ihracat esasları"])).reasons[0]
    assert (reason.why, reason.facts["topics"]) == (Why.TOPICS, "ihracat esasları")


@pytest.mark.parametrize(("level", "why"), [("A2", Why.NO_LANGUAGE), ("B1", Why.LANGUAGE)])
def test_a_language_suffices_from_b1(level: str, why: Why) -> None:
    assert why in whys(unit(languages=["az"]), wish(levels={"az": level}))


def test_a_first_wish_counts_more_than_a_third() -> None:
    wanted = wish(units=[3, 2, 1])
    assert [found.unit_id for found in ranked([unit(1), unit(2), unit(3), unit(4)], wanted)] == [3, 2, 1, 4]


@pytest.mark.parametrize("hindrance", ["blocked", "booked"])
def test_a_free_week_within_the_window_is_enough(hindrance: str) -> None:
    """One closed Wednesday in the middle of the first week leaves the two weeks after it."""
    wednesday = MONDAY + timedelta(days=2)
    facts = {"blocked": [(wednesday, wednesday)]} if hindrance == "blocked" else {"booked": {wednesday: 1}}
    found = candidate(unit(**facts), wish())
    free = next(reason for reason in found.reasons if reason.why is Why.FREE)
    assert found.possible and free.facts["first"] == wednesday + timedelta(days=1)


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"blocked": [APRIL]}, Why.BLOCKED),
        ({"booked": {APRIL[0] + timedelta(days=n): 1 for n in range(19)}}, Why.FULL),
    ],
)
def test_no_room_in_any_window_makes_it_impossible(facts: dict[str, Any], why: Why) -> None:
    found = candidate(unit(**facts), wish())
    assert not found.possible and found.hindrance is not None
    assert (found.hindrance.why, found.hindrance.tone) == (why, Tone.BLOCKED)


def test_a_second_seat_is_room_enough() -> None:
    assert candidate(unit(capacity=2, booked={APRIL[0] + timedelta(days=n): 1 for n in range(19)}), wish()).possible


def test_impossible_units_come_last_however_well_they_fit() -> None:
    wanted = wish(units=[1])
    assert [found.unit_id for found in ranked([unit(1, blocked=[APRIL]), unit(2)], wanted)] == [2, 1]


def test_a_unit_that_declined_is_minded_and_sinks() -> None:
    found = ranked([unit(1), unit(2)], wish(units=[1], declined=[1]))
    assert [row.unit_id for row in found] == [2, 1]
    assert (Why.DECLINED, Tone.MIND) in [(reason.why, reason.tone) for reason in found[1].reasons]
