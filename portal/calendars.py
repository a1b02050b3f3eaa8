"""The present time, and the working days of both countries with their editable exceptions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

import holidays
from sqlalchemy import String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import NEW_IDS, Base, session
from portal.reference_data import kept, watched

ZONES = {"TR": "Europe/Istanbul", "AZ": "Asia/Baku"}
SATURDAY = 5

_moment: ContextVar[datetime | None] = ContextVar("moment", default=None)


@watched
class CalendarOverride(Base):
    """An exception to the holidays library: a decree in Azerbaijan, administrative leave in Türkiye."""

    __tablename__ = "calendar_override"

    country: Mapped[str] = mapped_column(String(2))
    day: Mapped[date]
    closed: Mapped[bool]
    note: Mapped[str] = mapped_column(default="")
    # in which the note is written; empty where that is not known
    note_language: Mapped[str] = mapped_column(String(2), default="", server_default="")

    __table_args__ = (UniqueConstraint("country", "day"), NEW_IDS)


class Said(NamedTuple):
    """Whether an exception closes a day, and why; `language` is that of the note."""

    closed: bool
    note: str
    language: str = ""


Overrides = Mapping[tuple[str, date], Said]


class Why(NamedTuple):
    """Why a country does not work: `name` is the library's for the holiday, which `portal.web.closed_days` puts into
    words; or else the note of an exception, with its language."""

    country: str
    name: str = ""
    note: str = ""
    language: str = ""


@dataclass(frozen=True)
class ClosedDay:
    """A weekday on which a country does not work; `half` means from 13:00."""

    day: date
    country: str
    why: Why
    half: bool = False


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _moment.get() or datetime.now(UTC)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Sets the present to `moment` within this block; for the seed, whose events are in the past."""
    token = _moment.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _moment.reset(token)


def minute(moment: datetime) -> datetime:
    """The minute in which a moment lies. A deadline is shown without seconds, so it holds through its whole minute:
    what comes at 18:03:59 is in time for 18:03. Who compares with a deadline compares minutes."""
    return moment.replace(second=0, microsecond=0)


def day_of(moment: datetime, zone: str) -> date:
    """The day of a moment in a time zone: 22:30 UTC is the next day in Baku."""
    return moment.astimezone(ZoneInfo(zone)).date()


def today(zone: str = "Europe/Istanbul") -> date:
    """The present day in a time zone."""
    return day_of(now(), zone)


@cache
def _public(country: str, year: int) -> Mapping[date, str]:
    # the library's category `workday` of AZ has holidays on which people work; only `public` counts
    return dict(holidays.country_holidays(country, years=year, language="en_US").items())


@cache
def _half(country: str, year: int) -> Mapping[date, str]:
    if country != "TR":
        return {}
    return dict(holidays.country_holidays("TR", years=year, language="en_US", categories=("half_day",)).items())


@kept
def overrides() -> Overrides:
    """All exceptions, in one statement; there are a few dozen in ten years."""
    row = CalendarOverride
    columns = select(row.country, row.day, row.closed, row.note, row.note_language)
    said = session.execute(columns)
    return {(country, day): Said(closed, note, language) for country, day, closed, note, language in said}


def is_working(day: date, country: str, exceptions: Overrides) -> bool:
    """Whether offices of a country are open on a day; half days count as working days."""
    said = exceptions.get((country, day))
    if said is not None:
        return not said.closed
    return day.weekday() < SATURDAY and day not in _public(country, day.year)


def add_working_days(day: date, count: int, country: str, exceptions: Overrides) -> date:
    """The day `count` working days after `day`."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_working(day, country, exceptions)
    return day


def subtract_working_days(day: date, count: int, country: str, exceptions: Overrides) -> date:
    """The day `count` working days before `day`."""
    while count > 0:
        day -= timedelta(days=1)
        count -= is_working(day, country, exceptions)
    return day


def working_days(first: date, last: date, country: str, exceptions: Overrides) -> int:
    """The number of working days from `first` to `last`, both included."""
    span = range((last - first).days + 1)
    return sum(is_working(first + timedelta(days=n), country, exceptions) for n in span)


def stay_days(first: date, last: date, short: bool) -> int:
    """The days of a stay in the unit of its kind: of a short one those from Monday to Friday, whether or not a holiday
    falls on one; of a long one all."""
    span = range((last - first).days + 1)
    return sum(not short or (first + timedelta(days=n)).weekday() < SATURDAY for n in span)


def closed_days(first: date, last: date, countries: tuple[str, ...], exceptions: Overrides) -> list[ClosedDay]:
    """The weekdays on which one of the countries is closed, and why; half days are marked, unless an exception changes
    them."""
    found = []
    for n in range((last - first).days + 1):
        day = first + timedelta(days=n)
        if day.weekday() >= SATURDAY:
            continue
        for country in countries:
            if not is_working(day, country, exceptions):
                found.append(ClosedDay(day, country, _why(day, country, exceptions.get((country, day)))))
            elif day in (halves := _half(country, day.year)) and (country, day) not in exceptions:
                found.append(ClosedDay(day, country, Why(country, halves[day]), half=True))
    return found


def _why(day: date, country: str, said: Said | None) -> Why:
    if said is None:
        return Why(country, _public(country, day.year)[day])
    return Why(country, note=said.note, language=said.language)


def exceptions() -> list[CalendarOverride]:
    """All exceptions, newest day first."""
    return list(session.scalars(select(CalendarOverride).order_by(CalendarOverride.day.desc()).limit(500)))


def exception_of(country: str, day: date) -> CalendarOverride | None:
    """The exception of a day, where there is one."""
    known = select(CalendarOverride).where(CalendarOverride.country == country, CalendarOverride.day == day)
    return session.scalars(known).one_or_none()


def exception(exception_id: int) -> CalendarOverride | None:
    """One exception; None where it has been removed."""
    return session.get(CalendarOverride, exception_id)


def except_day(country: str, day: date, closed: bool, note: str, language: str = "") -> CalendarOverride:
    """Adds or replaces the exception of a day: closed, or a working day; `language` is that of the note."""
    row = exception_of(country, day) or CalendarOverride(country=country, day=day)
    row.closed, row.note, row.note_language = closed, note, language
    session.add(row)
    session.flush()
    return row


def forget_exception(row: CalendarOverride) -> None:
    session.delete(row)
    session.flush()
