"""Free seats of host units by day, as one bit a seat, so that seats for thousands of visits are found quickly."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from itertools import islice

MAX_SEATS = 50  # seats that a unit can have; the table's own limit


class Seats:
    """The seats that are taken, by unit and day."""

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
        """Takes a seat that is free on all `days` and returns (unit, seat); tries the agency's `number`th unit first.

        Raises LookupError: all units of the agency are full.
        """
        units = self.units[agency]
        turn = number % len(units)
        for unit in [*islice(units, turn, None), *islice(units, turn)]:
            seat = self._free(unit, days)
            if seat <= MAX_SEATS:
                self._take(unit, days, seat)
                return unit, seat
        raise LookupError("the agency's units are full in that week: ask for fewer exchanges")

    def _free(self, unit: int, days: Collection[date]) -> int:
        """The number of the lowest seat that is free on all days."""
        taken = 0
        for day in days:
            taken |= self.bits.get((unit, day), 0)
        return (~taken & (taken + 1)).bit_length()

    def _take(self, unit: int, days: Collection[date], seat: int) -> None:
        for day in days:
            self.bits[unit, day] = self.bits.get((unit, day), 0) | 1 << (seat - 1)
        self.highest[unit] = max(self.highest.get(unit, 0), seat)
