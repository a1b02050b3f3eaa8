"""Messages to people: stored in the transaction of the change that causes them, delivered afterwards."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base

# messages whose path is a link that works without a sign-in: blanked once the mail is sent
WITH_LINK = frozenset({"account.confirm", "account.reset", "account.invite", "account.address"})


class Message(Base):
    """One message to one person: a line in the inbox and a mail.

    `kind` and `facts` (names, reference, dates) say what happened; the text is made in the receiver's language when it
    is shown or sent. `mail_id` is the Message-ID, the same on every try; `idempotency_key` is unique, so that an event
    cannot send the same message twice. A message that asks for something is settled once that is done, by whomever: it
    then counts as read, and a mail that has not gone out yet stays at home.
    """

    __tablename__ = "message"

    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    address: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(2), default="en")
    kind: Mapped[str] = mapped_column(String(40))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    path: Mapped[str] = mapped_column(default="")  # the page to act on, below the base URL; see WITH_LINK
    subject_id: Mapped[int | None] = mapped_column(ForeignKey("subject.id"), index=True)
    in_inbox: Mapped[bool] = mapped_column(default=True)
    asks: Mapped[str] = mapped_column(String(24), default="", server_default="")  # what would settle it; empty for news
    idempotency_key: Mapped[str] = mapped_column(String(120), unique=True)
    mail_id: Mapped[str] = mapped_column(String(120), unique=True)
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None]  # null: nothing left to send
    problem: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (
        Index("ix_message_inbox", "person_id", "in_inbox", "read_at"),
        Index("ix_message_next_try", "next_try_at"),
    )
