"""Sealed documents of subjects of any kind."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import NEW_IDS, Base


class SealedDocument(Base):
    """The one file of a finished document in a language ("az"), or in two beside each other ("az-tr"). The row waits
    for the worker until `sealed_at`, when the file is stored and hashed."""

    __tablename__ = "sealed_document"

    subject_id: Mapped[int] = mapped_column(ForeignKey("subject.id"))
    document: Mapped[str] = mapped_column(String(24))  # the name of its DocumentType
    language: Mapped[str] = mapped_column(String(5))
    code: Mapped[str] = mapped_column(String(16), unique=True)  # 7F3KQ2MD98XA; shown in groups of four
    wanted_at: Mapped[datetime]
    sealed_at: Mapped[datetime | None]
    sha256: Mapped[str] = mapped_column(String(64), default="")
    size: Mapped[int] = mapped_column(default=0)  # bytes
    pages: Mapped[int] = mapped_column(default=0)
    key: Mapped[str] = mapped_column(String(80), default="")
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None]  # after a failure
    problem: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (
        UniqueConstraint("subject_id", "document", "language"),
        Index("ix_sealed_document_sha256", "sha256"),
        Index("ix_sealed_document_sealed", "sealed_at", "wanted_at"),
    )


WAITING = text("made_at IS NULL AND failed_at IS NULL")


class DraftDocument(Base):
    """An unfinished document as it stood when a person asked for it. It waits for the worker until it is made or has
    failed, one for each person, and is removed soon after."""

    __tablename__ = "draft_document"

    subject_id: Mapped[int] = mapped_column(ForeignKey("subject.id"))
    document: Mapped[str] = mapped_column(String(24))  # the name of its DocumentType
    language: Mapped[str] = mapped_column(String(5))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    digest: Mapped[str] = mapped_column(String(64))  # of the page that it is made of
    wanted_at: Mapped[datetime] = mapped_column(index=True)
    made_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    size: Mapped[int] = mapped_column(default=0)  # bytes
    pages: Mapped[int] = mapped_column(default=0)
    key: Mapped[str] = mapped_column(String(80), default="")

    __table_args__ = (
        Index("uq_draft_document_waiting", "person_id", unique=True, sqlite_where=WAITING, postgresql_where=WAITING),
        NEW_IDS,
    )
