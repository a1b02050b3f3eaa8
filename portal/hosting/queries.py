"""Queries of placements, and the facts for the matching."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.applications.models import Application
from portal.bookings.occupancy import Period, occupancy
from portal.bookings.queries import booked
from portal.db import session
from portal.exchanges.models import Exchange, Kind
from portal.exchanges.queries import WITH_PEOPLE
from portal.hosting.matching import Candidate, UnitFacts, Wish, candidate
from portal.hosting.models import Placement
from portal.units.models import HostUnit
from portal.units.queries import staffed
from portal.workflows.exchange_terms import Status

AT_UNIT = (Status.PLACED, Status.SCHEDULED, Status.UNDER_WAY)


def facts(rows: Sequence[HostUnit], windows: Sequence[tuple[date, date]]) -> list[UnitFacts]:
    """The facts of units for the matching; one statement for all bookings, one for all coordinators."""
    with_coordinator = staffed([row.id for row in rows])
    taken = booked([row.id for row in rows], min(w[0] for w in windows), max(w[1] for w in windows)) if windows else {}
    return [
        UnitFacts(
            id=row.id,
            topics=[topic.id for topic in row.topics],
            languages=row.languages.split(),
            capacity=row.capacity,
            blocked=[(period.first, period.last) for period in row.blocked],
            booked=taken.get(row.id, {}),
            staffed=row.id in with_coordinator,
        )
        for row in rows
    ]


def wish_of(application: Application, language: str = "en") -> Wish:
    """The wishes of an application for the matching, with topics as a reader names them."""
    declined = select(Placement.unit_id).where(
        Placement.exchange_id == application.exchange_id, Placement.declined_at.is_not(None)
    )
    return Wish(
        units=[wish.unit_id for wish in application.wishes],
        topics={topic.id: topic.named(language) for topic in application.topics},
        levels={language.code: language.level.value for language in application.languages},
        windows=[(window.first, window.last) for window in application.windows],
        declined=set(session.scalars(declined)),
        days=application.days or 1,
        weekdays=application.call.kind is Kind.SHORT,
    )


def judged(unit: HostUnit, application: Application) -> Candidate:
    """One unit scored for this application."""
    wish = wish_of(application)
    return candidate(facts([unit], wish.windows)[0], wish)


def weeks(unit: HostUnit, application: Application) -> list[Period]:
    """How full the unit is in the first wished window."""
    if not application.windows:
        return []
    first, last = application.windows[0].first, application.windows[0].last
    taken = booked([unit.id], first, last).get(unit.id, {})
    return occupancy(first, last, taken, unit.capacity, [(period.first, period.last) for period in unit.blocked])


def placements(exchange_id: int) -> list[Placement]:
    """All units that were asked, newest first."""
    statement = select(Placement).where(Placement.exchange_id == exchange_id).order_by(Placement.id.desc())
    loaded = joinedload(Placement.unit, innerjoin=True).joinedload(HostUnit.agency)
    return list(session.scalars(statement.options(loaded)))


def current(exchange_id: int) -> Placement | None:
    """The present placement: the newest one that was neither declined nor replaced."""
    return next((row for row in placements(exchange_id) if not (row.declined_at or row.replaced_at)), None)


def at_unit(unit_id: int) -> list[Exchange]:
    """The exchanges at a unit that have not ended there, locked by rising number until the commit."""
    there = WITH_PEOPLE.where(Exchange.unit_id == unit_id, Exchange.status.in_(AT_UNIT)).order_by(Exchange.id)
    locked = there.with_for_update(of=Exchange, key_share=True).execution_options(populate_existing=True)
    return list(session.scalars(locked))


def ids_at_unit(unit_id: int) -> set[int]:
    """The ids of the same, as they are now."""
    there = select(Exchange.id).where(Exchange.unit_id == unit_id, Exchange.status.in_(AT_UNIT))
    return set(session.scalars(there))


def known_people(unit_id: int) -> list[str]:
    """The names of those who worked with experts at this unit before, the latest first."""
    said = select(Placement.counterpart, Placement.supervisor).where(Placement.unit_id == unit_id)
    rows = session.execute(said.where(Placement.confirmed_at.is_not(None)).order_by(Placement.id.desc()).limit(20))
    return list(dict.fromkeys(name for row in rows for name in row if name))


def last_of_agency(agency_id: int) -> Placement | None:
    """The terms that an agency proposed last, whose standing clauses the next ones begin with."""
    statement = select(Placement).join(HostUnit, HostUnit.id == Placement.unit_id)
    return session.scalars(
        statement.where(HostUnit.agency_id == agency_id).order_by(Placement.id.desc()).limit(1)
    ).first()
