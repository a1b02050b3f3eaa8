"""From when a turn counts that waits for the visit: so many working days of the host country before its first day.

Until then it is nobody's: desks and lists show it as something for later.
"""

from __future__ import annotations

from datetime import date

from portal.accounts.queries import agency_places
from portal.calendars import Overrides, add_working_days, overrides, subtract_working_days, today
from portal.exchanges.models import Exchange
from portal.workflows.exchange import EXCHANGE

Starts = tuple[tuple[int, date], ...]  # of each agency as host: the last first day of a visit whose turn counts today
DAYS = max(state.eve for state in EXCHANGE.states)  # there is one such state


def begins_on(start: date, country: str, exceptions: Overrides) -> date:
    """The eve of a visit: the first day on which its turn counts."""
    return subtract_working_days(start, DAYS, country, exceptions)


def last_start(on: date, country: str, exceptions: Overrides) -> date:
    """The last first day of a visit whose eve has begun on this day."""
    return add_working_days(on, DAYS, country, exceptions)


def turn_from(exchange: Exchange) -> date | None:
    """The day from which the present turn counts; None where it does so at once."""
    if not exchange.state.eve or exchange.start is None:
        return None
    return begins_on(exchange.start, exchange.host.country, overrides())


def is_later(exchange: Exchange) -> bool:
    """Whether the present turn does not count yet."""
    begins = turn_from(exchange)
    return begins is not None and today(exchange.host.zone) < begins


def starts_today() -> Starts:
    """`last_start` for each agency on its present day."""
    known = overrides()
    return tuple((number, last_start(today(zone), country, known)) for number, country, zone in agency_places())
