"""Sealed documents of subjects of any kind."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base


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
