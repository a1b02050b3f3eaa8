"""Due dates of turns by the time limits of `Clocks`. Pure except for the stored exceptions to working days."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from portal.accounts.models import Agency
from portal.calendars import add_working_days, day_of, overrides
from portal.exchanges.models import Clocks, Exchange
from portal.workflows.exchange_terms import HOSTING, Status, Turn


def due_on(exchange: Exchange, at: datetime, clocks: Clocks) -> date | None:
    """The day by which the turn that began `at` should be taken; None where the turn has no date.

    Decisions: working days of the deciding agency's country. Agreement of a plan: `plan_agreed` days before the start,
    but not before the time limit of a decision. Report: days after the end.
    """
    status, turn, agency = exchange.status, exchange.turn, _acting(exchange)
    today = day_of(at, agency.zone)
    if turn is Turn.NOBODY:
        return None
    if status is Status.RETURNED:
        return _working(agency, today, clocks.changes)
    if status is Status.SCHEDULED and turn is Turn.UNIT:
        return exchange.start
    if status is Status.SCHEDULED and exchange.start:
        return max(exchange.start - timedelta(days=clocks.plan_agreed), _working(agency, today, clocks.decision))
    if status is Status.UNDER_WAY:
        return exchange.end
    if status is Status.COMPLETED and exchange.end:
        return max(exchange.end + timedelta(days=clocks.report), today)
    return _working(agency, today, clocks.decision)


def _acting(exchange: Exchange) -> Agency:
    """The agency whose people act and whose working days count: the host for host and unit, else the home."""
    return exchange.host if exchange.turn in HOSTING else exchange.home


def _working(agency: Agency, today: date, days: int) -> date:
    return add_working_days(today, days, agency.country, overrides())
