"""What a run of the reminders reads first: the day, all recipients, every call's time limits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, select, true

from portal import calendars
from portal.db import session
from portal.exchanges import lateness
from portal.exchanges.models import Clocks, Exchange
from portal.exchanges.notifications import facts_of
from portal.exchanges.queries import WITH_PEOPLE
from portal.messages.models import Message
from portal.messages.service import Notification, Receiver, message_rows
from portal.registry import registry
from portal.subjects.notifications import more_facts
from portal.subjects.recipients import AllRecipients
from portal.workflows.exchange import EXCHANGE

BATCH = 100  # exchanges for each kind of reminder in one run; the next run finds the rest


class ReminderRun:
    """One run. Reads everything once, so that its number of statements does not depend on the number of exchanges."""

    def __init__(self) -> None:
        self.days = lateness.days()
        self.exceptions = calendars.overrides()
        self.recipients = AllRecipients()
        rows = session.scalars(select(Clocks)).all()
        self._own = [row for row in rows if row.call_id is not None]
        self._default = next((row for row in rows if row.call_id is None), None)
        self.messages: list[dict[str, Any]] = []
        self._told_about: dict[int, Exchange] = {}

    def on_day(self, agency: Any, rule: Callable[[date], ColumnElement[bool]]) -> ColumnElement[bool]:
        """A rule on the present day of an exchange's agency: that of those who are asked."""
        return lateness.on_days(self.days, agency, rule)

    def values(self, name: str) -> list[tuple[int, ColumnElement[bool]]]:
        """Each value of the time limit `name`, with the condition for the exchanges that it applies to."""
        calls = defaultdict(list)
        for row in self._own:
            calls[getattr(row, name)].append(row.call_id)
        own = [row.call_id for row in self._own]
        usual = getattr(self._default, name) if self._default else Clocks.__table__.c[name].default.arg
        rules: dict[int, ColumnElement[bool]] = {n: Exchange.call_id.in_(those) for n, those in calls.items()}
        others = Exchange.call_id.not_in(own) if own else true()
        rules[usual] = rules[usual] | others if usual in rules else others
        return sorted(rules.items())

    def find(self, kind: str, idempotency_key: str, *rules: ColumnElement[bool]) -> Sequence[Exchange]:
        """The exchanges under these rules without a message of this `idempotency_key`, the longest waiting first."""
        told = said(kind).where(Message.idempotency_key.startswith(f"{idempotency_key}:"))
        return _first(WITH_PEOPLE.where(*rules, ~told.exists()))

    def find_in_turn(self, kind: str, *rules: ColumnElement[bool]) -> Sequence[Exchange]:
        """The exchanges under these rules without a message of this kind in their present turn."""
        told = said(kind).where(Message.created_at >= Exchange.turn_since)
        return _first(WITH_PEOPLE.where(*rules, ~told.exists()))

    def told(self, idempotency_key: str) -> bool:
        """Whether a message with this key was stored for somebody."""
        known = select(Message.id).where(Message.idempotency_key.startswith(f"{idempotency_key}:"))
        return session.scalar(known.limit(1)) is not None

    def say(
        self,
        exchange: Exchange,
        kind: str,
        idempotency_key: str,
        to: Sequence[Receiver],
        page: str = "",
        asks: str = "",
        **more: Any,
    ) -> None:
        """Adds a message for each receiver, stored at the end of the run; `page` is the tab to act on, `asks` what
        settles it."""
        facts = facts_of(exchange) | {"status": exchange.status.value, "turn": exchange.turn.value} | more
        path = f"/exchanges/{exchange.reference}{page}"
        notification = Notification(kind, facts, path, exchange.id, asks=asks)
        self.messages += message_rows(to, notification, f"{idempotency_key}:{exchange.id}")
        self._told_about[exchange.id] = exchange

    def complete(self) -> list[dict[str, Any]]:
        """The messages with what higher stages know of their exchanges, read for all at once."""
        more = more_facts(registry.kinds[EXCHANGE.name], list(self._told_about.values()))
        for row in self.messages:
            row["facts"] = {**more.get(row["subject_id"], {}), **row["facts"]}
        return self.messages


def said(kind: str) -> Select[int]:
    """The messages of one kind about an exchange, as a subquery."""
    return select(Message.id).where(Message.subject_id == Exchange.id, Message.kind == kind)


def _first(statement: Select[Exchange]) -> Sequence[Exchange]:
    return session.scalars(statement.order_by(Exchange.turn_since, Exchange.id).limit(BATCH)).all()
