"""Sessions: Flask-Login on top of the sign-in rows, so that deleting a row signs out at once."""

from __future__ import annotations

from time import time

from flask import Flask, Response, current_app, g, request, session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from itsdangerous import BadData, URLSafeTimedSerializer

from portal import calendars
from portal.accounts import queries, service
from portal.accounts.models import Person
from portal.accounts.queries import Account
from portal.db import session as database
from portal.policy import NOBODY

SEEN_EVERY = 300  # seconds between renewals of the last-seen time in the signed cookie
KNOWN = "korpu-known"
KNOWN_AGE = int(service.KNOWN_FOR.total_seconds())
MOST_KNOWN = 6  # accounts that one browser remembers: a shared computer in an office


class SignedIn(UserMixin):  # type: ignore[misc]
    """The signed-in person of this request; the cookie contains the sign-in's secret, not the person's id."""

    def __init__(self, account: Account, token: str) -> None:
        self.account = account
        self.token = token

    @property
    def person(self) -> Person:
        """The whole row, for what changes it or needs more of it."""
        return database.get_one(Person, self.account.id)

    def get_id(self) -> str:
        return self.token


def register(app: Flask) -> None:
    manager = LoginManager(app)
    manager.user_loader(load)
    manager.session_protection = None  # phones change their IP address; the secret itself is checked

    app.after_request(remember)

    @app.before_request
    def identify() -> None:
        g.actor = NOBODY
        if current_user.is_authenticated:
            account = current_user.account
            g.actor = queries.actor(account.id, frozenset(account.grants), calendars.now())


def load(token: str) -> SignedIn | None:
    """The signed-in person; None after the sign-in has ended, expired or been idle too long, or the person disabled."""
    moment = int(time())
    seen = session.get("seen", 0)
    if moment - seen > service.IDLE.total_seconds():
        return None
    account = queries.signed_in(service.token_hash(token), calendars.now())
    if account is None:
        return None
    if moment - seen > SEEN_EVERY:
        session["seen"] = moment
    return SignedIn(account, token)


def begin(person: Person, token: str) -> None:
    """Signs this browser in with a new session, which takes over only the language of the one before. Pages that the
    same person left open in this browser stay theirs: they can be sent, where another's cannot."""
    pages = session.get("csrf_token") if session.get("who") == person.id else None
    _forget()
    session["seen"], session["who"] = int(time()), person.id
    if pages is not None:
        session["csrf_token"] = pages
    account = queries.signed_in(service.token_hash(token), calendars.now())
    assert account is not None, "the sign-in was opened just now"
    login_user(SignedIn(account, token))
    secrets = known()
    new = service.know_browser(person, secrets)
    g.known = [*secrets, new][-MOST_KNOWN:] if new else secrets


def known() -> list[str]:
    """The secrets by which accounts know this browser, each set when somebody signed in with it."""
    try:
        secrets = _signer().loads(request.cookies.get(KNOWN, ""), max_age=KNOWN_AGE)
    except (BadData, ValueError, TypeError):
        return []
    return [str(secret) for secret in secrets][:MOST_KNOWN] if isinstance(secrets, list) else []


def remember(response: Response) -> Response:
    """Sets, after a sign-in, the cookie by which the account knows this browser again."""
    secrets = g.pop("known", None)
    if secrets is not None:
        secure = current_app.config["SESSION_COOKIE_SECURE"]
        value = _signer().dumps(secrets)
        response.set_cookie(KNOWN, value, max_age=KNOWN_AGE, secure=secure, httponly=True, samesite="Lax")
    return response


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="known-browser")


def end() -> None:
    """Signs this browser out."""
    if current_user.is_authenticated:
        service.sign_out(current_user.token)
    logout_user()
    _forget()


def _forget() -> None:
    """Clears the session except for the language."""
    language = session.get("language")
    session.clear()
    if language:
        session["language"] = language
