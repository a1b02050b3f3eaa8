"""Saves a plan while it is written, before it is proposed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from portal import calendars
from portal.db import session
from portal.exchanges.models import Exchange
from portal.exchanges.queries import locked
from portal.findings import EditConflict, RuleViolation
from portal.policy import Actor, Permission, require
from portal.visits import queries
from portal.visits.models import PlanDraft
from portal.workflows.exchange import EXCHANGE
from portal.workflows.exchange_terms import Action

FIRST = 1  # the version of a draft that nobody has saved yet


@dataclass(frozen=True)
class DraftAnswers:
    """What the form holds, complete or not; `rows` as text."""

    start: date | None
    end: date | None
    travel_out: date | None
    travel_back: date | None
    note: str
    rows: Sequence[Mapping[str, str]]
    language: str = ""


def writable(exchange: Exchange) -> bool:
    """Whether a plan can be drafted: wherever it can be proposed."""
    return EXCHANGE.follow(exchange.state, Action.HOST_SCHEDULE) is not None


def version_of(draft: PlanDraft | None) -> int:
    """The version that a page carries, also of a draft that nobody has saved yet."""
    return draft.version if draft else FIRST


def save(exchange: Exchange, answers: DraftAnswers, *, version: int, by: Actor) -> PlanDraft:
    """Saves the draft that was read in this `version`. Raises Denied, EditConflict, RuleViolation: "not_now"."""
    exchange = locked(exchange.id)
    require(Permission.WRITE_AGENDA, by, exchange)
    if not writable(exchange):
        raise RuleViolation("not_now")
    draft = queries.draft_of(exchange.id)
    if version_of(draft) != version:
        raise EditConflict
    draft = draft or PlanDraft(exchange_id=exchange.id, version=FIRST)
    for name, value in vars(answers).items():
        setattr(draft, name, value)
    draft.rows = [dict(row) for row in answers.rows]
    draft.version += 1
    draft.saved_at, draft.saved_by_id = calendars.now(), by.id
    session.add(draft)
    session.flush()
    return draft


def finish(exchange: Exchange, version: int | None) -> None:
    """Ends the draft whose `version` became the proposal; none where no page was read. Raises EditConflict."""
    draft = queries.draft_of(exchange.id)
    if version is not None and version_of(draft) != version:
        raise EditConflict
    if draft is not None:
        session.delete(draft)
        session.flush()
