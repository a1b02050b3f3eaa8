"""Who is signed in: Flask-Login over the sign-in rows, so that ending a row ends the session at once."""

from __future__ import annotations

from time import time

from flask import Flask, g, session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from portal import calendars
from portal.accounts import queries, service
from portal.accounts.models import Person
from portal.policy import NOBODY

SEEN_EVERY = 300  # seconds between renewals of the idle stamp in the signed cookie


class SignedIn(UserMixin):  # type: ignore[misc]
    """The person behind this request; the cookie holds the sign-in's secret, not the person's number."""

    def __init__(self, person: Person, token: str) -> None:
        self.person = person
        self.token = token

    def get_id(self) -> str:
        return self.token


def register(app: Flask) -> None:
    manager = LoginManager(app)
    manager.user_loader(load)
    manager.session_protection = None  # addresses change on phones; the secret itself is what is checked

    @app.before_request
    def identify() -> None:
        g.actor = NOBODY
        if current_user.is_authenticated:
            g.actor = queries.actor(current_user.person, calendars.today())


def load(token: str) -> SignedIn | None:
    """The signed-in person, or None: ended, expired, idle for too long, or disabled."""
    moment = int(time())
    seen = session.get("seen", 0)
    if moment - seen > service.IDLE.total_seconds():
        return None
    row = queries.signed_in(service.token_hash(token))
    if row is None or row.expires_at <= calendars.now() or not row.person.active:
        return None
    if moment - seen > SEEN_EVERY:
        session["seen"] = moment
    return SignedIn(row.person, token)


def begin(person: Person, token: str) -> None:
    """Signs this browser in, under a new identity: nothing of the session before survives."""
    session.clear()
    session["seen"] = int(time())
    login_user(SignedIn(person, token))


def end() -> None:
    """Signs this browser out."""
    if current_user.is_authenticated:
        service.sign_out(current_user.token)
    logout_user()
    session.clear()
