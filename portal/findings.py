"""Findings (errors, warnings, information), and the exceptions by which services refuse. Independent of the web.

A finding has a code and facts, no text. Each stage has the texts of its codes in `labels.FINDINGS`;
`portal.web.findings` combines both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as default
from enum import StrEnum
from typing import Any


class Level(StrEnum):
    """The severity of a finding, highest first: an error forbids, a warning advises, info only informs."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True)
class Finding:
    """`code` names the rule, `field` the answer that it concerns; `facts` fill the placeholders of its text.

    Facts are plain values: days, pairs of days for a range, moments (with a fact `zone`), enumerations, numbers, text
    and lists of these. A fact called `country`, `language` or `languages` holds codes.
    """

    level: Level
    code: str
    field: str = ""
    facts: Mapping[str, Any] = default(default_factory=dict)


def error(code: str, field: str = "", **facts: Any) -> Finding:
    """A finding that forbids."""
    return Finding(Level.ERROR, code, field, facts)


def warning(code: str, field: str = "", **facts: Any) -> Finding:
    """A finding that advises."""
    return Finding(Level.WARNING, code, field, facts)


def info(code: str, field: str = "", **facts: Any) -> Finding:
    """A finding that only informs."""
    return Finding(Level.INFO, code, field, facts)


class RuleViolation(Exception):
    """A rule of the domain is violated; nothing was changed. `findings` say why; `code` is that of the first."""

    def __init__(self, refusal: str | Finding, *more: Finding, field: str = "", **facts: Any) -> None:
        """From a code with `field` and facts, or from existing findings."""
        first = error(refusal, field, **facts) if isinstance(refusal, str) else refusal
        super().__init__(first.code)
        self.findings = (first, *more)
        self.code, self.field, self.facts = first.code, first.field, first.facts


class Conflict(Exception):
    """Somebody else (or another tab) was faster; nothing was changed. `reference` is that of the subject."""

    def __init__(self, reference: str = "") -> None:
        super().__init__(reference)
        self.reference = reference


class AlreadyDone(Conflict):
    """The same person has already taken this step (double click, back button); users see no error."""


class EditConflict(Conflict):
    """The record was saved elsewhere since it was read; nothing was overwritten; the page can show what differs."""
