"""Dates as officials write them; in Azerbaijani the year takes its ordinal ending: 4 noyabr 2026-cı il."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from babel import Locale
from babel.dates import format_date

# the ending follows the vowels of the number's last word: bir, iki, üç, dörd, beş, altı, yeddi, səkkiz, doqquz …
UNITS = ("", "ci", "ci", "cü", "cü", "ci", "cı", "ci", "ci", "cu")
TENS = ("", "cu", "ci", "cu", "cı", "ci", "cı", "ci", "ci", "cı")  # on, iyirmi, otuz, qırx, əlli, altmış …
HUNDRED, THOUSAND = "cü", "ci"  # yüz, min


def ordinal_ending(number: int) -> str:
    """The ending that makes a number an ordinal in Azerbaijani: cı, ci, cu or cü. Raises ValueError: it is below 1."""
    if number < 1:
        raise ValueError(number)
    tens, units = divmod(number % 100, 10)
    return UNITS[units] or TENS[tens] or (HUNDRED if number % 1000 else THOUSAND)


@lru_cache(8_192)
def date_in(value: date, pattern: str, language: Locale) -> str:
    """A day by a pattern of Babel, whose `y` is the year as the language writes it. Cached, because lists repeat dates
    and Babel is slow."""
    if language.language == "az":
        pattern = pattern.replace("y", f"y'-{ordinal_ending(value.year)} il'")
    words: str = format_date(value, pattern, language)
    return words
