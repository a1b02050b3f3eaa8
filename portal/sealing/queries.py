"""Finding sealed documents."""

from __future__ import annotations

from sqlalchemy import select

from portal.db import session
from portal.sealing.models import SealedDocument


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
