"""Signing in and out, and limits for failed tries and mails asked for."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm.attributes import set_committed_value

from portal.accounts import queries
from portal.accounts.models import Person, SignIn, SignInAttempt, Token
from portal.accounts.passwords import matches
from portal.calendars import now
from portal.db import session
from portal.findings import RuleViolation
from portal.names import email_key

ABSOLUTE = timedelta(hours=12)
IDLE = timedelta(minutes=60)
WINDOW = timedelta(minutes=15)
# failed tries within WINDOW before further ones are refused without a check. A device on which the person has signed in
# before is counted on its own, so that an attacker who tries the address elsewhere does not lock that person out.
PER_ADDRESS, PER_NETWORK, PER_DEVICE = 8, 60, 8
# mails within WINDOW that people who are not signed in can ask for
MAILS_PER_ADDRESS, MAILS_FROM_ONE_PLACE, MAILS_PER_NETWORK = 12, 3, 60


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def sign_in(address: str, password: str, *, network: str, browser: str, device: str = "") -> str:
    """Checks the password and opens a sign-in; returns its secret. Raises RuleViolation: "too_many", "sign_in".

    Unknown address, wrong password, unconfirmed and disabled accounts are refused with the same text, after the same
    time. `device` is the secret that this browser got when the person signed in with it before, else empty.
    """
    if device:
        keys = {f"d:{token_hash(device)}": PER_DEVICE}
    else:
        keys = {f"a:{email_key(address)}"[:80]: PER_ADDRESS, f"n:{network}"[:80]: PER_NETWORK}
    _slow_down(keys)
    person = queries.by_email(address)
    right = matches(person.password_hash if person else "", password)
    if person is None or not right or not person.active or person.confirmed_at is None:
        session.add_all(SignInAttempt(key=key, at=now()) for key in keys)
        session.flush()
        raise RuleViolation("sign_in")
    cleared = [
        key for key in keys if not key.startswith("n:")
    ]  # else signing in to one's own account would allow further tries
    session.execute(delete(SignInAttempt).where(SignInAttempt.key.in_(cleared)))
    return open_sign_in(person, browser)


def may_mail(address: str, network: str) -> bool:
    """Whether another mail may be sent to this address; counts the request, for known and unknown addresses alike.

    Raises RuleViolation("too_many") when this network asks for too many: nobody's mailbox is filled from here.
    """
    whose, place = token_hash(email_key(address))[:32], token_hash(network)[:32]
    keys = {
        f"m:{whose}": MAILS_PER_ADDRESS,
        f"m:{whose}:{place}": MAILS_FROM_ONE_PLACE,  # so that requests from elsewhere do not block the owner's
        f"w:{place}": MAILS_PER_NETWORK,
    }
    counts = _tries(keys)
    session.add_all(SignInAttempt(key=key, at=now()) for key in keys)
    session.flush()
    over = [key for key, most in keys.items() if counts.get(key, 0) >= most]
    if f"w:{place}" in over:
        raise RuleViolation("too_many", minutes=int(WINDOW.total_seconds() // 60))
    return not over


def _tries(keys: dict[str, int]) -> dict[str, int]:
    counted = select(SignInAttempt.key, func.count()).where(
        SignInAttempt.key.in_(keys), SignInAttempt.at > now() - WINDOW
    )
    return {key: count for key, count in session.execute(counted.group_by(SignInAttempt.key))}


def _slow_down(keys: dict[str, int]) -> None:
    for key, count in _tries(keys).items():
        if count >= keys[key]:
            raise RuleViolation("too_many", minutes=int(WINDOW.total_seconds() // 60))


def open_sign_in(person: Person, browser: str) -> str:
    """Adds a sign-in for a person who has been authenticated; returns the secret for the cookie."""
    token = secrets.token_urlsafe(32)
    at = now()
    session.add(
        SignIn(
            token_hash=token_hash(token),
            person_id=person.id,
            created_at=at,
            expires_at=at + ABSOLUTE,
            browser=browser[:200],
        )
    )
    session.flush()
    return token


def choose_language(person: Person, code: str) -> None:
    """Stores the language of pages and mail. The profile's version stays, so that a profile form open in another tab
    can still be saved."""
    session.execute(update(Person).where(Person.id == person.id).values(language=code))
    set_committed_value(person, "language", code)


def sign_out(token: str) -> None:
    """Ends this sign-in at once."""
    session.execute(delete(SignIn).where(SignIn.token_hash == token_hash(token)))


def end_sign_ins(person_id: int) -> None:
    """Ends every sign-in of a person, as after a change of password or roles."""
    session.execute(delete(SignIn).where(SignIn.person_id == person_id))


def tidy() -> int:
    """Deletes expired sign-ins, old tries and old links. Returns 0: the worker need not run it again at once."""
    at = now()
    session.execute(delete(SignIn).where(SignIn.expires_at < at))
    session.execute(delete(SignInAttempt).where(SignInAttempt.at < at - timedelta(days=1)))
    session.execute(delete(Token).where(Token.expires_at < at - timedelta(days=30)))
    return 0
