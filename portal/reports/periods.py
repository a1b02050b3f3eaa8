"""The periods of progress reports on a long stay: three months each, due within the month after. Pure."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

MONTHS = 3  # EU Twinning: every three months, within the month after


@dataclass(frozen=True)
class Period:
    """`due` is the day by which its report should be handed in."""

    first: date
    last: date
    due: date


def later(day: date, months: int) -> date:
    """The same day some months later; the month's last where it has no such day."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def periods(start: date, end: date) -> list[Period]:
    """All of a stay's periods; the last one is as long as what is left."""
    found: list[Period] = []
    first = start
    while first <= end:
        following = later(start, MONTHS * (len(found) + 1))
        last = min(following - timedelta(days=1), end)
        found.append(Period(first, last, later(last, 1)))
        first = following
    return found


def unreported(start: date, end: date, reported: Sequence[tuple[date, date]]) -> list[Period]:
    """The periods of which no day is reported on yet."""
    return [p for p in periods(start, end) if not any(a <= p.last and b >= p.first for a, b in reported)]
