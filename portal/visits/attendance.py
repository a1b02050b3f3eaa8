"""Records arrival, attendance by day and departure, and releases days that are not used."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm.attributes import flag_modified

from portal import calendars
from portal.bookings import service as bookings
from portal.bookings.models import BookedDay, DayKind
from portal.bookings.service import Booking
from portal.db import session
from portal.exchanges.models import Exchange
from portal.exchanges.queries import locked
from portal.findings import Conflict, Finding, RuleViolation, error, settle, warning
from portal.policy import Actor, Permission, Side, require
from portal.subjects import service as subjects
from portal.subjects.queries import events
from portal.units.models import HostUnit
from portal.visits import queries
from portal.visits.models import Visit
from portal.visits.service import kinds, visit_of
from portal.workflows.exchange_terms import Action, Status

EARLY = timedelta(days=3)  # an expert may arrive that much before the first day


def arrive(exchange: Exchange, on: date, *, version: int, by: Actor, confirmed: str | None = None) -> None:
    """Records the arrival. Raises Denied, Conflict, RuleViolation: "arrival_before", "future", "arrival_after", the
    warnings "arrival_early" and "arrival_late" that are not `confirmed`."""
    exchange = locked(exchange.id)
    visit = visit_of(exchange)
    if exchange.version == version:
        settle(arrival_findings(visit, on, calendars.today(exchange.host.zone)), confirmed)
    values, facts = _dates(visit, on, None), {"on": on.isoformat()}
    subjects.advance(exchange, Action.UNIT_RECORD_ARRIVAL, by=by, version=version, facts=facts, values=values)
    visit.arrived_on = on
    for day in visit.days:
        if day.kind is DayKind.WORK and day.day < on:
            day.present = False  # days before a late arrival
    session.flush()


def undo_arrival(exchange: Exchange, *, version: int, by: Actor) -> None:
    """Takes the arrival back, with what was recorded of the days since.

    Raises Denied, Conflict, RuleViolation: "undo_nothing", "undo_other", "undo_late", "undo_acted".
    """
    exchange = locked(exchange.id)
    visit = visit_of(exchange)
    subjects.advance(exchange, Action.UNIT_UNDO_ARRIVAL, by=by, version=version, values=_dates(visit, None, None))
    visit.arrived_on = None
    for day in visit.days:
        day.present = None
    session.flush()


def undo_departure(exchange: Exchange, *, version: int, by: Actor) -> None:
    """Takes the departure back: released days are booked again with what was recorded of them.

    Raises Denied, Conflict, RuleViolation: "undo_nothing", "undo_other", "undo_late", "undo_acted", "unit_full" and
    "elsewhere" where the days were given away meanwhile.
    """
    exchange = locked(exchange.id)
    visit = visit_of(exchange)
    bookings.hold(unit_id=visit.unit_id, person_id=exchange.expert_id)
    values = _dates(visit, visit.arrived_on, None)
    subjects.advance(exchange, Action.UNIT_UNDO_DEPARTURE, by=by, version=version, values=values)
    left = next(e for e in reversed(events(exchange.id)) if e.what == Action.UNIT_RECORD_DEPARTURE)
    visit.departed_on, back = None, left.facts["travel_back"]
    visit.travel_back = date.fromisoformat(back) if back else None
    _rebook(visit, exchange, date.fromisoformat(left.facts["kept_until"]), left.facts["days"])
    session.flush()


def _rebook(visit: Visit, exchange: Exchange, after: date, days: Sequence[Sequence[Any]]) -> None:
    """Books the days after this one as they were: [day, kind, whether the expert was present]."""
    unit = session.get_one(HostUnit, visit.unit_id)
    before = {date.fromisoformat(day): (DayKind(kind), present) for day, kind, present in days}
    kinds_of = {day: kind for day, (kind, _present) in before.items()}
    bookings.rebook(Booking(exchange.id, exchange.expert_id, unit.id), after, kinds_of, unit.capacity)
    session.expire(visit, ["days"])
    for day in visit.days:
        if day.day in before:
            day.present = before[day.day][1]


def _as_booked(visit: Visit, after: date) -> dict[str, Any]:
    """The days after this one as they are booked, and the day of travel: the facts by which a departure is undone."""
    days = [[day.day.isoformat(), day.kind.value, day.present] for day in visit.days if day.day > after]
    back = visit.travel_back.isoformat() if visit.travel_back else None
    return {"kept_until": after.isoformat(), "days": days, "travel_back": back}


def _dates(visit: Visit, arrived: date | None, departed: date | None) -> dict[str, date]:
    """The exchange's own columns for a visit carried out so."""
    first, last = queries.held_days(visit, arrived, departed)
    return {"start": first, "end": last}


def arrival_findings(visit: Visit, on: date, today: date) -> list[Finding]:
    """What speaks against this day of arrival: errors, or that it is another one than was agreed."""
    if on > today:
        return [error("future", "on")]
    if on < visit.start - EARLY:
        return [error("arrival_before", "on", first=visit.start)]
    if on > visit.end:
        return [error("arrival_after", "on", last=visit.end)]
    if on < visit.start:
        return [warning("arrival_early", "on", early=(visit.start - on).days, first=visit.start)]
    return [warning("arrival_late", "on", late=(on - visit.start).days, first=visit.start)] if on > visit.start else []


def record_days(exchange: Exchange, present: Collection[date], version: int, *, by: Actor) -> None:
    """Records on which working days from the arrival up to today the expert was present.

    Raises Conflict, Denied, RuleViolation: "not_now".
    """
    exchange = locked(exchange.id)
    require(Permission.RECORD_DAYS, by, exchange)
    visit = visit_of(exchange)
    if exchange.status is not Status.UNDER_WAY:
        raise RuleViolation("not_now")
    days = attendable(visit, calendars.today(exchange.host.zone))
    if all(day.present is (day.day in present) for day in days):
        return  # the same press once more
    if visit.version != version:
        raise Conflict(exchange.reference)
    for day in days:
        day.present = day.day in present
    flag_modified(visit, "note")  # the days carry no version of their own
    session.flush()
    subjects.record(exchange, "days_recorded", by=by, side=Side.HOST, facts={"present": len(present)})


def attendable(visit: Visit, until: date) -> list[BookedDay]:
    """The working days on which the expert could be there: from the arrival until this day, oldest first."""
    first = visit.arrived_on or date.max
    return [day for day in visit.days if day.kind is DayKind.WORK and first <= day.day <= until]


def depart(exchange: Exchange, on: date, *, version: int, by: Actor, confirmed: str | None = None) -> None:
    """Records the departure. After an early one the remaining days, travel included, are released; before a late one
    the further days are booked, as attended.

    Raises RuleViolation: "future", "depart_order", "attendance" (days without a record, which nobody could add after
    the departure), "unit_full" and "elsewhere" for further days, the warnings "depart_early" and "depart_late" that are
    not `confirmed`; Conflict, Denied.
    """
    exchange = locked(exchange.id)
    visit = visit_of(exchange)
    if exchange.version == version:
        settle(departure_findings(visit, on, calendars.today(exchange.host.zone)), confirmed)
    if on > visit.end:
        bookings.hold(unit_id=visit.unit_id, person_id=exchange.expert_id)
    values = _dates(visit, visit.arrived_on, on)
    typed = {"on": on.isoformat()}
    subjects.advance(
        exchange,
        Action.UNIT_RECORD_DEPARTURE,
        by=by,
        version=version,
        facts=typed | _as_booked(visit, min(on, visit.end)),
        values=values,
        typed=typed,
    )
    visit.departed_on = on
    if on < visit.end:
        visit.travel_back = None
        _release(visit, on)
    elif on > visit.end:
        _extend(visit, exchange, on)
    session.flush()


def departure_findings(visit: Visit, on: date, today: date) -> list[Finding]:
    """What speaks against this day of departure: errors, or that it is another one than was agreed."""
    if on > today:
        return [error("future", "on")]
    if visit.arrived_on is None or on < visit.arrived_on:
        return [error("depart_order", "on", first=visit.arrived_on or visit.start)]
    missing = [day for day in attendable(visit, on) if day.present is None]
    if missing:
        return [error("attendance", days=len(missing), first=missing[0].day)]
    if on < visit.end:
        return [warning("depart_early", "on", early=(visit.end - on).days, last=visit.end)]
    return [warning("depart_late", "on", late=(on - visit.end).days, last=visit.end)] if on > visit.end else []


def _extend(visit: Visit, exchange: Exchange, until: date) -> None:
    """Books the days after the agreed last one up to this day, on which the expert was still there."""
    days = kinds([visit.end + timedelta(days=n + 1) for n in range((until - visit.end).days)], exchange)
    if visit.travel_back is not None and visit.travel_back <= until:
        visit.travel_back = None
    elif visit.travel_back is not None:
        days[visit.travel_back] = DayKind.TRAVEL
    unit = session.get_one(HostUnit, visit.unit_id)
    try:
        bookings.rebook(Booking(exchange.id, exchange.expert_id, unit.id), visit.end, days, unit.capacity)
    except RuleViolation as refusal:
        raise RuleViolation(refusal.code, field="on", **refusal.facts) from None
    session.expire(visit, ["days"])
    for day in visit.days:
        if day.kind is DayKind.WORK and day.day > visit.end:
            day.present = True


def _release(visit: Visit, after: date) -> None:
    """Releases the days after `after`, so that the seat and the expert are free again."""
    bookings.release(visit.exchange_id, after)
    session.expire(visit, ["days"])


def call_off(exchange: Exchange) -> None:
    """After the unit was given up: the agreements end, and all booked days are free again. The plan stays, so that the
    next proposal can begin with it."""
    end_agreements(exchange)
    visit = queries.visit_of(exchange.id)
    if visit is not None:
        _release(visit, date.min)


def end_agreements(exchange: Exchange) -> None:
    """After somebody asked for other dates: what was agreed must be agreed anew."""
    visit = queries.visit_of(exchange.id)
    if visit is not None:
        visit.expert_agreed_at = visit.home_agreed_at = None


def release_days(exchange: Exchange) -> None:
    """Releases the days that are still to come, after an exchange has ended early."""
    visit = queries.visit_now(exchange.id)
    if visit is None:
        return
    _release(visit, calendars.today(exchange.host.zone) if visit.arrived_on else date.min)
