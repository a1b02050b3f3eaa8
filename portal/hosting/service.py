"""Proposes a host unit, takes its answer, and saves the units' pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm.attributes import flag_modified

from portal import calendars
from portal.administration import service as administration
from portal.applications.queries import of_exchange
from portal.bookings.queries import booked
from portal.bookings.service import hold
from portal.db import session
from portal.exchanges import service as exchanges
from portal.exchanges.models import Exchange
from portal.exchanges.queries import locked
from portal.findings import EditConflict, Finding, Level, RuleViolation, settle
from portal.hosting import queries
from portal.hosting.models import Placement
from portal.hosting.unit_changes import Concerned, days_of
from portal.policy import Actor, Permission, require
from portal.subjects import service as subjects
from portal.units.models import BlockedPeriod, HostUnit
from portal.units.queries import unit as unit_by_id
from portal.workflows.exchange_terms import Action

# findings of the matching as findings about the chosen unit, with words that say so
UNIT_CODES = {
    "blocked": "unit_blocked",
    "full": "unit_full",
    "no_topics": "unit_no_topics",
    "no_language": "unit_no_language",
    "declined": "unit_declined",
    "no_coordinator": "unit_no_coordinator",
}
# a unit's own page; languages, topics and blocked periods besides
FIELDS = (
    "name_own",
    "name_en",
    "name_tr",
    "name_az",
    "city",
    "address",
    "phone",
    "offers",
    "capacity",
    "active",
)


def place(
    exchange: Exchange,
    unit_id: int,
    terms: Mapping[str, Any],
    *,
    version: int,
    by: Actor,
    confirmed: str | None = None,
) -> Placement:
    """Proposes the exchange to a unit of the host agency, on these terms (columns of Placement).

    Raises RuleViolation: "unit" for a unit that is not the host agency's or not active, "unit_blocked" or "unit_full"
    for one without a seat in any wished window, warnings that are not `confirmed` (`findings.settle`); Conflict,
    Denied.
    """
    exchange = locked(exchange.id)
    require(Action.HOST_PLACE, by, exchange)
    hold(unit_id=unit_id)  # so that it does not close meanwhile
    unit = unit_by_id(unit_id)
    if unit is None or unit.agency_id != exchange.host_id or not unit.active:
        raise RuleViolation("unit", field="unit")
    if exchange.version == version:
        settle(against(unit, exchange), confirmed)
        exchanges.assign_unit(exchange, unit.id, unit.name_own)
        session.flush()
    subjects.advance(
        exchange, Action.HOST_PLACE, by=by, version=version, facts={"unit": unit.id}, typed={"unit": unit.id, **terms}
    )
    asked = {"proposed_at": calendars.now(), "proposed_by": by.id}
    said = {"language": by.language} | dict(terms)
    placement = Placement(exchange_id=exchange.id, unit_id=unit.id, **asked, **said)
    session.add(placement)
    session.flush()
    return placement


def against(unit: HostUnit, exchange: Exchange) -> list[Finding]:
    """What makes the unit impossible for this exchange, and what to mind there."""
    application = of_exchange(exchange.id)
    found = queries.judged(unit, application).findings if application else []
    return [Finding(f.level, UNIT_CODES[f.code], "unit", f.facts) for f in found if f.level is not Level.INFO]


def confirm(
    exchange: Exchange,
    *,
    version: int,
    by: Actor,
    terms: int | None = None,
    people: Mapping[str, str] | None = None,
) -> None:
    """The unit agrees to host and names its `people` (columns of Placement); next the host agency schedules the visit.

    Raises EditConflict where the terms are no longer the version that was read (`terms`); Denied, Conflict.
    """
    placement = queries.current(exchange.id)
    if exchange.version == version and placement is not None and terms not in (None, placement.version):
        raise EditConflict
    subjects.advance(exchange, Action.UNIT_CONFIRM, by=by, version=version)
    assert placement is not None, "a proposed exchange has a placement"
    for name, value in (people or {}).items():
        setattr(placement, name, value)
    placement.confirmed_at, placement.confirmed_by = calendars.now(), by.id
    session.flush()


def decline(exchange: Exchange, reason: str, *, version: int, by: Actor) -> None:
    """The unit declines with a reason, also after it has confirmed; next the host agency looks for another.

    Raises Denied, Conflict, RuleViolation: "reason".
    """
    _leave_unit(exchange, Action.UNIT_DECLINE, reason, version, by)
    placement = queries.current(exchange.id)
    assert placement is not None, "a proposed exchange has a placement"
    placement.declined_at = calendars.now()
    session.flush()


def replace(exchange: Exchange, reason: str, *, version: int, by: Actor) -> None:
    """The host agency takes the exchange back from its unit and looks for one anew; the unit may be asked again.

    Raises Denied, Conflict, RuleViolation: "reason".
    """
    _leave_unit(exchange, Action.HOST_REPLACE, reason, version, by)
    placement = queries.current(exchange.id)
    assert placement is not None, "a proposed exchange has a placement"
    placement.replaced_at = calendars.now()
    session.flush()


def _leave_unit(exchange: Exchange, action: Action, reason: str, version: int, by: Actor) -> None:
    """Takes the step while the unit still stands there, so that it is told; then dates and unit are free."""
    dates = {"start": None, "end": None}
    facts = {"unit": exchange.unit_id}
    subjects.advance(exchange, action, by=by, version=version, reason=reason, facts=facts, values=dates)
    exchanges.assign_unit(exchange, None, "")
    session.flush()


def save_unit(
    unit: HostUnit,
    version: int,
    answers: Mapping[str, Any],
    blocked: Sequence[tuple[date, date, str]],
    *,
    by: Actor,
    reason: str = "",
    confirmed: str | None = None,
) -> int:
    """Saves the unit's own page; answers how many visits it moved.

    A unit that closes is given back by every visit that has not begun, one that takes nobody on days of a visit asks
    for others, each by the step that there is for it, with this reason. Raises Denied, EditConflict, RuleViolation:
    "capacity" where more are booked on a coming day, "not_yours" where `by` may not take such a step, warnings that are
    not `confirmed` (`findings.settle`), "reason", "both_sides".
    """
    require(Permission.EDIT_UNIT, by, unit)
    there = queries.at_unit(unit.id)
    hold(unit_id=unit.id)  # so that nobody is booked or proposed meanwhile
    session.refresh(unit)
    if unit.version != version or {exchange.id for exchange in there} != queries.ids_at_unit(unit.id):
        raise EditConflict
    _require_seats(unit, answers["capacity"])
    closing = unit.active and not answers.get("active", unit.active)
    concerned = Concerned(closing, days_of(blocked) - days_of((p.first, p.last, p.why) for p in unit.blocked))
    moves = [(exchange, action) for exchange in there if (action := concerned.move(exchange, by)) is not None]
    settle(concerned.findings(there, by), confirmed)
    _write_unit(unit, answers, blocked, by)
    for exchange, action in moves:
        _give_back(exchange, action, reason, by)
    return len(moves)


def _require_seats(unit: HostUnit, capacity: int) -> None:
    taken = booked([unit.id], calendars.today(unit.agency.zone), date.max).get(unit.id, {})
    if taken and max(taken.values()) > capacity:
        raise RuleViolation("capacity", field="capacity", booked=max(taken.values()))


def _write_unit(
    unit: HostUnit, answers: Mapping[str, Any], blocked: Sequence[tuple[date, date, str]], by: Actor
) -> None:
    before = _stored(unit)
    for name, value in answers.items():
        setattr(unit, name, value)
    unit.blocked = [BlockedPeriod(first=first, last=last, why=why) for first, last, why in blocked]
    flag_modified(unit, "name_own")  # the periods carry no version of their own
    session.flush()
    if facts := administration.changed(before, _stored(unit)):
        administration.record("unit_changed", about=("unit", unit.id), by=by, agency_id=unit.agency_id, facts=facts)


def _give_back(exchange: Exchange, action: Action, reason: str, by: Actor) -> None:
    """Takes the step by which a unit that closes or takes nobody is left, or other dates are asked for."""
    if action is Action.HOST_REQUEST_CHANGES:
        subjects.advance(exchange, action, by=by, version=exchange.version, reason=reason)
    else:
        leave = replace if action is Action.HOST_REPLACE else decline
        leave(exchange, reason, version=exchange.version, by=by)


def _stored(unit: HostUnit) -> dict[str, Any]:
    """What a unit says of itself, for the history of administration."""
    said = {name: getattr(unit, name) for name in FIELDS}
    blocked = sorted((period.first, period.last, period.why) for period in unit.blocked)
    topics = [topic.id for topic in unit.topics]
    return said | {"languages": sorted(unit.languages.split()), "blocked": blocked, "topics": topics}


def new_unit(agency_id: int, name: str, city: str, *, by: Actor) -> HostUnit:
    """Adds a unit with name and city, to be completed on its page. Raises Denied."""
    unit = HostUnit(agency_id=agency_id, name_own=name, city=city)
    require(Permission.EDIT_CALL, by, unit)  # the same people as for calls: managers of the agency, administrators
    session.add(unit)
    session.flush()
    facts = administration.changed({}, {"name_own": name, "city": city})
    administration.record("unit_created", about=("unit", unit.id), by=by, agency_id=agency_id, facts=facts)
    return unit
