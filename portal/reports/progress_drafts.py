"""Keeps a progress report of a long stay while it is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portal import calendars
from portal.db import session
from portal.exchanges import queries as exchange_queries
from portal.exchanges.models import Exchange, Kind
from portal.findings import EditConflict, RuleViolation
from portal.policy import Actor, Permission, require
from portal.reports import queries
from portal.reports.models import ProgressDraft
from portal.reports.service import WRITABLE

FIRST = 1  # the version of a draft that nobody has saved yet


def writable(exchange: Exchange) -> bool:
    return exchange.kind is Kind.LONG and exchange.status in WRITABLE


def version_of(draft: ProgressDraft | None) -> int:
    """The version that a page carries, also of a draft that nobody has saved yet."""
    return draft.version if draft else FIRST


def save(exchange: Exchange, answers: Mapping[str, Any], *, version: int, by: Actor) -> ProgressDraft:
    """Saves the answers by their column names over the draft that was read in this `version`.

    Raises Denied, EditConflict, RuleViolation: "not_now".
    """
    exchange = exchange_queries.locked(exchange.id)
    require(Permission.WRITE_REPORT, by, exchange)
    if not writable(exchange):
        raise RuleViolation("not_now")
    draft = queries.progress_draft(exchange.id)
    if version_of(draft) != version:
        raise EditConflict
    draft = draft or ProgressDraft(exchange_id=exchange.id, version=FIRST)
    for name, value in answers.items():
        setattr(draft, name, value)
    draft.version += 1
    draft.saved_at = calendars.now()
    session.add(draft)
    session.flush()
    return draft


def finish(exchange: Exchange, version: int | None) -> None:
    """Ends the draft whose `version` is handed in; none where no page was read. Raises EditConflict."""
    draft = queries.progress_draft(exchange.id)
    if version is not None and version_of(draft) != version:
        raise EditConflict
    if draft is not None:
        session.delete(draft)
        session.flush()
