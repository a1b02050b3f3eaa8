"""Checks of a visit's dates and plan, as findings. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from difflib import SequenceMatcher
from itertools import pairwise

from portal.calendars import Why
from portal.findings import Finding, Level, error, info, warning

TRAVEL = timedelta(days=7)  # a travel day lies at most that far from the visit
NOON = time(13)  # offices in Türkiye close then on the days before feasts
CLOSED = frozenset({"holidays", "half_days"})  # findings that only list the closed days in the dates
ALIKE = 0.6  # similarity from 0 to 1, below which a text is a new one and no correction


@dataclass(frozen=True)
class Item:
    """One planned item; hours are local to the place."""

    day: date
    begins: time
    ends: time
    title: str


@dataclass(frozen=True)
class Plan:
    """A proposed visit. The travel days may be missing; a long stay has milestones instead of items."""

    start: date
    end: date
    travel_out: date | None
    travel_back: date | None
    items: Sequence[Item]
    milestones: Sequence[date]
    long: bool


@dataclass(frozen=True)
class Closed:
    """A weekday on which one of the two countries does not work, or only half; `there`: the host's country."""

    day: date
    country: str
    why: Why
    half: bool
    there: bool


@dataclass(frozen=True)
class Limits:
    """What the plan is checked against: the call's limits, the unit's and the expert's calendars, both countries' days.

    `days` counts the stay as the call does: working days for short visits, calendar days for long ones. `asked` counts
    it as an application does, which knows no holidays. `working` are the days on which the host works.
    """

    earliest: date
    latest: date
    least: int
    most: int
    binding: bool
    days: int
    asked: int
    unit_blocked: Sequence[tuple[date, date]]
    full: Collection[date]
    elsewhere: Collection[date]
    closed: Sequence[Closed]
    working: Sequence[date]
    today: date


def span(first: date, last: date) -> list[date]:
    """All days from first to last, both included."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def findings(plan: Plan, limits: Limits) -> list[Finding]:
    """All findings, errors first."""
    parts = (_dates(plan, limits), _travel(plan), _clashes(plan, limits), _items(plan), _milestones(plan))
    found = [finding for part in (*parts, _gaps(plan, limits), _closed(plan, limits)) for finding in part]
    return sorted(found, key=lambda finding: list(Level).index(finding.level))


def slip(before: str, after: str) -> bool:
    """Whether a text was corrected or completed rather than replaced by another one."""
    return not before or SequenceMatcher(None, before.casefold(), after.casefold()).ratio() >= ALIKE


def _dates(plan: Plan, limits: Limits) -> list[Finding]:
    found = []
    against = error if limits.binding else warning
    if plan.start < limits.earliest or plan.end > limits.latest:
        field = "start" if plan.start < limits.earliest else "end"
        found.append(against("outside_call", field, first=limits.earliest, last=limits.latest))
    if not limits.least <= limits.days <= limits.most:
        kind = "long" if plan.long else "short"
        holidays = limits.days < limits.least <= limits.asked  # only they make it too short
        code, level = ("days_closed", warning) if holidays else ("days", against)
        facts = {"length": (kind, limits.days), "allowed": (kind, limits.least, limits.most)}
        found.append(level(code, "end", **facts))
    if plan.start < limits.today:
        found.append(warning("past", first=plan.start))
    return found


def _travel(plan: Plan) -> list[Finding]:
    out, back, found = plan.travel_out, plan.travel_back, []
    if out and not plan.start - TRAVEL <= out < plan.start:
        found.append(error("travel_out", "travel_out", days=TRAVEL.days, first=plan.start))
    if back and not plan.end < back <= plan.end + TRAVEL:
        found.append(error("travel_back", "travel_back", days=TRAVEL.days, last=plan.end))
    return found


def _clashes(plan: Plan, limits: Limits) -> list[Finding]:
    found = []
    for first, last in limits.unit_blocked:
        if first <= plan.end and last >= plan.start:
            found.append(error("unit_blocked", "start", first=first, last=last))
    if limits.full:
        found.append(error("unit_full", "start", first=min(limits.full), days=len(limits.full)))
    if limits.elsewhere:
        found.append(error("elsewhere", "start", first=min(limits.elsewhere), days=len(limits.elsewhere)))
    return found


def _items(plan: Plan) -> list[Finding]:
    found = []
    for item in plan.items:
        if not plan.start <= item.day <= plan.end:
            found.append(error("item_outside", "agenda", title=item.title, day=item.day))
        if item.ends <= item.begins:
            found.append(error("item_order", "agenda", title=item.title, day=item.day))
    ordered = sorted(plan.items, key=lambda item: (item.day, item.begins))
    for before, after in pairwise(ordered):
        if before.day == after.day and after.begins < before.ends:
            found.append(warning("overlap", title=after.title, other=before.title, day=after.day))
    return found


def _milestones(plan: Plan) -> list[Finding]:
    outside = [due for due in plan.milestones if not plan.start <= due <= plan.end]
    return [error("milestone_outside", "milestones", day=due) for due in outside]


def _gaps(plan: Plan, limits: Limits) -> list[Finding]:
    """Days without anything planned; a long stay without any milestone."""
    if plan.long:
        return [] if plan.milestones else [warning("no_milestones")]
    planned = {item.day for item in plan.items}
    empty = [day for day in limits.working if day not in planned]
    return [warning("nothing_planned", days=len(empty), first=empty[0])] if empty else []


def _closed(plan: Plan, limits: Limits) -> list[Finding]:
    """A warning for each holiday in the host's country with something planned; the others together in one finding."""
    warned, others = [], []
    for closed in limits.closed:
        ends = [item.ends for item in plan.items if closed.there and item.day == closed.day]
        if any(not closed.half or end > NOON for end in ends):
            warned.append(
                warning("half_day", day=closed.day, country=closed.country)
                if closed.half
                else warning("holiday", day=closed.day, country=closed.country, holiday=closed.why)
            )
        elif closed.there or not closed.half:
            others.append(closed)
    return warned + _together(others)


def _together(closed: Sequence[Closed]) -> list[Finding]:
    """One finding for each country's holidays and one for half days, however long the stay."""
    groups: dict[tuple[bool, str], list[tuple[date, Why]]] = {}
    for day in closed:
        groups.setdefault((day.half, day.country), []).append((day.day, day.why))
    return [
        info("half_days" if half else "holidays", country=country, closed=days)
        for (half, country), days in groups.items()
    ]
