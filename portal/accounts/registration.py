"""Coming in and getting back in: registration, confirmation, invitations, new passwords.

Known and unknown addresses are answered alike; what differs is only said by mail, to the address itself.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select, update

from portal.accounts import queries
from portal.accounts.models import Agency, Person, RoleGrant, Token, TokenKind
from portal.accounts.passwords import hash_password
from portal.accounts.service import end_sign_ins, token_hash
from portal.calendars import now
from portal.db import hold, session
from portal.messages.service import News, Receiver, tell
from portal.names import email_key
from portal.policy import Actor, Permission, Role, require
from portal.refusals import Refused

VALID = {
    TokenKind.CONFIRM: timedelta(days=2),
    TokenKind.RESET: timedelta(hours=2),
    TokenKind.INVITE: timedelta(days=7),
}
PATHS = {TokenKind.CONFIRM: "/confirm/", TokenKind.RESET: "/new-password/", TokenKind.INVITE: "/invitation/"}


def agency_of(address: str) -> Agency | None:
    """The agency to whose domain an address belongs."""
    domain = email_key(address).rpartition("@")[2]
    return next((agency for agency in queries.agencies() if domain in agency.domains.split()), None)


def register(address: str, name: str, password: str) -> None:
    """A new expert with an agency address, to be confirmed by mail. Raises Refused("not_agency").

    For an address that has an account already, its owner is told so by mail; the page says the same either way.
    """
    agency = agency_of(address)
    if agency is None:
        raise Refused("not_agency", field="email")
    hold(f"email:{email_key(address)}")
    hashed = hash_password(password)  # also for a known address: the same time
    known = queries.by_email(address)
    if known is not None:
        if known.confirmed_at is not None:
            _mail(known, "account.known", "/sign-in")
        else:
            _send_token(known, TokenKind.CONFIRM)
        return
    person = new_person(address, name, agency, [Role.EXPERT], password_hash=hashed)
    _send_token(person, TokenKind.CONFIRM)


def new_person(
    address: str,
    name: str,
    agency: Agency | None,
    roles: list[Role],
    *,
    password_hash: str = "",
    unit_ids: Sequence[int] = (),
) -> Person:
    """A person with roles, not yet confirmed. Raises Refused("known") for an address that is taken."""
    if queries.by_email(address) is not None:
        raise Refused("known", field="email")
    person = Person(
        email=address,
        email_key=email_key(address),
        name=name,
        agency=agency,
        password_hash=password_hash,
        language="en",
        created_at=now(),
    )
    person.grants = grants(roles, agency.id if agency else None, unit_ids)
    session.add(person)
    session.flush()
    return person


def grants(roles: Sequence[Role], agency_id: int | None, unit_ids: Sequence[int]) -> list[RoleGrant]:
    """Roles in an agency: the administrator's in none, a coordinator's once for each host unit.

    Raises Refused("host_unit") for a coordinator of nothing.
    """
    if Role.HOST in roles and not unit_ids:
        raise Refused("host_unit", field="units")
    made = []
    for role in roles:
        where = None if role is Role.ADMIN else agency_id
        of_units: Sequence[int | None] = unit_ids if role is Role.HOST else (None,)
        made += [RoleGrant(role=role, agency_id=where, unit_id=unit_id) for unit_id in of_units]
    return made


def invite(
    address: str, name: str, agency: Agency | None, roles: list[Role], *, unit_ids: Sequence[int] = (), by: Actor
) -> Person:
    """A person invited by an administrator; chooses a password through the link in the mail."""
    require(Permission.ADMINISTER, by)
    person = new_person(address, name, agency, roles, unit_ids=unit_ids)
    _send_token(person, TokenKind.INVITE)
    return person


def ask_reset(address: str) -> None:
    """Sends a link for a new password to a known, active person; says nothing about unknown ones."""
    person = queries.by_email(address)
    if person is not None and person.active:
        _send_token(person, TokenKind.RESET)


def _send_token(person: Person, kind: TokenKind) -> None:
    token = secrets.token_urlsafe(32)
    session.add(Token(token_hash=token_hash(token), kind=kind, person_id=person.id, expires_at=now() + VALID[kind]))
    _mail(person, f"account.{kind.value}", PATHS[kind] + token)


def _mail(person: Person, kind: str, path: str) -> None:
    receiver = Receiver(person.id, person.email, person.language)
    tell([receiver], News(kind, {}, path, in_inbox=False), f"{kind}:{secrets.token_hex(8)}")


def peek(token: str, kind: TokenKind) -> Person | None:
    """The person of an unused, unexpired link; None otherwise. Opening a link changes nothing yet."""
    statement = select(Person).join(Token, Token.person_id == Person.id)
    valid = (
        Token.token_hash == token_hash(token),
        Token.kind == kind,
        Token.used_at.is_(None),
        Token.expires_at > now(),
    )
    return session.scalars(statement.where(*valid, Person.active.is_(True))).one_or_none()


def _use(token: str, kind: TokenKind) -> Person:
    """Uses a link up. Raises Refused("link")."""
    hold(f"token:{token_hash(token)}")
    person = peek(token, kind)
    if person is None:
        raise Refused("link")
    session.execute(update(Token).where(Token.person_id == person.id, Token.kind == kind).values(used_at=now()))
    return person


def confirm(token: str) -> Person:
    """The address is this person's. Raises Refused("link")."""
    person = _use(token, TokenKind.CONFIRM)
    person.confirmed_at = now()
    return person


def choose_password(token: str, kind: TokenKind, password: str) -> Person:
    """A new password through a link; ends every sign-in. The link came by mail, so the address is confirmed as well."""
    person = _use(token, kind)
    person.password_hash = hash_password(password)
    person.confirmed_at = person.confirmed_at or now()
    end_sign_ins(person.id)
    return person
