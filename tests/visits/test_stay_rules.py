"""Days without a visa, residence permits and registration: each rule a day below, at and above its limit."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask

from portal.bookings.queries import stayed
from portal.exchanges.models import Exchange
from portal.storage import Storage
from portal.visits import stay_rules
from portal.visits.labels import FINDINGS
from portal.web.findings import in_words
from tests.factories import World
from tests.scenarios import make_exchange, old_call

MONDAY = date(2027, 4, 5)
ENOUGH = "without a visa in"
TOO_MANY = "are more than the 90 that need no visa"


def told(app: Flask, days: int, country: str, before: int = 0) -> str:
    """All that is said of a stay of so many days from MONDAY on, in English."""
    with app.test_request_context():
        found = stay_rules.findings(MONDAY, MONDAY + timedelta(days=days - 1), country, before)
        return "\n".join(in_words(rule, FINDINGS) for rule in found)


@pytest.mark.parametrize(
    ("days", "country", "before", "words"),
    [
        (1, "AZ", 0, f"1 of the 90 days {ENOUGH} Azerbaijan"),
        (89, "AZ", 0, f"89 of the 90 days {ENOUGH} Azerbaijan"),
        (90, "AZ", 0, f"90 of the 90 days {ENOUGH} Azerbaijan"),
        (91, "AZ", 0, f"91 days in Azerbaijan {TOO_MANY}"),
        (90, "AZ", 1, f"90 of the 90 days {ENOUGH} Azerbaijan"),
        (89, "TR", 0, f"89 of the 90 days {ENOUGH} any 180 in Türkiye"),
        (90, "TR", 0, f"90 of the 90 days {ENOUGH} any 180 in Türkiye"),
        (91, "TR", 0, f"91 days in Türkiye {TOO_MANY}"),
        (30, "TR", 59, f"89 of the 90 days {ENOUGH} any 180 in Türkiye"),
        (30, "TR", 60, f"90 of the 90 days {ENOUGH} any 180 in Türkiye"),
        (30, "TR", 61, f"91 days in Türkiye {TOO_MANY}"),
    ],
)
def test_ninety_days_need_no_visa(app: Flask, days: int, country: str, before: int, words: str) -> None:
    assert told(app, days, country, before).startswith(words)


@pytest.mark.parametrize(
    ("days", "country", "permit"),
    [(89, "AZ", False), (90, "AZ", False), (91, "AZ", True), (90, "TR", False), (91, "TR", True)],
)
def test_a_longer_stay_needs_a_permit(app: Flask, days: int, country: str, permit: bool) -> None:
    assert ("residence permit" in told(app, days, country)) is permit


def test_a_permit_is_applied_for_thirty_days_before_the_ninetieth(app: Flask) -> None:
    """The 90th day is 3 July: the day of arrival counts as the first."""
    assert "apply by 3 June 2027" in told(app, 91, "AZ")
    assert "apply by 3 June 2027" in told(app, 300, "AZ"), "counted from the arrival, however long the stay"
    assert "apply by" not in told(app, 91, "TR")


@pytest.mark.parametrize(("days", "registered"), [(1, False), (14, False), (15, False), (16, True), (91, True)])
def test_a_stay_over_fifteen_days_is_registered_in_azerbaijan(app: Flask, days: int, registered: bool) -> None:
    said = told(app, days, "AZ")
    assert ("registered within 15 days of arrival: by 20 April 2027" in said) is registered
    assert ("No registration needed: 15 days or fewer." in said) is not registered
    assert "regist" not in told(app, days, "TR")


@pytest.mark.parametrize(
    ("days", "first"),
    [(1, -179), (2, -178), (179, -1), (180, 0), (181, 0), (300, 0)],
)
def test_the_180_days_end_with_the_last_day_of_the_stay(days: int, first: int) -> None:
    """Counted with that last day; a stay longer than that counts from its own first day."""
    found = stay_rules.counted_from(MONDAY, MONDAY + timedelta(days=days - 1))
    assert found == MONDAY + timedelta(days=first)


@pytest.fixture
def visit_to_turkey(world: World, storage: Storage) -> Exchange:
    """Five days and two of travel: 4 to 10 April 2027."""
    return make_exchange(world, storage, "home_approve_plan", call=old_call(world, "KOBIA"), start=MONDAY)


@pytest.mark.parametrize(
    ("first", "last", "days"), [(-2, -2, 0), (-2, -1, 1), (-1, 5, 7), (0, 4, 5), (5, 5, 1), (5, 9, 1), (6, 9, 0)]
)
def test_days_of_other_stays_count_from_the_first_to_the_last_day(
    visit_to_turkey: Exchange, first: int, last: int, days: int
) -> None:
    """Of the same person in the same country, in other visits: the travel days too."""
    span = (MONDAY + timedelta(days=first), MONDAY + timedelta(days=last))
    assert stayed(visit_to_turkey.expert_id, "TR", *span, but_subject=0) == days
    assert stayed(visit_to_turkey.expert_id, "TR", *span, but_subject=visit_to_turkey.id) == 0
    assert stayed(visit_to_turkey.expert_id + 1, "TR", *span, but_subject=0) == 0
    assert stayed(visit_to_turkey.expert_id, "AZ", *span, but_subject=0) == 0
