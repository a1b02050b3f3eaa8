"""Sessions: Flask-Login on top of the sign-in rows, so that deleting a row signs out at once."""

from __future__ import annotations

from secrets import token_urlsafe
from time import time

from flask import Flask, Response, current_app, g, request, session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from itsdangerous import BadData, URLSafeTimedSerializer

from portal import calendars
from portal.accounts import queries, service
from portal.accounts.models import Person
from portal.accounts.queries import Account
from portal.accounts.service import token_hash
from portal.db import session as database
from portal.names import email_key
from portal.policy import NOBODY

SEEN_EVERY = 300  # seconds between renewals of the last-seen time in the signed cookie
DEVICE = "korpu-device"
DEVICE_AGE = 180 * 24 * 3600  # seconds


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

    app.after_request(remember_device)

    @app.before_request
    def identify() -> None:
        g.actor = NOBODY
        if current_user.is_authenticated:
            account = current_user.account
            g.actor = queries.actor(account.id, frozenset(account.grants), calendars.today())


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
    """Signs this browser in with a new session, which takes over only the language of the one before."""
    _forget()
    session["seen"] = int(time())
    account = queries.signed_in(service.token_hash(token), calendars.now())
    assert account is not None, "the sign-in was opened just now"
    login_user(SignedIn(account, token))
    g.device_of = person.email_key


def device(address: str) -> str:
    """The device secret of this browser if the person with this address has signed in with it before, else ""."""
    try:
        whose, secret = _signer().loads(request.cookies.get(DEVICE, ""), max_age=DEVICE_AGE)
    except (BadData, ValueError, TypeError):
        return ""
    return str(secret) if whose == token_hash(email_key(address)) else ""


def remember_device(response: Response) -> Response:
    """Sets, after a sign-in, the cookie by which `device` recognises the person's browser."""
    whose = g.pop("device_of", None)
    if whose is not None:
        value = _signer().dumps([token_hash(whose), token_urlsafe(18)])
        secure = current_app.config["SESSION_COOKIE_SECURE"]
        response.set_cookie(
            DEVICE, value, max_age=DEVICE_AGE, secure=secure, httponly=True, samesite="Lax", path="/sign-in"
        )
    return response


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="device")


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
