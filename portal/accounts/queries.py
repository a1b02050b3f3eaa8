"""Queries of people, their sign-ins and their agencies."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload, selectinload

from portal import calendars
from portal.accounts.models import Absence, Agency, Person, ProfileCv, RoleGrant, SignIn
from portal.db import session
from portal.names import email_key
from portal.policy import Actor, Grant, Role
from portal.reference_data import kept

SIGNED_IN = (
    select(
        Person.id,
        Person.name,
        Person.language,
        Agency.short_name,
        Agency.zone,
        RoleGrant.role,
        RoleGrant.agency_id,
        RoleGrant.unit_id,
    )
    .select_from(SignIn)
    .join(Person, Person.id == SignIn.person_id)
    .outerjoin(Agency, Agency.id == Person.agency_id)
    .outerjoin(RoleGrant, RoleGrant.person_id == Person.id)
    .where(SignIn.token_hash == bindparam("token_hash"), SignIn.expires_at > bindparam("at"), Person.active)
    .order_by(RoleGrant.id)
)
STANDS_IN = select(Absence.agency_id).where(
    Absence.deputy_id == bindparam("person_id"), Absence.first <= bindparam("today"), Absence.last >= bindparam("today")
)


@dataclass(frozen=True)
class Account:
    """What every request needs of the person who is signed in. `agency` is its short name and `zone` its time zone,
    None for people of no agency; `grants` in the order in which they were given."""

    id: int
    name: str
    language: str  # empty: not chosen
    agency: str | None
    zone: str | None
    grants: tuple[Grant, ...]


class AgencyName(NamedTuple):
    """What lists show of an agency: its code in ASCII, and its short name as printed."""

    id: int
    code: str
    short_name: str


def by_email(address: str) -> Person | None:
    """The person with this address, in whatever letter case, or None."""
    return session.scalars(select(Person).where(Person.email_key == email_key(address))).one_or_none()


def signed_in(token_hash: str, at: datetime) -> Account | None:
    """Whose sign-in this is; None where it has ended or expired, or the person was disabled. Every request asks."""
    rows = session.execute(SIGNED_IN, {"token_hash": token_hash, "at": at}).all()
    if not rows:
        return None
    person_id, name, language, agency, zone = rows[0][:5]
    return Account(person_id, name, language, agency, zone, tuple(Grant(*row[5:]) for row in rows if row.role))


def actor(person_id: int, grants: frozenset[Grant], today: date) -> Actor:
    """The person as an Actor of the policy today: for deputies with the agencies in which they act for a manager."""
    acting_for: frozenset[int] = frozenset()
    if any(grant.role in (Role.DEPUTY, Role.MANAGER) for grant in grants):
        acting_for = frozenset(session.scalars(STANDS_IN, {"person_id": person_id, "today": today}))
    return Actor(person_id, grants, acting_for)


def agencies() -> list[Agency]:
    """Both agencies, in the order of their codes."""
    return list(session.scalars(select(Agency).order_by(Agency.code)))


@kept
def agency_names() -> Mapping[int, AgencyName]:
    """Both agencies by id, in the order of their codes."""
    statement = select(Agency.id, Agency.code, Agency.short_name).order_by(Agency.code)
    return {row.id: AgencyName(*row) for row in session.execute(statement)}


def person_names(ids: Collection[int]) -> Mapping[int, str]:
    """The names of these people, by their ids."""
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))
    return {number: name for number, name in rows}


def names_of_agencies(ids: Collection[int]) -> Mapping[int, str]:
    """The short names of these agencies, by their ids."""
    return {number: agency.short_name for number, agency in agency_names().items() if number in ids}


def agency_address(agency_id: int) -> str:
    """The page on which an agency is administered."""
    return f"/admin/agencies/{agency_names()[agency_id].code}"


def names_of_days(ids: Collection[int]) -> Mapping[int, str]:
    """These exceptions of the calendar, by their ids, as country and day."""
    return {row.id: f"{row.country} {row.day}" for row in calendars.exceptions() if row.id in ids}


def person_with_profile(person_id: int) -> Person:
    """A person with agency, roles and languages."""
    options = (joinedload(Person.agency), selectinload(Person.grants), selectinload(Person.languages))
    return session.scalars(select(Person).where(Person.id == person_id).options(*options)).one()


def cv_of(person_id: int) -> ProfileCv | None:
    """The curriculum vitae that a person keeps with the profile."""
    return session.scalars(select(ProfileCv).where(ProfileCv.person_id == person_id)).one_or_none()
