"""Corrects who a person is: name, e-mail address, agency, and invitations that went wrong."""

from __future__ import annotations

import secrets
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm.attributes import flag_modified

from portal.accounts import queries
from portal.accounts.absences import end_absences_of
from portal.accounts.models import AddressChange, Agency, Person, TokenKind
from portal.accounts.registration import (
    agency_of,
    checked_address,
    end_links,
    grants,
    rights_of,
    send_token,
)
from portal.accounts.service import end_sign_ins, token_hash
from portal.administration import service as administration
from portal.calendars import now
from portal.db import advisory_lock, session
from portal.findings import Conflict, RuleViolation
from portal.messages.service import Notification, Receiver, notify
from portal.names import email_key
from portal.policy import Actor, Permission, Role, require

ADDRESS_VALID = timedelta(days=2)


def rename(person: Person, name: str, *, by: Actor) -> None:
    """Corrects a name: the person their own, an administrator anybody's; exchanges keep the name applied with.

    Raises Denied.
    """
    _require_own_or_administrator(person, by)
    before, person.name = person.name, name
    session.flush()
    if before != name:
        _record("name_changed", person, by, personal={"name": (before, name)})


def _require_own_or_administrator(person: Person, by: Actor) -> None:
    if by.id != person.id or by.id == 0:
        require(Permission.ADMINISTER, by)


def _record(what: str, person: Person, by: Actor | None, **more: administration.Changes) -> None:
    administration.record(what, about=("person", person.id), by=by, agency_id=person.agency_id, **more)


def ask_new_address(person: Person, address: str, *, by: Actor) -> str:
    """Mails a link to a new address; it becomes the person's once followed. The old one is told at once.

    Returns the address as the mail has it. Raises Denied, RuleViolation: "same_address", "known", "not_agency" and what
    `checked_address` raises.
    """
    _require_own_or_administrator(person, by)
    address = checked_address(address, person.agency)
    if email_key(address) == person.email_key:
        raise RuleViolation("same_address", field="email")
    if by.id == person.id and agency_of(person.email) is not None and agency_of(address) is None:
        raise RuleViolation("not_agency", field="email")
    if queries.by_email(address) is not None:
        raise RuleViolation("known", field="email")
    _forget_asked(person.id)
    token = secrets.token_urlsafe(32)
    asked = {"address": address, "by_id": by.id, "expires_at": now() + ADDRESS_VALID}
    session.add(AddressChange(person_id=person.id, token_hash=token_hash(token), **asked))
    session.flush()
    _mail(person, address, "account.address", f"/new-address/{token}", address)
    _mail(person, person.email, "account.address_asked", "/profile", address)
    _record("address_asked", person, by, personal={"email": (person.email, address)})
    return address


def _forget_asked(person_id: int) -> None:
    """A link to an address that was asked for before works no more."""
    open_ones = update(AddressChange).where(AddressChange.person_id == person_id, AddressChange.used_at.is_(None))
    session.execute(open_ones.values(used_at=now()))


def _mail(person: Person, to: str, kind: str, path: str, address: str) -> None:
    receiver = Receiver(person.id, to, person.mail_language)
    message = Notification(kind, {"name": person.name, "address": address}, path, in_inbox=False)
    notify([receiver], message, f"{kind}:{secrets.token_hex(8)}")


def asked_address(token: str) -> AddressChange | None:
    """The change of an unused, unexpired link, with its person; None otherwise. Does not use the link up."""
    wanted = (
        AddressChange.token_hash == token_hash(token),
        AddressChange.used_at.is_(None),
        AddressChange.expires_at > now(),
    )
    statement = select(AddressChange).join(Person, Person.id == AddressChange.person_id)
    return session.scalars(statement.where(*wanted, Person.active.is_(True))).one_or_none()


def confirm_new_address(token: str) -> Person:
    """The new address is the person's; every link and sign-in ends, and the old address is told.

    Raises RuleViolation: "link", "known".
    """
    advisory_lock(f"token:{token_hash(token)}")
    asked = asked_address(token)
    if asked is None:
        raise RuleViolation("link")
    advisory_lock(f"email:{email_key(asked.address)}")
    if queries.by_email(asked.address) is not None:
        raise RuleViolation("known")
    person = asked.person
    old, person.email, person.email_key = person.email, asked.address, email_key(asked.address)
    _forget_asked(person.id)
    end_links(person.id)
    end_sign_ins(person.id)
    session.flush()
    _mail(person, old, "account.address_changed", "/sign-in", asked.address)
    _record("address_changed", person, Actor(asked.by_id), personal={"email": (old, asked.address)})
    return person


def _invited(person_id: int, by: Actor) -> Person:
    """A person whose invitation has not been accepted, locked. Raises Denied, RuleViolation: "accepted"."""
    require(Permission.ADMINISTER, by)
    locked = select(Person).where(Person.id == person_id).with_for_update()
    person = session.scalars(locked.execution_options(populate_existing=True)).one_or_none()
    if person is None or person.confirmed_at is not None:
        raise RuleViolation("accepted")
    return person


def invite_again(person_id: int, *, by: Actor) -> Person:
    """Mails the invitation once more; the link before works no longer. Raises Denied, RuleViolation: "accepted"."""
    person = _invited(person_id, by)
    end_links(person.id)
    person.invited_at = now()
    send_token(person, TokenKind.INVITE)
    _record("invited_again", person, by)
    return person


def correct_invitation(person_id: int, name: str, address: str, *, by: Actor) -> Person:
    """Corrects name and address of somebody invited, who is invited anew; what was mailed before works no longer.

    Raises Denied, RuleViolation: "accepted", "known" and what `checked_address` raises.
    """
    person = _invited(person_id, by)
    address = checked_address(address, person.agency)
    other = queries.by_email(address)
    if other is not None and other.id != person.id:
        raise RuleViolation("known", field="email")
    before = {"name": person.name, "email": person.email}
    person.name, person.email, person.email_key = name, address, email_key(address)
    session.flush()
    personal = administration.changed(before, {"name": name, "email": address})
    _record("invitation_corrected", person, by, personal=personal)
    end_links(person.id)
    person.invited_at = now()
    send_token(person, TokenKind.INVITE)
    return person


def take_invitation_back(person_id: int, *, by: Actor) -> str:
    """Deletes somebody whose invitation was not accepted; returns the name.

    Raises Denied, RuleViolation: "accepted".
    """
    person = _invited(person_id, by)
    name = person.name
    _record("invitation_taken_back", person, by, personal={"name": (name, None), "email": (person.email, None)})
    end_absences_of(person, by=by)
    session.delete(person)
    session.flush()
    return name


def move(person_id: int, version: int, agency: Agency | None, *, by: Actor) -> Person:
    """A person changes to another agency: every role in the old one ends, others are given afterwards.

    Raises Conflict, Denied, RuleViolation: "own_role", "theirs", "same_agency".
    """
    require(Permission.ADMINISTER, by)
    person = queries.person_with_profile(person_id)
    if person.version != version:
        raise Conflict
    if person.id == by.id:
        raise RuleViolation("own_role")
    owner = agency_of(person.email)
    if owner is not None and agency is not None and owner.id != agency.id:
        raise RuleViolation("theirs", field="agency", agency=owner.short_name)
    if person.agency_id == (agency.id if agency else None):
        raise RuleViolation("same_agency", field="agency")
    before = rights_of(person) | {"agency": person.agency_id}
    end_absences_of(person, by=by)
    keeps = [Role.ADMIN] if any(grant.role is Role.ADMIN for grant in person.grants) else []
    person.grants.clear()
    session.flush()
    person.grants = grants(keeps, None, ())
    person.agency = agency
    flag_modified(person, "name")
    session.flush()
    facts = administration.changed(before, rights_of(person) | {"agency": person.agency_id})
    _record("agency_moved", person, by, facts=facts)
    end_sign_ins(person.id)
    return person
