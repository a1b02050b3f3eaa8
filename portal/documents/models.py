"""Files of subjects of any kind."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import NEW_IDS, Base, enum_type


class DocumentKind(StrEnum):
    CV = "cv"
    MOTIVATION = "motivation"
    SUPERVISOR = "supervisor"
    OTHER = "other"


class Document(Base):
    """A file of a subject; the bytes lie in the storage under `key`."""

    __tablename__ = "document"

    subject_id: Mapped[int] = mapped_column(ForeignKey("subject.id"), index=True)
    kind: Mapped[DocumentKind] = mapped_column(enum_type(DocumentKind))
    name: Mapped[str]
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]  # bytes
    sha256: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(String(80), unique=True)
    uploaded_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    uploaded_at: Mapped[datetime]
    idempotency_key: Mapped[str] = mapped_column(String(40), unique=True)

    __table_args__ = (NEW_IDS,)
