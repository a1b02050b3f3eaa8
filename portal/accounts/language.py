"""The language of a page: the person's stored choice, else the choice in this browser, else what it prefers."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Flask, has_request_context, redirect, request, session
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.accounts import service
from portal.names import LANGUAGES
from portal.policy import Permission
from portal.web.addresses import safe_next
from portal.web.language import FALLBACK, asked_for
from portal.web.permit import permit
from portal.web.requests import keep

bp = Blueprint("language", __name__)


def register(app: Flask) -> None:
    """Stores a new choice before the view runs. Must come after `sessions`, since it needs to know who is signed in."""
    app.before_request(choose)


def choose() -> None:
    """Stores the language that the request asks for in the session and, if somebody is signed in, for the person."""
    code = asked_for()
    if code is None:
        return
    session["language"] = code
    if current_user.is_authenticated:
        service.choose_language(current_user.person, code)
        current_user.account = replace(current_user.account, language=code)
        keep()


def locale() -> str:
    """The language of this request; outside of a request (mail, PDF) the caller forces the receiver's."""
    if not has_request_context():
        return FALLBACK
    chosen: str = current_user.account.language if current_user.is_authenticated else ""
    if chosen not in LANGUAGES:
        chosen = session.get("language", "")
    return chosen if chosen in LANGUAGES else request.accept_languages.best_match(list(LANGUAGES)) or FALLBACK


@bp.post("/language")
@permit(Permission.PUBLIC)
def change() -> ResponseReturnValue:
    """Redirects back to the page; `choose()` has stored the language already."""
    return redirect(safe_next(request.form.get("next", "")))
