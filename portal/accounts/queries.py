"""Queries of people, their sign-ins and their agencies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Date, Select, bindparam, case, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from portal import calendars
from portal.accounts.models import Absence, Agency, KnownBrowser, Person, ProfileCv, RoleGrant, SignIn
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
# aliases, so that a statement around `acting` can be about people and agencies too
MANAGER, DEPUTY, PLACE = aliased(Person), aliased(Person), aliased(Agency)
MANAGES, DECIDES = aliased(RoleGrant), aliased(RoleGrant)


def acting(today: Mapping[str, Any], *columns: Any) -> Select[Any]:
    """Columns of the absences in force; `today` is the present day by time zone, of which the agency's counts.

    A stand-in's power ends with its sources: the manager is still an active manager there, the stand-in an active
    manager or deputy there, and has agreed.
    """
    day = case(today, value=PLACE.zone)
    manages = select(MANAGES.id).where(
        MANAGES.person_id == Absence.manager_id,
        MANAGES.agency_id == Absence.agency_id,
        MANAGES.role == Role.MANAGER,
    )
    decides = select(DECIDES.id).where(
        DECIDES.person_id == Absence.deputy_id,
        DECIDES.agency_id == Absence.agency_id,
        DECIDES.role.in_([Role.DEPUTY, Role.MANAGER]),
    )
    found = select(*columns).select_from(Absence).join(PLACE, PLACE.id == Absence.agency_id)
    found = found.join(MANAGER, MANAGER.id == Absence.manager_id).join(DEPUTY, DEPUTY.id == Absence.deputy_id)
    in_time = (Absence.agreed_at.is_not(None), Absence.first <= day, Absence.last >= day)
    return found.where(*in_time, MANAGER.active, DEPUTY.active, manages.exists(), decides.exists())


def days_at(at: datetime) -> dict[str, date]:
    """The day of a moment by time zone, as `acting` wants it."""
    return {zone: calendars.day_of(at, zone) for zone in calendars.ZONES.values()}


PARAMETERS = {zone: country for country, zone in calendars.ZONES.items()}
STANDS_IN = acting(
    {zone: bindparam(country, type_=Date) for zone, country in PARAMETERS.items()}, Absence.agency_id
).where(Absence.deputy_id == bindparam("person_id"))


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


def known_browser(address_key: str, token_hashes: Collection[str], since: datetime) -> KnownBrowser | None:
    """The browser with one of these secrets, where this account knows it and it has signed in since."""
    theirs = select(KnownBrowser).join(Person, Person.id == KnownBrowser.person_id)
    wanted = (
        Person.email_key == address_key,
        KnownBrowser.token_hash.in_(token_hashes),
        KnownBrowser.seen_at > since,
    )
    return session.scalars(theirs.where(*wanted).limit(1)).first()


def signed_in(token_hash: str, at: datetime) -> Account | None:
    """Whose sign-in this is; None where it has ended or expired, or the person was disabled. Every request asks."""
    rows = session.execute(SIGNED_IN, {"token_hash": token_hash, "at": at}).all()
    if not rows:
        return None
    person_id, name, language, agency, zone = rows[0][:5]
    return Account(person_id, name, language, agency, zone, tuple(Grant(*row[5:]) for row in rows if row.role))


def actor(person_id: int, grants: frozenset[Grant], at: datetime) -> Actor:
    """The person as an Actor of the policy now: for deputies with the agencies in which they act for a manager."""
    acting_for: frozenset[int] = frozenset()
    if any(grant.role in (Role.DEPUTY, Role.MANAGER) for grant in grants):
        days = {PARAMETERS[zone]: day for zone, day in days_at(at).items()}
        acting_for = frozenset(session.scalars(STANDS_IN, {"person_id": person_id, **days}))
    return Actor(person_id, grants, acting_for)


def agencies() -> list[Agency]:
    """Both agencies, in the order of their codes."""
    return list(session.scalars(select(Agency).order_by(Agency.code)))


@kept
def agency_names() -> Mapping[int, AgencyName]:
    """Both agencies by id, in the order of their codes."""
    statement = select(Agency.id, Agency.code, Agency.short_name).order_by(Agency.code)
    return {row.id: AgencyName(*row) for row in session.execute(statement)}


@kept
def agency_places() -> tuple[tuple[int, str, str], ...]:
    """Both agencies as (id, country, time zone)."""
    rows = session.execute(select(Agency.id, Agency.country, Agency.zone).order_by(Agency.id))
    return tuple((number, country, zone) for number, country, zone in rows)


def person_names(ids: Collection[int]) -> Mapping[int, str]:
    """The names of these people, by their ids."""
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))
    return {number: name for number, name in rows}


def names_apart(ids: Collection[int]) -> Mapping[int, str]:
    """The same for administrators: with the address behind a name that several of them have."""
    rows = session.execute(select(Person.id, Person.name, Person.email).where(Person.id.in_(ids))).all()
    return dict(told_apart(rows))


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


def told_apart(people: Sequence[Any]) -> list[tuple[int, str]]:
    """For a choice: id and name of each person or row, with the address behind a name that several of them have."""
    times = Counter(person.name for person in people)
    return [(one.id, one.name if times[one.name] == 1 else f"{one.name} ({one.email})") for one in people]
