"""What every page shows around its content: language, main navigation, who is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask import Flask, current_app, has_request_context, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal import policy
from portal.accounts.labels import ROLES
from portal.exchanges.outlook import outlook
from portal.messages import queries as inbox
from portal.names import LANGUAGES
from portal.policy import Permission
from portal.registry import Dependents, registry
from portal.web.addresses import page_address
from portal.web.language import spoken
from portal.web.permit import can, current_actor


@dataclass(frozen=True)
class Item:
    """`current` is the value of `aria-current`: `page` on the page itself, `true` beneath it."""

    label: str
    url: str
    current: str


def items() -> list[Item]:
    """The main navigation for the present actor."""
    entries = [
        (_("My desk"), "desk.index", Permission.LIST_EXCHANGES),
        (_("Exchanges"), "desk.exchanges", Permission.LIST_EXCHANGES),
        (_("Calls"), "calls.index", Permission.PUBLIC),
        (_("Host units"), "hosting.units", Permission.SIGNED_IN),
        (_("Administration"), "people.index", Permission.ADMINISTER),
    ]
    if not current_user.is_authenticated:
        entries = [
            (_("Calls"), "calls.index", Permission.PUBLIC),
            (_("Announcements"), "announcements.index", Permission.PUBLIC),
            (_("How it works"), "public.how", Permission.PUBLIC),
            (_("Check a document"), "verify.verify", Permission.PUBLIC),
        ]
    actor = current_actor()
    urls = [(label, page_address(endpoint)) for label, endpoint, rule in entries if policy.allows(rule, actor)]
    return [Item(label, url, current(url)) for label, url in urls]


def current(url: str) -> str:
    """Whether this page is the one of the address, or beneath it; the administration begins with its people."""
    if request.path == url:
        return "page"
    return "true" if request.path.startswith(url.removesuffix("/people") + "/") else ""


def asset(name: str) -> str:
    """A static file's address with its content's fingerprint: cached for a year, renewed with the next start."""
    return _asset(name, request.root_path)


@cache
def _asset(name: str, _mounted_at: str) -> str:
    content = (Path(str(current_app.static_folder)) / name).read_bytes()
    return url_for("static", filename=name, v=sha256(content).hexdigest()[:10])


def my_role() -> str:
    """The roles and the agency of the signed-in person in one line."""
    names = dict.fromkeys(str(ROLES[grant.role]) for grant in current_user.account.grants)
    return ", ".join(filter(None, [*names, current_user.account.agency]))


def hanging_on(*things: tuple[str, int]) -> list[Dependents]:
    """What hangs on these things together, each as (kind, id), the worst first."""
    actor = current_actor()
    found = [part for kind, number in things for part in registry.hanging_on(kind, number, actor)]
    return sorted(found, key=lambda part: part.rank)


def this_page() -> str:
    """The address of this page, to come back to, percent-encoded."""
    query = request.query_string.decode("ascii", "ignore") if request.method == "GET" else ""
    return quote(request.path) + (f"?{query}" if query else "")


def others() -> dict[str, str]:
    """The languages other than the page's, by their own names."""
    return {code: name for code, name in LANGUAGES.items() if code != spoken()}


def register(app: Flask) -> None:
    """Gives every template the values of the frame, and the function for addresses of static files."""
    app.jinja_env.globals.update(
        can=can,
        asset=asset,
        my_role=my_role,
        hanging_on=hanging_on,
        outlook=outlook,
        languages=LANGUAGES,
        other_languages=others,
        this_page=this_page,
        url_for=page_address,
    )

    @app.context_processor
    def around() -> dict[str, Any]:
        if not has_request_context():
            return {"language": spoken()}  # the worker's mails and PDFs have no frame
        signed_in = current_user.is_authenticated
        return {
            "demo": current_app.config["PORTAL"].demo,
            "navigation": items,
            "unread": inbox.unread_count(current_user.account.id) if signed_in else 0,
            "language": spoken(),
            "has_errors": False,
        }
