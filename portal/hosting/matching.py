"""Ranks host units for one application, with reasons. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from portal.findings import Finding, Level, error, info, warning

SPEAKS = frozenset({"B1", "B2", "C1", "C2"})  # enough to work in a language
WEEKEND = (5, 6)
# the weights, of 100 points together
TOPICS, WISHED, LANGUAGE, DATES = 45, 25, 15, 15


@dataclass(frozen=True)
class UnitFacts:
    """The facts of a unit: `blocked` periods and `booked` seats by day."""

    id: int
    topics: Collection[int]
    languages: Collection[str]
    capacity: int
    blocked: Sequence[tuple[date, date]]
    booked: Mapping[date, int]
    staffed: bool = True  # somebody coordinates it; else the agency answers in its place


@dataclass(frozen=True)
class Wish:
    """What the application asks for; `units` in their rank, `levels` by language, `declined` units that have refused.

    `days` is the length of the stay, in weekdays where `weekdays`, else in calendar days.
    """

    units: Sequence[int]
    topics: Mapping[int, str]  # their names by their ids
    levels: Mapping[str, str]
    windows: Sequence[tuple[date, date]]
    declined: Collection[int]
    days: int = 1
    weekdays: bool = True


class Judged(NamedTuple):
    """What speaks for a unit (info), what to mind (warning) or what makes it impossible (error); points of 100."""

    finding: Finding
    points: int = 0


@dataclass(frozen=True)
class Candidate:
    unit_id: int
    judged: Sequence[Judged]

    @property
    def findings(self) -> list[Finding]:
        return [finding for finding, _points in self.judged]

    @property
    def possible(self) -> bool:
        """Whether the stay fits into a wished window on days with a free seat."""
        return self.hindrance is None

    @property
    def hindrance(self) -> Finding | None:
        """The error that makes the unit impossible, or None."""
        return next((finding for finding in self.findings if finding.level is Level.ERROR), None)

    @property
    def score(self) -> int:
        """0 to 100."""
        return max(0, sum(points for _finding, points in self.judged))


def candidate(unit: UnitFacts, wish: Wish) -> Candidate:
    """Scores one unit by common topics, wishes, a common working language and free days."""
    found = (
        _topics(unit, wish),
        _wished(unit, wish),
        _language(unit, wish),
        _dates(unit, wish),
        _declined(unit, wish),
        _staffed(unit),
    )
    return Candidate(unit.id, [judged for judged in found if judged is not None])


def ranked(units: Sequence[UnitFacts], wish: Wish) -> list[Candidate]:
    """Possible units first, the best match first; equal ones in the order given."""
    return sorted((candidate(unit, wish) for unit in units), key=lambda c: (not c.possible, -c.score))


def _topics(unit: UnitFacts, wish: Wish) -> Judged | None:
    common = [name for number, name in wish.topics.items() if number in unit.topics]
    if common:
        points = round(TOPICS * len(common) / len(wish.topics))
        return Judged(info("topics", topics=common), points)
    return Judged(warning("no_topics")) if wish.topics and unit.topics else None


def _wished(unit: UnitFacts, wish: Wish) -> Judged | None:
    if unit.id not in wish.units:
        return None
    rank = list(wish.units).index(unit.id) + 1
    return Judged(info("wished", rank=rank), round(WISHED / rank))


def _language(unit: UnitFacts, wish: Wish) -> Judged | None:
    spoken = [code for code in unit.languages if wish.levels.get(code) in SPEAKS]
    if spoken:
        first = spoken[0]  # units list their own language first
        return Judged(info("language", language=first, level=wish.levels[first]), LANGUAGE)
    return Judged(warning("no_language", languages=list(unit.languages))) if unit.languages else None


def _dates(unit: UnitFacts, wish: Wish) -> Judged | None:
    """Info where the stay fits into a wished window, else the first error that prevents it."""
    for number, (first, last) in enumerate(wish.windows):
        needed = min(wish.days, _length(first, last, wish.weekdays))
        for begin, end in _free(unit, first, last):
            if _length(begin, end, wish.weekdays) >= needed:
                return Judged(info("free", days=(begin, end)), round(DATES / (number + 1)))
    return _hindrance(unit, wish.windows)


def _hindrance(unit: UnitFacts, windows: Sequence[tuple[date, date]]) -> Judged | None:
    for first, last in windows:
        for begin, end in unit.blocked:
            if begin <= last and end >= first:
                return Judged(error("blocked", days=(begin, end)))
    full = [day for first, last in windows for day in _span(first, last) if not _has_seat(unit, day)]
    return Judged(error("full", days=(full[0], full[-1]))) if full else None


def _free(unit: UnitFacts, first: date, last: date) -> Iterator[tuple[date, date]]:
    """The runs of days with a free seat within a window."""
    begin = None
    for day in _span(first, last):
        if _has_seat(unit, day):
            begin = begin or day
        elif begin:
            yield begin, day - timedelta(days=1)
            begin = None
    if begin:
        yield begin, last


def _has_seat(unit: UnitFacts, day: date) -> bool:
    return unit.booked.get(day, 0) < unit.capacity and not any(a <= day <= b for a, b in unit.blocked)


def _staffed(unit: UnitFacts) -> Judged | None:
    return None if unit.staffed else Judged(warning("no_coordinator"))


def _declined(unit: UnitFacts, wish: Wish) -> Judged | None:
    return Judged(warning("declined"), -100) if unit.id in wish.declined else None


def _length(first: date, last: date, weekdays: bool) -> int:
    return sum(not weekdays or day.weekday() not in WEEKEND for day in _span(first, last))


def _span(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def nearest(unit: UnitFacts, wish: Wish, bounds: tuple[date, date]) -> tuple[date, date] | None:
    """The days closest to the first wish on which the whole stay would fit, within these bounds; None where none do."""
    wanted = wish.windows[0][0] if wish.windows else bounds[0]
    stays = (_nearest_in(run, wanted, wish) for run in _free(unit, *bounds))
    return min(filter(None, stays), key=lambda stay: abs((stay[0] - wanted).days), default=None)


def _nearest_in(run: tuple[date, date], wanted: date, wish: Wish) -> tuple[date, date] | None:
    """Within a run of free days; None where it is too short."""
    days = [day for day in _span(*run) if not wish.weekdays or day.weekday() not in WEEKEND]
    if len(days) < wish.days:
        return None
    starts = range(len(days) - wish.days + 1)
    place = min(starts, key=lambda n: abs((days[n] - wanted).days))
    return days[place], days[place + wish.days - 1]
