"""Finding host units, placements, and how far the units are booked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from portal.accounts.models import Person, RoleGrant
from portal.applications.models import Application
from portal.db import Base, session
from portal.exchanges.models import Kind
from portal.hosting.matching import Candidate, UnitFacts, Wish, candidate
from portal.hosting.models import HostUnit, Placement
from portal.policy import Role


def units(reader: str, agency_id: int | None = None, language: str = "", active_only: bool = True) -> Select[HostUnit]:
    """Units for the list, by name as the reader's language sorts, with their agency; `language`: they work in it."""
    statement = select(HostUnit).options(joinedload(HostUnit.agency, innerjoin=True))
    if agency_id:
        statement = statement.where(HostUnit.agency_id == agency_id)
    if language:
        statement = statement.where(HostUnit.languages.contains(language))
    if active_only:
        statement = statement.where(HostUnit.active.is_(True))
    return statement.order_by(HostUnit.by_name(reader), HostUnit.id)


def unit(unit_id: int) -> HostUnit | None:
    """One unit with agency and blocked periods."""
    statement = select(HostUnit).where(HostUnit.id == unit_id)
    loaded = (joinedload(HostUnit.agency, innerjoin=True), selectinload(HostUnit.blocked))
    return session.scalars(statement.options(*loaded)).one_or_none()


def of_agency(reader: str, agency_id: int) -> list[HostUnit]:
    """An agency's active units with their blocked periods, by name as the reader's language sorts."""
    statement = units(reader, agency_id).options(selectinload(HostUnit.blocked))
    return list(session.scalars(statement))


def coordinators(unit_id: int) -> list[Person]:
    granted = select(RoleGrant.person_id).where(RoleGrant.unit_id == unit_id, RoleGrant.role == Role.HOST)
    return list(session.scalars(select(Person).where(Person.id.in_(granted), Person.active.is_(True))))


def booked(unit_ids: Sequence[int], first: date, last: date) -> dict[int, dict[date, int]]:
    """Seats taken by unit and day. The days stand a floor above, so their table is reached by its name."""
    day = Base.metadata.tables["visit_day"]
    statement = (
        select(day.c.unit_id, day.c.day, func.count())
        .where(day.c.unit_id.in_(unit_ids), day.c.day.between(first, last), day.c.seat.is_not(None))
        .group_by(day.c.unit_id, day.c.day)
    )
    found: dict[int, dict[date, int]] = defaultdict(dict)
    for unit_id, on, count in session.execute(statement):
        found[unit_id][on] = count
    return found


def facts(rows: Sequence[HostUnit], windows: Sequence[tuple[date, date]]) -> list[UnitFacts]:
    """The units as the matching sees them; one statement for all bookings."""
    taken = booked([row.id for row in rows], min(w[0] for w in windows), max(w[1] for w in windows)) if windows else {}
    return [
        UnitFacts(
            id=row.id,
            topics=row.topics.splitlines(),
            languages=row.languages.split(),
            capacity=row.capacity,
            blocked=[(period.first, period.last) for period in row.blocked],
            booked=taken.get(row.id, {}),
        )
        for row in rows
    ]


def wish_of(application: Application) -> Wish:
    """What an application asks for, as the matching sees it."""
    declined = select(Placement.unit_id).where(
        Placement.exchange_id == application.exchange_id, Placement.declined_at.is_not(None)
    )
    return Wish(
        units=[wish.unit_id for wish in application.wishes],
        topics=application.topics.splitlines(),
        levels={language.code: language.level.value for language in application.languages},
        windows=[(window.first, window.last) for window in application.windows],
        declined=set(session.scalars(declined)),
        days=application.days or 1,
        weekdays=application.call.kind is Kind.SHORT,
    )


def judged(unit: HostUnit, application: Application) -> Candidate:
    """One unit, as the matching sees it for this application."""
    wish = wish_of(application)
    return candidate(facts([unit], wish.windows)[0], wish)


def placements(exchange_id: int) -> list[Placement]:
    """All units that were asked, newest first."""
    statement = select(Placement).where(Placement.exchange_id == exchange_id).order_by(Placement.id.desc())
    loaded = joinedload(Placement.unit, innerjoin=True).joinedload(HostUnit.agency)
    return list(session.scalars(statement.options(loaded)))


def current(exchange_id: int) -> Placement | None:
    """The placement that holds: the newest one that was not declined."""
    return next((row for row in placements(exchange_id) if row.declined_at is None), None)
