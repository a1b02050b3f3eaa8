"""From the address to a filter, and from an exchange to the facts of its overview."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import request
from flask_babel import gettext as _

from portal.applications.models import Application
from portal.desk.queries import SORTS, Filter
from portal.exchanges.models import Exchange, Kind
from portal.exchanges.words import STATUS
from portal.names import clean
from portal.web.formats import day_range, short_day
from portal.workflow import Status

MOST = 2_147_483_647  # what a number in an address can be at most, as for records


def asked_for() -> tuple[Filter, bool]:
    """The filter that the address asks for, and whether something in it was not understood and left out."""
    odd: list[str] = []

    def word(name: str, known: Any) -> str:
        value = request.args.get(name, "")
        if value and value not in known:
            odd.append(name)
            return ""
        return value

    def number(name: str) -> int | None:
        value = request.args.get(name, "")
        if value and not (value.isascii() and value.isdigit() and int(value[:11]) <= MOST):
            odd.append(name)
            return None
        return int(value) if value else None

    def day(name: str) -> date | None:
        value = request.args.get(name, "")
        try:
            return date.fromisoformat(value) if value else None
        except ValueError:
            odd.append(name)
            return None

    status = word("status", set(Status))
    wanted = Filter(
        text=clean(request.args.get("q", ""))[:100],
        status=Status(status) if status else None,
        kind=word("kind", set(Kind)),
        home=word("home", {"KOSGEB", "KOBIA"}),
        call=number("call"),
        heading=number("heading"),
        unit=number("unit"),
        first=day("first"),
        last=day("last"),
        mine=request.args.get("mine") == "1",
        late=request.args.get("late") == "1",
        sort=word("sort", SORTS) or "updated",
    )
    return wanted, bool(odd)


def overview_facts(exchange: Exchange, application: Application | None) -> list[tuple[str, Any]]:
    """Label and value of what one wants to know first."""
    call = application.call if application else None
    return [
        (_("Status"), STATUS[exchange.status]),
        (_("Call"), call.title_en if call else ""),
        (_("Aim"), application.aim if application else ""),
        (_("Days wished"), application.days if application else ""),
        (_("Host unit"), exchange.unit_name),
        (_("Visit"), day_range(exchange.start, exchange.end)),
        (_("Handed in"), short_day(exchange.submitted_at)),
        (_("Reference"), exchange.reference),
    ]
