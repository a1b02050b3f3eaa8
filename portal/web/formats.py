"""Formats dates, hours and sizes in the reader's language; every hour is shown with its city."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_time
from flask import Flask
from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from jinja2.nodes import EvalContext
from jinja2.utils import pass_eval_context
from markupsafe import Markup

from portal import calendars
from portal.names import in_language
from portal.web.catalogues import Catalogues
from portal.web.dates import date_in
from portal.web.language import locale, spoken
from portal.web.options import option_list

PLACES = {"Europe/Istanbul": _l("Ankara"), "Asia/Baku": _l("Bakı")}
LANGUAGES = {
    "az": _l("Azerbaijani"),
    "tr": _l("Turkish"),
    "en": _l("English"),
    "ru": _l("Russian"),
    "de": _l("German"),
    "fr": _l("French"),
    "ar": _l("Arabic"),
    "fa": _l("Persian"),
}
COUNTRIES = {"TR": _l("Türkiye"), "AZ": _l("Azerbaijan")}
ORDINALS = {1: _l("first"), 2: _l("second"), 3: _l("third")}
LONG_AGO = 60  # days after which `since` gives a date instead of a number of working days


def format_date(value: date, pattern: str) -> str:
    """A day in the language of this request."""
    return date_in(value, pattern, locale() or Locale("en"))


# the position of the weekday: before the date in English, after it in Turkish, after a comma in Azerbaijani; only
# English shortens months and weekdays
WHOLE = {"en": "EEEE d MMMM y", "tr": "d MMMM y EEEE", "az": "d MMMM y, EEEE"}
BRIEF = {"en": "EEE d MMM", "tr": "d MMMM EEEE", "az": "d MMMM, EEEE"}
SHORT = {"en": "d MMM", "tr": "d MMMM", "az": "d MMMM"}
LONG = "d MMMM y"


def _pattern(patterns: Mapping[str, str]) -> str:
    return patterns.get(spoken(), patterns["en"])


def day(value: date | None) -> str:
    """Tuesday 23 February 2027 · 23 Şubat 2027 Salı · 23 fevral 2027-ci il, çərşənbə axşamı."""
    return format_date(value, _pattern(WHOLE)) if value else ""


def local_day(value: datetime | None, zone: str) -> str:
    """The day of a moment in a time zone: Tuesday 23 February 2027."""
    return day(value.astimezone(ZoneInfo(zone)).date()) if value else ""


def short_day(value: date | datetime | None, zone: str = "Europe/Istanbul") -> str:
    """23 Feb 2027 · 23 Şubat 2027, without the year in the present one; of a moment its day in a time zone. For pages,
    which are read now: what is sealed or mailed has the year."""
    if value is None:
        return ""
    here = calendars.day_of(value, zone) if isinstance(value, datetime) else value
    pattern = _pattern(SHORT)
    return format_date(here, pattern if here.year == calendars.today().year else f"{pattern} y")


def long_day(value: date) -> str:
    """23 February 2027 · 23 Şubat 2027 · 23 fevral 2027-ci il."""
    return format_date(value, LONG)


def stamp_day(value: datetime, zone: str = "Europe/Istanbul") -> str:
    """The day of a moment in a time zone: 23 February 2027."""
    return long_day(value.astimezone(ZoneInfo(zone)).date())


def weekday(value: date) -> str:
    """Tue 23 Feb · 23 Şubat Salı · 23 fevral, çərşənbə axşamı; on pages only, because the year is not said."""
    return format_date(value, _pattern(BRIEF))


def day_range(first: date | None, last: date | None) -> str:
    """16–20 November 2026, 1 March – 30 June 2027 · 16–20 noyabr 2026-cı il."""
    if first is None or last is None:
        return ""
    end = format_date(last, LONG)
    if first == last:
        return end
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{end}"
    begin = format_date(first, "d MMMM" if first.year == last.year else LONG)
    return f"{begin} – {end}"


def window_words(window: Any) -> str:
    """A wished window (with `first` and `last`) as a range of days."""
    return day_range(window.first, window.last)


def clock(value: time) -> str:
    words: str = format_time(value, "HH:mm", locale=locale())
    return words


def moment(value: datetime | None, zone: str = "Europe/Istanbul") -> str:
    """Tuesday 23 February 2027, 18:00 Bakı · 17:00 Ankara: first the city of `zone`, then the other."""
    if value is None:
        return ""
    there = value.astimezone(ZoneInfo(zone))
    return f"{day(there.date())}, {hours(value, zone)}"


def hours(value: datetime, zone: str = "Europe/Istanbul") -> str:
    """18:00 Bakı · 17:00 Ankara; marks a difference of a day."""
    first = value.astimezone(ZoneInfo(zone))
    words = []
    for name in [zone, *(other for other in PLACES if other != zone)]:
        local = value.astimezone(ZoneInfo(name))
        shift = (local.date() - first.date()).days
        words.append(f"{local:%H:%M} {PLACES.get(name, name)}" + (f" ({shift:+d})" if shift else ""))
    return " · ".join(words)


def stamp(value: datetime | None, zone: str = "Europe/Istanbul") -> str:
    """23 Feb, 18:00 Ankara."""
    if value is None:
        return ""
    local = value.astimezone(ZoneInfo(zone))
    return f"{short_day(local.date())}, {local:%H:%M} {PLACES.get(zone, zone)}"


def other_hour(value: time, on: date, zone: str) -> str:
    """The other side's hour beside a local one: 09:00 in Baku is 08:00 in Ankara."""
    other = next(name for name in PLACES if name != zone)
    there = datetime.combine(on, value, ZoneInfo(zone)).astimezone(ZoneInfo(other))
    return f"{there:%H:%M}"


def other_place(zone: str) -> str:
    """The city of `other_hour`."""
    return str(next(words for name, words in PLACES.items() if name != zone))


def left(value: datetime) -> str:
    """How long until a deadline: 6 days left, 3 hours left; through its last minute something is left."""
    seconds = (calendars.minute(value) - calendars.minute(calendars.now())).total_seconds()
    if seconds < 0:
        return _("over")
    if seconds >= 2 * 86_400:
        return ngettext("%(num)s day left", "%(num)s days left", int(seconds // 86_400))
    if seconds >= 3_600:
        return ngettext("%(num)s hour left", "%(num)s hours left", int(seconds // 3_600))
    return ngettext("%(num)s minute left", "%(num)s minutes left", max(1, int(seconds // 60)))


def country_name(code: str) -> str:
    """A country by its code, in the language of the request."""
    return str(COUNTRIES[code])


def since(value: datetime | None, country: str = "TR") -> str:
    """since yesterday, since Monday, for 9 working days; working days of `country`."""
    if value is None:
        return ""
    zone = calendars.ZONES[country]
    first, today = value.astimezone(ZoneInfo(zone)).date(), calendars.today(zone)
    days = (today - first).days
    if days <= 0:
        return _("since today")
    if days == 1:
        return _("since yesterday")
    if days < 7:
        return _("since %(weekday)s", weekday=format_date(first, "EEEE"))
    if days > LONG_AGO:
        return _("since %(day)s", day=short_day(first))
    working = calendars.working_days(first + timedelta(days=1), today, country, calendars.overrides())
    return ngettext("for %(num)s working day", "for %(num)s working days", working)


def due(value: date | None, zone: str) -> str:
    """due 29 Jan, or: was due 12 Jan, by the day in the zone of those who should act."""
    return _("no date") if value is None else _due(value, calendars.today(zone), spoken())


@lru_cache(8_192)
def _due(value: date, today: date, _language: str) -> str:
    """Cached by date and language; `_language` is that of the request, which gettext uses."""
    words = short_day(value)
    return _("was due %(day)s", day=words) if value < today else _("due %(day)s", day=words)


def is_late(value: date | None, zone: str) -> bool:
    return value is not None and value < calendars.today(zone)


def number(value: int) -> str:
    """1,000 · 1.000, with the thousands separator of the language."""
    return _number(value, spoken())


@lru_cache(8_192)
def _number(value: int, _language: str) -> str:
    words: str = format_decimal(value)
    return words


def file_size(size: int) -> str:
    """340 KB, 2.1 MB."""
    if size >= 1_048_576:
        return f"{format_decimal(size / 1_048_576, '0.0')} MB"
    return f"{max(1, round(size / 1024))} KB"


def language_name(code: str) -> str:
    """Turkish; of "az-tr": Azerbaijani / Turkish."""
    return " / ".join(str(LANGUAGES.get(part, part)) for part in code.split("-"))


def title_for(row: Any, language: str) -> tuple[str, str]:
    """The (title, its language) to show to a reader, of a row with a title in each language."""
    return in_language({code: getattr(row, f"title_{code}") for code in ("en", "tr", "az")}, language)


def in_days(kind: str, least: int, most: int | None = None) -> str:
    """The length of a stay, or its limits, in the unit of its kind: a short one is counted in working days, a long one
    in calendar days."""
    long, words = kind == "long", {"least": least, "most": most}
    if most not in (None, least):
        if long:
            return _("%(least)s to %(most)s calendar days", **words)
        return _("%(least)s to %(most)s working days", **words)
    if long:
        return ngettext("%(num)s calendar day", "%(num)s calendar days", least)
    return ngettext("%(num)s working day", "%(num)s working days", least)


def said(given: tuple[str, str]) -> str:
    """A (text, its language) for a page, marked where that is not the page's language."""
    words, language = given
    return words if language == spoken() else Markup('<span lang="{}">{}</span>').format(language, words)


def topic_name(topic: Any) -> str:
    """A topic for a page, as its readers name it."""
    return said(topic.in_language(spoken()))


def lines(text: str) -> list[str]:
    """The entries of a text that has one entry a line."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def register(app: Flask, catalogues: Catalogues) -> None:
    """Registers the functions of this module as template filters, `_()` and `option_list()`."""

    @pass_eval_context
    def translated(context: EvalContext, words: str, **values: Any) -> str:
        text: str = catalogues.get_translations().gettext(words)
        return (Markup(text) if context.autoescape else text) % values

    app.jinja_env.globals.update(_=translated, option_list=option_list, in_language=in_language, title_for=title_for)
    days = (day, local_day, long_day, stamp_day, window_words, short_day, weekday, day_range)
    times = (clock, moment, hours, stamp, other_hour, other_place, left, since, due, is_late)
    for function in (*days, *times, in_days, number, file_size, language_name, country_name, lines, topic_name):
        app.jinja_env.filters[function.__name__] = function
