"""Working days of two countries, with what no library knows."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from portal import calendars
from tests.factories import World


def test_holidays_of_each_country_are_its_own() -> None:
    assert not calendars.is_working(date(2026, 10, 29), "TR", {})  # Republic Day
    assert calendars.is_working(date(2026, 10, 29), "AZ", {})
    assert not calendars.is_working(date(2027, 3, 22), "AZ", {})  # Novruz
    assert calendars.is_working(date(2027, 3, 22), "TR", {})


def test_a_weekday_that_is_worked_is_no_holiday() -> None:
    """The library's Azerbaijani `workday` category holds days that are *not* free; taking it would close them."""
    days = [date(2026, month, day) for month in (2, 9) for day in range(1, 29)]
    assert all(calendars.is_working(day, "AZ", {}) for day in days if day.weekday() < 5)


def test_half_days_before_feasts_are_marked() -> None:
    eve = [day for day in calendars.closed_days(date(2026, 3, 16), date(2026, 3, 20), ("TR",), {}) if day.half]
    assert [day.day for day in eve] == [date(2026, 3, 19)]


def test_an_override_closes_and_opens(here: World) -> None:
    saturday = date(2026, 11, 28)
    calendars.except_day("AZ", saturday, closed=False, note="Moved by decree")
    calendars.except_day("AZ", date(2026, 11, 30), closed=True, note="Instead of it")
    said = calendars.overrides()
    assert calendars.is_working(saturday, "AZ", said) and not calendars.is_working(date(2026, 11, 30), "AZ", said)
    assert calendars.is_working(date(2026, 11, 30), "TR", said)
    assert calendars.add_working_days(date(2026, 11, 27), 2, "AZ", said) == date(2026, 12, 1)


def test_working_days_are_counted_both_ends_included() -> None:
    assert calendars.working_days(date(2026, 11, 16), date(2026, 11, 20), "TR", {}) == 5
    assert calendars.subtract_working_days(date(2026, 11, 23), 1, "TR", {}) == date(2026, 11, 20)


def test_today_is_that_of_the_place() -> None:
    late = datetime(2026, 11, 24, 23, 30, tzinfo=ZoneInfo("Europe/Istanbul"))
    with calendars.at(late):
        assert calendars.today("Europe/Istanbul") == date(2026, 11, 24)
        assert calendars.today("Asia/Baku") == date(2026, 11, 25)
