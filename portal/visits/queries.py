"""Reading visits and their days."""

from __future__ import annotations

from datetime import date

from sqlalchemy import NotNullable, func, select
from sqlalchemy.orm import joinedload, selectinload

from portal.accounts.models import Agency
from portal.db import session
from portal.hosting.models import HostUnit
from portal.visits.models import DayKind, Visit, VisitDay


def visit_of(exchange_id: int) -> Visit | None:
    """The visit with its unit, plan and days: five statements, however long."""
    plan = (selectinload(Visit.agenda), selectinload(Visit.milestones), selectinload(Visit.days))
    statement = select(Visit).where(Visit.exchange_id == exchange_id)
    return session.scalars(statement.options(joinedload(Visit.unit, innerjoin=True), *plan)).one_or_none()


def visit_id(exchange_id: int) -> int | None:
    return session.scalar(select(Visit.id).where(Visit.exchange_id == exchange_id))


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


def elsewhere(person_id: int, first: date, last: date, but_visit: int | None) -> set[date]:
    """Days on which the expert is in another exchange."""
    statement = select(VisitDay.day).where(VisitDay.person_id == person_id, VisitDay.day.between(first, last))
    if but_visit is not None:
        statement = statement.where(VisitDay.visit_id != but_visit)
    return set(session.scalars(statement))


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


def days_worked(visit_id: int) -> int:
    """Work days on which the expert was present."""
    statement = select(func.count(VisitDay.id)).where(
        VisitDay.visit_id == visit_id, VisitDay.kind == DayKind.WORK, VisitDay.present.is_(True)
    )
    return session.scalar(statement) or 0
