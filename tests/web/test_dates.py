"""Dates as officials write them: the ending of the year in Azerbaijani, whole months, weekday and date apart."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from babel import Locale
from flask import Flask
from flask_babel import force_locale

from config import ROOT
from portal import calendars
from portal.web import formats
from portal.web.dates import date_in, ordinal_ending

DAY = date(2027, 2, 23)
NOW = datetime(2027, 3, 30, 12, tzinfo=UTC)  # a Tuesday, five weeks later


def spoken_numbers() -> dict[int, str]:
    """By hand, from how each year is spoken: iki min iyirmi altı → 2026-cı."""
    said = {
        "ci": (2020, 2021, 2022, 2025, 2027, 2028, 2031, 2032, 2035, 2000, 2050, 2070, 2080),
        "cü": (2023, 2024, 2033, 2034, 2100, 1900),
        "cı": (2026, 2036, 2040, 2060, 2090),
        "cu": (2029, 2030, 2010, 2019, 2039),
    }
    return {year: ending for ending, years in said.items() for year in years}


@pytest.mark.parametrize(("year", "ending"), spoken_numbers().items())
def test_the_year_takes_the_ending_of_its_last_word(year: int, ending: str) -> None:
    assert ordinal_ending(year) == ending
    assert date_in(date(year, 11, 4), "d MMMM y", Locale("az")) == f"4 noyabr {year}-{ending} il"


def test_every_year_of_the_portal_is_among_them() -> None:
    assert set(range(2020, 2036)) <= set(spoken_numbers())
    with pytest.raises(ValueError, match="0"):
        ordinal_ending(0)


MONTHS = {
    "en": "January February March April May June July August September October November December",
    "tr": "Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık",
    "az": "yanvar fevral mart aprel may iyun iyul avqust sentyabr oktyabr noyabr dekabr",
}


@pytest.mark.parametrize(("language", "ending"), [("en", ""), ("tr", ""), ("az", "-cı il")])
def test_months_are_written_out(app: Flask, language: str, ending: str) -> None:
    with app.test_request_context("/"), force_locale(language), calendars.at(datetime(2026, 6, 1, tzinfo=UTC)):
        for number, month in enumerate(MONTHS[language].split(), start=1):
            assert formats.long_day(date(2026, number, 9)) == f"9 {month} 2026{ending}"
            short = f"9 {month}" if language != "en" else f"9 {month[:3]}"
            assert formats.short_day(date(2026, number, 9)) == short, "English shortens"


FORMATS: dict[str, tuple[Callable[..., Any], tuple[Any, ...], tuple[str, str, str]]] = {
    "whole": (
        formats.day,
        (DAY,),
        ("Tuesday 23 February 2027", "23 Şubat 2027 Salı", "23 fevral 2027-ci il, çərşənbə axşamı"),
    ),
    "on a page": (formats.weekday, (DAY,), ("Tue 23 Feb", "23 Şubat Salı", "23 fevral, çərşənbə axşamı")),
    "this year": (formats.short_day, (DAY,), ("23 Feb", "23 Şubat", "23 fevral")),
    "last year": (formats.short_day, (date(2026, 11, 4),), ("4 Nov 2026", "4 Kasım 2026", "4 noyabr 2026-cı il")),
    "of a moment": (formats.stamp_day, (NOW,), ("30 March 2027", "30 Mart 2027", "30 mart 2027-ci il")),
    "one month": (
        formats.day_range,
        (DAY, date(2027, 2, 25)),
        ("23–25 February 2027", "23–25 Şubat 2027", "23–25 fevral 2027-ci il"),
    ),
    "two months": (
        formats.day_range,
        (DAY, date(2027, 3, 1)),
        ("23 February – 1 March 2027", "23 Şubat – 1 Mart 2027", "23 fevral – 1 mart 2027-ci il"),
    ),
    "two years": (
        formats.day_range,
        (date(2026, 12, 28), date(2027, 1, 2)),
        (
            "28 December 2026 – 2 January 2027",
            "28 Aralık 2026 – 2 Ocak 2027",
            "28 dekabr 2026-cı il – 2 yanvar 2027-ci il",
        ),
    ),
    "one day": (formats.day_range, (DAY, DAY), ("23 February 2027", "23 Şubat 2027", "23 fevral 2027-ci il")),
    "moment": (
        formats.moment,
        (NOW, "Asia/Baku"),
        (
            "Tuesday 30 March 2027, 16:00 Bakı · 15:00 Ankara",
            "30 Mart 2027 Salı, 16:00 Bakü · 15:00 Ankara",
            "30 mart 2027-ci il, çərşənbə axşamı, 16:00 Bakı · 15:00 Ankara",
        ),
    ),
    "since a weekday": (
        formats.since,
        (NOW - timedelta(days=4),),
        ("since Friday", "Cuma gününden beri", "cümə günündən"),
    ),
    "since a date": (
        formats.since,
        (NOW - timedelta(days=75),),
        ("since 14 Jan", "14 Ocak tarihinden beri", "14 yanvar tarixindən"),
    ),
    "since a date of last year": (
        formats.since,
        (datetime(2026, 11, 4, 12, tzinfo=UTC),),
        ("since 4 Nov 2026", "4 Kasım 2026 tarihinden beri", "4 noyabr 2026-cı il tarixindən"),
    ),
    "due": (formats.due, (date(2027, 4, 9), "Asia/Baku"), ("due 9 Apr", "son gün: 9 Nisan", "son gün: 9 aprel")),
    "was due": (
        formats.due,
        (DAY, "Asia/Baku"),
        ("was due 23 Feb", "son gün geçti: 23 Şubat", "son gün keçib: 23 fevral"),
    ),
}


@pytest.mark.parametrize("name", FORMATS)
def test_each_format_in_each_language(app: Flask, name: str) -> None:
    write, values, words = FORMATS[name]
    for language, wanted in zip(("en", "tr", "az"), words, strict=True):
        with app.test_request_context("/"), force_locale(language), calendars.at(NOW):
            assert write(*values) == wanted


def test_what_is_sealed_has_no_date_without_its_year() -> None:
    """`short_day`, `weekday` and `stamp` leave the year out; a sealed file is read in another one."""
    yearless = re.compile(r"\|\s*(short_day|weekday|stamp|due|since)\b")
    sealed = "".join(path.read_text("utf-8") for path in sorted((ROOT / "templates" / "pdf").rglob("*.html")))
    assert "| day" in sealed and yearless.findall(sealed) == []
