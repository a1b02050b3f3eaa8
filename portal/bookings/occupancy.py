"""How full a unit is, week by week or month by month. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

MOST_WEEKS = 14  # a longer time is told by months


@dataclass(frozen=True)
class Period:
    """A week or a month, cut to the days that are asked for: on its fullest day `taken` of `seats` are taken."""

    first: date
    last: date
    taken: int
    seats: int
    blocked: bool  # the unit takes nobody on some of these days

    @property
    def full(self) -> bool:
        return self.free == 0

    @property
    def free(self) -> int:
        return 0 if self.blocked else max(self.seats - self.taken, 0)


def occupancy(
    first: date, last: date, taken: Mapping[date, int], seats: int, blocked: Sequence[tuple[date, date]] = ()
) -> list[Period]:
    """The weeks from `first` to `last`, or the months of a long time."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    by_week = len(days) <= MOST_WEEKS * 7
    groups = groupby(days, key=lambda day: day.isocalendar()[:2] if by_week else (day.year, day.month))
    return [_period(list(group), taken, seats, blocked) for _key, group in groups]


def _period(
    days: Sequence[date], taken: Mapping[date, int], seats: int, blocked: Sequence[tuple[date, date]]
) -> Period:
    shut = any(begin <= days[-1] and end >= days[0] for begin, end in blocked)
    return Period(days[0], days[-1], max(taken.get(day, 0) for day in days), seats, shut)


def with_days(taken: Mapping[date, int], gone: Collection[date], new: Collection[date]) -> dict[date, int]:
    """Seats taken by day once some days are released and others booked."""
    days = {*taken, *gone, *new}
    return {day: taken.get(day, 0) - (day in gone) + (day in new) for day in days}
