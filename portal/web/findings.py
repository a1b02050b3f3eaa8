"""The texts of findings: a stage's messages by code, filled with formatted facts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from enum import Enum
from typing import Any, NamedTuple

from flask import flash
from flask_babel import ngettext
from markupsafe import Markup

from portal.findings import Finding, Level, RuleViolation
from portal.web.closed_days import closed_list, in_brackets
from portal.web.formats import COUNTRIES, ORDINALS, day_range, in_days, language_name, long_day, moment, short_day

Messages = Mapping[str, Any]  # code → text with placeholders for facts; value of an enumeration → its label


class Shown(NamedTuple):
    """A finding as the macro `findings` shows it."""

    level: Level
    words: str


def shown(findings: Iterable[Finding], messages: Messages) -> list[Shown]:
    """Findings with their texts, in the order given. Raises KeyError: a code has no text."""
    return [Shown(finding.level, in_words(finding, messages)) for finding in findings]


def in_words(finding: Finding, messages: Messages) -> str:
    """The text of a finding in the language of the request; markup where a fact is (a note in another language).
    Raises KeyError: the code has no text."""
    facts = finding.facts
    written = {name: _written(name, value, facts, messages) for name, value in facts.items()}
    words = str(messages[finding.code])
    return (Markup(words) if any(isinstance(value, Markup) for value in written.values()) else words) % written


@contextmanager
def flashed(messages: Messages) -> Iterator[None]:
    """Around the call of a service on a page without a form: ends the block where it refuses, and says why on the next
    page."""
    try:
        yield
    except RuleViolation as violation:
        for finding in violation.findings:
            flash(in_words(finding, messages), "problem")


def _written(name: str, value: Any, facts: Mapping[str, Any], messages: Messages) -> Any:
    """A fact as text, formatted by its name where a format is known for that, else by its type."""
    if name in BY_NAME:
        return BY_NAME[name](value)
    if isinstance(value, datetime):
        return moment(value, facts["zone"])
    if isinstance(value, date):
        return long_day(value)
    if isinstance(value, tuple):
        return day_range(*value)
    if isinstance(value, Enum):
        return messages.get(value.value, value.value)
    if isinstance(value, list):
        return ", ".join(str(_written("", entry, facts, messages)) for entry in value)
    return value


# the formats of facts by name
BY_NAME: dict[str, Callable[[Any], Any]] = {
    "country": lambda code: COUNTRIES[code],
    "language": language_name,
    "languages": lambda codes: ", ".join(map(language_name, codes)),
    "rank": lambda number: ORDINALS.get(number, number),
    "holiday": in_brackets,
    "closed": closed_list,
    "early": lambda days: ngettext("%(num)s day early", "%(num)s days early", days),
    "late": lambda days: ngettext("%(num)s day late", "%(num)s days late", days),
    "length": lambda length: in_days(*length),  # of a stay: its kind and its days, or the kind and its limits
    "allowed": lambda length: in_days(*length),
    "earliest": short_day,  # a call's limits, as its page writes them
    "latest": short_day,
}
