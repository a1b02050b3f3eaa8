"""Answers to what went wrong: always a page in the user's words, never a trace."""

from __future__ import annotations

import re
from time import monotonic

import structlog
from flask import Flask, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import (
    ClientDisconnected,
    HTTPException,
    InternalServerError,
    RequestEntityTooLarge,
    SecurityError,
)
from werkzeug.wsgi import get_input_stream

from portal.db import session
from portal.findings import RuleViolation
from portal.policy import Denied

PAGES = frozenset({400, 403, 404, 405, 409, 410, 413, 422, 429, 500, 503})
DRAIN = 128 * 1024 * 1024  # bytes, and
DRAIN_TIME = 20.0  # seconds, for which a body that is too large is still listened to
# nobody's words, or secret ones
UNTYPED = re.compile("^(csrf_token|version|idempotency_key|before|judged|again|to_language)$|password|code$")
log = structlog.get_logger()


def register(app: Flask) -> None:
    """Every error ends in one of `templates/errors/`."""
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(RequestEntityTooLarge, too_large)
    app.register_error_handler(CSRFError, csrf_error)
    app.register_error_handler(Denied, lambda error: page(403))
    app.register_error_handler(RuleViolation, refused)
    app.register_error_handler(StaleDataError, conflict)
    app.register_error_handler(IntegrityError, conflict)
    app.register_error_handler(OperationalError, busy)


def page(status: int) -> ResponseReturnValue:
    """The page for a status; statuses without a page of their own get the general one."""
    name = status if status in PAGES else 400
    return render_template(f"errors/{name}.html", status=status), status


def http_error(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None or (error.code or 500) < 400:
        return error
    if isinstance(error, SecurityError):
        return Response("400: this host name is not answered here.", 400, mimetype="text/plain")  # no page has a link
    if isinstance(error, InternalServerError):
        session.rollback()
    return page(error.code or 500)


def too_large(error: RequestEntityTooLarge) -> ResponseReturnValue:
    """Listens to the end before it answers: whoever is still sending would not hear, only find the line cut."""
    stream, read, until = get_input_stream(request.environ), 0, monotonic() + DRAIN_TIME
    try:
        while (part := stream.read(1024 * 1024)) and (read := read + len(part)) < DRAIN and monotonic() < until:
            pass
    except (ClientDisconnected, OSError):
        log.info("upload_cut", path=request.path)
    return page(413)


def csrf_error(error: CSRFError) -> ResponseReturnValue:
    """The form's secret is missing or old: most often the person was signed out meanwhile."""
    return form_expired()


def form_expired() -> ResponseReturnValue:
    """Nobody is signed in whose form this could be: nothing is saved, and what was typed is shown to be copied."""
    if "X-Autosave" in request.headers:
        words = _("Not saved: you were signed out meanwhile. Copy what you wrote last, then sign in again.")
        return {"message": words}, 400
    return render_template("errors/form_expired.html", status=400, typed=typed()), 400


def typed() -> list[tuple[str, str]]:
    """What somebody wrote into the form that was sent, for pages that cannot show the form again; no passwords, and
    nothing that another site's form sent."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        return []
    written = request.form.items(multi=True)
    return [(name, value) for name, value in written if value.strip() and not UNTYPED.search(name)]


def refused(error: RuleViolation) -> ResponseReturnValue:
    """A rule said no where the page has no field for it: still an answer, never a fault."""
    session.rollback()
    log.info("refused", path=request.path, codes=[finding.code for finding in error.findings])
    return page(422)


def conflict(error: Exception) -> ResponseReturnValue:
    """A version or a unique key said that somebody was faster; nothing of this request was kept."""
    session.rollback()
    log.info("conflict", path=request.path, error=type(error).__name__)
    return page(409)


def busy(error: OperationalError) -> ResponseReturnValue:
    """The database did not answer in time: nothing was saved, and trying again is right."""
    session.rollback()
    log.error("database_busy", path=request.path)
    return page(503)
