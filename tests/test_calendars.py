"""Working days of two countries: what the library knows, what it gets wrong, and the days that people set."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert

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


def test_working_days_of_2026_match_a_count_by_hand() -> None:
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
def test_azerbaijani_days_of_remembrance_are_working_days(day: date) -> None:
    """The library lists Constitution Day and National Revival Day, but nobody is free on them."""
    assert is_working(day, "AZ", {})


def test_the_afternoon_before_a_feast_is_a_half_day() -> None:
    eve = closed_days(date(2026, 10, 28), date(2026, 10, 29), BOTH, {})
    assert [(found.day.day, found.country, found.half) for found in eve] == [(28, "TR", True), (29, "TR", False)]
    assert is_working(date(2026, 10, 28), "TR", {}), "half days count as working days"
    assert eve[1].why.name == "Republic Day"


def test_an_exception_changes_a_day_until_it_is_removed(app: Flask) -> None:
    leave, moved = date(2026, 5, 25), date(2026, 5, 23)
    except_day("TR", leave, closed=True, note="Administrative leave")
    except_day("AZ", moved, closed=False, note="A Saturday is worked instead")
    said = overrides()
    assert not is_working(leave, "TR", said) and is_working(leave, "AZ", said)
    assert is_working(moved, "AZ", said) and not is_working(moved, "TR", said)
    except_day("TR", leave, closed=False, note="The leave was taken back")
    assert is_working(leave, "TR", overrides()) and len(exceptions()) == 2, "said again, it is one entry"
    for row in exceptions():
        forget_exception(row)
    session.expire_all()
    assert overrides() == {}


def test_a_holiday_can_be_made_a_working_day() -> None:
    said = {("TR", date(2026, 10, 29)): Said(closed=False, note="")}
    assert is_working(date(2026, 10, 29), "TR", said)
    assert closed_days(date(2026, 10, 29), date(2026, 10, 29), ("TR",), said) == []


def test_adding_five_working_days_skips_a_holiday() -> None:
    friday = date(2026, 5, 22)
    assert add_working_days(friday, 5, "TR", {}) == date(2026, 6, 3), "26 is half a day, 27 to 29 are closed"


@given(days, st.integers(0, 30), st.sampled_from(BOTH))
def test_counting_agrees_with_itself(day: date, count: int, country: str) -> None:
    later = add_working_days(day, count, country, {})
    assert working_days(day + timedelta(days=1), later, country, {}) == count
    if is_working(day, country, {}):
        assert subtract_working_days(later, count, country, {}) == day


def test_the_day_of_a_moment_depends_on_the_zone() -> None:
    near_midnight = datetime(2026, 11, 24, 20, 30, tzinfo=UTC)
    assert [day_of(near_midnight, ZONES[country]).day for country in BOTH] == [24, 25]
    with calendars.at(near_midnight):
        assert calendars.today("Asia/Baku") == date(2026, 11, 25)
        assert calendars.now() == near_midnight
    assert calendars.now() != near_midnight


HALF = date(2026, 10, 28)  # the eve of Republic Day, a Wednesday


@pytest.mark.parametrize(
    ("said", "found"),
    [
        (None, [("Republic Day (from 1pm)", "", True)]),
        (Said(closed=True, note="Administrative leave"), [("", "Administrative leave", False)]),
        (Said(closed=False, note="Worked until six"), []),
    ],
)
def test_an_override_replaces_a_half_day(said: Said | None, found: list[tuple[str, str, bool]]) -> None:
    exceptions = {("TR", HALF): said} if said else {}
    assert [(day.why.name, day.why.note, day.half) for day in closed_days(HALF, HALF, BOTH, exceptions)] == found
    assert is_working(HALF, "TR", exceptions) is not (said is not None and said.closed)


def test_an_override_of_one_country_leaves_the_other_as_it_is() -> None:
    exceptions = {("AZ", HALF): Said(closed=True, note="Decree")}
    found = closed_days(HALF, HALF, BOTH, exceptions)
    assert [(day.country, day.why.note, day.half) for day in found] == [("TR", "", True), ("AZ", "Decree", False)]


@pytest.mark.parametrize(
    ("first", "last", "count"),
    [(26, 27, 0), (26, 28, 1), (28, 28, 1), (28, 29, 2), (29, 29, 1), (29, 30, 1), (30, 30, 0), (29, 28, 0)],
)
def test_closed_days_are_found_on_both_ends_of_a_span(first: int, last: int, count: int) -> None:
    """28 October 2026 is half a day in Türkiye, the 29th a holiday."""
    assert len(closed_days(date(2026, 10, first), date(2026, 10, last), ("TR",), {})) == count


@pytest.mark.parametrize(("day", "said"), [(20, True), (21, False), (22, False), (23, True)])
def test_a_week_is_worked_from_monday_to_friday(day: int, said: bool) -> None:
    """20 November 2026 is a Friday."""
    closed = {("TR", date(2026, 11, day)): Said(closed=True, note="Leave")}
    assert is_working(date(2026, 11, day), "TR", {}) is said
    found = closed_days(date(2026, 11, day), date(2026, 11, day), ("TR",), closed)
    assert len(found) == said, "closing a day of the weekend is nothing to be told"


@pytest.mark.parametrize(
    ("first", "last", "count"),
    [(19, 19, 1), (20, 20, 1), (19, 20, 2), (20, 22, 1), (21, 22, 0), (20, 23, 2), (23, 20, 0)],
)
def test_working_days_count_both_ends(first: int, last: int, count: int) -> None:
    assert working_days(date(2026, 11, first), date(2026, 11, last), "TR", {}) == count


@pytest.mark.parametrize(("count", "after", "before"), [(0, 20, 20), (1, 23, 19), (2, 24, 18), (5, 27, 13)])
def test_working_days_are_counted_onwards_and_back(count: int, after: int, before: int) -> None:
    friday = date(2026, 11, 20)
    assert add_working_days(friday, count, "AZ", {}) == date(2026, 11, after)
    assert subtract_working_days(friday, count, "AZ", {}) == date(2026, 11, before)


def test_a_holiday_of_one_country_is_counted_by_its_days_only() -> None:
    wednesday = date(2026, 10, 28)
    assert add_working_days(wednesday, 1, "TR", {}) == date(2026, 10, 30)
    assert add_working_days(wednesday, 1, "AZ", {}) == date(2026, 10, 29)
    said = {("AZ", date(2026, 10, 29)): Said(closed=True, note="Decree")}
    assert add_working_days(wednesday, 1, "AZ", said) == date(2026, 10, 30)
    assert subtract_working_days(date(2026, 10, 30), 1, "AZ", said) == wednesday
    assert working_days(wednesday, date(2026, 10, 30), "AZ", said) == 2


@pytest.mark.parametrize(
    ("moment", "zone", "day"),
    [
        (datetime(2026, 11, 24, 20, 59, 59, tzinfo=UTC), "Europe/Istanbul", 24),
        (datetime(2026, 11, 24, 21, 0, tzinfo=UTC), "Europe/Istanbul", 25),
        (datetime(2026, 11, 24, 19, 59, 59, tzinfo=UTC), "Asia/Baku", 24),
        (datetime(2026, 11, 24, 20, 0, tzinfo=UTC), "Asia/Baku", 25),
    ],
)
def test_a_day_begins_at_midnight_in_its_zone(moment: datetime, zone: str, day: int) -> None:
    assert day_of(moment, zone).day == day
    with calendars.at(moment.astimezone(timezone(timedelta(hours=-5)))):
        assert calendars.today(zone).day == day and calendars.now().utcoffset() == timedelta(0)


def test_exceptions_are_listed_newest_first(app: Flask) -> None:
    for day in (1, 3, 2):
        except_day("TR", date(2026, 6, day), closed=True, note=f"{day}")
    assert [row.day.day for row in exceptions()] == [3, 2, 1]
    forget_exception(exceptions()[0])
    assert [row.day.day for row in exceptions()] == [2, 1], "only the one that was taken back is gone"


def test_the_list_of_exceptions_ends_after_five_hundred(app: Flask) -> None:
    days = [{"country": "TR", "day": date(2026, 1, 1) + timedelta(days=n), "closed": True} for n in range(501)]
    session.execute(insert(calendars.CalendarOverride), days)
    assert len(exceptions()) == 500
    assert exceptions()[-1].day == date(2026, 1, 2), "the oldest is left out"
