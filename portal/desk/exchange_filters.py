"""Reads filters from the query string, and the facts of an exchange's overview."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from flask import request
from flask_babel import gettext as _

from portal.applications.queries import Brief
from portal.calls.queries import heading_choices
from portal.desk.queries import ORDERS, SORTS, Filter, calls_to_choose
from portal.exchanges.labels import STATUS_FILTER, status_label
from portal.exchanges.models import Exchange, Kind
from portal.names import clean
from portal.units.queries import unit_choices
from portal.web.formats import day_range, in_days, short_day
from portal.web.language import spoken
from portal.web.options import Options
from portal.web.pagination import same_page
from portal.workflows.exchange_terms import Status

MOST = 2_147_483_647  # the largest integer of a column, hence of a number in an address


@dataclass(frozen=True)
class Order:
    """A column's heading as a link; `aria` is the value of `aria-sort`, empty where another column sorts the list."""

    url: str
    aria: str


def orders(wanted: Filter) -> dict[str, Order]:
    """The links of the headings: the first click sorts by the column, a second one reverses the order."""
    links = {}
    for name, (_column, last_first) in SORTS.items():
        turned = wanted.sort == f"-{name}"
        now = ("ascending" if last_first == turned else "descending") if name == wanted.sort.removeprefix("-") else ""
        links[name] = Order(same_page(sort=f"-{name}" if wanted.sort == name else name, page=""), now)
    return links


def asked_for() -> tuple[Filter, bool]:
    """The filter of the query string, and whether a part of it was invalid and left out."""
    odd: list[str] = []

    def word(name: str, known: Any) -> str:
        value = request.args.get(name, "")
        if value and value not in known:
            odd.append(name)
            return ""
        return value

    def number(name: str) -> int | None:
        value = request.args.get(name, "")
        if value and not (value.isascii() and value.isdigit() and len(value) < 20 and int(value) <= MOST):
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
        sort=word("sort", ORDERS) or "updated",
    )
    return wanted, bool(odd)


def choices() -> dict[str, Options]:
    """The options of the filters, by their names in the template."""
    language = spoken()
    return fixed_choices(language) | {
        "calls": calls_to_choose(language),
        "headings": heading_choices(language),
        "units": unit_choices(language),
    }


@cache
def fixed_choices(_language: str) -> dict[str, Options]:
    """Those that no table holds, in the language of the request."""
    return {
        "statuses": tuple((status, str(label)) for status, label in STATUS_FILTER.items()),
        "kinds": ((Kind.SHORT, _("Short")), (Kind.LONG, _("Long"))),
        "directions": (("KOSGEB", "KOSGEB → KOBİA"), ("KOBIA", "KOBİA → KOSGEB")),
        "sorts": (
            ("-updated", _("Changed the longest ago")),
            ("name", _("Name")),
            ("-name", _("Name, from the end")),
            ("start", _("Visit, the latest first")),
            ("-start", _("Visit, the earliest first")),
            ("due", _("Due, the soonest first")),
            ("-due", _("Due, the latest first")),
        ),
    }


def of_history() -> tuple[date | None, str, bool]:
    """The last day and the reference of the history's filter, and whether the day was invalid."""
    text, reference = request.args.get("until", ""), clean(request.args.get("reference", ""))[:20].strip().upper()
    try:
        until = date.fromisoformat(text) if text else None
    except ValueError:
        return None, reference, True
    return (until, reference, False) if until is None or 1 < until.year < 9000 else (None, reference, True)


def _wished(exchange: Exchange, application: Brief | None) -> str:
    return in_days(exchange.kind.value, application.days) if application and application.days else ""


def overview_facts(exchange: Exchange, application: Brief | None) -> list[tuple[str, Any]]:
    """The facts of the overview, as (label, value)."""
    return [
        (_("Status"), status_label(exchange)),
        (_("Call"), application.call.title(spoken()) if application else ""),
        (_("Aim"), application.aim if application else ""),
        (_("Days wished"), _wished(exchange, application)),
        (_("Host unit"), exchange.unit_name),
        (_("Visit"), day_range(exchange.start, exchange.end)),
        (_("Handed in"), short_day(exchange.submitted_at, exchange.home.zone)),
        (_("Reference"), exchange.reference),
    ]
