"""The spine's only writer: `advance()` moves an exchange, `record()` appends to its history."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from portal import calendars
from portal.accounts.models import Person
from portal.db import advisory_lock, session
from portal.exchanges import notifications, queries
from portal.exchanges.due_dates import due_on
from portal.exchanges.models import Event, Exchange, ExchangeNote, ExchangeWord, Kind, Reason, ReferenceCounter
from portal.findings import AlreadyDone, Conflict, RuleViolation
from portal.names import search_words
from portal.policy import SIDES, Actor, Permission, Side, require
from portal.workflow import ENDED_EARLY, NEEDS_REASON, START, Action, State, follow

# what later stages give back when an exchange ends early (a visit its days); they register here, nothing is imported up
ON_END: list[Callable[[Exchange], None]] = []


def new_reference(year: int) -> str:
    """The next reference of a year, KX-2026-0042; its counter row stays locked until the commit."""
    taken = session.execute(
        update(ReferenceCounter).where(ReferenceCounter.year == year).values(last=ReferenceCounter.last + 1)
    )
    if taken.rowcount == 0:  # type: ignore[attr-defined]
        _begin_year(year)
        return new_reference(year)
    last = session.scalar(select(ReferenceCounter.last).where(ReferenceCounter.year == year))
    return f"KX-{year}-{last:04d}"


def _begin_year(year: int) -> None:
    """Two may try at once; the loser of the unique key goes on with the winner's row."""
    try:
        with session.begin_nested():
            session.execute(insert(ReferenceCounter).values(year=year, last=0))
    except IntegrityError:
        pass


def begin(
    *, by: Actor, kind: Kind, call_id: int, heading: int, home_id: int, host_id: int, due: date, expert: Person
) -> Exchange:
    """A new exchange as a draft of `by`, who is the `expert`, due on the call's deadline day."""
    at = calendars.now()
    exchange = Exchange(
        reference=new_reference(at.year),
        kind=kind,
        call_id=call_id,
        heading=heading,
        expert_id=by.id,
        home_id=home_id,
        host_id=host_id,
        status=START.status,
        turn=START.turn,
        turn_since=at,
        due_on=due,
        person_name=expert.name,
        document_name=expert.document_name,
        created_at=at,
        updated_at=at,
        version=1,
    )
    session.add(exchange)
    session.flush()
    index(exchange)
    record(exchange, "begin", by=by, side=Side.EXPERT)
    return exchange


def index(exchange: Exchange) -> None:
    """Renews the words by which the exchange is found: reference, name in both forms, host unit."""
    words = search_words(exchange.reference, exchange.person_name, exchange.document_name, exchange.unit_name)
    session.execute(delete(ExchangeWord).where(ExchangeWord.exchange_id == exchange.id))
    rows = [{"exchange_id": exchange.id, "word": word[:60]} for word in sorted(words)]
    session.execute(insert(ExchangeWord), rows)


def assign_unit(exchange: Exchange, unit_id: int | None, unit_name: str) -> None:
    """The host unit that is proposed, or none again; a part of hosting's steps, taken before `advance()`."""
    exchange.unit_id, exchange.unit_name = unit_id, unit_name
    index(exchange)


def redate_drafts(call_id: int, due: date) -> None:
    """A call's deadline was moved: its drafts are due on that day. No step is taken, so no version changes."""
    drafts = (Exchange.call_id == call_id, Exchange.status == START.status)
    session.execute(update(Exchange).where(*drafts).values(due_on=due))


def rename(exchange: Exchange, name: str, document_name: str) -> None:
    """The expert's name as written in the application, and as it stands in the travel document."""
    exchange.person_name, exchange.document_name = name, document_name
    index(exchange)


def advance(
    exchange: Exchange,
    action: Action,
    *,
    by: Actor,
    version: int,
    reason: str = "",
    facts: dict[str, Any] | None = None,
    dates: tuple[date, date] | None = None,
) -> Event:
    """Takes one step of the workflow, for `by`, on the version that they read.

    `dates` are the visit's first and last day where the step sets them. Locks the row, asks the policy, refuses a stale
    version, writes status, turn and due date, appends the event and stores the messages. Raises Denied, Stale
    (AlreadyDone where the same person did just this), Refused("reason").
    """
    exchange = queries.locked(exchange.id)
    require(action, by, exchange)
    target = follow(exchange.state, action)
    if exchange.version != version or target is None:
        raise _stale(exchange, action, by, version)
    if action in NEEDS_REASON and not reason.strip():
        raise RuleViolation("reason", field="reason")
    _one_side_only(exchange, action, by)
    _move(exchange, action, target, dates)
    event = record(exchange, action.value, by=by, side=SIDES[action], facts=facts, reason=reason)
    if exchange.status in ENDED_EARLY:
        for release in ON_END:
            release(exchange)
    notifications.notify_step(exchange, action, event, by)
    session.flush()
    return event


def _stale(exchange: Exchange, action: Action, by: Actor, version: int) -> Conflict:
    """The same step by the same person on the same version was a double click; anything else is news to them."""
    statement = select(Event).where(Event.exchange_id == exchange.id, Event.version == version + 1)
    did = session.scalars(statement.order_by(Event.number).limit(1)).first()
    if did is not None and did.actor_id == by.id and did.what == action.value:
        return AlreadyDone(exchange.reference)
    return Conflict(exchange.reference)


def _one_side_only(exchange: Exchange, action: Action, by: Actor) -> None:
    """Nobody acts for both agencies in one exchange."""
    other = {Side.HOME: Side.HOST, Side.HOST: Side.HOME}.get(SIDES[action])
    if other is not None and other.value in queries.acted_for(exchange.id, by.id):
        raise RuleViolation("both_sides")


def _move(exchange: Exchange, action: Action, target: State, dates: tuple[date, date] | None) -> None:
    at = calendars.now()
    if dates is not None:
        exchange.start, exchange.end = dates
    if action is Action.EXPERT_SUBMIT:
        exchange.submitted_at = at
    elif action is Action.HOME_ENDORSE:
        exchange.released_at = at
    elif action is Action.HOST_RETURN:
        exchange.released_at = None  # the next version is released by the next endorsement
    exchange.status, exchange.turn = target
    exchange.turn_since = exchange.updated_at = at
    exchange.escalated_at = None
    exchange.due_on = due_on(exchange, at, queries.clocks_for(exchange.call_id))
    exchange.version += 1


def record(
    exchange: Exchange,
    what: str,
    *,
    by: Actor | None,
    side: Side,
    facts: dict[str, Any] | None = None,
    reason: str = "",
) -> Event:
    """Appends one event, chained to the one before by its hash. `facts` hold ids and dates, never personal data."""
    before = queries.last_event(exchange.id)
    event = Event(
        exchange_id=exchange.id,
        number=before.number + 1 if before else 1,
        at=calendars.now(),
        actor_id=by.id if by else None,
        side=side,
        what=what,
        status=exchange.status,
        version=exchange.version,
        facts=facts or {},
        hash="",
    )
    event.hash = chain(before.hash if before else "", event)
    session.add(event)
    session.flush()
    if reason:
        session.add(Reason(event_id=event.id, text=reason))
    return event


def escalate(exchange: Exchange) -> Event:
    """The turn is long overdue: from now on a deputy of the deciding agency may take it too."""
    exchange.escalated_at = calendars.now()
    return record(exchange, "escalated", by=None, side=Side.SYSTEM)


def write_note(exchange: Exchange, text: str, *, idempotency_key: str, by: Actor) -> ExchangeNote:
    """A message to everyone who works on the exchange; sent twice with the same key it is one."""
    require(Permission.WRITE_MESSAGE, by, exchange)
    advisory_lock(idempotency_key)
    known = session.scalars(select(ExchangeNote).where(ExchangeNote.idempotency_key == idempotency_key)).one_or_none()
    if known is not None:
        return known
    note = ExchangeNote(
        exchange_id=exchange.id, by_id=by.id, at=calendars.now(), text=text, idempotency_key=idempotency_key
    )
    session.add(note)
    record(exchange, "note_written", by=by, side=Side.EXPERT if by.id == exchange.expert_id else Side.SYSTEM)
    notifications.notify_note(exchange, note.id, by)
    return note


def chain(before: str, event: Event) -> str:
    """SHA-256 over the hash before and this event's facts, in hex: a changed or missing row shows."""
    at: datetime = event.at
    parts: Iterable[Any] = (event.exchange_id, event.number, at.isoformat(), event.actor_id, event.side.value)
    text = json.dumps([before, *parts, event.what, event.status.value, event.version, event.facts], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
