"""Changing the roles of people."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from portal.accounts import identity
from portal.accounts.absences import end_absences_of
from portal.accounts.models import CAN_SIGN_IN, Agency, Person, RoleGrant, actor_of
from portal.accounts.queries import person_with_profile
from portal.accounts.registration import end_links, grants, rights_of
from portal.accounts.service import end_sign_ins, forget_browsers
from portal.administration import service as administration
from portal.db import advisory_lock, session
from portal.findings import Conflict, RuleViolation, settle
from portal.policy import Actor, Grant, Permission, Role, require
from portal.registry import Departure, registry


def change_roles(
    person_id: int,
    version: int,
    roles: list[Role],
    unit_ids: Sequence[int],
    active: bool,
    *,
    by: Actor,
    confirmed: str | None = None,
) -> Person:
    """Sets a person's roles in their agency; after a change the person must sign in again.

    Nobody changes their own: another administrator does. Raises Conflict, Denied, RuleViolation: "own_role",
    "no_administrator", "last_manager", "agency", "host_unit", warnings that are not `confirmed` (`findings.settle`).
    """
    require(Permission.ADMINISTER, by)
    person = person_with_profile(person_id)
    if person.version != version:
        raise Conflict
    if person_id == by.id:
        raise RuleViolation("own_role")
    advisory_lock("administrators")
    _still_administrator(by)
    wanted = grants(roles, person.agency_id, unit_ids)
    departure = _departure(person, wanted, active)
    _require_other_manager(person, departure)
    settle([finding for finds in registry.before_left for finding in finds(departure)], confirmed)
    _write_rights(person, wanted, active, by)
    _end_powers(person, by)
    if not active:
        end_links(person.id)
        forget_browsers(person.id)
    end_sign_ins(person.id)
    for tell in registry.when_left:
        tell(departure, by)
    return person


def _write_rights(person: Person, wanted: list[RoleGrant], active: bool, by: Actor) -> None:
    before, person.active = rights_of(person), active
    person.grants.clear()
    session.flush()
    person.grants = wanted
    flag_modified(person, "name")  # a change of roles raises the version too
    session.flush()
    if facts := administration.changed(before, rights_of(person)):
        about = ("person", person.id)
        administration.record("roles_changed", about=about, by=by, agency_id=person.agency_id, facts=facts)


def move(person_id: int, version: int, agency: Agency | None, *, by: Actor) -> Person:
    """A person changes to another agency (`identity.move`); whoever takes over is told.

    Raises Conflict, Denied, RuleViolation: "own_role", "theirs", "same_agency", "last_manager".
    """
    require(Permission.ADMINISTER, by)
    advisory_lock("administrators")
    person = person_with_profile(person_id)
    departure = _departure(person, [grant for grant in person.grants if grant.role is Role.ADMIN], person.active)
    if person.agency_id != (agency.id if agency else None):
        _require_other_manager(person, departure)
    moved = identity.move(person_id, version, agency, by=by)
    for tell in registry.when_left:
        tell(departure, by)
    return moved


def _end_powers(person: Person, by: Actor) -> None:
    """What follows from a role ends with it: standing in, and being stood in for."""
    roles = {grant.role for grant in person.grants} if person.active else set()
    decides = bool(roles & {Role.MANAGER, Role.DEPUTY})
    end_absences_of(person, as_manager=Role.MANAGER not in roles, as_deputy=not decides, by=by)


def _departure(person: Person, wanted: Sequence[RoleGrant], active: bool) -> Departure:
    """What this person loses by a change; whoever could not act before loses nothing."""
    held = actor_of(person).grants if person.active else frozenset()
    kept = {Grant(grant.role, grant.agency_id, grant.unit_id) for grant in wanted} if active else set()
    lost = sorted(held - kept, key=str)
    return Departure(person.id, person.name, lost, person.active and not active, active and not person.active)


def _require_other_manager(person: Person, departure: Departure) -> None:
    """Checks that an agency keeps a manager, whose work nobody else could do. The caller's lock makes this certain."""
    managed = [grant.agency_id for grant in departure.lost if grant.role is Role.MANAGER]
    others = select(RoleGrant.agency_id).join(Person).where(RoleGrant.role == Role.MANAGER, CAN_SIGN_IN)
    if set(managed) - set(session.scalars(others.where(Person.id != person.id))):
        raise RuleViolation("last_manager", field="active" if departure.closed else "roles", name=person.name)


def _still_administrator(by: Actor) -> None:
    """Checks that `by` is still an administrator: two may take the role from each other at once."""
    granted = (
        select(RoleGrant.id)
        .join(Person)
        .where(RoleGrant.person_id == by.id, RoleGrant.role == Role.ADMIN, Person.active.is_(True))
    )
    if session.scalar(granted) is None:
        raise RuleViolation("no_administrator")
