"""The comparison of units for one exchange, as values for the page: best first, with reasons, and why not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from portal import calendars
from portal.applications.models import Application
from portal.bookings.occupancy import Period, occupancy
from portal.exchanges.models import Exchange
from portal.findings import Level, info
from portal.hosting import queries
from portal.hosting.labels import FINDINGS, REMEDIES
from portal.hosting.matching import Candidate, UnitFacts, Wish, nearest, ranked
from portal.units.models import HostUnit
from portal.units.queries import of_agency
from portal.web.findings import in_words, shown
from portal.web.language import spoken

PERIODS = 6  # of the first wished window that are shown


@dataclass(frozen=True)
class UnitRow:
    """One unit: how well it fits of 100, what speaks for it and what to mind; or why it is not possible, and what
    would change that."""

    unit: HostUnit
    score: int
    possible: bool
    reasons: Sequence[str]
    cautions: Sequence[str]
    hindrance: str
    change: str
    weeks: Sequence[Period]


def rows(exchange: Exchange, application: Application) -> list[UnitRow]:
    """The host agency's units, possible ones first, the best match first; a fixed number of statements."""
    units = {unit.id: unit for unit in of_agency(spoken(), exchange.host_id)}
    wish, bounds = queries.wish_of(application, spoken()), _bounds(exchange, application)
    facts = {found.id: found for found in queries.facts(list(units.values()), [*wish.windows, bounds])}
    return [_row(units[found.unit_id], found, facts, wish, bounds) for found in ranked(list(facts.values()), wish)]


def _bounds(exchange: Exchange, application: Application) -> tuple[date, date]:
    """From when until when a visit can be: the call's days that are still to come."""
    call, today = application.call, calendars.today(exchange.host.zone)
    return max(call.earliest, min(today, call.latest)), call.latest


def _row(
    unit: HostUnit, found: Candidate, facts: Mapping[int, UnitFacts], wish: Wish, bounds: tuple[date, date]
) -> UnitRow:
    against, said = found.hindrance, shown(found.findings, FINDINGS)
    hindrance = change = ""
    if against is not None:
        hindrance, change = in_words(against, FINDINGS), str(REMEDIES[against.code])
        if days := nearest(facts[unit.id], wish, bounds):
            change = in_words(info("nearest", days=days), FINDINGS)
    return UnitRow(
        unit,
        found.score,
        found.possible,
        [reason.words for reason in said if reason.level is Level.INFO],
        [reason.words for reason in said if reason.level is Level.WARNING],
        hindrance,
        change,
        _weeks(facts[unit.id], wish),
    )


def _weeks(unit: UnitFacts, wish: Wish) -> list[Period]:
    """How full the unit is in the first wished window."""
    if not wish.windows:
        return []
    return occupancy(*wish.windows[0], unit.booked, unit.capacity, unit.blocked)[:PERIODS]
