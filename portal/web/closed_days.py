"""Why a day is no working day, in words: the holidays of both countries, what is estimated or given instead, and notes.

The library names holidays in English for every reader, several of one day in one line. Here each has its words in the
catalogues. 20 January is a day of mourning in Azerbaijan: none of its words may call it a holiday or a feast.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from flask import Flask
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup, escape

from portal.calendars import Why
from portal.web.formats import long_day, said, short_day
from portal.web.language import spoken

# the library's name of a holiday → its words, in each country
NAMES: Mapping[str, Mapping[str, Any]] = {
    "TR": {
        "New Year's Day": _l("New Year’s Day"),
        "National Sovereignty and Children's Day": _l("National Sovereignty and Children’s Day"),
        "Labor and Solidarity Day": _l("Labour and Solidarity Day"),
        "Commemoration of Atatürk, Youth and Sports Day": _l("Commemoration of Atatürk, Youth and Sports Day"),
        "Democracy and National Unity Day": _l("Democracy and National Unity Day"),
        "Victory Day": _l("Day of Victory"),
        "Republic Day": _l("Republic Day"),
        "Eid al-Fitr": _l("Eid al-Fitr"),
        "Eid al-Adha": _l("Eid al-Adha"),
    },
    "AZ": {
        "New Year's Day": _l("New Year’s Day"),
        "Martyrs' Day": _l("Day of National Mourning"),
        "Women's Day": _l("Women’s Day"),
        "Spring Festival": _l("Novruz"),
        "Victory over Fascism Day": _l("Day of Victory over Fascism"),
        "Republic Day": _l("Day of the Republic"),
        "Independence Day": _l("Independence Day"),
        "National Liberation Day": _l("Day of National Liberation"),
        "Armed Forces Day": _l("Armed Forces Day"),
        "Victory Day": _l("Victory Day"),
        "National Flag Day": _l("National Flag Day"),
        "International Azerbaijanis Solidarity Day": _l("Day of Solidarity of the Azerbaijanis of the World"),
        "Eid al-Fitr": _l("Eid al-Fitr"),
        "Eid al-Adha": _l("Eid al-Adha"),
        "Presidential elections": _l("Presidential election"),
        "Municipal elections": _l("Municipal elections"),
    },
}
MARKS = {"estimated": _l("estimated date"), "observed": _l("day off given instead")}
PART = re.compile(r"(?P<name>.+?)(?P<half> \(from 1pm\))?(?: \((?P<marks>[a-z, ]+)\))?")
MOVED = re.compile(r"Day off \(substituted from (?P<month>\d\d)/(?P<day>\d\d)/(?P<year>\d{4})\)")


def holiday(country: str, name: str) -> str:
    """The words for what the library calls a holiday, for each of those that fall on the day; empty for one that it
    names otherwise than is known here."""
    words = [_part(country, part) for part in name.split("; ")]
    return "; ".join(filter(None, words))


def _part(country: str, name: str) -> str:
    if moved := MOVED.fullmatch(name):
        worked = date(*(int(moved[part]) for part in ("year", "month", "day")))
        return _("day off moved from %(day)s", day=long_day(worked))
    found = PART.fullmatch(name)
    known = NAMES[country].get(found["name"]) if found else None
    if found is None or known is None:
        return ""
    words = _("eve of %(feast)s", feast=known) if found["half"] else str(known)
    marks = (found["marks"] or "").split(", ")
    return ", ".join([words, *(str(mark_words) for mark, mark_words in MARKS.items() if mark in marks)])


def closing(why: Why) -> str:
    """Why a country does not work on a day; a note in another language than the reader's is marked with its own."""
    if why.note:
        return said((why.note, why.language or spoken()))
    return holiday(why.country, why.name) if why.name else ""


def in_brackets(why: Why) -> str:
    """The reason after a day or a country: " (Novruz)"."""
    words = closing(why)
    return Markup(" ({})").format(words) if words else ""


def closed_list(days: Iterable[tuple[date, Why]]) -> str:
    """23 Apr (National Sovereignty and Children’s Day), 1 May (Labour and Solidarity Day)."""
    return Markup(", ").join(escape(short_day(day)) + in_brackets(why) for day, why in days)


def register(app: Flask) -> None:
    """Registers `in_brackets` for templates."""
    app.jinja_env.filters["in_brackets"] = in_brackets
