"""Records arrival, attendance by day and departure, and releases days that are not used."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from sqlalchemy.orm.attributes import flag_modified

from portal import calendars
from portal.bookings import service as bookings
from portal.bookings.models import BookedDay, DayKind
from portal.db import session
from portal.exchanges.models import Exchange
from portal.findings import Conflict, RuleViolation
from portal.policy import Actor, Permission, Side, require
from portal.subjects import service as subjects
from portal.visits import queries
from portal.visits.models import Visit
from portal.visits.service import visit_of
from portal.workflows.exchange_terms import Action, Status

EARLY = timedelta(days=3)  # an expert may arrive that much before the first day


def arrive(exchange: Exchange, on: date, *, version: int, by: Actor) -> None:
    """Records the arrival. Raises Denied, Conflict, RuleViolation: "arrival_early", "future", "arrival_late"."""
    visit = visit_of(exchange)
    if exchange.version == version:
        _require_arrival(visit, on, calendars.today(exchange.host.zone))
    subjects.advance(exchange, Action.UNIT_RECORD_ARRIVAL, by=by, version=version, facts={"on": on.isoformat()})
    visit.arrived_on = on
    for day in visit.days:
        if day.kind is DayKind.WORK and day.day < on:
            day.present = False  # days before a late arrival
    session.flush()


def _require_arrival(visit: Visit, on: date, today: date) -> None:
    if on > today:
        raise RuleViolation("future", field="on")
    if on < visit.start - EARLY:
        raise RuleViolation("arrival_early", field="on", first=visit.start)
    if on > visit.end:
        raise RuleViolation("arrival_late", field="on", last=visit.end)


def record_days(exchange: Exchange, present: Collection[date], version: int, *, by: Actor) -> None:
    """Records on which working days from the arrival up to today the expert was present.

    Raises Conflict, Denied, RuleViolation: "not_now".
    """
    require(Permission.RECORD_DAYS, by, exchange)
    visit = visit_of(exchange)
    if exchange.status is not Status.UNDER_WAY:
        raise RuleViolation("not_now")
    if visit.version != version:
        raise Conflict(exchange.reference)
    for day in attendable(visit, calendars.today(exchange.host.zone)):
        day.present = day.day in present
    flag_modified(visit, "note")  # the days carry no version of their own
    session.flush()
    subjects.record(exchange, "days_recorded", by=by, side=Side.HOST, facts={"present": len(present)})


def attendable(visit: Visit, until: date) -> list[BookedDay]:
    """The working days on which the expert could be there: from the arrival until this day, oldest first."""
    first = visit.arrived_on or date.max
    return [day for day in visit.days if day.kind is DayKind.WORK and first <= day.day <= until]


def depart(exchange: Exchange, on: date, *, version: int, by: Actor) -> None:
    """Records the departure; after an early one the remaining days, travel included, are released.

    Raises RuleViolation: "future", "depart_order", "depart_late" and "attendance" (days without a record,
    which nobody could add after the departure); Conflict, Denied.
    """
    visit = visit_of(exchange)
    if exchange.version == version:
        _require_departure(visit, on, calendars.today(exchange.host.zone))
    values = {"start": visit.start, "end": max(visit.start, on)}
    subjects.advance(
        exchange, Action.UNIT_RECORD_DEPARTURE, by=by, version=version, facts={"on": on.isoformat()}, values=values
    )
    visit.departed_on = on
    if on < visit.end:
        visit.travel_back = None
        _release(visit, on)
    session.flush()


def _require_departure(visit: Visit, on: date, today: date) -> None:
    if on > today:
        raise RuleViolation("future", field="on")
    if visit.arrived_on is None or on < visit.arrived_on:
        raise RuleViolation("depart_order", field="on", first=visit.arrived_on or visit.start)
    if on > visit.end:
        raise RuleViolation("depart_late", field="on", last=visit.end)
    missing = [day for day in attendable(visit, on) if day.present is None]
    if missing:
        raise RuleViolation("attendance", days=len(missing), first=missing[0].day)


def _release(visit: Visit, after: date) -> None:
    """Releases the days after `after`, so that the seat and the expert are free again."""
    bookings.release(visit.exchange_id, after)
    session.expire(visit, ["days"])


def release_days(exchange: Exchange) -> None:
    """Releases the days that are still to come, after an exchange has ended early."""
    visit = queries.visit_of(exchange.id)
    if visit is None:
        return
    _release(visit, calendars.today(exchange.host.zone) if visit.arrived_on else date.min)
