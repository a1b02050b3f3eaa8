"""Finding the files of a subject, whatever its kind."""

from __future__ import annotations

from sqlalchemy import func, select

from portal.db import session
from portal.documents.models import Document, DocumentKind
from portal.subjects.models import Event


def of_subject(subject_id: int) -> list[Document]:
    """The files of a subject, oldest first."""
    return list(session.scalars(select(Document).where(Document.subject_id == subject_id).order_by(Document.id)))


def document(subject_id: int, document_id: int) -> Document | None:
    """One file, only if it belongs to this subject."""
    statement = select(Document).where(Document.id == document_id, Document.subject_id == subject_id)
    return session.scalars(statement).one_or_none()


def was_removed(subject_id: int, document_id: int) -> bool:
    """Whether this subject once had a file of this number."""
    removed = select(Event.facts).where(Event.subject_id == subject_id, Event.what == "document_removed")
    return any(facts["document"] == document_id for facts in session.scalars(removed))


def by_idempotency_key(idempotency_key: str) -> Document | None:
    """The file that a form sent before has made."""
    return session.scalars(select(Document).where(Document.idempotency_key == idempotency_key)).one_or_none()


def last_of_person(person_id: int, kind: DocumentKind) -> Document | None:
    """The file of this kind that a person added last, to whichever subject."""
    statement = select(Document).where(Document.uploaded_by == person_id, Document.kind == kind)
    return session.scalars(statement.order_by(Document.id.desc()).limit(1)).first()


def size_together(subject_id: int) -> int:
    """Bytes of all files of a subject."""
    statement = select(func.coalesce(func.sum(Document.size), 0)).where(Document.subject_id == subject_id)
    return session.scalar(statement) or 0
