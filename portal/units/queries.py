"""Queries of host units, their names for choices, and their coordinators."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import NotNullable, Select, select
from sqlalchemy.orm import joinedload, selectinload

from portal.accounts.models import CAN_SIGN_IN, Person, RoleGrant
from portal.db import session
from portal.names import sort_key
from portal.policy import Role
from portal.reference_data import kept
from portal.units.models import HostUnit


@dataclass(frozen=True)
class UnitName:
    """A host unit as an applicant sees it."""

    id: int
    name: str
    city: str

    @property
    def label(self) -> str:
        return self.name if self.city in self.name else f"{self.name}, {self.city}"


NAME = (HostUnit.id, HostUnit.name_own, HostUnit.city)  # the columns of a UnitName


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
    """One unit with agency, blocked periods and topics."""
    statement = select(HostUnit).where(HostUnit.id == unit_id)
    loaded = (
        joinedload(HostUnit.agency, innerjoin=True),
        selectinload(HostUnit.blocked),
        selectinload(HostUnit.topics),
    )
    return session.scalars(statement.options(*loaded)).one_or_none()


def of_agency(reader: str, agency_id: int) -> list[HostUnit]:
    """An agency's active units with their blocked periods and topics, by name as the reader's language sorts."""
    statement = units(reader, agency_id).options(selectinload(HostUnit.blocked), selectinload(HostUnit.topics))
    return list(session.scalars(statement))


@kept
def unit_choices(language: str, agency_id: int | None = None) -> tuple[tuple[int, str], ...]:
    """Host units as (id, name), as the language sorts."""
    statement = select(HostUnit.id, HostUnit.name_own).order_by(HostUnit.by_name(language))
    if agency_id is not None:
        statement = statement.where(HostUnit.agency_id == agency_id)
    return tuple((number, name) for number, name in session.execute(statement))


def names_of(agency_id: int, language: str = "en") -> list[UnitName]:
    """The active host units of an agency, by city and name as the language sorts."""
    statement = select(*NAME).where(HostUnit.agency_id == agency_id, HostUnit.active.is_(True))
    found = [UnitName(*row) for row in session.execute(statement)]
    return sorted(found, key=lambda unit: (sort_key(unit.city, language), sort_key(unit.name, language)))


def names_of_units(ids: Collection[int]) -> Mapping[int, str]:
    """The names of these units, by their ids."""
    rows = session.execute(select(HostUnit.id, HostUnit.name_own).where(HostUnit.id.in_(ids)))
    return {number: name for number, name in rows}


def unit_names(ids: Collection[int]) -> dict[int, str]:
    """The units' own names by their ids."""
    statement = select(HostUnit.id, HostUnit.name_own).where(HostUnit.id.in_(ids))
    return {number: name for number, name in session.execute(statement)}


def coordinators(unit_id: int) -> list[Person]:
    """The people who coordinate a unit and can sign in."""
    granted = select(RoleGrant.person_id).where(RoleGrant.unit_id == unit_id, RoleGrant.role == Role.HOST)
    return list(session.scalars(select(Person).where(Person.id.in_(granted), CAN_SIGN_IN)))


def staffed(unit_ids: Collection[int]) -> set[int]:
    """Those of these units that somebody who can sign in coordinates."""
    granted = select(NotNullable(RoleGrant.unit_id)).join(Person).where(CAN_SIGN_IN)
    return set(session.scalars(granted.where(RoleGrant.role == Role.HOST, RoleGrant.unit_id.in_(unit_ids)).distinct()))


def coordinators_of(unit_ids: Collection[int]) -> dict[int, list[tuple[str, str]]]:
    """The names and telephones of those who coordinate these units, by unit."""
    granted = select(RoleGrant.unit_id, Person.name, Person.phone).join(Person, Person.id == RoleGrant.person_id)
    rules = (RoleGrant.unit_id.in_(unit_ids), RoleGrant.role == Role.HOST, CAN_SIGN_IN)
    found: dict[int, list[tuple[str, str]]] = {}
    for unit_id, name, phone in session.execute(granted.where(*rules).order_by(Person.id)):
        found.setdefault(unit_id or 0, []).append((name, phone))
    return found
