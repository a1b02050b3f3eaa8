"""Stores messages; `delivery.py` sends them afterwards, from the stored rows."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, select, update

from portal.calendars import now
from portal.db import session
from portal.messages.models import WITH_LINK, Message


@dataclass(frozen=True)
class Receiver:
    """Who gets a message; `person_id` is None for an address without an account."""

    person_id: int | None
    address: str
    language: str


@dataclass(frozen=True)
class Notification:
    """`kind` selects the text (see `labels.py`), `facts` fill its placeholders, `path` is the page to act on."""

    kind: str
    facts: dict[str, Any]
    path: str
    subject_id: int | None = None
    in_inbox: bool = True


def notify(receivers: Iterable[Receiver], notification: Notification, idempotency_key: str) -> None:
    """Stores one message for each receiver.

    `idempotency_key` names the event. Raises IntegrityError: the event has been stored for a receiver already.
    """
    store(message_rows(receivers, notification, idempotency_key))


def store(rows: Sequence[dict[str, Any]]) -> None:
    """Stores the rows of `message_rows` in one statement."""
    if rows:
        session.execute(insert(Message), rows)


def message_rows(
    receivers: Iterable[Receiver], notification: Notification, idempotency_key: str
) -> list[dict[str, Any]]:
    """The rows of one message for each receiver, not yet stored.

    The mail is due at the real present, also where `calendars.at` has set another one, as the demonstration's data do.
    """
    at, due = now(), datetime.now(UTC)
    return [
        {
            "person_id": receiver.person_id,
            "address": receiver.address,
            "language": receiver.language,
            "kind": notification.kind,
            "facts": notification.facts,
            "path": notification.path,
            "subject_id": notification.subject_id,
            "in_inbox": notification.in_inbox and receiver.person_id is not None,
            "idempotency_key": f"{idempotency_key}:{receiver.person_id or receiver.address}"[:120],
            "mail_id": f"<{secrets.token_hex(16)}@korpu>",
            "created_at": at,
            "next_try_at": due,
        }
        for receiver in receivers
    ]


def mark_read(person_id: int, message_ids: Iterable[int] | None = None) -> None:
    """Marks this person's messages as read: those given, or all (None)."""
    statement = update(Message).where(Message.person_id == person_id, Message.read_at.is_(None))
    if message_ids is not None:
        statement = statement.where(Message.id.in_(list(message_ids)))
    session.execute(statement.values(read_at=now()))


def mark_handled(before: datetime) -> None:
    """Marks messages created before a moment as read and sent; for the demonstration, whose events are in the past."""
    old = update(Message).where(Message.created_at < before)
    session.execute(old.values(read_at=Message.created_at, sent_at=Message.created_at, next_try_at=None))


def try_again(message: Message, address: str) -> None:
    """Has a mail that was not sent tried again at once, as if for the first time."""
    message.address, message.tries, message.next_try_at = address, 0, datetime.now(UTC)
    session.flush()


def forget_links(before: datetime) -> None:
    """Blanks the links in messages created before a moment: they no longer work, and nobody who reads the database
    should find any. A mail that was not sent by then is given up."""
    old = update(Message).where(Message.kind.in_(WITH_LINK), Message.created_at < before, Message.path != "")
    session.execute(old.values(path="", next_try_at=None))


def open_message(person_id: int, message_id: int) -> str | None:
    """Marks one of this person's messages as read; returns its path, or None where it is not theirs."""
    statement = select(Message.path).where(Message.id == message_id, Message.person_id == person_id)
    path = session.scalar(statement)
    if path is not None:
        mark_read(person_id, [message_id])
    return path
