"""Findings (errors, warnings, information), and the exceptions by which services refuse. Independent of the web.

A finding has a code and facts, no text. Each stage has the texts of its codes in `labels.FINDINGS`;
`portal.web.findings` combines both.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
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


def digest(findings: Iterable[Finding]) -> str:
    """A name for exactly these findings with their facts, in whatever order; empty for none."""
    written = sorted(json.dumps([f.code, f.field, f.facts], sort_keys=True, default=str) for f in findings)
    return hashlib.sha256(json.dumps(written).encode()).hexdigest() if written else ""


def settle(findings: Iterable[Finding], confirmed: str | None) -> None:
    """Lets a press through that nothing forbids and whose warnings were confirmed.

    `confirmed` is the digest of the warnings that were shown; None where no page asks anybody, as in the demonstration.
    Raises RuleViolation with all errors and warnings where there is an error, with the warnings where these are not
    the confirmed ones. Infos never block.
    """
    found = list(findings)
    errors = [finding for finding in found if finding.level is Level.ERROR]
    warnings = [finding for finding in found if finding.level is Level.WARNING]
    if errors or (warnings and confirmed is not None and digest(warnings) != confirmed):
        raise RuleViolation(*errors, *warnings)


@dataclass(frozen=True)
class Progress:
    """The state of one section of what is written over time: how many answers it needs, how many there are, and its
    findings. A section that needs none is complete; `begun` says whether something stands in it."""

    section: Any  # as its stage names it: an enumeration, or a key
    answered: int
    needed: int
    findings: Sequence[Finding]
    begun: bool = False

    @property
    def complete(self) -> bool:
        return not self.findings

    @property
    def wrong(self) -> int:
        """The findings other than missing answers."""
        return sum(not finding.code.startswith("missing") for finding in self.findings)


def unfinished(rows: Iterable[Progress]) -> Progress | None:
    """The first section in which something is missing or wrong."""
    return next((row for row in rows if not row.complete), None)


class Conflict(Exception):
    """Somebody else (or another tab) was faster; nothing was changed. `reference` is that of the subject."""

    def __init__(self, reference: str = "") -> None:
        super().__init__(reference)
        self.reference = reference


class AlreadyDone(Conflict):
    """The same person has already taken this step (double click, back button); users see no error."""


class EditConflict(Conflict):
    """The record was saved elsewhere since it was read; nothing was overwritten; the page can show what differs."""
