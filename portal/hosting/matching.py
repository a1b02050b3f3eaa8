"""Who could go where, and why: host units ranked for one application. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from portal.names import fold

SPEAKS = frozenset({"B1", "B2", "C1", "C2"})  # enough to work in a language
WEEKEND = (5, 6)
# what counts how much, of 100
TOPICS, WISHED, LANGUAGE, DATES = 45, 25, 15, 15


class Why(StrEnum):
    """A reason for or against a unit."""

    WISHED = "wished"
    TOPICS = "topics"
    NO_TOPICS = "no_topics"
    LANGUAGE = "language"
    NO_LANGUAGE = "no_language"
    FREE = "free"
    BLOCKED = "blocked"
    FULL = "full"
    DECLINED = "declined"


class Tone(StrEnum):
    """How a reason is meant: it speaks for the unit, is worth minding, or makes it impossible."""

    GOOD = "good"
    MIND = "mind"
    BLOCKED = "blocked"


@dataclass(frozen=True)
class Reason:
    """`facts` fill the reason's words."""

    why: Why
    tone: Tone
    points: int = 0
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class UnitFacts:
    """What is known of a unit: `blocked` periods and `booked` seats by day."""

    id: int
    topics: Collection[str]
    languages: Collection[str]
    capacity: int
    blocked: Sequence[tuple[date, date]]
    booked: Mapping[date, int]


@dataclass(frozen=True)
class Wish:
    """What the application asks for; `units` in their rank, `levels` by language, `declined` units that said no.

    `days` is the length of the stay, in weekdays where `weekdays`, else in calendar days.
    """

    units: Sequence[int]
    topics: Collection[str]
    levels: Mapping[str, str]
    windows: Sequence[tuple[date, date]]
    declined: Collection[int]
    days: int = 1
    weekdays: bool = True


@dataclass(frozen=True)
class Candidate:
    unit_id: int
    reasons: Sequence[Reason]

    @property
    def possible(self) -> bool:
        """In some wished window the stay fits on days with a free seat."""
        return self.hindrance is None

    @property
    def hindrance(self) -> Reason | None:
        """What makes it impossible, if anything."""
        return next((reason for reason in self.reasons if reason.tone is Tone.BLOCKED), None)

    @property
    def score(self) -> int:
        """0 to 100."""
        return max(0, sum(reason.points for reason in self.reasons))


def candidate(unit: UnitFacts, wish: Wish) -> Candidate:
    """One unit, judged by topics in common, wishes, a common working language and free days."""
    found = (_topics(unit, wish), _wished(unit, wish), _language(unit, wish), _dates(unit, wish), _declined(unit, wish))
    return Candidate(unit.id, [reason for reason in found if reason is not None])


def ranked(units: Sequence[UnitFacts], wish: Wish) -> list[Candidate]:
    """Possible units first, the best match first; equal ones in the order given."""
    return sorted((candidate(unit, wish) for unit in units), key=lambda c: (not c.possible, -c.score))


def _topics(unit: UnitFacts, wish: Wish) -> Reason | None:
    """Compared folded: people of two alphabets write the same topic."""
    asked = {fold(topic): topic for topic in wish.topics if topic.strip()}
    common = [asked[key] for key in dict.fromkeys(map(fold, unit.topics)) if key in asked]
    if common:
        points = round(TOPICS * len(common) / len(asked))
        return Reason(Why.TOPICS, Tone.GOOD, points, {"topics": ", ".join(common)})
    return Reason(Why.NO_TOPICS, Tone.MIND) if asked and unit.topics else None


def _wished(unit: UnitFacts, wish: Wish) -> Reason | None:
    if unit.id not in wish.units:
        return None
    rank = list(wish.units).index(unit.id) + 1
    return Reason(Why.WISHED, Tone.GOOD, round(WISHED / rank), {"rank": rank})


def _language(unit: UnitFacts, wish: Wish) -> Reason | None:
    spoken = [code for code in unit.languages if wish.levels.get(code) in SPEAKS]
    if spoken:
        first = spoken[0]  # the unit's own language stands first
        return Reason(Why.LANGUAGE, Tone.GOOD, LANGUAGE, {"language": first, "level": wish.levels[first]})
    return Reason(Why.NO_LANGUAGE, Tone.MIND, 0, {"languages": list(unit.languages)}) if unit.languages else None


def _dates(unit: UnitFacts, wish: Wish) -> Reason | None:
    """Free where the stay fits into some wished window; else the first thing that stands against it."""
    for number, (first, last) in enumerate(wish.windows):
        needed = min(wish.days, _length(first, last, wish.weekdays))
        for begin, end in _free(unit, first, last):
            if _length(begin, end, wish.weekdays) >= needed:
                return Reason(Why.FREE, Tone.GOOD, round(DATES / (number + 1)), {"first": begin, "last": end})
    return _hindrance(unit, wish.windows)


def _hindrance(unit: UnitFacts, windows: Sequence[tuple[date, date]]) -> Reason | None:
    for first, last in windows:
        for begin, end in unit.blocked:
            if begin <= last and end >= first:
                return Reason(Why.BLOCKED, Tone.BLOCKED, 0, {"first": begin, "last": end})
    full = [day for first, last in windows for day in _span(first, last) if not _has_seat(unit, day)]
    return Reason(Why.FULL, Tone.BLOCKED, 0, {"first": full[0], "last": full[-1]}) if full else None


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


def _declined(unit: UnitFacts, wish: Wish) -> Reason | None:
    return Reason(Why.DECLINED, Tone.MIND, -100) if unit.id in wish.declined else None


def _length(first: date, last: date, weekdays: bool) -> int:
    return sum(not weekdays or day.weekday() not in WEEKEND for day in _span(first, last))


def _span(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
