"""Queries of people, their sign-ins and their agencies."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload, selectinload

from portal.accounts.models import Absence, Agency, Person, ProfileCv, SignIn, actor_of
from portal.db import session
from portal.names import email_key
from portal.policy import Actor, Role
from portal.reference_data import kept

SIGNED_IN = (
    select(SignIn)
    .where(SignIn.token_hash == bindparam("token_hash"))
    .options(joinedload(SignIn.person, innerjoin=True).options(joinedload(Person.agency), joinedload(Person.grants)))
)
STANDS_IN = select(Absence.agency_id).where(
    Absence.deputy_id == bindparam("person_id"), Absence.first <= bindparam("today"), Absence.last >= bindparam("today")
)


class AgencyName(NamedTuple):
    """What lists show of an agency: its code in ASCII, and its short name as printed."""

    id: int
    code: str
    short_name: str


def by_email(address: str) -> Person | None:
    """The person with this address, in whatever letter case, or None."""
    return session.scalars(select(Person).where(Person.email_key == email_key(address))).one_or_none()


def signed_in(token_hash: str) -> SignIn | None:
    """The sign-in with its person, agency and roles, in one statement."""
    return session.scalars(SIGNED_IN, {"token_hash": token_hash}).unique().one_or_none()


def actor(person: Person, today: date) -> Actor:
    """The person as an Actor of the policy today: for deputies with the agencies in which they act for a manager."""
    if not any(grant.role in (Role.DEPUTY, Role.MANAGER) for grant in person.grants):
        return actor_of(person)
    return actor_of(person, frozenset(session.scalars(STANDS_IN, {"person_id": person.id, "today": today})))


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
