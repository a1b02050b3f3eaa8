"""The figures by which a decision is taken: as they are, and as they will be after it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from portal import calendars
from portal.bookings.models import BookedDay
from portal.bookings.occupancy import Period, occupancy, with_days
from portal.bookings.queries import booked, stayed
from portal.calendars import ClosedDay
from portal.calls.models import Call
from portal.calls.queries import free_places, free_places_after
from portal.db import session
from portal.exchanges.models import Exchange
from portal.units.queries import unit as unit_by_id
from portal.visits import queries
from portal.visits.plan_checks import span
from portal.visits.stay_rules import Stay, compute, counted_from, in_force
from portal.workflows.exchange import EXCHANGE
from portal.workflows.exchange_terms import ENDED_EARLY, Action


@dataclass(frozen=True)
class Dates:
    """A visit's days, from the first to the last, and its days of travel."""

    start: date
    end: date
    travel_out: date | None = None
    travel_back: date | None = None


@dataclass(frozen=True)
class Figures:
    """Places left in the call; the unit's seats over the visit; days without a visa used at its end; closed days."""

    places: int
    unit: Sequence[Period]
    stay: Stay | None
    closed: Sequence[ClosedDay]


def dates_of(exchange: Exchange) -> Dates | None:
    """The dates as proposed or agreed; None before the first proposal."""
    visit = queries.plan_of(exchange)
    return Dates(visit.start, visit.end, visit.travel_out, visit.travel_back) if visit else None


def present(exchange: Exchange, call: Call) -> Figures:
    """The figures as they are."""
    return _figures(exchange, free_places(call), dates_of(exchange), None)


def after(exchange: Exchange, call: Call, action: Action, proposed: Dates | None = None) -> Figures:
    """The figures as they will be once this step is taken; `proposed` are the dates of a new proposal.

    Raises KeyError: the workflow does not allow the step in the present state.
    """
    target, dates = EXCHANGE.transitions[action, exchange.state], proposed or dates_of(exchange)
    own: Collection[date] | None = None
    if proposed is not None:
        own = span(proposed.start, proposed.end)
    elif target.status in ENDED_EARLY:
        own = [day for day in _own_days(exchange) if day <= _kept_until(exchange)]
    return _figures(exchange, free_places_after(free_places(call), exchange.status, target.status), dates, own)


def _figures(exchange: Exchange, places: int, dates: Dates | None, own: Collection[date] | None) -> Figures:
    if dates is None:
        return Figures(places, (), None, ())
    there, home = exchange.host.country, exchange.home.country
    closed = calendars.closed_days(dates.start, dates.end, (there, home), calendars.overrides())
    return Figures(places, _unit(exchange, dates, own), stay(exchange, dates), closed)


def _unit(exchange: Exchange, dates: Dates, own: Collection[date] | None) -> list[Period]:
    """The unit's weeks; with the exchange's own days as they will be, where they change."""
    unit = unit_by_id(exchange.unit_id or 0)
    if unit is None:
        return []
    taken = booked([unit.id], dates.start, dates.end).get(unit.id, {})
    if own is not None:
        taken = with_days(taken, _own_days(exchange), own)
    blocked = [(period.first, period.last) for period in unit.blocked]
    return occupancy(dates.start, dates.end, taken, unit.capacity, blocked)


def _own_days(exchange: Exchange) -> list[date]:
    """The days on which the exchange has a seat."""
    statement = select(BookedDay.day).where(BookedDay.subject_id == exchange.id, BookedDay.seat.is_not(None))
    return list(session.scalars(statement))


def _kept_until(exchange: Exchange) -> date:
    """The last day that stays booked where an exchange ends early: today, if the expert is there."""
    visit = queries.plan_of(exchange)
    return calendars.today(exchange.host.zone) if visit and visit.arrived_on else date.min


def stay(exchange: Exchange, dates: Dates) -> Stay:
    """What the rules of the host's country make of the days there, those of travel included."""
    first, last = dates.travel_out or dates.start, dates.travel_back or dates.end
    country = exchange.host.country
    rules = in_force(queries.stay_rules(), country, first)
    since = counted_from(first, rules)
    earlier = stayed(exchange.expert_id, country, since, last, but_subject=exchange.id) if since else ()
    return compute(first, last, rules, earlier)
