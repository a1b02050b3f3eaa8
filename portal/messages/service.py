"""Stores messages; `delivery.py` sends them afterwards, from the stored rows."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, insert, select, update

from portal.calendars import now
from portal.db import session
from portal.messages.models import WITH_LINK, Message


@dataclass(frozen=True)
class Receiver:
    """Who gets a message; `person_id` is None for an address without an account.

    `party` is the one of the subject to which they belong, for the words; whoever belongs to two is one receiver.
    """

    person_id: int | None
    address: str
    language: str
    party: str = field(default="", compare=False)
    deputy: bool = field(default=False, compare=False)


@dataclass(frozen=True)
class Notification:
    """`kind` selects the text (see `wording.py`), `facts` fill its placeholders, `path` is the page to act on; `asks`
    names what settles it (see `settle()`)."""

    kind: str
    facts: dict[str, Any]
    path: str
    subject_id: int | None = None
    in_inbox: bool = True
    asks: str = ""


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
            "facts": {**notification.facts, **_told_as(receiver)},
            "path": notification.path,
            "subject_id": notification.subject_id,
            "asks": notification.asks,
            "in_inbox": notification.in_inbox and receiver.person_id is not None,
            "idempotency_key": f"{idempotency_key}:{receiver.person_id or receiver.address}"[:120],
            "mail_id": f"<{secrets.token_hex(16)}@korpu>",
            "created_at": at,
            "read_at": None,
            "next_try_at": due,
        }
        for receiver in receivers
    ]


def _told_as(receiver: Receiver) -> dict[str, Any]:
    return {"to": receiver.party, "deputy": receiver.deputy} if receiver.party else {}


def mark_read(person_id: int, message_ids: Iterable[int] | None = None, subject_id: int | None = None) -> None:
    """Marks this person's messages as read: those given or those about a subject, else all."""
    rules = [Message.person_id == person_id, Message.read_at.is_(None)]
    if message_ids is not None:
        rules.append(Message.id.in_(list(message_ids)))
    if subject_id is not None:
        rules.append(Message.subject_id == subject_id)
    session.execute(update(Message).where(Message.id.in_(_in_order(*rules))).values(read_at=now()))


def settle(subject_id: int, *asks: str) -> None:
    """Marks as done what messages about a subject ask for: these things, or all where none are named. They count as
    read, and what has not been sent yet is not sent any more."""
    rules = [Message.subject_id == subject_id, Message.settled_at.is_(None)]
    rules.append(Message.asks.in_(asks) if asks else Message.asks != "")
    at = now()
    values = {"settled_at": at, "read_at": func.coalesce(Message.read_at, at), "next_try_at": None}
    session.execute(update(Message).where(Message.id.in_(_in_order(*rules))).values(**values))


def _in_order(*rules: ColumnElement[bool]) -> Select[int]:
    """The ids of these messages, locked in one order, so that two who mark the same never wait for each other."""
    return select(Message.id).where(*rules).order_by(Message.id).with_for_update(key_share=True)


def hide_name(subject_id: int, name: str, whose: Callable[[Message], bool]) -> None:
    """Puts `name` in place of the person's in the messages of those who may no longer see a subject, and takes their
    links away; what was not sent to them stays at home."""
    at, about = now(), select(Message).where(Message.subject_id == subject_id).order_by(Message.id)
    for message in filter(whose, session.scalars(about.with_for_update(key_share=True)).all()):
        message.facts, message.path = {**message.facts, "name": name}, ""
        message.read_at, message.settled_at = message.read_at or at, message.settled_at or at
        message.next_try_at = None
    session.flush()


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
