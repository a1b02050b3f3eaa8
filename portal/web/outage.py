"""The page for when the database or the disk takes no part: it needs neither of them, nor who is signed in."""

from __future__ import annotations

import errno

from flask import Flask, current_app, g, has_request_context, request
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from portal.db import session
from portal.names import LANGUAGES, clean
from portal.web.drafts import automatic
from portal.web.language import FALLBACK
from portal.web.typed import typed

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})  # no space, no more allowed, or no writing at all
LONGEST = 200_000  # characters that are shown for copying, so that the page stays one


def page() -> ResponseReturnValue:
    """503, in the language of this browser, with what was typed. Nothing of the request is kept."""
    try:
        session.rollback()
    except SQLAlchemyError:
        session.remove()  # the connection is gone, and what was not committed with it
    with force_locale(_language()):
        if automatic():
            return {"message": _("Not saved: the portal cannot save just now. Keep this page open.")}, 503
        return _rendered(), 503, {"Retry-After": "60"}


def _rendered() -> str:
    words, files = _sent()
    template = current_app.jinja_env.get_template(
        "errors/outage.html"
    )  # without the frame's values, which ask for rows
    return template.render(
        language=_language(),
        posted=request.method not in ("GET", "HEAD", "OPTIONS"),
        typed=words,
        files=files,
        style=f"{request.root_path}/static/portal.css",
        request_id=g.get("request_id", "–"),
    )


def _language() -> str:
    """The language chosen in this browser, else what it prefers: a stored choice cannot be asked for."""
    chosen = cookie.get("language", "") if has_request_context() else ""
    return chosen if chosen in LANGUAGES else request.accept_languages.best_match(list(LANGUAGES)) or FALLBACK


def _sent() -> tuple[list[tuple[str, str]], list[str]]:
    """What was typed, and the names of the files that were chosen; nothing where even that cannot be read."""
    try:
        words = typed()
        names = [clean(file.filename) for file in request.files.values() if file.filename]
    except (OSError, HTTPException):  # the form itself did not find room on the disk
        return [], []
    return (words if sum(len(value) for _name, value in words) <= LONGEST else []), names


def register(app: Flask) -> None:
    """A disk without room while a file is stored is an outage too; what else an OSError may be is an error of ours."""
    app.register_error_handler(OSError, _disk)


def _disk(error: OSError) -> ResponseReturnValue:
    if error.errno not in FULL:
        raise error
    return page()
