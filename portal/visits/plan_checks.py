"""What speaks against a visit's dates and plan, on three levels: blocked, mind, noted. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import pairwise
from typing import Any

TRAVEL = timedelta(days=7)  # a travel day lies at most that far from the visit
NOON = time(13)  # offices in Türkiye close then on the days before feasts
ALIKE = 0.6  # of 1; below it a wording is another one, not a correction


class Weight(StrEnum):
    BLOCKED = "blocked"
    MIND = "mind"
    NOTED = "noted"


@dataclass(frozen=True)
class Notice:
    """`code` finds its words in `forms.NOTICES`, `facts` fill them; `field` is the answer a blocked one concerns."""

    level: Weight
    code: str
    facts: Mapping[str, Any]
    field: str = "start"


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
    name: str
    half: bool
    there: bool


@dataclass(frozen=True)
class Limits:
    """What the plan is held against: the call's limits, the unit's and the expert's calendars, both countries' days.

    `days` counts the stay as the call does: working days for short visits, calendar days for long ones; `working` are
    the days on which the host works.
    """

    earliest: date
    latest: date
    least: int
    most: int
    days: int
    unit_blocked: Sequence[tuple[date, date]]
    full: Collection[date]
    elsewhere: Collection[date]
    closed: Sequence[Closed]
    working: Sequence[date]
    today: date


def span(first: date, last: date) -> list[date]:
    """All days from first to last, both included."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def notices(plan: Plan, limits: Limits) -> list[Notice]:
    """Everything to be said, the gravest first."""
    parts = (_dates(plan, limits), _travel(plan), _clashes(plan, limits), _items(plan), _milestones(plan))
    found = [notice for part in (*parts, _gaps(plan, limits), _closed(plan, limits)) for notice in part]
    return sorted(found, key=lambda notice: list(Weight).index(notice.level))


def slip(before: str, after: str) -> bool:
    """Whether a wording was corrected or completed, not exchanged for another one."""
    return not before or SequenceMatcher(None, before.casefold(), after.casefold()).ratio() >= ALIKE


def _blocked(code: str, field: str = "start", **facts: Any) -> Notice:
    return Notice(Weight.BLOCKED, code, facts, field)


def _mind(code: str, **facts: Any) -> Notice:
    return Notice(Weight.MIND, code, facts)


def _dates(plan: Plan, limits: Limits) -> list[Notice]:
    found = []
    if plan.start < limits.earliest or plan.end > limits.latest:
        field = "start" if plan.start < limits.earliest else "end"
        found.append(_blocked("outside_call", field, first=limits.earliest, last=limits.latest))
    if not limits.least <= limits.days <= limits.most:
        found.append(_blocked("days", "end", days=limits.days, least=limits.least, most=limits.most))
    if plan.start < limits.today:
        found.append(_mind("past", first=plan.start))
    return found


def _travel(plan: Plan) -> list[Notice]:
    out, back, found = plan.travel_out, plan.travel_back, []
    if out and not plan.start - TRAVEL <= out < plan.start:
        found.append(_blocked("travel_out", "travel_out", days=TRAVEL.days, first=plan.start))
    if back and not plan.end < back <= plan.end + TRAVEL:
        found.append(_blocked("travel_back", "travel_back", days=TRAVEL.days, last=plan.end))
    return found


def _clashes(plan: Plan, limits: Limits) -> list[Notice]:
    found = []
    for first, last in limits.unit_blocked:
        if first <= plan.end and last >= plan.start:
            found.append(_blocked("unit_blocked", first=first, last=last))
    if limits.full:
        found.append(_blocked("unit_full", first=min(limits.full), days=len(limits.full)))
    if limits.elsewhere:
        found.append(_blocked("elsewhere", first=min(limits.elsewhere), days=len(limits.elsewhere)))
    return found


def _items(plan: Plan) -> list[Notice]:
    found = []
    for item in plan.items:
        if not plan.start <= item.day <= plan.end:
            found.append(_blocked("item_outside", "agenda", title=item.title, day=item.day))
        if item.ends <= item.begins:
            found.append(_blocked("item_order", "agenda", title=item.title, day=item.day))
    ordered = sorted(plan.items, key=lambda item: (item.day, item.begins))
    for before, after in pairwise(ordered):
        if before.day == after.day and after.begins < before.ends:
            found.append(_mind("overlap", title=after.title, other=before.title, day=after.day))
    return found


def _milestones(plan: Plan) -> list[Notice]:
    outside = [due for due in plan.milestones if not plan.start <= due <= plan.end]
    return [_blocked("milestone_outside", "milestones", day=due) for due in outside]


def _gaps(plan: Plan, limits: Limits) -> list[Notice]:
    """Days without anything planned; a long stay without any milestone."""
    if plan.long:
        return [] if plan.milestones else [_mind("no_milestones")]
    planned = {item.day for item in plan.items}
    empty = [day for day in limits.working if day not in planned]
    return [_mind("nothing_planned", days=len(empty), first=empty[0])] if empty else []


def _closed(plan: Plan, limits: Limits) -> list[Notice]:
    """Holidays there are minded where something is planned on them; others, and those at home, are noted together."""
    minded, noted = [], []
    for closed in limits.closed:
        ends = [item.ends for item in plan.items if closed.there and item.day == closed.day]
        if any(not closed.half or end > NOON for end in ends):
            facts = {"day": closed.day, "name": closed.name, "country": closed.country}
            minded.append(_mind("half_day" if closed.half else "holiday", **facts))
        elif closed.there or not closed.half:
            noted.append(closed)
    return minded + [Notice(Weight.NOTED, code, facts) for code, facts in _together(noted)]


def _together(closed: Sequence[Closed]) -> list[tuple[str, dict[str, Any]]]:
    """One notice for each country's holidays and one for half days, however long the stay."""
    groups: dict[tuple[str, str], list[tuple[date, str]]] = {}
    for day in closed:
        groups.setdefault(("half_days" if day.half else "holidays", day.country), []).append((day.day, day.name))
    return [(code, {"country": country, "list": days}) for (code, country), days in groups.items()]
