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
from portal.exchanges.queries import clocks_for, person_desk, unit_desk, with_people
from portal.messages.models import Message
from portal.messages.service import News, Receiver, tell
from portal.reports.models import Evaluation
from portal.reports.periods import MONTHS, later
from portal.workflow import ENDED, Status, Turn

BATCH = 100
STAY_ENDS = (90, 60, 15)  # days before a long stay's end (UNV: three months, two months, fifteen days)
EVALUATED = 7  # days after the end (Exchange of Experts in Civil Protection)
WARN = 7  # days before an expert's own due date
log = structlog.get_logger()


def remind() -> int:
    """One round of all clocks, in one transaction; answers how many messages were stored."""
    today = calendars.today()
    rounds = (_expert_reminders, _overdue, _escalations, _stays, _progress, _evaluations, _follow_ups)
    return sum(clock(today) for clock in rounds)


def _due(*rules: ColumnElement[bool], kind: str) -> list[Exchange]:
    """Exchanges under these rules that were not told of this `kind` for their present turn."""
    told = select(Message.exchange_id).where(
        Message.exchange_id == Exchange.id, Message.kind == kind, Message.created_at >= Exchange.turn_since
    )
    statement = with_people().where(*rules, Exchange.status.not_in(ENDED), ~told.exists())
    return list(session.scalars(statement.order_by(Exchange.due_on).limit(BATCH)))


def _tell(exchange: Exchange, kind: str, receivers: Sequence[Receiver], once: str) -> int:
    facts = facts_of(exchange) | {"status": exchange.status.value}
    return _say(receivers, News(kind, facts, f"/exchanges/{exchange.reference}", exchange.id), once)


def _say(receivers: Sequence[Receiver], news: News, once: str) -> int:
    tell(receivers, news, once)
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
        since = calendars.day_of(exchange.turn_since, agency.zone)
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
    for days, nearer in zip(STAY_ENDS, (*STAY_ENDS[1:], -1), strict=True):
        statement = with_people().where(
            Exchange.kind == Kind.LONG,
            Exchange.status == Status.UNDER_WAY,
            Exchange.end.between(today + timedelta(days=nearer + 1), today + timedelta(days=days)),
            ~_said(f"stay:{days}:%", "stay_ends").exists(),
        )
        for exchange in session.scalars(statement.limit(BATCH)).all():
            facts = facts_of(exchange) | {"end": str(exchange.end)}
            news = News("stay_ends", facts, f"/exchanges/{exchange.reference}/visit", exchange.id)
            done += _say(everyone(exchange), news, f"stay:{days}:{exchange.id}")
    return done


def _progress(today: date) -> int:
    """A quarter of a long stay is over: the expert is asked for its progress report (EU Twinning)."""
    done = 0
    for months in (MONTHS, 2 * MONTHS, 3 * MONTHS):
        statement = with_people().where(
            Exchange.kind == Kind.LONG,
            Exchange.status == Status.UNDER_WAY,
            Exchange.start <= later(today, -months),
            ~_said(f"progress:{months}:%", "progress_due").exists(),
        )
        for exchange in session.scalars(statement.limit(BATCH)).all():
            news = News("progress_due", facts_of(exchange), f"/exchanges/{exchange.reference}/report", exchange.id)
            done += _say(person_desk(exchange.expert_id), news, f"progress:{months}:{exchange.id}")
    return done


def _evaluations(today: date) -> int:
    """A week after the end, whoever has not evaluated the other is asked (Exchange of Experts in Civil Protection)."""
    done = 0
    for on_host in (True, False):
        known = select(Evaluation.id).where(Evaluation.exchange_id == Exchange.id, Evaluation.on_host == on_host)
        statement = with_people().where(
            Exchange.status.in_([Status.COMPLETED, Status.REPORTED]),
            Exchange.end < today - timedelta(days=EVALUATED),
            ~known.exists(),
            ~_said(f"evaluate:{on_host}:%", "evaluate").exists(),
        )
        for exchange in session.scalars(statement.limit(BATCH)).all():
            asked = person_desk(exchange.expert_id) if on_host else unit_desk(exchange.unit_id or 0)
            news = News("evaluate", facts_of(exchange), f"/exchanges/{exchange.reference}/report", exchange.id)
            done += _say(asked, news, f"evaluate:{on_host}:{exchange.id}")
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
        done += _say(everyone(exchange), news, f"follow:{exchange.id}")
    return done


def _said(once: str, kind: str) -> Select[int]:
    return select(Message.id).where(Message.exchange_id == Exchange.id, Message.kind == kind, Message.once.like(once))
