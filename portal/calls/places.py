"""Guards the places of a call, which are given one at a time."""

from __future__ import annotations

from portal.calls import queries
from portal.calls.models import Call
from portal.findings import RuleViolation


def lock_places(call_id: int) -> Call:
    """The call, locked until the commit, so that places are given one at a time. To be locked before the exchange."""
    return queries.locked(call_id)


def require_place(call: Call) -> None:
    """Checks that a place is free; `call` must be locked, else the last could be given twice.

    Raises RuleViolation: "no_place".
    """
    if queries.places_taken(call.id) >= call.places:
        raise RuleViolation("no_place", places=call.places)
