"""The public pages: what the portal is, how it works, help, accessibility."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import calendars
from portal.calls import labels, queries
from portal.calls.queries import CallFilter, When
from portal.exchanges import queries as exchange_queries
from portal.exchanges.header import BANKS, ArchStep
from portal.exchanges.labels import ARCH
from portal.policy import NOBODY, Permission
from portal.web.arch import drawing
from portal.web.permit import permit

bp = Blueprint("public", __name__)
CARDS = 6
ANNOUNCEMENTS = 3


def journey() -> list[ArchStep]:
    """The arch of an imaginary exchange at its beginning, as an explanation."""
    notes = {
        "application": _("you apply"),
        "endorsement": _("your agency"),
        "acceptance": _("the other agency"),
        "unit": _("a host unit"),
        "dates": _("both sides"),
        "visit": _("2 days – 1 year"),
        "report": _("within 30 days"),
        "accepted": _("both agencies"),
        "closed": _("sealed"),
    }
    banks = {"dates": "host"}  # the host side proposes them, so they are drawn on its bank
    steps = []
    for key, bank in BANKS.items():
        state = "now" if key == "application" else "next"
        steps.append(ArchStep(str(ARCH[key]), notes[key], banks.get(key, bank), state))
    return steps


@bp.get("/")
@permit(Permission.PUBLIC)
def home() -> ResponseReturnValue:
    at = calendars.now()
    opened = queries.page(CallFilter(When.OPEN), 1, at, NOBODY)
    upcoming = queries.page(CallFilter(When.UPCOMING), 1, at, NOBODY)
    steps = journey()
    return render_template(
        "public/home.html",
        opened=opened.calls[:CARDS],
        opened_total=opened.total,
        upcoming=upcoming.calls[:CARDS],
        announcements=queries.newest_announcements(at, ANNOUNCEMENTS),
        at=at,
        labels=labels,
        wide=drawing(steps),
        narrow=drawing(steps, narrow=True),
    )


@bp.get("/how-it-works")
@permit(Permission.PUBLIC)
def how() -> ResponseReturnValue:
    steps = journey()
    values = {"wide": drawing(steps), "narrow": drawing(steps, narrow=True), "clocks": exchange_queries.clocks_for(0)}
    return render_template("public/how.html", **values)


@bp.get("/help")
@permit(Permission.PUBLIC)
def help_page() -> ResponseReturnValue:
    return render_template("public/help.html")


@bp.get("/accessibility")
@permit(Permission.PUBLIC)
def accessibility() -> ResponseReturnValue:
    return render_template("public/accessibility.html")
