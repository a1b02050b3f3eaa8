"""Which host units have room on which days: a bit for each seat, so that thousands of visits find one at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from itertools import islice

MOST = 50  # seats that a unit can have; the table's own limit


class Seats:
    """Seats by unit and day, those taken already included."""

    def __init__(self, units: Iterable[tuple[int, int]], taken: Iterable[tuple[int, date, int]]) -> None:
        """`units` are (unit, agency), `taken` are (unit, day, seat)."""
        self.units: dict[int, list[int]] = {}
        self.highest: dict[int, int] = {}
        self.bits: dict[tuple[int, date], int] = {}
        for unit, agency in units:
            self.units.setdefault(agency, []).append(unit)
        for unit, day, seat in taken:
            self._take(unit, [day], seat)

    def find(self, agency: int, days: Sequence[date], number: int) -> tuple[int, int]:
        """A unit of the agency and a seat that is free on all days, beginning with the `number`th unit; taken with
        this. Raises LookupError where the agency is full."""
        units = self.units[agency]
        turn = number % len(units)
        for unit in [*islice(units, turn, None), *islice(units, turn)]:
            seat = self._free(unit, days)
            if seat <= MOST:
                self._take(unit, days, seat)
                return unit, seat
        raise LookupError("the agency's units are full in that week: ask for fewer exchanges")

    def _free(self, unit: int, days: Collection[date]) -> int:
        """The lowest seat that is free on all days."""
        taken = 0
        for day in days:
            taken |= self.bits.get((unit, day), 0)
        return (~taken & (taken + 1)).bit_length()

    def _take(self, unit: int, days: Collection[date], seat: int) -> None:
        for day in days:
            self.bits[unit, day] = self.bits.get((unit, day), 0) | 1 << (seat - 1)
        self.highest[unit] = max(self.highest.get(unit, 0), seat)
