"""The form in which a plan is written, by day: what it begins with, its rows, what it proposes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from portal import calendars
from portal.applications.models import Application
from portal.calendars import Overrides
from portal.exchanges.models import Exchange, Kind
from portal.visits.forms import PlanForm
from portal.visits.models import PlanDraft, Visit
from portal.visits.plan_checks import span
from portal.visits.plan_drafts import DraftAnswers, version_of
from portal.visits.plan_forms import ITEM, MILESTONE, rows_name, vars_of
from portal.visits.service import AgendaAnswer, MilestoneAnswer, Proposal
from portal.web.closed_days import closed_list, closing
from portal.web.formats import day as spelled
from portal.web.formats import lines

DATES = ("start", "end", "travel_out", "travel_back")
HEAD = (*DATES, "note", "language")
USUAL = time(10), time(12)  # the hours of a wished activity until somebody sets others
LONGEST = 400  # days of a stay
BY_DAY = 62  # the longest stay whose days are all shown; calls of short visits allow far less


def stored(
    exchange: Exchange, visit: Visit | None, application: Application | None, draft: PlanDraft | None
) -> PlanForm:
    """The form with the draft, else the last proposal, else the wished dates with the wished activities."""
    values: dict[str, Any] = {"version": version_of(draft), "step": exchange.version}
    if draft is not None:
        values |= vars_of(draft, *HEAD) | {rows_name(exchange): [_typed(row) for row in draft.rows]}
    elif visit is not None:
        values |= vars_of(visit, *HEAD) | _planned(exchange, visit)
    elif application and application.windows:
        values |= wished(exchange, application) | {"language": application.language}
    form = PlanForm(formdata=None, **{name: value for name, value in values.items() if value != ""})
    fill_days(form, exchange)
    return form


def _typed(row: dict[str, str]) -> dict[str, Any]:
    """A stored row as its form reads it."""
    kinds: dict[str, Any] = {"day": date, "due": date, "begins": time, "ends": time}
    return {name: (kinds[name].fromisoformat(text) if text else None) if name in kinds else text
            for name, text in row.items()}  # fmt: skip


def _planned(exchange: Exchange, visit: Visit) -> dict[str, Any]:
    if exchange.kind is Kind.SHORT:
        return {"agenda": [vars_of(item, *ITEM) for item in visit.agenda]}
    return {"milestones": [vars_of(milestone, *MILESTONE) for milestone in visit.milestones]}


def wished(exchange: Exchange, application: Application) -> dict[str, Any]:
    """The first wished window, cut to the wished length, with the wished activities in their order."""
    window, days, activities = application.windows[0], application.days or 1, lines(application.activities)
    if exchange.kind is Kind.LONG:
        end = min(window.last, window.first + timedelta(days=days - 1))
        due = [window.first + (end - window.first) * n / len(activities) for n in range(1, len(activities) + 1)]
        rows = [{"due": day, "title": title[:300]} for day, title in zip(due, activities, strict=True)]
        return {"start": window.first, "end": end, "milestones": rows}
    working = _working(exchange, window.first, window.last)[:days]
    if not working:
        return {"start": window.first, "end": window.last}
    return {"start": working[0], "end": working[-1], "agenda": _spread(activities, working)}


def _spread(activities: Sequence[str], working: Sequence[date]) -> list[dict[str, Any]]:
    """Each activity on a working day, one after the other; where there are more than days, several on one."""
    rows, begins = [], dict.fromkeys(working, USUAL[0])
    for n, title in enumerate(activities):
        day = working[n * len(working) // len(activities)] if len(activities) > len(working) else working[n]
        ends = time(min(begins[day].hour + 2, 22))
        rows.append({"day": day, "begins": begins[day], "ends": ends, "title": title[:300]})
        begins[day] = ends
    return rows


def _working(exchange: Exchange, first: date, last: date) -> list[date]:
    exceptions, country = calendars.overrides(), exchange.host.country
    return [day for day in span(first, last) if calendars.is_working(day, country, exceptions)]


def _stay(form: PlanForm) -> tuple[date, date] | None:
    """First and last day where both are given and possible."""
    start, end = form.start.data, form.end.data
    if start is None or end is None or not 2000 <= start.year <= end.year <= 2100:
        return None
    return (start, end) if 0 <= (end - start).days <= LONGEST else None


def shown_days(form: PlanForm) -> list[date]:
    """The days of the stay, where the dates are possible and few enough to be shown one by one."""
    stay = _stay(form)
    return span(*stay) if stay and (stay[1] - stay[0]).days < BY_DAY else []


def fill_days(form: PlanForm, exchange: Exchange) -> None:
    """Where nothing is planned yet, one empty row on the first working day; in a work plan, three.

    Days without an item show none: whoever goes by keyboard passes them with one press. Empty rows follow the dates.
    """
    if exchange.kind is Kind.LONG:
        for _n in range(3 if not len(form.milestones) else 0):
            form.milestones.append_entry()
        return
    form.agenda.entries = [row for row in form.agenda if row.form.said()]
    days = shown_days(form)
    working = _working(exchange, days[0], days[-1]) if days else []
    if working and not len(form.agenda):
        form.agenda.append_entry({"day": working[0]})


def add_row(form: PlanForm, exchange: Exchange, day: str) -> bool:
    """Another empty row on this day, from the end of the day's last item; False where there are as many as there may
    be."""
    rows = form[rows_name(exchange)]
    if len(rows) >= rows.max_entries:
        return False
    if exchange.kind is Kind.LONG:
        rows.append_entry()
        return True
    try:
        on = date.fromisoformat(day)
    except ValueError:
        on = rows[-1].form.day.data if len(rows) else form.start.data
    before = [row.form.ends.data for row in rows if row.form.day.data == on and row.form.ends.data]
    rows.append_entry({"day": on, "begins": max(before, default=None)})
    return True


def remove_row(form: PlanForm, exchange: Exchange, name: str) -> None:
    """Takes out the row of this name, as `agenda-3`."""
    rows = form[rows_name(exchange)]
    rows.entries = [row for row in rows if row.name != name]


def answers(form: PlanForm, exchange: Exchange) -> DraftAnswers:
    """What is saved of a draft: every row that says anything."""
    rows = [row.form.says for row in form[rows_name(exchange)]]
    return DraftAnswers(
        **form.values(*DATES),
        note=form.note.data or "",
        rows=[row for row in rows if row],
        language=form.language.data or "",
    )


def proposal(form: PlanForm) -> Proposal:
    """What a complete form proposes."""
    agenda, milestones = (_said(rows, names) for rows, names in ((form.agenda, ITEM), (form.milestones, MILESTONE)))
    return Proposal(
        **form.values(*DATES),
        note=form.note.data or "",
        language=form.language.data or "",
        agenda=[AgendaAnswer(**row) for row in agenda],
        milestones=[MilestoneAnswer(**row) for row in milestones],
    )


def _said(rows: Any, names: Sequence[str]) -> list[dict[str, Any]]:
    return [{name: row.data[name] or "" for name in names} for row in rows if row.form.said()]


@dataclass(frozen=True)
class DayBlock:
    """One day of the editor with its rows; `closed` says why nobody works, `day` is none for rows beside the visit."""

    day: date | None
    closed: str
    rows: list[Any] = field(default_factory=list)


def blocks(form: PlanForm, exchange: Exchange) -> list[DayBlock]:
    """The rows of an agenda under their days, in the order of their hours; those on other days first."""
    days = shown_days(form)
    closed = _closed(days, exchange.host.country, calendars.overrides()) if days else {}
    found = {day: DayBlock(day, closed.get(day, "")) for day in days}
    beside = DayBlock(None, "")
    for row in form.agenda:
        found.get(row.form.day.data, beside).rows.append(row)
    return [*([beside] if beside.rows else []), *found.values()]


def _closed(days: Sequence[date], country: str, exceptions: Overrides) -> dict[date, str]:
    words = {day: _("Weekend") for day in days if not calendars.is_working(day, country, exceptions)}
    for closed in calendars.closed_days(days[0], days[-1], (country,), exceptions):
        words[closed.day] = _("closes at 13:00") if closed.half else closing(closed.why) or _("Office closed")
    return words


def sum_of_days(form: PlanForm, exchange: Exchange) -> str:
    """The length of the stay in words: working days, first and last day, and what lies between."""
    stay = _stay(form)
    if stay is None:
        return ""
    start, end = stay
    exceptions, country = calendars.overrides(), exchange.host.country
    working = calendars.working_days(start, end, country, exceptions)
    closed = [day for day in calendars.closed_days(start, end, (country,), exceptions) if not day.half]
    words = [
        ngettext("%(num)s working day", "%(num)s working days", working),
        _("%(first)s to %(last)s", first=spelled(start), last=spelled(end)),
    ]
    if closed:
        words.append(Markup(_("closed: %(days)s")) % {"days": closed_list((day.day, day.why) for day in closed)})
    return Markup(" · ").join(words)
