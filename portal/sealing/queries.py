"""Finding sealed documents."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from portal.db import session
from portal.sealing.models import DraftDocument, SealedDocument

NOT_MADE = DraftDocument.made_at.is_(None) & DraftDocument.failed_at.is_(None)


def versions_of(subject_id: int, document: str) -> list[SealedDocument]:
    """The sealed versions of a subject's document, and those that wait for the worker, by language."""
    mine = (SealedDocument.subject_id == subject_id, SealedDocument.document == document)
    return list(session.scalars(select(SealedDocument).where(*mine).order_by(SealedDocument.language)))


def by_code(code: str) -> SealedDocument | None:
    """The document under a code, sealed or waiting."""
    return session.scalars(select(SealedDocument).where(SealedDocument.code == code)).one_or_none()


def code_of_hash(sha256: str) -> str | None:
    """The code of the sealed file with this hash (hex)."""
    sealed = (SealedDocument.sha256 == sha256, SealedDocument.sealed_at.is_not(None))
    return session.scalar(select(SealedDocument.code).where(*sealed))


def drafts_of(person_id: int, since: datetime) -> list[DraftDocument]:
    """The drafts for which a person asked, those of before `since` only while they wait, the newest first."""
    statement = select(DraftDocument).where(DraftDocument.person_id == person_id)
    kept = (DraftDocument.wanted_at > since) | NOT_MADE
    return list(session.scalars(statement.where(kept).order_by(DraftDocument.id.desc())))


def next_draft() -> int | None:
    """The id of the draft that has waited longest."""
    waiting = select(DraftDocument.id).where(NOT_MADE)
    return session.scalar(waiting.order_by(DraftDocument.wanted_at, DraftDocument.id).limit(1))


def drafts_before(row: DraftDocument) -> int:
    """How many other drafts are made before this one."""
    earlier = select(func.count(DraftDocument.id)).where(NOT_MADE, DraftDocument.wanted_at < row.wanted_at)
    return session.scalar(earlier) or 0
