"""Reminders, overdue notices and escalation by the clocks of the brief. Found in the database, told once each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import structlog
from sqlalchemy import ColumnElement, Select, select

from portal import calendars
from portal.db import session
from portal.exchanges import service as exchanges
from portal.exchanges.models import Exchange, Kind
from portal.exchanges.notices import everyone, facts_of, turn_receivers
from portal.exchanges.queries import clocks_for, with_people
from portal.messages.models import Message
from portal.messages.service import News, Receiver, tell
from portal.workflow import ENDED, Status, Turn

BATCH = 100
STAY_ENDS = (90, 60, 15)  # days before a long stay's end (UNV: three months, two months, fifteen days)
WARN = 7  # days before an expert's own due date
log = structlog.get_logger()


def remind() -> int:
    """One round of all clocks; answers how many messages were stored."""
    today = calendars.today()
    return _expert_reminders(today) + _overdue(today) + _escalations(today) + _stays(today) + _follow_ups(today)


def _due(*rules: ColumnElement[bool], kind: str) -> list[Exchange]:
    """Exchanges under these rules that were not told of this `kind` for their present turn."""
    told = select(Message.exchange_id).where(
        Message.exchange_id == Exchange.id, Message.kind == kind, Message.created_at >= Exchange.turn_since
    )
    statement = with_people().where(*rules, Exchange.status.not_in(ENDED), ~told.exists())
    return list(session.scalars(statement.order_by(Exchange.due_on).limit(BATCH)))


def _tell(exchange: Exchange, kind: str, receivers: Sequence[Receiver], once: str) -> int:
    facts = facts_of(exchange) | {"status": exchange.status.value}
    tell(receivers, News(kind, facts, f"/exchanges/{exchange.reference}", exchange.id), once)
    session.commit()
    return len(receivers)


def _expert_reminders(today: date) -> int:
    """A week before the expert's own day: reports, changes, drafts."""
    rules = (Exchange.turn == Turn.EXPERT, Exchange.due_on.between(today, today + timedelta(days=WARN)))
    return sum(
        _tell(row, "reminder", turn_receivers(row, today), f"reminder:{row.id}:{row.version}")
        for row in _due(*rules, kind="reminder")
    )


def _overdue(today: date) -> int:
    """The day has passed: whoever's turn it is is told once."""
    rules = (Exchange.due_on < today, Exchange.status != Status.DRAFT)
    return sum(
        _tell(row, "overdue", turn_receivers(row, today), f"overdue:{row.id}:{row.version}")
        for row in _due(*rules, kind="overdue")
    )


def _escalations(today: date) -> int:
    """A decision waits for ten working days: the deputies are told, and may decide."""
    rules = (
        Exchange.turn.in_([Turn.HOME, Turn.HOST]),
        Exchange.escalated_at.is_(None),
        Exchange.turn_since < calendars.now() - timedelta(days=10),
    )
    done = 0
    for exchange in _due(*rules, kind="escalated"):
        agency = exchange.home if exchange.turn is Turn.HOME else exchange.host
        days = clocks_for(exchange.call_id).escalation
        since = exchange.turn_since.date()
        if calendars.add_working_days(since, days, agency.country, calendars.overrides()) >= today:
            continue
        exchanges.escalate(exchange)
        deputies = turn_receivers(exchange, today, escalated=True)
        done += _tell(exchange, "escalated", deputies, f"escalated:{exchange.id}:{exchange.version}")
        log.info("escalated", exchange=exchange.id)
    return done


def _stays(today: date) -> int:
    """Before a long stay ends, everyone involved is told three times."""
    done = 0
    for days in STAY_ENDS:
        statement = with_people().where(
            Exchange.kind == Kind.LONG,
            Exchange.status == Status.UNDER_WAY,
            Exchange.end.between(today, today + timedelta(days=days)),
            ~_said(f"stay:{days}:%", "stay_ends").exists(),
        )
        for exchange in session.scalars(statement.limit(BATCH)).all():
            facts = facts_of(exchange) | {"end": str(exchange.end)}
            news = News("stay_ends", facts, f"/exchanges/{exchange.reference}/visit", exchange.id)
            receivers = everyone(exchange)
            tell(receivers, news, f"stay:{days}:{exchange.id}")
            session.commit()
            done += len(receivers)
    return done


def _follow_ups(today: date) -> int:
    """Six months after closing both agencies are asked what became of the recommendations."""
    closed = calendars.now() - timedelta(days=182)
    statement = with_people().where(
        Exchange.status == Status.CLOSED, Exchange.turn_since < closed, ~_said("follow:%", "follow_up").exists()
    )
    done = 0
    for exchange in session.scalars(statement.limit(BATCH)).all():
        news = News("follow_up", facts_of(exchange), f"/exchanges/{exchange.reference}/report", exchange.id)
        receivers = everyone(exchange)
        tell(receivers, news, f"follow:{exchange.id}")
        session.commit()
        done += len(receivers)
    return done


def _said(once: str, kind: str) -> Select[int]:
    return select(Message.id).where(Message.exchange_id == Exchange.id, Message.kind == kind, Message.once.like(once))
