"""Signing in and out."""

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
# failed tries within WINDOW before further ones are refused unheard. A device on which this person has signed in
# before counts for itself: whoever tries somebody's address elsewhere does not lock that person out.
PER_ADDRESS, PER_NETWORK, PER_DEVICE = 8, 60, 8
# mails asked for by whoever is not signed in, within WINDOW
MAILS_PER_ADDRESS, MAILS_FROM_ONE_PLACE, MAILS_PER_NETWORK = 12, 3, 60


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def sign_in(address: str, password: str, *, network: str, browser: str, device: str = "") -> str:
    """Checks the password and opens a sign-in; answers its secret. Raises RuleViolation: `too_many`, `sign_in`.

    Unknown address, wrong password, unconfirmed and disabled accounts are refused in the same words and time. `device`
    is the secret that this browser got when the person signed in with it before, else empty.
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
    forgiven = [key for key in keys if not key.startswith("n:")]  # one's own account does not buy further tries
    session.execute(delete(SignInAttempt).where(SignInAttempt.key.in_(forgiven)))
    return open_sign_in(person, browser)


def may_mail(address: str, network: str) -> bool:
    """Whether a mail may be asked for this address once more; counts the asking, alike for known and unknown ones.

    Raises RuleViolation("too_many") when this network asks for too many: nobody's mailbox is filled from here.
    """
    whose, place = token_hash(email_key(address))[:32], token_hash(network)[:32]
    keys = {
        f"m:{whose}": MAILS_PER_ADDRESS,
        f"m:{whose}:{place}": MAILS_FROM_ONE_PLACE,  # so that asking elsewhere does not keep the owner from asking
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
    """A new sign-in row for a person who has proved to be this person; answers the secret for the cookie."""
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
    """From now on pages and mail speak this language. Not a change of the profile: its version stays, so that a
    profile that is being filled in is not stale."""
    session.execute(update(Person).where(Person.id == person.id).values(language=code))
    set_committed_value(person, "language", code)


def sign_out(token: str) -> None:
    """Ends this sign-in at once."""
    session.execute(delete(SignIn).where(SignIn.token_hash == token_hash(token)))


def end_sign_ins(person_id: int) -> None:
    """Ends every sign-in of a person: after a password or role change, or when disabled."""
    session.execute(delete(SignIn).where(SignIn.person_id == person_id))


def tidy() -> int:
    """Removes what no longer counts: ended sign-ins, old failed tries, links that are long used or too old. Answers 0:
    nothing waits for it."""
    at = now()
    session.execute(delete(SignIn).where(SignIn.expires_at < at))
    session.execute(delete(SignInAttempt).where(SignInAttempt.at < at - timedelta(days=1)))
    session.execute(delete(Token).where(Token.expires_at < at - timedelta(days=30)))
    return 0
