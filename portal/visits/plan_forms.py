"""What pages show of a visit: its plan by day, what changed, the facts of the stay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _

from portal import calendars
from portal.applications.models import Application
from portal.applications.sections import wishes_findings
from portal.calls.models import Call
from portal.exchanges.models import Exchange, Kind
from portal.subjects.queries import events
from portal.visits import queries
from portal.visits.figures import Dates
from portal.visits.figures import stay as stay_of
from portal.visits.models import AgendaItem, Visit
from portal.visits.plan_checks import span
from portal.visits.service import AgendaAnswer, CallLimits, MilestoneAnswer, Proposal
from portal.visits.stay_labels import StayNote, notes
from portal.visits.stay_rules import in_force
from portal.web.closed_days import closing
from portal.web.formats import day_range
from portal.workflows.exchange_terms import Action

ITEM = ("day", "begins", "ends", "title", "place", "who")
MILESTONE = ("due", "title", "output", "indicator")


def rows_name(exchange: Exchange) -> str:
    return "agenda" if exchange.kind is Kind.SHORT else "milestones"


def vars_of(row: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def proposal_of(visit: Visit, kind: Kind) -> Proposal:
    """A stored visit as the proposal that it was: the plan of its kind."""
    short = kind is Kind.SHORT
    agenda = [AgendaAnswer(**vars_of(i, *ITEM)) for i in visit.agenda] if short else []
    milestones = [] if short else [MilestoneAnswer(**vars_of(m, *MILESTONE)) for m in visit.milestones]
    return Proposal(
        start=visit.start,
        end=visit.end,
        travel_out=visit.travel_out,
        travel_back=visit.travel_back,
        note=visit.note,
        language=visit.language,
        agenda=agenda,
        milestones=milestones,
    )


def limits(call: Call, application: Application | None = None) -> CallLimits:
    """The limits of a call for a visit; an application that lies outside was handed in before the call was changed."""
    windows = [(window.first, window.last) for window in application.windows] if application else []
    keeps = application is None or not wishes_findings(application.days, windows, call)
    return CallLimits(call.earliest, call.latest, call.min_days, call.max_days, binding=keeps)


@dataclass(frozen=True)
class DayRow:
    """One day of the table: its items, or why it is free; `held` is False where the expert was not there any more, or
    not yet."""

    day: date
    items: Sequence[AgendaItem]
    free: str
    held: bool = True


def by_day(visit: Visit, exchange: Exchange, exceptions: calendars.Overrides) -> list[DayRow]:
    """The days of a short visit's agenda, free days with their reason."""
    if exchange.kind is Kind.LONG or not visit.agenda:
        return []
    country, (came, left) = exchange.host.country, queries.actual_days(visit)
    closed = {day.day: day for day in calendars.closed_days(visit.start, visit.end, (country,), exceptions)}
    rows = []
    for day in span(visit.start, visit.end):
        items = [item for item in visit.agenda if item.day == day]
        free = ""
        if not items:
            weekend = day.weekday() >= calendars.SATURDAY
            holiday = closing(closed[day].why) or _("Office closed") if day in closed and not closed[day].half else ""
            free = _("Weekend") if weekend else holiday or _("Nothing planned")
        rows.append(DayRow(day, items, free, came <= day <= left))
    return rows


def stay(visit: Visit, exchange: Exchange) -> list[StayNote]:
    """What to know of the stay, by the rules of its first day: days without a visa, permit, registration."""
    dates = Dates(visit.start, visit.end, visit.travel_out, visit.travel_back)
    first, country = visit.travel_out or visit.start, exchange.host.country
    return notes(stay_of(exchange, dates), in_force(queries.stay_rules(), country, first), country)


@dataclass(frozen=True)
class Change:
    """What differs from the proposal before: its dates where they changed, and how many rows are new or gone."""

    dates: str
    new: int
    gone: int


def change(exchange: Exchange, visit: Visit) -> Change | None:
    """None where this is the first proposal, or where nothing differs."""
    said = proposals(exchange)[-1] if visit.plan_version > 1 else {}
    before = {key: date.fromisoformat(day) for key, day in said.get("before", {}).items()}
    moved = bool(before) and (before["start"], before["end"]) != (visit.start, visit.end)
    found = Change(day_range(before["start"], before["end"]) if moved else "", said.get("new", 0), said.get("gone", 0))
    return found if moved or found.new or found.gone else None


def proposals(exchange: Exchange) -> list[dict[str, Any]]:
    """The facts of each proposal in the history, oldest first."""
    return [event.facts for event in events(exchange.id) if event.what == Action.HOST_SCHEDULE]


def most_items(exchange: Exchange) -> int:
    """The most agenda items that any proposal had: calendars may still hold that many."""
    return max((said.get("items", 0) for said in proposals(exchange)), default=0)
