"""Begins and ends every request: one transaction each, committed after a successful POST."""

from __future__ import annotations

import re
import secrets

from flask import Flask, Response, current_app, g, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.routing import IntegerConverter, Map

from portal import names
from portal.db import session, writing
from portal.web.bounds import Request, refuse_odd
from portal.web.errors import OUTAGES, outage_of

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


class RecordNumber(IntegerConverter):
    """A record's id in an address; too large a number is 404, instead of an error of the database driver."""

    def __init__(self, routes: Map) -> None:
        super().__init__(routes, min=1, max=2_147_483_647)


def security_headers(secure: bool) -> dict[str, str]:
    """Those of every answer, of static files too; `secure`: the portal is served over HTTPS."""
    return HEADERS | ({"Strict-Transport-Security": "max-age=31536000; includeSubDomains"} if secure else {})


def register(app: Flask, secure: bool) -> None:
    """Registers the handlers. Must come before the blueprints, whose addresses use RecordNumber, and before whatever
    else looks at requests."""
    app.request_class = Request
    app.url_map.converters["int"] = RecordNumber
    app.before_request(begin)
    app.after_request(finish)
    headers = security_headers(secure)

    @app.after_request
    def protect(response: Response) -> Response:
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        if request.endpoint != "static":
            response.headers.setdefault("Cache-Control", "no-store")
        response.headers["X-Request-ID"] = g.get("request_id", "")
        return response


def begin() -> ResponseReturnValue | None:
    """Lets a GET only read; other methods take the write lock at their first statement. Cleans the text of the address,
    as forms clean theirs."""
    writing.set(request.method not in ("GET", "HEAD", "OPTIONS"))
    given = request.headers.get("X-Request-ID", "")
    g.request_id = given if REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
    refuse_odd(request)
    request.args = ImmutableMultiDict((name, names.clean(value)) for name, value in request.args.items(multi=True))
    return None


def keep() -> None:
    """Commits at the end of this request even if it is answered with an error, as failed sign-ins are counted."""
    g.keep = True


def finish(response: Response) -> Response:
    """Commits after a successful POST, else rolls back. What cannot be committed is answered like any other outage."""
    if request.method in ("GET", "HEAD", "OPTIONS") or (response.status_code >= 400 and not g.get("keep")):
        session.rollback()
        return response
    try:
        session.commit()
    except OUTAGES as error:
        return current_app.make_response(outage_of(error))
    return response
