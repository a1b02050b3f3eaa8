"""Changes agencies and the closed days of their countries."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from portal import calendars
from portal.accounts.models import Agency
from portal.administration import service as administration
from portal.db import session
from portal.policy import Actor, Permission, require


def change_agency(agency: Agency, answers: Mapping[str, Any], *, by: Actor) -> None:
    """Saves an agency's names, contact and domains. Raises Denied."""
    require(Permission.ADMINISTER, by)
    before = {name: getattr(agency, name) for name in answers}
    for name, value in answers.items():
        setattr(agency, name, value)
    session.flush()
    if facts := administration.changed(before, answers):
        administration.record("agency_changed", about=("agency", agency.id), by=by, agency_id=agency.id, facts=facts)


def except_day(country: str, day: date, closed: bool, note: str, language: str = "", *, by: Actor) -> None:
    """Closes a day, or makes it a working day; `language` is that of the note. Raises Denied."""
    require(Permission.ADMINISTER, by)
    known = calendars.exception_of(country, day)
    before = _said(known) if known else {}
    row = calendars.except_day(country, day, closed, note, language)
    if facts := administration.changed(before, _said(row)):
        administration.record("day_excepted", about=("day", row.id), by=by, facts=facts)


def forget_exception(exception_id: int, *, by: Actor) -> None:
    """The day is again what the calendar of its country says. Raises Denied."""
    require(Permission.ADMINISTER, by)
    row = calendars.exception(exception_id)
    if row is None:
        return  # another press was faster
    facts = administration.changed(_said(row), {})
    administration.record("day_forgotten", about=("day", exception_id), by=by, facts=facts)
    calendars.forget_exception(row)


def _said(row: calendars.CalendarOverride) -> dict[str, Any]:
    return {"country": row.country, "day": row.day, "closed": row.closed, "note": row.note}
