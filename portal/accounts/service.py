"""Signing in and out, and limits for failed tries and mails asked for."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm.attributes import set_committed_value

from portal.accounts import queries
from portal.accounts.models import KnownBrowser, Person, SignIn, SignInAttempt, Token
from portal.accounts.passwords import matches
from portal.calendars import now
from portal.db import session
from portal.findings import RuleViolation
from portal.messages.service import forget_links
from portal.names import email_key

ABSOLUTE = timedelta(hours=12)
IDLE = timedelta(minutes=60)
WINDOW = timedelta(minutes=15)
LONGEST_LINK = timedelta(days=7)  # after which no mailed link works any more
# Failed tries within WINDOW before further ones are refused without a check: at an account from one network, at an
# account from anywhere. A browser that the account knows is counted on its own, so that nobody who tries the address
# elsewhere, or other addresses from the same office, locks that person out.
PER_PLACE, PER_ADDRESS, PER_BROWSER = 8, 24, 8
# From so many at a network on, each account has only a few tries left from there: colleagues still come in, guessing
# goes slowly. From the second number on nobody comes in from there but by a known browser.
PER_NETWORK, SLOWED, MOST_PER_NETWORK = 60, 2, 600
KNOWN_FOR = timedelta(days=180)  # without signing in
# mails within WINDOW that people who are not signed in can ask for
MAILS_PER_ADDRESS, MAILS_FROM_ONE_PLACE, MAILS_PER_NETWORK = 12, 3, 60


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def sign_in(address: str, password: str, *, network: str, browser: str, known: Sequence[str] = ()) -> str:
    """Checks the password and opens a sign-in; returns its secret. Raises RuleViolation: "too_many", "sign_in".

    Unknown address, wrong password, unconfirmed and disabled accounts are refused with the same text, after the same
    time. `known` are the secrets by which accounts know this browser.
    """
    person = queries.by_email(address)
    seen = _seen(email_key(address), known)
    keys = _slow_down(address, network, seen)
    right = matches(person.password_hash if person else "", password)
    if person is None or not right or not person.active or person.confirmed_at is None:
        session.add_all(SignInAttempt(key=key, at=now()) for key in keys)
        session.flush()
        raise RuleViolation("sign_in")
    # else signing in to one's own account would allow further tries
    cleared = [key for key in keys if not key.startswith("n:")]
    session.execute(delete(SignInAttempt).where(SignInAttempt.key.in_(cleared)))
    return open_sign_in(person, browser)


def _slow_down(address: str, network: str, seen: KnownBrowser | None) -> list[str]:
    """The keys under which a failed try would be counted. Raises RuleViolation: "too_many" for those before this."""
    if seen is not None:
        limits = {f"b:{seen.token_hash}"[:80]: PER_BROWSER}
    else:
        whose, place = token_hash(email_key(address))[:32], token_hash(network)[:32]
        limits = {f"a:{whose}": PER_ADDRESS, f"p:{whose}:{place}": PER_PLACE, f"n:{place}": MOST_PER_NETWORK}
        if _tries([f"n:{place}"]).get(f"n:{place}", 0) >= PER_NETWORK:
            limits[f"p:{whose}:{place}"] = SLOWED
    _require_tries_left(limits)
    return list(limits)


def _seen(address_key: str, known: Sequence[str]) -> KnownBrowser | None:
    """The browser with one of these secrets, where the account of this address knows it."""
    return queries.known_browser(address_key, [token_hash(secret) for secret in known], now() - KNOWN_FOR)


def _require_tries_left(limits: Mapping[str, int]) -> None:
    """Raises RuleViolation "too_many" where one of these keys has reached its number of failed tries."""
    counts = _tries(limits)
    if any(counts.get(key, 0) >= most for key, most in limits.items()):
        raise RuleViolation("too_many", minutes=int(WINDOW.total_seconds() // 60))


def require_own_password(person: Person, password: str) -> None:
    """Checks that whoever is signed in knows the account's password.

    Raises RuleViolation: "too_many", "own_password".
    """
    key = f"o:{person.id}"
    _require_tries_left({key: PER_BROWSER})
    if not matches(person.password_hash, password):
        session.add(SignInAttempt(key=key, at=now()))
        session.flush()
        raise RuleViolation("own_password", field="password")


def know_browser(person: Person, known: Sequence[str]) -> str | None:
    """Remembers this browser for the person who has signed in; the secret for its cookie, None where it has one."""
    seen = _seen(person.email_key, known)
    if seen is not None:
        seen.seen_at = now()
        return None
    secret = secrets.token_urlsafe(18)
    session.add(KnownBrowser(person_id=person.id, token_hash=token_hash(secret), seen_at=now()))
    session.flush()
    return secret


def forget_browsers(person_id: int, but: str = "") -> None:
    """Makes every browser a stranger to this account and ends its sign-ins, but for the one with the secret `but`."""
    session.execute(delete(KnownBrowser).where(KnownBrowser.person_id == person_id))
    session.execute(delete(SignIn).where(SignIn.person_id == person_id, SignIn.token_hash != token_hash(but)))


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


def _tries(keys: Iterable[str]) -> dict[str, int]:
    counted = select(SignInAttempt.key, func.count()).where(
        SignInAttempt.key.in_(list(keys)), SignInAttempt.at > now() - WINDOW
    )
    return {key: count for key, count in session.execute(counted.group_by(SignInAttempt.key))}


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
    """Deletes expired sign-ins, old tries, old links, also in mails never sent, and browsers not seen for long.

    Returns 0: the worker need not run it again at once.
    """
    at = now()
    session.execute(delete(SignIn).where(SignIn.expires_at < at))
    session.execute(delete(SignInAttempt).where(SignInAttempt.at < at - timedelta(days=1)))
    session.execute(delete(Token).where(Token.expires_at < at - timedelta(days=30)))
    session.execute(delete(KnownBrowser).where(KnownBrowser.seen_at < at - KNOWN_FOR))
    forget_links(at - LONGEST_LINK)
    return 0
