"""Reading visits and their days."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import NotNullable, Select, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from portal.accounts.models import Agency
from portal.db import session
from portal.exchanges.models import Exchange, Kind
from portal.hosting.models import HostUnit
from portal.visits.models import Visit, VisitDay


def visit_of(exchange_id: int) -> Visit | None:
    """The visit with its unit, plan and days: four statements, however long."""
    plan = (selectinload(Visit.agenda), selectinload(Visit.milestones), selectinload(Visit.days))
    return session.scalars(_visit(exchange_id).options(*plan)).unique().one_or_none()


def plan_of(exchange: Exchange) -> Visit | None:
    """The visit with its unit and the plan of its kind, without its days: two statements."""
    rows = Visit.agenda if exchange.kind is Kind.SHORT else Visit.milestones
    return session.scalars(_visit(exchange.id).options(selectinload(rows))).unique().one_or_none()


def _visit(exchange_id: int) -> Select[Visit]:
    unit = joinedload(Visit.unit, innerjoin=True)
    loaded = (unit.joinedload(HostUnit.blocked), unit.joinedload(HostUnit.agency, innerjoin=True))
    return select(Visit).where(Visit.exchange_id == exchange_id).options(*loaded)


def stayed(person_id: int, country: str, first: date, last: date, but_visit: int) -> int:
    """Days that a person spends in a country within these days, in other visits than this one."""
    statement = (
        select(func.count(VisitDay.id))
        .join(HostUnit, HostUnit.id == VisitDay.unit_id)
        .join(Agency, Agency.id == HostUnit.agency_id)
        .where(VisitDay.person_id == person_id, VisitDay.day.between(first, last), VisitDay.visit_id != but_visit)
        .where(Agency.country == country)
    )
    return session.scalar(statement) or 0


@dataclass(frozen=True)
class Taken:
    """What others have booked: days on which the expert is elsewhere, and the unit's seats by day."""

    elsewhere: Collection[date]
    seats: Mapping[date, Collection[int]]


def taken(person_id: int, unit_id: int, first: date, last: date, but_visit: int | None) -> Taken:
    """Both in one statement."""
    rule = or_(VisitDay.person_id == person_id, VisitDay.unit_id == unit_id)
    columns = (VisitDay.day, VisitDay.seat, VisitDay.unit_id, VisitDay.person_id)
    statement = select(*columns).where(rule, VisitDay.day.between(first, last))
    if but_visit is not None:
        statement = statement.where(VisitDay.visit_id != but_visit)
    elsewhere: set[date] = set()
    seats: dict[date, set[int]] = {}
    for day, seat, unit, person in session.execute(statement):
        if person == person_id:
            elsewhere.add(day)
        if unit == unit_id and seat is not None:
            seats.setdefault(day, set()).add(seat)
    return Taken(elsewhere, seats)


def seats_taken(unit_id: int, first: date, last: date, but_visit: int | None) -> dict[date, set[int]]:
    """Seats of a unit that others have, by day."""
    statement = select(VisitDay.day, NotNullable(VisitDay.seat)).where(
        VisitDay.unit_id == unit_id, VisitDay.day.between(first, last), VisitDay.seat.is_not(None)
    )
    if but_visit is not None:
        statement = statement.where(VisitDay.visit_id != but_visit)
    taken: dict[date, set[int]] = {}
    for day, seat in session.execute(statement):
        taken.setdefault(day, set()).add(seat)
    return taken
