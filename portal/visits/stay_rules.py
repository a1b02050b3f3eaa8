"""What the rules of a country make of a stay there: plain values from dated rules and days. Pure.

The rules themselves are rows with their source (`models.StayRule`), the sentences stand in `stay_labels`. They inform
and warn: nothing is refused for them, and the portal gives no legal advice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class StayCode(StrEnum):
    """What a rule says; its `days` are the number in it."""

    VISA_FREE = "visa_free"  # so many days need no visa
    VISA_WINDOW = "visa_window"  # those are counted within any so many days; without it each stay counts by itself
    PERMIT = "permit"  # longer needs a permit, asked for so many days before the last day without a visa
    REGISTRATION = "registration"  # a longer stay is registered within so many days of arrival


@dataclass(frozen=True)
class Rule:
    """One rule from `valid_from` to `valid_until` (none: until further notice), its source by language and address.

    `days` is none only for a permit of which no day is known.
    """

    country: str
    code: StayCode
    days: int | None
    valid_from: date
    valid_until: date | None
    sources: Mapping[str, str]
    address: str


Rules = Mapping[StayCode, Rule]


@dataclass(frozen=True)
class Stay:
    """Days in the country, and what follows from them. None: no rule says it, or it does not apply to this stay."""

    used: int  # days without a visa, those of earlier stays included where they count
    visa_free: int | None
    window: int | None
    exceeded: bool
    permit_by: date | None  # the last day to ask for a permit
    registration_over: int | None  # days; a longer stay must be registered
    register_by: date | None


def in_force(rules: Iterable[Rule], country: str, day: date) -> dict[StayCode, Rule]:
    """The country's rules on a day."""
    return {
        rule.code: rule
        for rule in rules
        if rule.country == country and rule.valid_from <= day <= (rule.valid_until or date.max)
    }


def counted_from(first: date, last: date, rules: Rules) -> date | None:
    """From when days of earlier stays count; none where each stay counts by itself."""
    window = _days(rules, StayCode.VISA_WINDOW)
    return None if window is None else min(first, last - timedelta(days=window - 1))


def compute(first: date, last: date, rules: Rules, before: int) -> Stay:
    """Of a stay from `first` to `last`, travel days included; `before`: days of earlier stays that count."""
    days = (last - first).days + 1
    visa_free, window = _days(rules, StayCode.VISA_FREE), _days(rules, StayCode.VISA_WINDOW)
    used = days if window is None else days + before
    permit_by = register_by = None
    ask_before, registration_over = _days(rules, StayCode.PERMIT), _days(rules, StayCode.REGISTRATION)
    if visa_free is not None and used > visa_free and ask_before is not None:
        permit_by = first + timedelta(days=visa_free - 1 - ask_before)
    if registration_over is not None and days > registration_over:
        register_by = first + timedelta(days=registration_over)
    exceeded = visa_free is not None and used > visa_free
    return Stay(used, visa_free, window, exceeded, permit_by, registration_over, register_by)


def _days(rules: Rules, code: StayCode) -> int | None:
    return rules[code].days if code in rules else None
