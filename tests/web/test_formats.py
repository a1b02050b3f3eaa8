"""Days, hours and numbers as each language writes them; hours with their place, days that never shift."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest
from flask import Flask
from flask_babel import force_locale

from portal import calendars
from portal.web import formats

DAY = date(2027, 2, 23)
EVENING = datetime(2027, 2, 23, 21, 30, tzinfo=UTC)  # past midnight in Baku already


@pytest.mark.parametrize(
    ("language", "ankara", "baku"),
    [("en", "Ankara", "Bakı"), ("tr", "Ankara", "Bakü"), ("az", "Ankara", "Bakı")],
)
def test_hours_are_shown_with_their_city(app: Flask, language: str, ankara: str, baku: str) -> None:
    with app.test_request_context("/"), force_locale(language):
        assert formats.hours(EVENING, "Europe/Istanbul") == f"00:30 {ankara} · 01:30 {baku}"
        early = datetime(2027, 2, 23, 20, 30, tzinfo=UTC)
        assert formats.hours(early, "Europe/Istanbul") == f"23:30 {ankara} · 00:30 {baku} (+1)"
        assert formats.hours(early, "Asia/Baku") == f"00:30 {baku} · 23:30 {ankara} (-1)"
        assert formats.stamp(early, "Asia/Baku").endswith(f", 00:30 {baku}")
    assert formats.other_hour(time(9), DAY, "Asia/Baku") == "08:00"


def test_a_moment_is_shown_on_the_day_of_its_zone(app: Flask) -> None:
    with app.test_request_context("/"), force_locale("en"):
        assert formats.local_day(datetime(2027, 2, 23, 20, 30, tzinfo=UTC), "Europe/Istanbul").startswith("Tuesday 23")
        assert formats.local_day(datetime(2027, 2, 23, 20, 30, tzinfo=UTC), "Asia/Baku").startswith("Wednesday 24")


def test_a_moment_is_shown_by_its_day_in_the_zone_that_is_given(app: Flask) -> None:
    """22:30 UTC on 31 December is next year in both places, 20:30 in Baku only."""
    with app.test_request_context("/"), force_locale("en"), calendars.at(datetime(2026, 6, 1, tzinfo=UTC)):
        late = datetime(2026, 12, 31, 20, 30, tzinfo=UTC)
        assert formats.short_day(late, "Europe/Istanbul") == "31 Dec"
        assert formats.short_day(late, "Asia/Baku") == "1 Jan 2027"
        assert formats.short_day(late.replace(hour=22)) == "1 Jan 2027"


@pytest.mark.parametrize(
    ("now", "words"),
    [
        ("17:02:59", "1 hour left"),
        ("17:04:00", "59 minutes left"),
        ("18:02:59", "1 minute left"),
        ("18:03:59", "1 minute left"),
        ("18:04:00", "over"),
    ],
)
def test_something_is_left_through_the_minute_of_a_deadline(app: Flask, now: str, words: str) -> None:
    with app.test_request_context("/"), force_locale("en"), calendars.at(datetime.fromisoformat(f"2027-02-23T{now}Z")):
        assert formats.left(datetime(2027, 2, 23, 18, 3, 30, tzinfo=UTC)) == words


def test_a_date_does_not_depend_on_the_hour_of_the_reader(app: Flask) -> None:
    """Whatever the hour of whoever reads, on either side of midnight."""
    for hour in (0, 12, 21, 23):
        with calendars.at(datetime(2027, 2, 22, hour, 59, tzinfo=UTC)), app.test_request_context("/"):
            assert formats.long_day(DAY) == "23 February 2027"


@pytest.mark.parametrize(
    ("language", "thousands", "size"), [("en", "1,234", "2.1 MB"), ("tr", "1.234", "2,1 MB"), ("az", "1.234", "2,1 MB")]
)
def test_numbers(app: Flask, language: str, thousands: str, size: str) -> None:
    with app.test_request_context("/"), force_locale(language):
        assert formats.number(1234) == thousands
        assert formats.file_size(2_200_000) == size


@pytest.mark.parametrize(
    ("language", "names"), [("en", "Azerbaijani / Turkish"), ("tr", "Azerbaycan Türkçesi / Türkçe")]
)
def test_two_languages_beside_each_other_have_both_names(app: Flask, language: str, names: str) -> None:
    with app.test_request_context("/"), force_locale(language):
        assert formats.language_name("az-tr") == names
