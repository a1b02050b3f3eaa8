"""Whose midnight ends a due date: that of the agency whose turn it is. Between the two there is an hour in which it is
tomorrow in one of them already."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, case, or_

from portal.accounts.queries import agency_places
from portal.calendars import today
from portal.exchanges.models import Exchange
from portal.workflows.exchange_terms import HOSTING

Days = tuple[tuple[int, date], ...]  # the present day of each agency
ACTING = case((Exchange.turn.in_(HOSTING), Exchange.host_id), else_=Exchange.home_id)


def acting(row: Any) -> int:
    """The agency whose turn it is, its expert's or its unit's: ACTING of a row with turn and agencies."""
    number: int = row.host_id if row.turn in HOSTING else row.home_id
    return number


def due_zone(row: Any) -> str:
    """The zone whose midnight ends the due date of a row with turn and agencies."""
    return next(zone for number, _country, zone in agency_places() if number == acting(row))


def days() -> Days:
    """The present day of each agency."""
    return tuple((number, today(zone)) for number, _country, zone in agency_places())


def on_days(known: Days, agency: Any, rule: Callable[[date], ColumnElement[bool]]) -> ColumnElement[bool]:
    """A rule on the present day of this agency; the plain rule for as long as it is the same day for all."""
    if len({day for _number, day in known}) == 1:
        return rule(known[0][1])
    return or_(*(and_(agency == number, rule(day)) for number, day in known))


def overdue(known: Days, due: Any = Exchange.due_on) -> ColumnElement[bool]:
    """The rows whose due date has passed where it is due; `due` may be the column in a form that uses no index."""
    return on_days(known, ACTING, lambda day: due < day)
