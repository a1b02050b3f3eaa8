"""Adding, removing and reading the files of a subject. Who may read it reads its files; who may change them is asked
by the stage that lets people do so, of the locked subject."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from portal import calendars
from portal.db import advisory_lock, session
from portal.documents import queries
from portal.documents.models import Document, DocumentKind
from portal.findings import RuleViolation
from portal.policy import Actor, Side, require
from portal.registry import registry
from portal.storage import Storage, delete_after_commit, new_key, put_with_commit
from portal.subjects import service as subjects
from portal.subjects.models import WorkflowSubject

MOST_TOGETHER = 40 * 1024 * 1024  # bytes a subject


@dataclass(frozen=True)
class NewFile:
    """A file that has passed `check_upload`; `sha256` in hex."""

    kind: DocumentKind
    name: str
    media_type: str
    data: bytes
    sha256: str


@dataclass(frozen=True)
class Change:
    """Who changes the files, for which side. `permit` gets the locked subject and raises where it does not allow it."""

    by: Actor
    side: Side
    permit: Callable[[Any], None]


def add(subject: WorkflowSubject, file: NewFile, change: Change, *, idempotency_key: str, storage: Storage) -> Document:
    """Stores a file and its row; a repeated `idempotency_key` stores nothing more. The bytes are written before the row
    is committed, so that no row is without its file.

    Raises what `change.permit` raises, RuleViolation "upload_together".
    """
    advisory_lock(idempotency_key)
    made = queries.by_idempotency_key(idempotency_key)
    if made is not None and made.subject_id == subject.id:
        return made
    subject = _locked(subject, change)
    if queries.size_together(subject.id) + len(file.data) > MOST_TOGETHER:
        raise RuleViolation("upload_together", field="file", name=file.name)
    document = Document(
        subject_id=subject.id,
        kind=file.kind,
        name=file.name,
        media_type=file.media_type,
        size=len(file.data),
        sha256=file.sha256,
        key=new_key("documents"),
        uploaded_by=change.by.id,
        uploaded_at=calendars.now(),
        idempotency_key=idempotency_key,
    )
    session.add(document)
    session.flush()
    _record(subject, "document_added", document, change)
    put_with_commit(storage, document.key, file.data)
    return document


def remove(subject: WorkflowSubject, document: Document, change: Change, *, storage: Storage) -> None:
    """Removes a file, its bytes after the commit.

    Raises what `change.permit` raises, RuleViolation "removed_before".
    """
    subject = _locked(subject, change)
    if queries.document(subject.id, document.id) is None:
        raise RuleViolation("removed_before")  # by a press at the same moment
    _record(subject, "document_removed", document, change)
    delete_after_commit(storage, document.key)
    session.delete(document)
    session.flush()


def read(subject: WorkflowSubject, document: Document, *, by: Actor, storage: Storage) -> bytes:
    """The bytes of a file, for whoever may read its subject. Raises Denied, Missing."""
    require(registry.kinds[subject.workflow.name].read, by, subject)
    return storage.get(document.key)


def _locked(subject: WorkflowSubject, change: Change) -> WorkflowSubject:
    locked: WorkflowSubject = registry.kinds[subject.workflow.name].lock(subject.id)
    change.permit(locked)
    return locked


def _record(subject: WorkflowSubject, what: str, document: Document, change: Change) -> None:
    facts = {"document": document.id, "kind": document.kind.value}
    subjects.record(subject, what, by=change.by, side=change.side, facts=facts)
