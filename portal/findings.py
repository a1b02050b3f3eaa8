"""How services say no: plain exceptions that know nothing of the web. Views turn them into words beside a field."""

from __future__ import annotations

from typing import Any


class RuleViolation(Exception):
    """A rule of the domain refuses this; `code` names the rule, `field` the answer it concerns, `facts` fill the words.

    The stage's `forms.MESSAGES` holds the words for each code.
    """

    def __init__(self, code: str, field: str | None = None, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.field = field
        self.facts = facts


class Conflict(Exception):
    """Somebody (or another tab) was faster: nothing was changed. `reference` leads to what it is now."""

    def __init__(self, reference: str = "") -> None:
        super().__init__(reference)
        self.reference = reference


class AlreadyDone(Conflict):
    """The same person has already done just this: a double click or the back button. Not an error to them."""
