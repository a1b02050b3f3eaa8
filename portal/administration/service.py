"""Writes the history of administration."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from portal.administration.models import AdministrationEvent, AdministrationWords
from portal.calendars import now
from portal.db import session
from portal.policy import Actor
from portal.registry import registry

Changes = Mapping[str, tuple[Any, Any]]


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """What differs between two states, as (before, after); a name that one of them lacks is None there."""
    names = [*before, *(name for name in after if name not in before)]
    return {name: (before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)}


def record(
    what: str,
    *,
    about: tuple[str, int],
    by: Actor | None,
    agency_id: int | None = None,
    facts: Changes | None = None,
    personal: Changes | None = None,
) -> None:
    """Appends one change to the history: `what` was done to the record `about` = (kind, id), by nobody: by a command.

    `facts` hold ids, days, numbers and choices, `personal` what is a person's own: names and addresses. The stage that
    registers the kind has words for all of them; without those nothing is written. Raises LookupError: it has none.
    """
    kind = registry.administered[about[0]]
    facts, personal = facts or {}, personal or {}
    unknown = ({what} - set(kind.whats)) | ((set(facts) | set(personal)) - set(kind.facts))
    if unknown:
        raise LookupError(f"no words for {', '.join(sorted(unknown))} of {kind.name}")
    event = AdministrationEvent(
        at=now(),
        actor_id=by.id if by else None,
        what=what,
        about_kind=kind.name,
        about_id=about[1],
        agency_id=agency_id,
        facts=_plain(facts),
    )
    session.add(event)
    session.flush()
    if personal:
        session.add(AdministrationWords(event_id=event.id, facts=_plain(personal)))
        session.flush()


def _plain(facts: Changes) -> dict[str, list[Any]]:
    return {name: [plain(before), plain(after)] for name, (before, after) in facts.items()}


def plain(value: Any) -> Any:
    """A value as JSON can store it."""
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in (sorted(value) if isinstance(value, set | frozenset) else value)]
    return value
