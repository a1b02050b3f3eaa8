"""Who could go where, and why: pure, so with plain values."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from portal.findings import Level, error, warning
from portal.hosting.matching import Judged, UnitFacts, Wish, candidate, ranked

MONDAY = date(2027, 4, 5)
APRIL = (MONDAY, MONDAY + timedelta(days=18))


def unit(number: int = 1, **more: Any) -> UnitFacts:
    facts: dict[str, Any] = {"topics": [], "languages": [], "capacity": 1, "blocked": [], "booked": {}}
    return UnitFacts(number, **(facts | more))


def wish(topics: Sequence[str] = (), **more: Any) -> Wish:
    """Of a topic the name stands for its number, too."""
    facts: dict[str, Any] = {"units": [], "levels": {}, "windows": [APRIL], "declined": [], "days": 5}
    named: Any = {name: name for name in topics}
    return Wish(topics=named, **(facts | more))


def codes(found: UnitFacts, wanted: Wish) -> list[str]:
    return [finding.code for finding in candidate(found, wanted).findings]


def test_everything_in_favour_makes_a_hundred() -> None:
    best = unit(topics=["Koçluk"], languages=["az"])
    assert candidate(best, wish(units=[1], topics=["Koçluk"], levels={"az": "B2"})).score == 100


def test_topics_in_common_are_told_as_the_reader_names_them() -> None:
    wanted = Wish([], {7: "ixrac", 3: "kouçinq", 5: "təlim"}, {}, [APRIL], [], 5)
    found = candidate(unit(topics=[5, 7, 9]), wanted).findings[0]
    assert (found.code, found.facts["topics"]) == ("topics", ["ixrac", "təlim"])


@pytest.mark.parametrize(("level", "code"), [("A2", "no_language"), ("B1", "language")])
def test_a_language_suffices_from_b1(level: str, code: str) -> None:
    assert code in codes(unit(languages=["az"]), wish(levels={"az": level}))


def test_a_first_wish_counts_more_than_a_third() -> None:
    wanted = wish(units=[3, 2, 1])
    assert [found.unit_id for found in ranked([unit(1), unit(2), unit(3), unit(4)], wanted)] == [3, 2, 1, 4]


@pytest.mark.parametrize("hindrance", ["blocked", "booked"])
def test_a_free_week_within_the_window_is_enough(hindrance: str) -> None:
    """One closed Wednesday in the middle of the first week leaves the two weeks after it."""
    wednesday = MONDAY + timedelta(days=2)
    facts = {"blocked": [(wednesday, wednesday)]} if hindrance == "blocked" else {"booked": {wednesday: 1}}
    found = candidate(unit(**facts), wish())
    free = next(finding for finding in found.findings if finding.code == "free")
    assert found.possible and free.facts["days"][0] == wednesday + timedelta(days=1)


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"blocked": [APRIL]}, "blocked"),
        ({"booked": {APRIL[0] + timedelta(days=n): 1 for n in range(19)}}, "full"),
    ],
)
def test_no_room_in_any_window_makes_it_impossible(facts: dict[str, Any], code: str) -> None:
    found = candidate(unit(**facts), wish())
    assert not found.possible and found.hindrance is not None
    assert (found.hindrance.code, found.hindrance.level) == (code, Level.ERROR)


def test_a_second_seat_is_room_enough() -> None:
    assert candidate(unit(capacity=2, booked={APRIL[0] + timedelta(days=n): 1 for n in range(19)}), wish()).possible


def test_impossible_units_come_last_however_well_they_fit() -> None:
    wanted = wish(units=[1])
    assert [found.unit_id for found in ranked([unit(1, blocked=[APRIL]), unit(2)], wanted)] == [2, 1]


def test_a_unit_that_declined_is_ranked_lower_with_a_warning() -> None:
    found = ranked([unit(1), unit(2)], wish(units=[1], declined=[1]))
    assert [row.unit_id for row in found] == [2, 1]
    assert ("declined", Level.WARNING) in [(finding.code, finding.level) for finding in found[1].findings]


def judged(found: UnitFacts, wanted: Wish, code: str) -> Judged | None:
    return next((judged for judged in candidate(found, wanted).judged if judged.finding.code == code), None)


def facts_of(found: UnitFacts, wanted: Wish, code: str) -> dict[str, Any] | None:
    told = judged(found, wanted, code)
    return dict(told.finding.facts) if told else None


def points(found: UnitFacts, wanted: Wish, code: str) -> int | None:
    told = judged(found, wanted, code)
    return told.points if told else None


@pytest.mark.parametrize(
    ("offered", "score"),
    [([], None), (["a"], 15), (["a", "b"], 30), (["a", "b", "c"], 45), (["a", "d", "e"], 15), (["d"], None)],
)
def test_topics_count_by_their_share_of_what_was_asked(offered: list[str], score: int | None) -> None:
    """45 points for all three, however many others the unit has."""
    assert points(unit(topics=offered), wish(topics=["a", "b", "c"]), "topics") == score


@pytest.mark.parametrize(("offered", "asked", "said"), [(["d"], ["a"], True), ([], ["a"], False), (["d"], [], False)])
def test_no_common_topic_is_said_only_where_both_have_some(offered: list[str], asked: list[str], said: bool) -> None:
    assert ("no_topics" in codes(unit(topics=offered), wish(topics=asked))) is said


@pytest.mark.parametrize(("rank", "score"), [(1, 25), (2, 12), (3, 8), (None, None)])
def test_a_wish_counts_by_its_rank(rank: int | None, score: int | None) -> None:
    wanted = wish(units=[1 if n == rank else 10 + n for n in (1, 2, 3)])
    assert points(unit(), wanted, "wished") == score
    assert rank is None or facts_of(unit(), wanted, "wished") == {"rank": rank}


@pytest.mark.parametrize(
    ("level", "score"), [("A1", None), ("A2", None), ("B1", 15), ("B2", 15), ("C1", 15), ("C2", 15)]
)
def test_a_common_language_counts_from_b1(level: str, score: int | None) -> None:
    assert points(unit(languages=["az"]), wish(levels={"az": level}), "language") == score


def test_of_several_languages_the_units_own_is_named() -> None:
    told = facts_of(unit(languages=["az", "en"]), wish(levels={"en": "C2", "az": "B1"}), "language")
    assert told == {"language": "az", "level": "B1"}
    found, wanted = unit(languages=["az", "en"]), wish(levels={"en": "A2"})
    assert judged(found, wanted, "no_language") == (warning("no_language", languages=["az", "en"]), 0)
    assert "no_language" not in codes(unit(), wish()), "a unit that names none is held against nobody"


def span(first: int, last: int) -> tuple[date, date]:
    """Days counted from the Monday."""
    return MONDAY + timedelta(days=first), MONDAY + timedelta(days=last)


@pytest.mark.parametrize("last", [3, 4, 5, 6, 7])
def test_a_free_window_is_enough_even_where_it_is_shorter_than_the_stay(last: int) -> None:
    """Five days were wished, in a window of four to eight days."""
    assert points(unit(), wish(days=5, windows=[span(0, last)]), "free") == 15


def test_a_window_shorter_than_the_stay_must_be_free_throughout() -> None:
    wanted = wish(days=5, windows=[span(0, 3)])
    assert not candidate(unit(booked={MONDAY + timedelta(days=3): 1}), wanted).possible


@pytest.mark.parametrize(
    ("days", "weekdays", "taken", "possible"),
    [
        (4, True, 4, True),  # four weekdays are left before the taken Friday
        (5, True, 4, False),  # the weekend after it does not count
        (5, True, 5, True),  # a taken Saturday leaves five weekdays before it
        (6, True, 5, True),  # there are no more than five weekdays in it
        (4, False, 4, True),
        (5, False, 4, False),
        (5, False, 5, True),
        (6, False, 5, False),
    ],
)
def test_a_stay_fits_into_just_as_many_free_days(days: int, weekdays: bool, taken: int, possible: bool) -> None:
    """A window of one week, Monday to Sunday, of which one day is taken."""
    wanted = wish(days=days, weekdays=weekdays, windows=[span(0, 6)])
    assert candidate(unit(booked={MONDAY + timedelta(days=taken): 1}), wanted).possible is possible


@pytest.mark.parametrize(("taken", "possible"), [(0, True), (1, True), (2, False), (3, False)])
def test_a_unit_is_full_when_all_its_seats_are_taken(taken: int, possible: bool) -> None:
    booked = {APRIL[0] + timedelta(days=n): taken for n in range(19)}
    assert candidate(unit(capacity=2, booked=booked), wish()).possible is possible


@pytest.mark.parametrize(
    ("blocked", "code", "free"),
    [
        ((-9, -1), "free", (0, 4)),
        ((-9, 0), "blocked", None),
        ((4, 9), "blocked", None),
        ((5, 9), "free", (0, 4)),
    ],
)
def test_a_blocked_period_counts_from_its_first_to_its_last_day(
    blocked: tuple[int, int], code: str, free: tuple[int, int] | None
) -> None:
    wanted = wish(windows=[span(0, 4)])
    told = facts_of(unit(blocked=[span(*blocked)]), wanted, code)
    assert told == {"days": span(*(free or blocked))}
    assert candidate(unit(blocked=[span(*blocked)]), wanted).possible is (free is not None)


@pytest.mark.parametrize(("number", "score"), [(0, 15), (1, 8), (2, 5)])
def test_dates_count_by_the_rank_of_the_first_window_that_is_free(number: int, score: int) -> None:
    windows = [span(14 * n, 14 * n + 4) for n in range(3)]
    found, wanted = unit(blocked=windows[:number]), wish(windows=windows)
    assert points(found, wanted, "free") == score
    assert facts_of(found, wanted, "free") == {"days": windows[number]}


def test_free_days_between_two_taken_ones_are_named() -> None:
    booked = {MONDAY + timedelta(days=n): 1 for n in (1, 7)}
    told = facts_of(unit(booked=booked), wish(days=3, windows=[span(0, 18)]), "free")
    assert told == {"days": span(2, 6)}


def test_a_full_unit_names_the_days_on_which_it_is_full() -> None:
    booked = {MONDAY + timedelta(days=n): 1 for n in (1, 3)}
    assert judged(unit(booked=booked), wish(windows=[span(0, 4)]), "full") == (error("full", days=span(1, 3)), 0)


def test_nothing_is_said_of_dates_where_none_were_wished() -> None:
    assert codes(unit(), wish(windows=[])) == []
    assert candidate(unit(), wish(windows=[])).possible


def test_a_score_is_never_below_zero_and_equal_units_stay_in_order() -> None:
    assert candidate(unit(), wish(declined=[1])).score == 0
    assert points(unit(), wish(declined=[1]), "declined") == -100
    assert candidate(unit(), wish(declined=[2])).score == 15
    assert [found.unit_id for found in ranked([unit(3), unit(1), unit(2)], wish())] == [3, 1, 2]


def test_a_blocked_period_elsewhere_is_not_what_stands_against_a_full_week() -> None:
    booked = {MONDAY + timedelta(days=n): 1 for n in range(5)}
    for elsewhere in (span(-9, -1), span(5, 9)):
        assert codes(unit(booked=booked, blocked=[elsewhere]), wish(windows=[span(0, 4)])) == ["full"]


def test_a_unit_without_a_seat_takes_nobody() -> None:
    assert not candidate(unit(capacity=0), wish()).possible


@pytest.mark.parametrize(("free", "possible"), [((5, 6), False), ((4, 4), True)])
def test_one_weekday_is_enough_where_no_length_was_wished(free: tuple[int, int], possible: bool) -> None:
    """A week of which only these days are free."""
    wanted = Wish(units=[], topics={}, levels={}, windows=[span(0, 6)], declined=[])
    booked = {MONDAY + timedelta(days=n): 1 for n in range(7) if not free[0] <= n <= free[1]}
    assert candidate(unit(booked=booked), wanted).possible is possible
