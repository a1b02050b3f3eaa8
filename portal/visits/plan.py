"""Between a visit, its form and its page: prefilled forms, proposals, days for the table, facts of the stay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _

from portal import calendars
from portal.applications.models import Window
from portal.calls.models import Call
from portal.exchanges.models import Exchange, Kind
from portal.exchanges.queries import events
from portal.visits.checks import span
from portal.visits.forms import ScheduleForm
from portal.visits.models import AgendaItem, Visit
from portal.visits.service import AgendaAnswer, CallLimits, MilestoneAnswer, Proposal
from portal.workflow import Action

EMPTY_ROWS = 3
VISA_FREE = {"AZ": 90, "TR": 90}  # days; Türkiye counts them within any 180
REGISTER_AFTER = 15  # days; Azerbaijan, registration within 15 days of arrival


def rows_name(exchange: Exchange) -> str:
    return "agenda" if exchange.kind is Kind.SHORT else "milestones"


def prefilled(exchange: Exchange, visit: Visit | None, windows: Sequence[Window]) -> ScheduleForm:
    """The form with the last proposal, or else with the first wished window."""
    values: dict[str, Any] = {"version": exchange.version}
    if visit is not None:
        names = ("start", "end", "travel_out", "travel_back", "note")
        values |= {name: getattr(visit, name) for name in names}
        values["agenda"] = [vars_of(item, "day", "begins", "ends", "title", "place", "who") for item in visit.agenda]
        values["milestones"] = [vars_of(m, "due", "title", "output", "indicator") for m in visit.milestones]
    elif windows:
        values |= {"start": windows[0].first, "end": windows[0].last}
    form = ScheduleForm(**values)
    rows = form[rows_name(exchange)]
    for _n in range(EMPTY_ROWS):
        rows.append_entry()
    return form


def vars_of(row: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def proposal(form: ScheduleForm) -> Proposal:
    """What a valid form proposes; rows without title are left out."""
    return Proposal(
        start=form.start.data,
        end=form.end.data,
        travel_out=form.travel_out.data,
        travel_back=form.travel_back.data,
        note=form.note.data or "",
        agenda=[
            AgendaAnswer(r["day"], r["begins"], r["ends"], r["title"], r["place"] or "", r["who"] or "")
            for r in form.agenda.data
            if r["title"]
        ],
        milestones=[
            MilestoneAnswer(r["due"], r["title"], r["output"] or "", r["indicator"] or "")
            for r in form.milestones.data
            if r["title"]
        ],
    )


def proposal_of(visit: Visit) -> Proposal:
    """A stored visit as the proposal that it was."""
    return Proposal(
        start=visit.start,
        end=visit.end,
        travel_out=visit.travel_out,
        travel_back=visit.travel_back,
        note=visit.note,
        agenda=[AgendaAnswer(**vars_of(i, "day", "begins", "ends", "title", "place", "who")) for i in visit.agenda],
        milestones=[MilestoneAnswer(**vars_of(m, "due", "title", "output", "indicator")) for m in visit.milestones],
    )


def limits(call: Call) -> CallLimits:
    return CallLimits(call.earliest, call.latest, call.min_days, call.max_days)


@dataclass(frozen=True)
class DayRow:
    """One day of the table: its items, or why it is free."""

    day: date
    items: Sequence[AgendaItem]
    free: str


def by_day(visit: Visit, country: str) -> list[DayRow]:
    """The days of a short visit's agenda, free days with their reason."""
    if not visit.agenda:
        return []
    closed = {day.day: day for day in calendars.closed_days(visit.start, visit.end, (country,), calendars.overrides())}
    rows = []
    for day in span(visit.start, visit.end):
        items = [item for item in visit.agenda if item.day == day]
        free = ""
        if not items:
            weekend = day.weekday() >= calendars.SATURDAY
            free = _("Weekend") if weekend else closed[day].name if day in closed else _("Nothing planned")
        rows.append(DayRow(day, items, free))
    return rows


def stay(visit: Visit, country: str) -> list[str]:
    """Facts on staying in the country. Sources: the domain brief, "Two countries"; the portal gives no legal advice."""
    first, last = visit.travel_out or visit.start, visit.travel_back or visit.end
    days = (last - first).days + 1
    facts = [_("%(days)s of %(all)s days that citizens may stay without a visa.", days=days, all=VISA_FREE[country])]
    if days > VISA_FREE[country]:
        facts.append(
            _("Longer needs a residence permit and a passport. Apply at least 30 days before the 90 days end.")
        )
    if country == "AZ" and days > REGISTER_AFTER:
        facts.append(_("A stay over 15 days must be registered within 15 days of arrival."))
    elif country == "AZ":
        facts.append(_("No registration needed: 15 days or fewer."))
    facts.append(_("Whether official exchanges are visa-free: ask the consulate. This is not legal advice."))
    return facts


def before(exchange: Exchange) -> dict[str, str]:
    """The dates of the proposal before the last one (ISO days), empty where there was none."""
    proposals = [event for event in events(exchange.id) if event.what == Action.SCHEDULE]
    earlier: dict[str, str] = proposals[-1].facts.get("before", {}) if proposals else {}
    return {key: date.fromisoformat(value).strftime("%d.%m.%Y") for key, value in earlier.items()}
