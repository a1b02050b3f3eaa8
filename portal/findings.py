"""What is wrong, or worth knowing: findings, and the exceptions by which services refuse. Knows nothing of the web.

A finding carries a code and facts, never words. Each stage's table `labels.FINDINGS` holds the words of its codes;
`portal.web.findings` puts both together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as default
from enum import StrEnum
from typing import Any


class Level(StrEnum):
    """How grave a finding is, the gravest first: an error forbids, a warning advises, info only informs."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True)
class Finding:
    """`code` names the rule, `field` the answer that it concerns; `facts` fill the placeholders of the words.

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
    """Rules of the domain refuse this: nothing was changed, and `findings` say why, of which the first gives `code`."""

    def __init__(self, refusal: str | Finding, *more: Finding, field: str = "", **facts: Any) -> None:
        """One rule by its code, with `field` and facts; or findings that were made before."""
        first = error(refusal, field, **facts) if isinstance(refusal, str) else refusal
        super().__init__(first.code)
        self.findings = (first, *more)
        self.code, self.field, self.facts = first.code, first.field, first.facts


class Conflict(Exception):
    """Somebody (or another tab) was faster: nothing was changed. `reference` leads to what it is now."""

    def __init__(self, reference: str = "") -> None:
        super().__init__(reference)
        self.reference = reference


class AlreadyDone(Conflict):
    """The same person has already done just this: a double click or the back button. Not an error to them."""


class EditConflict(Conflict):
    """What was read has been saved elsewhere since: nothing was written over it, and the page can show what differs."""
