"""Queries of exchanges, and the read rule as SQL."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, bindparam, exists, false, func, or_, select
from sqlalchemy.orm import joinedload

from portal.accounts.models import Person
from portal.db import session
from portal.exchanges.list_planner import Condition
from portal.exchanges.models import Clocks, Exchange, ExchangeNote, ExchangeWord
from portal.names import query_words
from portal.policy import Actor

# exchanges with expert and both agencies in the same statement
WITH_PEOPLE = select(Exchange).options(
    joinedload(Exchange.expert, innerjoin=True),
    joinedload(Exchange.home, innerjoin=True),
    joinedload(Exchange.host, innerjoin=True),
)
BY_REFERENCE = WITH_PEOPLE.where(Exchange.reference == bindparam("reference"))
LOCKED = (
    WITH_PEOPLE.where(Exchange.id == bindparam("exchange_id"))
    .with_for_update(of=Exchange, key_share=True)
    .execution_options(populate_existing=True)
)


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The read rule of `policy.allows(READ_EXCHANGE, …)` as SQL, for lists; a test compares both."""
    seen = actor.oversees
    rules: list[ColumnElement[bool]] = []
    if actor.id:
        rules.append(Exchange.expert_id == actor.id)
    if seen:
        rules.append(and_(Exchange.home_id.in_(seen), or_(Exchange.submitted_at.is_not(None), Exchange.expert_gone)))
        rules.append(and_(Exchange.host_id.in_(seen), Exchange.released_at.is_not(None)))
    if actor.units:
        rules.append(and_(Exchange.unit_id.in_(actor.units), Exchange.released_at.is_not(None)))
    return or_(*rules) if rules else false()


def by_reference(reference: str) -> Exchange | None:
    """One exchange with its people, or None."""
    return session.scalars(BY_REFERENCE, {"reference": reference}).one_or_none()


def locked(exchange_id: int) -> Exchange:
    """The exchange as it is now, its row locked until the commit (SQLite locks the whole database at BEGIN)."""
    return session.scalars(LOCKED, {"exchange_id": exchange_id}).one()


def clocks_for(call_id: int) -> Clocks:
    """The row of time limits of a call, else the row of defaults."""
    statement = select(Clocks).where(or_(Clocks.call_id == call_id, Clocks.call_id.is_(None)))
    rows = session.scalars(statement.order_by(Clocks.call_id.is_(None))).all()
    return rows[0] if rows else Clocks(**{c.name: c.default.arg for c in Clocks.__table__.columns if c.default})


def found_by(text: str) -> list[Condition]:
    """Conditions, one a word: each typed word must begin a word of the exchange (name, reference, unit). Of a word of
    four letters or more the last may be another one: whoever looks for Işık finds Işıl too."""
    words = query_words(text)[:5]
    if text.strip() and not words:  # punctuation alone
        return [Condition(select(Exchange.id).where(false()), false())]
    return [_having(word) for word in words]


def _having(word: str) -> Condition:
    alike = [_begins(word)]
    if len(word) >= 4 and word.isalpha():
        same_length = func.length(ExchangeWord.word) == len(word)
        alike = [_begins(word[:-1]), or_(same_length, *alike)]  # the prefix uses the index
    ids = select(ExchangeWord.exchange_id).where(*alike)
    return Condition(ids, exists().where(ExchangeWord.exchange_id == Exchange.id, *alike))


def _begins(word: str) -> ColumnElement[bool]:
    return and_(ExchangeWord.word >= word, ExchangeWord.word < word[:-1] + chr(ord(word[-1]) + 1))


def notes(exchange_id: int) -> list[ExchangeNote]:
    """The messages written on an exchange, newest first, with their writers and their agencies; the last hundred."""
    statement = select(ExchangeNote).where(ExchangeNote.exchange_id == exchange_id)
    newest = statement.order_by(ExchangeNote.at.desc(), ExchangeNote.id.desc()).limit(100)
    return list(session.scalars(newest.options(joinedload(ExchangeNote.by).joinedload(Person.agency))))
