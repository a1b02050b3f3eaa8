"""One request, one commit: what holds for every request, whatever the stage."""

from __future__ import annotations

import re
import secrets

from flask import Flask, Response, abort, g, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.routing import IntegerConverter, Map

from portal import names
from portal.db import session, writing

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
    """A record's number in an address; one that no table can hold leads nowhere, instead of failing in the driver."""

    def __init__(self, routes: Map) -> None:
        super().__init__(routes, min=1, max=2_147_483_647)


def register(app: Flask, secure: bool) -> None:
    """Hooks the beginning and the end of every request. Before the blueprints: addresses' numbers have bounds."""
    app.url_map.converters["int"] = RecordNumber
    app.before_request(begin)
    app.after_request(finish)
    headers = HEADERS | ({"Strict-Transport-Security": "max-age=31536000; includeSubDomains"} if secure else {})

    @app.after_request
    def protect(response: Response) -> Response:
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        if request.endpoint != "static":
            response.headers.setdefault("Cache-Control", "no-store")
        response.headers["X-Request-ID"] = g.get("request_id", "")
        return response


def begin() -> ResponseReturnValue | None:
    """A GET only reads; anything else takes the write lock at its first statement. Words of the address are cleaned
    once, here, like those of forms in theirs."""
    writing.set(request.method not in ("GET", "HEAD", "OPTIONS"))
    given = request.headers.get("X-Request-ID", "")
    g.request_id = given if REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
    if "\x00" in request.path:
        abort(404)  # no record is called so, and PostgreSQL cannot even be asked
    request.args = ImmutableMultiDict((name, names.clean(value)) for name, value in request.args.items(multi=True))
    return None


def keep() -> None:
    """Commit at the end of this request even though it is answered with an error (a failed sign-in is counted)."""
    g.keep = True


def finish(response: Response) -> Response:
    """Commits what a successful POST changed; everything else is rolled back."""
    if request.method in ("GET", "HEAD", "OPTIONS") or (response.status_code >= 400 and not g.get("keep")):
        session.rollback()
    else:
        session.commit()
    return response
