"""Who could go where, and why: host units ranked for one application. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

SPEAKS = frozenset({"B1", "B2", "C1", "C2"})  # enough to work in a language


class Why(StrEnum):
    """A reason for or against a unit."""

    WISHED = "wished"
    TOPICS = "topics"
    LANGUAGE = "language"
    FREE = "free"
    BLOCKED = "blocked"
    FULL = "full"
    DECLINED = "declined"
    NO_LANGUAGE = "no_language"


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
    """What the application asks for; `units` in their rank, `levels` by language, `declined` units that said no."""

    units: Sequence[int]
    topics: Collection[str]
    levels: Mapping[str, str]
    windows: Sequence[tuple[date, date]]
    declined: Collection[int]


@dataclass(frozen=True)
class Candidate:
    unit_id: int
    score: int
    reasons: Sequence[Why]
    possible: bool  # some wished window has a free seat on every day


def free_window(unit: UnitFacts, first: date, last: date) -> Why | None:
    """None where the unit has a free seat on every day of a window, else what stands against it."""
    if any(a <= last and b >= first for a, b in unit.blocked):
        return Why.BLOCKED
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return Why.FULL if any(unit.booked.get(day, 0) >= unit.capacity for day in days) else None


def candidate(unit: UnitFacts, wish: Wish) -> Candidate:
    """One unit, judged: a wish counts most, then topics in common, then a common working language."""
    reasons: list[Why] = []
    score = 0
    if unit.id in wish.units:
        score += 100 - 20 * list(wish.units).index(unit.id)
        reasons.append(Why.WISHED)
    common = {topic.casefold() for topic in unit.topics} & {topic.casefold() for topic in wish.topics}
    if common:
        score += 10 * len(common)
        reasons.append(Why.TOPICS)
    speaks = any(wish.levels.get(language) in SPEAKS for language in unit.languages)
    score += 15 if speaks else 0
    reasons.append(Why.LANGUAGE if speaks else Why.NO_LANGUAGE)
    against = [free_window(unit, first, last) for first, last in wish.windows]
    possible = not against or None in against
    reasons.append(Why.FREE if possible else next(why for why in against if why is not None))
    if unit.id in wish.declined:
        score -= 200
        reasons.append(Why.DECLINED)
    return Candidate(unit.id, score, reasons, possible)


def ranked(units: Sequence[UnitFacts], wish: Wish) -> list[Candidate]:
    """Possible units first, the best match first; equal ones in the order given."""
    return sorted((candidate(unit, wish) for unit in units), key=lambda c: (not c.possible, -c.score))
