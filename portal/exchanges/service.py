"""Begins exchanges, indexes their words, stores messages on them. Their steps are taken by `subjects.service`."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import delete, insert, select, update

from portal import calendars
from portal.accounts.models import Agency, Person
from portal.db import advisory_lock, session
from portal.exchanges import notifications, queries
from portal.exchanges.due_dates import due_on
from portal.exchanges.models import Exchange, ExchangeNote, ExchangeWord, Kind
from portal.names import search_words
from portal.policy import Actor, Permission, Side, require
from portal.subjects import service as subjects
from portal.workflows.exchange import EXCHANGE
from portal.workflows.exchange_terms import Action

BATCH = 500  # exchanges indexed at once
PREFIX = "KX"  # of references: KX-2026-0042


def begin(
    *, by: Actor, kind: Kind, call_id: int, heading: int, home_id: int, host_id: int, due: date, expert: Person
) -> Exchange:
    """Adds an exchange as a draft of `by`, who is the `expert`, due on the day of the call's deadline."""
    at = calendars.now()
    year = calendars.day_of(at, session.get_one(Agency, home_id).zone).year
    subject = subjects.new_subject(EXCHANGE, PREFIX, year)
    exchange = Exchange(
        id=subject.id,
        reference=subject.reference,
        kind=kind,
        call_id=call_id,
        heading=heading,
        expert_id=by.id,
        home_id=home_id,
        host_id=host_id,
        status=EXCHANGE.start.status,
        turn=EXCHANGE.start.turn,
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
    subjects.record(exchange, "begin", by=by, side=Side.EXPERT)
    return exchange


def index(exchange: Exchange) -> None:
    """Renews the words by which the exchange is found: reference, name in both forms, host unit."""
    words = search_words(exchange.reference, exchange.person_name, exchange.document_name, exchange.unit_name)
    session.execute(delete(ExchangeWord).where(ExchangeWord.exchange_id == exchange.id))
    rows = [{"exchange_id": exchange.id, "word": word[:60]} for word in sorted(words)]
    session.execute(insert(ExchangeWord), rows)


def index_all() -> int:
    """Renews the words of every exchange, after a version that finds words in another way; answers how many."""
    last, done = 0, 0
    names = (Exchange.id, Exchange.reference, Exchange.person_name, Exchange.document_name, Exchange.unit_name)
    statement = select(*names).order_by(Exchange.id).limit(BATCH)
    while batch := session.execute(statement.where(Exchange.id > last)).all():
        last, done = batch[-1].id, done + len(batch)
        session.execute(delete(ExchangeWord).where(ExchangeWord.exchange_id.in_([number for number, *_texts in batch])))
        words = [
            {"exchange_id": number, "word": word[:60]}
            for number, *texts in batch
            for word in sorted(search_words(*texts))
        ]
        session.execute(insert(ExchangeWord), words)
    return done


def assign_unit(exchange: Exchange, unit_id: int | None, unit_name: str) -> None:
    """Sets or clears (None) the proposed host unit; hosting calls it before `advance()`."""
    exchange.unit_id, exchange.unit_name = unit_id, unit_name
    index(exchange)


def redate_drafts(call_id: int, due: date) -> None:
    """Moves the due date of a call's drafts to its new deadline. This is no step, so versions stay."""
    drafts = (Exchange.call_id == call_id, Exchange.status == EXCHANGE.start.status)
    session.execute(update(Exchange).where(*drafts).values(due_on=due))


def rename(exchange: Exchange, name: str, document_name: str) -> None:
    """Sets the expert's name as in the application and as in the travel document."""
    exchange.person_name, exchange.document_name = name, document_name
    index(exchange)


def moved(exchange: Exchange, action: StrEnum, at: datetime) -> None:
    """Sets what an exchange keeps of a step: submission, release to the host agency, the next due date."""
    if action is Action.EXPERT_SUBMIT:
        exchange.submitted_at = at
    elif action is Action.HOME_ENDORSE:
        exchange.released_at = at
    elif action is Action.HOST_RETURN:
        exchange.released_at = None  # the host agency gets access again with the next endorsement
    exchange.due_on = due_on(exchange, at, queries.clocks_for(exchange.call_id))


def write_note(exchange: Exchange, text: str, *, idempotency_key: str, by: Actor) -> ExchangeNote:
    """Stores a message to everyone who works on the exchange; a repeated `idempotency_key` stores no second one.

    Raises Denied.
    """
    advisory_lock(idempotency_key)
    exchange = queries.locked(exchange.id)
    require(Permission.WRITE_MESSAGE, by, exchange)
    known = session.scalars(select(ExchangeNote).where(ExchangeNote.idempotency_key == idempotency_key)).one_or_none()
    if known is not None:
        return known
    said = {"text": text, "language": by.language, "idempotency_key": idempotency_key}
    note = ExchangeNote(exchange_id=exchange.id, by_id=by.id, at=calendars.now(), **said)
    session.add(note)
    subjects.record(exchange, "note_written", by=by, side=Side.EXPERT if by.id == exchange.expert_id else Side.SYSTEM)
    notifications.notify_note(exchange, note.id, by)
    return note
