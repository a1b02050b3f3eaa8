"""Drafts of documents: asked for by a person, made by the worker, kept for a while, then removed."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256

from portal import calendars
from portal.db import advisory_lock, session
from portal.policy import Actor, require
from portal.registry import registry
from portal.sealing import queries
from portal.sealing.models import DraftDocument
from portal.sealing.pages import page_of
from portal.storage import Storage
from portal.subjects.models import WorkflowSubject

KEPT = timedelta(hours=1)  # from the moment when it was asked for


def want(subject: WorkflowSubject, document: str, version: str, *, by: Actor) -> DraftDocument:
    """A draft of the document as it stands, waiting for the worker; the one that there is where nothing has changed.

    A person waits for one draft at a time: asking for another takes the place of the one that still waits.
    Raises Denied, KeyError for a document that no stage has registered.
    """
    require(registry.kinds[subject.workflow.name].read, by, subject)
    kind = registry.documents[document]
    digest = sha256(page_of(kind, subject, version).encode()).hexdigest()
    advisory_lock(f"draft:{by.id}")
    wanted = (subject.id, kind.name, version, digest)
    for row in queries.drafts_of(by.id, calendars.now() - KEPT):
        if (row.subject_id, row.document, row.language, row.digest) == wanted and row.failed_at is None:
            return row
        if row.made_at is None and row.failed_at is None:
            session.delete(row)
            session.flush()
    return _added(DraftDocument(subject_id=subject.id, document=kind.name, language=version, digest=digest), by)


def _added(row: DraftDocument, by: Actor) -> DraftDocument:
    row.person_id, row.wanted_at = by.id, calendars.now()
    session.add(row)
    session.flush()
    return row


def of(subject: WorkflowSubject, draft_id: int, *, by: Actor) -> DraftDocument | None:
    """One's own draft of a subject; None where there is none or it is no longer kept. Raises Denied."""
    require(registry.kinds[subject.workflow.name].read, by, subject)
    row = session.get(DraftDocument, draft_id)
    mine = row is not None and (row.subject_id, row.person_id) == (subject.id, by.id)
    return row if mine and row is not None and calendars.now() < until(row) else None


def until(row: DraftDocument) -> datetime:
    """The moment until which a draft is kept."""
    return row.wanted_at + KEPT


def read(row: DraftDocument, *, storage: Storage) -> bytes:
    """The file of a draft that `of()` has found. Raises Missing."""
    return storage.get(row.key)
