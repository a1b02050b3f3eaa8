"""Queries of the inbox."""

from __future__ import annotations

from sqlalchemy import Select, bindparam, func, or_, select

from portal.db import session
from portal.messages.models import Message

UNREAD = select(func.count(Message.id)).where(
    Message.person_id == bindparam("person_id"), Message.in_inbox.is_(True), Message.read_at.is_(None)
)


def unread_count(person_id: int) -> int:
    """The number of unread messages in this person's inbox."""
    return session.scalar(UNREAD, {"person_id": person_id}) or 0


def undelivered() -> Select[Message]:
    """Mails that were refused, or not sent in spite of several tries, newest first; not those that ask for what has
    been done since."""
    waiting = or_(Message.problem != "", Message.next_try_at.is_(None))
    return (
        select(Message)
        .where(Message.sent_at.is_(None), Message.settled_at.is_(None), waiting)
        .order_by(Message.id.desc())
    )


def inbox(person_id: int) -> Select[Message]:
    """This person's messages, newest first."""
    mine = select(Message).where(Message.person_id == person_id, Message.in_inbox.is_(True))
    return mine.order_by(Message.created_at.desc(), Message.id.desc())
