"""Registration, confirmation, invitations and new passwords.

The pages answer alike for known and unknown addresses; only a mail to the address itself tells whether it is known.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from portal.accounts import queries
from portal.accounts.models import Agency, Person, RoleGrant, Token, TokenKind
from portal.accounts.passwords import hash_password, matches
from portal.accounts.service import forget_browsers, may_mail, token_hash
from portal.administration import service as administration
from portal.calendars import now
from portal.db import advisory_lock, session
from portal.findings import RuleViolation
from portal.messages.service import Notification, Receiver, notify
from portal.names import email_key, fold
from portal.policy import Actor, Permission, Role, require

VALIDITY = {
    TokenKind.CONFIRM: timedelta(days=2),
    TokenKind.RESET: timedelta(hours=2),
    TokenKind.INVITE: timedelta(days=7),
}
PATHS = {TokenKind.CONFIRM: "/confirm/", TokenKind.RESET: "/new-password/", TokenKind.INVITE: "/invitation/"}


def agency_of(address: str) -> Agency | None:
    """The agency to whose domain an address belongs."""
    domain = email_key(address).rpartition("@")[2]
    return next((agency for agency in queries.agencies() if domain in map(email_key, agency.domains.split())), None)


def in_ascii(address: str, agency: Agency) -> str:
    """The address in ASCII at the agency's own domain: "İSMAİL@KOSGEB…" becomes ismail@kosgeb…, and no mail is sent to
    a domain that only looks like the agency's."""
    local, _at, domain = address.rpartition("@")
    own = next(own for own in agency.domains.split() if email_key(own) == email_key(domain))
    return f"{local if local.isascii() else fold(local)}@{own}"


def register(address: str, name: str, password: str, network: str = "", language: str = "") -> str:
    """A new expert with an agency address, to be confirmed by mail; answers the address as the mail has it. Raises
    RuleViolation("not_agency", "too_many").

    For an address that has an account already, its owner gets a mail that says so; the page does not differ. The name
    goes with the link: whoever registers somebody else's address changes nothing, and who was invited keeps the name
    under which they were, until they correct it themselves.
    """
    agency = agency_of(address)
    if agency is None:
        raise RuleViolation("not_agency", field="email")
    address = in_ascii(address, agency)
    advisory_lock(f"email:{email_key(address)}")
    hashed = hash_password(password)  # for a known address too, so that both take the same time
    known = queries.by_email(address)
    if not may_mail(address, network):
        return address
    if known is not None and known.confirmed_at is not None:
        _mail(known, "account.known", "/sign-in")
        return address
    person = known or new_person(address, name, agency, [Role.EXPERT])
    person.language = person.language or language
    send_token(person, TokenKind.CONFIRM, password_hash=hashed, name=name)
    return address


def new_person(
    address: str,
    name: str,
    agency: Agency | None,
    roles: list[Role],
    *,
    password_hash: str = "",
    unit_ids: Sequence[int] = (),
) -> Person:
    """Adds a person with roles, not yet confirmed. Raises RuleViolation: "known", "agency", "host_unit"."""
    if queries.by_email(address) is not None:
        raise RuleViolation("known", field="email")
    person = Person(
        email=address,
        email_key=email_key(address),
        name=name,
        agency=agency,
        password_hash=password_hash,
        created_at=now(),
    )
    person.grants = grants(roles, agency.id if agency else None, unit_ids)
    session.add(person)
    session.flush()
    return person


def grants(roles: Sequence[Role], agency_id: int | None, unit_ids: Sequence[int]) -> list[RoleGrant]:
    """Rows of roles: the administrator's without an agency, a coordinator's one for each host unit.

    Raises RuleViolation: "host_unit" (a coordinator without units), "agency" (another role without an agency).
    """
    if agency_id is None and set(roles) - {Role.ADMIN}:
        raise RuleViolation("agency", field="agency")
    if Role.HOST in roles and not unit_ids:
        raise RuleViolation("host_unit", field="units")
    made = []
    for role in roles:
        where = None if role is Role.ADMIN else agency_id
        of_units: Sequence[int | None] = unit_ids if role is Role.HOST else (None,)
        made += [RoleGrant(role=role, agency_id=where, unit_id=unit_id) for unit_id in of_units]
    return made


def checked_address(address: str, agency: Agency | None) -> str:
    """An address for a person of an agency, in ASCII.

    Raises RuleViolation: "theirs" (the other agency's), "letters".
    """
    owner = agency_of(address)
    if owner is not None:
        if agency is not None and agency.id != owner.id:
            raise RuleViolation("theirs", field="email", agency=owner.short_name)
        address = in_ascii(address, owner)
    if not address.isascii():  # the mail server might not deliver it
        raise RuleViolation("letters", field="email")
    return address


def rights_of(person: Person) -> dict[str, Any]:
    """What a person may: roles, host units, whether they may sign in; for the history of administration."""
    return {
        "roles": sorted({grant.role for grant in person.grants}),
        "units": sorted({grant.unit_id for grant in person.grants if grant.unit_id}),
        "active": person.active,
    }


def invite(
    address: str, name: str, agency: Agency | None, roles: list[Role], *, unit_ids: Sequence[int] = (), by: Actor
) -> Person:
    """A person invited by an administrator; chooses a password through the link in the mail.

    Raises Denied, RuleViolation: what `checked_address` and `new_person` raise.
    """
    require(Permission.ADMINISTER, by)
    address = checked_address(address, agency)
    person = new_person(address, name, agency, roles, unit_ids=unit_ids)
    person.invited_at = now()
    record_new(person, "person_invited", by)
    send_token(person, TokenKind.INVITE)
    return person


def record_new(person: Person, what: str, by: Actor | None) -> None:
    """Writes a new person, with their rights, into the history of administration."""
    facts = {"agency": person.agency_id, **rights_of(person)}
    personal = {"name": person.name, "email": person.email}
    administration.record(
        what,
        about=("person", person.id),
        by=by,
        agency_id=person.agency_id,
        facts=administration.changed({}, facts),
        personal=administration.changed({}, personal),
    )


def ask_reset(address: str, network: str = "") -> None:
    """Sends a link for a new password if the address has an active person; the caller cannot tell whether it has.

    Raises RuleViolation: "too_many", for a network with too many requests.
    """
    person = queries.by_email(address)
    if may_mail(address, network) and person is not None and person.active:
        send_token(person, TokenKind.RESET)


def send_token(person: Person, kind: TokenKind, password_hash: str = "", name: str | None = None) -> None:
    """Mails a link of this kind to the person's stored address."""
    token = secrets.token_urlsafe(32)
    row = Token(token_hash=token_hash(token), kind=kind, person_id=person.id, expires_at=now() + VALIDITY[kind])
    row.password_hash, row.name = password_hash, name
    session.add(row)
    _mail(person, f"account.{kind.value}", PATHS[kind] + token)


def _mail(person: Person, kind: str, path: str) -> None:
    receiver = Receiver(person.id, person.email, person.mail_language)
    notify([receiver], Notification(kind, {}, path, in_inbox=False), f"{kind}:{secrets.token_hex(8)}")


def peek(token: str, kind: TokenKind) -> Person | None:
    """The person of an unused, unexpired link, None otherwise. Does not use the link up."""
    statement = select(Person).join(Token, Token.person_id == Person.id)
    valid = (
        Token.token_hash == token_hash(token),
        Token.kind == kind,
        Token.used_at.is_(None),
        Token.expires_at > now(),
    )
    return session.scalars(statement.where(*valid, Person.active.is_(True))).one_or_none()


def _use(token: str, kind: TokenKind) -> Person:
    """Uses a link up and returns its person. Raises RuleViolation: "link"."""
    advisory_lock(f"token:{token_hash(token)}")
    person = peek(token, kind)
    if person is None:
        raise RuleViolation("link")
    end_links(person.id)
    return person


def end_links(person_id: int) -> None:
    """Uses up every link that was mailed to a person, as after a new password or when the account is closed."""
    session.execute(update(Token).where(Token.person_id == person_id, Token.used_at.is_(None)).values(used_at=now()))


def confirm(token: str, password: str) -> Person:
    """The address is this person's, who also knows the password chosen with it.

    Raises RuleViolation: "link", "password".
    """
    chosen = session.scalars(select(Token).where(Token.token_hash == token_hash(token))).one_or_none()
    if not matches(chosen.password_hash if chosen else "", password):
        if peek(token, TokenKind.CONFIRM) is None:
            raise RuleViolation("link")
        raise RuleViolation("password", field="password")
    person = _use(token, TokenKind.CONFIRM)
    assert chosen is not None, "its password was right"
    person.password_hash = chosen.password_hash
    if chosen.name and person.invited_at is None:
        person.name = chosen.name
    person.confirmed_at = now()
    session.flush()
    return person


def choose_password(token: str, kind: TokenKind, password: str) -> Person:
    """Sets a new password through a link and ends every sign-in; since the link came by mail, it confirms the address.

    Raises RuleViolation: "link".
    """
    person = _use(token, kind)
    person.password_hash = hash_password(password)
    person.confirmed_at = person.confirmed_at or now()
    forget_browsers(person.id)
    return person
