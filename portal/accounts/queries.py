"""Queries of people, their sign-ins and their agencies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload, selectinload

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


def person_with_profile(person_id: int) -> Person:
    """A person with agency, roles and languages."""
    options = (joinedload(Person.agency), selectinload(Person.grants), selectinload(Person.languages))
    return session.scalars(select(Person).where(Person.id == person_id).options(*options)).one()


def cv_of(person_id: int) -> ProfileCv | None:
    """The curriculum vitae that a person keeps with the profile."""
    return session.scalars(select(ProfileCv).where(ProfileCv.person_id == person_id)).one_or_none()
