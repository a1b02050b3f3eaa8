"""Working days of two countries: what the library knows, what it gets wrong, and the days that people set."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from portal import calendars
from portal.calendars import (
    ZONES,
    Said,
    add_working_days,
    closed_days,
    day_of,
    except_day,
    exceptions,
    forget_exception,
    is_working,
    overrides,
    subtract_working_days,
    working_days,
)
from portal.db import session

BOTH = ("TR", "AZ")
days = st.dates(date(2026, 1, 1), date(2026, 12, 31))


def test_the_year_2026_is_as_counted() -> None:
    """The domain brief: 25 of 261 weekdays are closed in at least one of the two countries."""
    first, last = date(2026, 1, 1), date(2026, 12, 31)
    closed = {found.day for found in closed_days(first, last, BOTH, {}) if not found.half}
    weekdays = sum((first + timedelta(n)).weekday() < 5 for n in range(365))
    assert (len(closed), weekdays) == (25, 261)


@pytest.mark.parametrize(
    ("day", "turkey", "azerbaijan"),
    [
        (date(2026, 10, 29), False, True),  # Republic Day
        (date(2026, 5, 28), False, False),  # the Feast of Sacrifice; Independence Day
        (date(2026, 3, 20), False, False),  # Ramazan Bayramı; Novruz
        (date(2026, 1, 20), True, False),  # 20 January
        (date(2026, 11, 28), False, False),  # a Saturday
        (date(2026, 11, 24), True, True),
    ],
)
def test_holidays_of_both(day: date, turkey: bool, azerbaijan: bool) -> None:
    assert (is_working(day, "TR", {}), is_working(day, "AZ", {})) == (turkey, azerbaijan)


@pytest.mark.parametrize("day", [date(2026, 11, 12), date(2026, 11, 17)])
def test_days_that_azerbaijan_only_remembers_are_worked(day: date) -> None:
    """The library lists Constitution Day and National Revival Day, but nobody is free on them."""
    assert is_working(day, "AZ", {})


def test_the_afternoon_before_a_feast_is_a_half_day() -> None:
    eve = closed_days(date(2026, 10, 28), date(2026, 10, 29), BOTH, {})
    assert [(found.day.day, found.country, found.half) for found in eve] == [(28, "TR", True), (29, "TR", False)]
    assert is_working(date(2026, 10, 28), "TR", {}), "half days count as working days"
    assert eve[1].name == "Republic Day"


def test_a_decree_moves_days_and_can_be_taken_back(app: Flask) -> None:
    leave, moved = date(2026, 5, 25), date(2026, 5, 23)
    except_day("TR", leave, closed=True, note="Administrative leave")
    except_day("AZ", moved, closed=False, note="A Saturday is worked instead")
    said = overrides()
    assert not is_working(leave, "TR", said) and is_working(leave, "AZ", said)
    assert is_working(moved, "AZ", said) and not is_working(moved, "TR", said)
    except_day("TR", leave, closed=False, note="The leave was taken back")
    assert is_working(leave, "TR", overrides()) and len(exceptions()) == 2, "said again, it is one entry"
    for row in exceptions():
        forget_exception(row.id)
    session.expire_all()
    assert overrides() == {}


def test_a_holiday_can_be_made_a_working_day() -> None:
    said = {("TR", date(2026, 10, 29)): Said(closed=False, note="")}
    assert is_working(date(2026, 10, 29), "TR", said)
    assert closed_days(date(2026, 10, 29), date(2026, 10, 29), ("TR",), said) == []


def test_five_working_days_over_a_feast() -> None:
    friday = date(2026, 5, 22)
    assert add_working_days(friday, 5, "TR", {}) == date(2026, 6, 3), "26 is half a day, 27 to 29 are closed"


@given(days, st.integers(0, 30), st.sampled_from(BOTH))
def test_counting_agrees_with_itself(day: date, count: int, country: str) -> None:
    later = add_working_days(day, count, country, {})
    assert working_days(day + timedelta(days=1), later, country, {}) == count
    if is_working(day, country, {}):
        assert subtract_working_days(later, count, country, {}) == day


def test_a_moment_has_its_own_day_at_each_place() -> None:
    near_midnight = datetime(2026, 11, 24, 20, 30, tzinfo=UTC)
    assert [day_of(near_midnight, ZONES[country]).day for country in BOTH] == [24, 25]
    with calendars.at(near_midnight):
        assert calendars.today("Asia/Baku") == date(2026, 11, 25)
        assert calendars.now() == near_midnight
    assert calendars.now() != near_midnight
