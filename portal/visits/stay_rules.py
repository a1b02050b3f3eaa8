"""What the rules of a country make of a stay there: plain values from dated rules and days. Pure.

The rules themselves are rows with their source (`models.StayRule`), the sentences stand in `stay_labels`. They inform
and warn: nothing is refused for them, and the portal gives no legal advice.

Days are counted in one way wherever a stay is told of: the day of arrival is day 1, and the last day in the country
counts too. Where a law can be read in two ways, the earlier day is told.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class StayCode(StrEnum):
    """What a rule says; its `days` are the number in it."""

    VISA_FREE = "visa_free"  # so many days need no visa
    VISA_WINDOW = "visa_window"  # those are counted within any so many days; without it each stay counts by itself
    WORK = "work"  # those days give no right to work
    IDENTITY_CARD = "identity_card"  # an identity card is enough for direct travel
    PERMIT = "permit"  # longer needs a permit, asked for so many days before the last day without a visa
    REGISTRATION = "registration"  # a longer stay is registered within so many days of arrival
    MOVING = "moving"  # another place of stay is registered within so many working days
    LEAVING = "leaving"  # who leaves the place of stay is reported


# what is said without a number; of a permit it may be unknown
WITHOUT_DAYS = frozenset({StayCode.WORK, StayCode.IDENTITY_CARD, StayCode.LEAVING})


@dataclass(frozen=True)
class Rule:
    """One rule from `valid_from` to `valid_until` (none: until further notice), its source by language and address.

    `days` is none for a permit of which no day is known, and for what is said without a number. `checked_on` is the day
    on which somebody last read the source; none: nobody has.
    """

    country: str
    code: StayCode
    days: int | None
    valid_from: date
    valid_until: date | None
    sources: Mapping[str, str]
    address: str
    checked_on: date | None = None


Rules = Mapping[StayCode, Rule]


@dataclass(frozen=True)
class Stay:
    """Days in the country, and what follows from them. None: no rule says it, or it does not apply to this stay."""

    first: date
    last: date
    days: int  # from first to last, both counted
    used: int  # days without a visa, those of earlier stays included where they count
    visa_free: int | None
    window: int | None
    exceeded: bool
    permit_by: date | None  # the last day to ask for a permit; before the first day, where too few days are left
    registration_over: int | None  # days; a longer stay must be registered
    register_by: date | None


def in_force(rules: Iterable[Rule], country: str, day: date) -> dict[StayCode, Rule]:
    """The country's rules on a day."""
    return {
        rule.code: rule
        for rule in rules
        if rule.country == country and rule.valid_from <= day <= (rule.valid_until or date.max)
    }


def counted_from(first: date, rules: Rules) -> date | None:
    """From when days of earlier stays count on the day of arrival; none where each stay counts by itself."""
    window = _days(rules, StayCode.VISA_WINDOW)
    return None if window is None else first - timedelta(days=window - 1)


def compute(first: date, last: date, rules: Rules, earlier: Collection[date]) -> Stay:
    """Of a stay from `first` to `last`, travel days included; `earlier`: days of earlier stays in the country."""
    days = (last - first).days + 1
    visa_free, window = _days(rules, StayCode.VISA_FREE), _days(rules, StayCode.VISA_WINDOW)
    used = days + len(_still_counted(earlier, last, window))
    exceeded = visa_free is not None and used > visa_free
    permit_by = register_by = None
    ask_before, registration_over = _days(rules, StayCode.PERMIT), _days(rules, StayCode.REGISTRATION)
    if visa_free is not None and exceeded and ask_before is not None:
        permit_by = _free_until(first, visa_free, window, earlier) - timedelta(days=ask_before)
    if registration_over is not None and days > registration_over:
        register_by = first + timedelta(days=registration_over - 1)
    return Stay(first, last, days, used, visa_free, window, exceeded, permit_by, registration_over, register_by)


def _free_until(first: date, visa_free: int, window: int | None, earlier: Collection[date]) -> date:
    """The last day of an unbroken stay that needs no visa; the day before `first` where none is left."""
    day = first
    while (day - first).days + 1 + len(_still_counted(earlier, day, window)) <= visa_free:
        day += timedelta(days=1)
    return day - timedelta(days=1)


def _still_counted(earlier: Collection[date], day: date, window: int | None) -> list[date]:
    """The days of earlier stays that count on a day."""
    return [] if window is None else [one for one in earlier if one > day - timedelta(days=window)]


def _days(rules: Rules, code: StayCode) -> int | None:
    return rules[code].days if code in rules else None
