"""Error pages, in the user's language and without technical details."""

from __future__ import annotations

import re
from time import monotonic

import structlog
from flask import Flask, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import (
    DatabaseError,
    IntegrityError,
    InterfaceError,
    InternalError,
    OperationalError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import (
    BadRequest,
    ClientDisconnected,
    HTTPException,
    InternalServerError,
    RequestEntityTooLarge,
)
from werkzeug.wsgi import get_input_stream

from portal.db import session
from portal.findings import RuleViolation
from portal.policy import Denied
from portal.web import outage
from portal.web.drafts import automatic
from portal.web.retries import once_more
from portal.web.typed import typed

PAGES = frozenset({400, 403, 404, 405, 409, 410, 413, 422, 429, 500, 503})
DRAIN = 128 * 1024 * 1024  # bytes, and
DRAIN_TIME = 20.0  # seconds, up to which a request body that is too large is still read
NOT_SENT_AGAIN = re.compile("^csrf_token$|password")
# the database takes no part: it does not answer, waits too long, is full, or may only be read
OUTAGES = (OperationalError, InterfaceError, InternalError, PoolTimeout)
log = structlog.get_logger()


def register(app: Flask) -> None:
    """Registers handlers that answer every error with a page of `templates/errors/`."""
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(RequestEntityTooLarge, too_large)
    app.register_error_handler(CSRFError, csrf_error)
    app.register_error_handler(Denied, lambda error: page(403))
    app.register_error_handler(RuleViolation, refused)
    app.register_error_handler(StaleDataError, conflict)
    app.register_error_handler(IntegrityError, conflict)
    app.register_error_handler(DatabaseError, broken)
    for error in OUTAGES:
        app.register_error_handler(error, outage_of)
    outage.register(app)


def page(status: int) -> ResponseReturnValue:
    """The error page of a status, or the general one."""
    name = status if status in PAGES else 400
    try:
        return render_template(f"errors/{name}.html", status=status), status
    except SQLAlchemyError as error:  # the page's frame says who is signed in, and what waits for them
        log.error("database_takes_no_part", path=request.path, error=type(error).__name__)
        return outage.page()


def http_error(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None or (error.code or 500) < 400:
        return error
    if isinstance(error, BadRequest) and error is request.routing_exception:
        return Response("400: this host name is not answered here.", 400, mimetype="text/plain")  # no page has a link
    if isinstance(error, InternalServerError):
        session.rollback()
    return page(error.code or 500)


def too_large(error: RequestEntityTooLarge) -> ResponseReturnValue:
    """413. Reads the body first, because browsers that are still sending show a broken connection, not the response."""
    stream, read, until = get_input_stream(request.environ), 0, monotonic() + DRAIN_TIME
    try:
        while (part := stream.read(1024 * 1024)) and (read := read + len(part)) < DRAIN and monotonic() < until:
            pass
    except (ClientDisconnected, OSError):
        log.info("upload_cut", path=request.path)
    return page(413)


def csrf_error(error: CSRFError) -> ResponseReturnValue:
    """The CSRF token is missing or old, usually because the person has been signed out meanwhile."""
    return form_expired()


def form_expired() -> ResponseReturnValue:
    """The page for a form sent without a sign-in: nothing is saved yet.

    What was typed is shown, and is saved by another press once the same person has signed in again: only then does the
    page belong to the sign-in (`accounts.sessions`).
    """
    if automatic():
        words = _("Not saved: you were signed out meanwhile. Copy what you wrote last, then sign in again.")
        return {"message": words}, 400
    page = "errors/form_expired.html"
    return render_template(
        page, status=400, typed=typed(), again=sent_again(), files=any(file.filename for file in request.files.values())
    ), 400


def sent_again() -> list[tuple[str, str]]:
    """Every answer of the form that was sent, to be sent once more; without passwords."""
    if not typed():
        return []
    return [(name, value) for name, value in request.form.items(multi=True) if not NOT_SENT_AGAIN.search(name)]


def refused(error: RuleViolation) -> ResponseReturnValue:
    """The page for a RuleViolation that the view did not handle."""
    session.rollback()
    log.info("refused", path=request.path, codes=[finding.code for finding in error.findings])
    return page(422)


def conflict(error: Exception) -> ResponseReturnValue:
    """409: a version or a unique key shows that somebody else was faster; the request is rolled back."""
    session.rollback()
    log.info("conflict", path=request.path, error=type(error).__name__)
    return page(409)


def outage_of(error: Exception) -> ResponseReturnValue:
    """503 without the database; a request that only met another one is taken once more instead (`retries`)."""
    if once_more(error, request.environ):
        session.rollback()
        log.info("met_another_request", path=request.path)
        return "", 503
    log.error("database_takes_no_part", path=request.path, error=type(error).__name__)
    return outage.page()


def broken(error: DatabaseError) -> ResponseReturnValue:
    """A file that is no database, or a damaged one. What else goes by this name is an error of ours."""
    if type(error) is not DatabaseError:
        raise error
    return outage_of(error)
