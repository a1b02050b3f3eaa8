"""What speaks against a visit's dates and plan, on three levels: blocked, mind, noted. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any


class Weight(StrEnum):
    BLOCKED = "blocked"
    MIND = "mind"
    NOTED = "noted"


@dataclass(frozen=True)
class Notice:
    """`code` finds its words in `forms.NOTICES`, `facts` fill them."""

    level: Weight
    code: str
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Item:
    """One planned item; hours are local to the place."""

    day: date
    begins: time
    ends: time
    title: str


@dataclass(frozen=True)
class Plan:
    """A proposed visit. `travel` are the travel days; both may be missing."""

    start: date
    end: date
    travel: Sequence[date]
    items: Sequence[Item]
    milestones: Sequence[date]


@dataclass(frozen=True)
class Limits:
    """What the plan is held against: the call's limits, the unit's and the expert's calendars.

    `days` counts the stay as the call does: working days for short visits, calendar days for long ones.
    """

    earliest: date
    latest: date
    least: int
    most: int
    days: int
    unit_blocked: Sequence[tuple[date, date]]
    full: Collection[date]
    elsewhere: Collection[date]
    closed: Sequence[tuple[date, str, bool]]  # day, holiday's name, half


def span(first: date, last: date) -> list[date]:
    """All days from first to last, both included."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def notices(plan: Plan, limits: Limits) -> list[Notice]:
    """Everything to be said, the gravest first."""
    found = [*_dates(plan, limits), *_clashes(plan, limits), *_items(plan), *_milestones(plan), *_closed(plan, limits)]
    return sorted(found, key=lambda notice: list(Weight).index(notice.level))


def _blocked(code: str, **facts: Any) -> Notice:
    return Notice(Weight.BLOCKED, code, facts)


def _dates(plan: Plan, limits: Limits) -> list[Notice]:
    found = []
    if plan.start < limits.earliest or plan.end > limits.latest:
        found.append(_blocked("outside_call", first=limits.earliest, last=limits.latest))
    if not limits.least <= limits.days <= limits.most:
        found.append(_blocked("days", days=limits.days, least=limits.least, most=limits.most))
    if any(plan.start <= day <= plan.end for day in plan.travel):
        found.append(_blocked("travel_inside"))
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
            found.append(_blocked("item_outside", title=item.title, day=item.day))
        if item.ends <= item.begins:
            found.append(_blocked("item_order", title=item.title, day=item.day))
    ordered = sorted(plan.items, key=lambda item: (item.day, item.begins))
    for before, after in pairwise(ordered):
        if before.day == after.day and after.begins < before.ends:
            facts = {"title": after.title, "other": before.title, "day": after.day}
            found.append(Notice(Weight.MIND, "overlap", facts))
    return found


def _milestones(plan: Plan) -> list[Notice]:
    return [_blocked("milestone_outside", day=due) for due in plan.milestones if not plan.start <= due <= plan.end]


def _closed(plan: Plan, limits: Limits) -> list[Notice]:
    found = []
    planned = {item.day for item in plan.items}
    for day, name, half in limits.closed:
        level = Weight.MIND if day in planned else Weight.NOTED
        found.append(Notice(level, "half_day" if half else "holiday", {"day": day, "name": name}))
    return found
