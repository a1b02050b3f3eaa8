"""Holidays in words: every one that the library gives in both countries, and 20 January is no feast."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from flask import Flask
from flask_babel import force_locale

from portal import calendars
from portal.calendars import Said, Why
from portal.findings import info, warning
from portal.names import LANGUAGES, fold
from portal.visits.labels import FINDINGS
from portal.web.closed_days import NAMES, closed_list, closing, holiday, in_brackets
from portal.web.findings import in_words

YEARS = range(2020, 2041)


def given() -> Iterator[tuple[str, date, str]]:
    """Every name that the library gives in these years, at weekends too."""
    for year in YEARS:
        for country in NAMES:
            for names in (calendars._public(country, year), calendars._half(country, year)):
                yield from ((country, day, name) for day, name in names.items())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_holiday_of_both_countries_has_words(app: Flask, language: str) -> None:
    with app.test_request_context("/"), force_locale(language):
        unnamed = {
            name for country, _day, name in given() if len(holiday(country, name).split("; ")) < len(name.split("; "))
        }
        assert unnamed == set()
        here = {str(words) for names in NAMES.values() for words in names.values()}
    if language != "en":
        with app.test_request_context("/"), force_locale("en"):
            assert not here & {str(words) for names in NAMES.values() for words in names.values()}


def test_nothing_is_named_that_is_never_given() -> None:
    said = {(country, part.split(" (")[0]) for country, _day, name in given() for part in name.split("; ")}
    assert {(country, name) for country, names in NAMES.items() for name in names} - said == set()


@pytest.mark.parametrize(
    ("country", "day", "words"),
    [
        ("AZ", date(2027, 1, 20), ("Day of National Mourning", "Millî Yas Günü", "Ümumxalq Hüzn Günü")),
        ("AZ", date(2027, 11, 9), ("National Flag Day", "Devlet Bayrağı Günü", "Dövlət Bayrağı Günü")),
        ("AZ", date(2026, 3, 20), ("Eid al-Fitr; Novruz", "Ramazan Bayramı; Nevruz Bayramı",
                                   "Ramazan bayramı; Novruz bayramı")),
        (
            "AZ",
            date(2027, 5, 18),
            (
                "Eid al-Adha, estimated date, day off given instead",
                "Kurban Bayramı, tahminî tarih, yerine verilen tatil",
                "Qurban bayramı, təxmini tarix, köçürülmüş istirahət günü",
            ),
        ),
        (
            "AZ",
            date(2025, 3, 27),
            (
                "day off moved from 10 March 2025",
                "10 Mart 2025 tarihinden aktarılan tatil",
                "10 mart 2025-ci il tarixindən köçürülmüş istirahət günü",
            ),
        ),
        ("TR", date(2027, 8, 30), ("Day of Victory", "Zafer Bayramı", "Zəfər Bayramı")),
        ("TR", date(2026, 10, 28), ("eve of Republic Day", "Cumhuriyet Bayramı arifesi",
                                    "Cümhuriyyət Bayramı ərəfəsi")),
    ],
)  # fmt: skip
def test_a_closed_day_says_why_in_the_language_of_the_reader(
    app: Flask, country: str, day: date, words: tuple[str, ...]
) -> None:
    (closed,) = calendars.closed_days(day, day, (country,), {})
    for language, wanted in zip(("en", "tr", "az"), words, strict=True):
        with app.test_request_context("/"), force_locale(language):
            assert closing(closed.why) == wanted


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_day_of_mourning_is_never_called_a_feast(app: Flask, language: str) -> None:
    """Whatever says that offices are closed on 20 January, or that something is planned on it."""
    day = date(2027, 1, 20)
    (closed,) = calendars.closed_days(day, day, ("AZ",), {})
    said = [
        warning("holiday", day=day, country="AZ", holiday=closed.why),
        info("holidays", country="AZ", closed=[(day, closed.why)]),
    ]
    with app.test_request_context("/"), force_locale(language):
        words = fold(" ".join(in_words(finding, FINDINGS) for finding in said))
    assert not any(feast in words for feast in ("bayram", "holiday", "feast", "festival")), words


def test_a_name_that_is_not_known_says_nothing(app: Flask) -> None:
    """After an update of the library a day is still shown as closed."""
    with app.test_request_context("/"):
        assert in_brackets(Why("AZ", "Day of the Teapot (observed)")) == ""
        assert closing(Why("AZ", "Day of the Teapot; Spring Festival")) == "Novruz"


def test_a_note_keeps_the_language_in_which_it_is_written(app: Flask) -> None:
    day = date(2027, 6, 7)
    said = {("TR", day): Said(closed=True, note="İdari izin <b>", language="tr")}
    (closed,) = calendars.closed_days(day, day + timedelta(days=1), ("TR",), said)
    marked = ' (<span lang="tr">İdari izin &lt;b&gt;</span>)'
    finding = info("holidays", country="TR", closed=[(day, closed.why)])
    with app.test_request_context("/"), force_locale("az"):
        assert in_brackets(closed.why) == marked
        assert str(in_words(finding, FINDINGS)).endswith(f"7 iyun 2027-ci il{marked}.")
    with app.test_request_context("/"), force_locale("tr"):
        assert closed_list([(day, closed.why)]) == "7 Haziran 2027 (İdari izin &lt;b&gt;)"
