"""Renders PDFs in the worker: drafts, which are kept for a while, and sealed documents, once each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

import structlog
from sqlalchemy import or_, select

from config import Config
from portal import calendars
from portal.db import reading, session
from portal.policy import Side
from portal.registry import registry
from portal.sealing import queries
from portal.sealing.drafts import KEPT
from portal.sealing.models import DraftDocument, SealedDocument
from portal.sealing.pages import page_of
from portal.sealing.seals import seal_of
from portal.storage import Storage, delete_after_commit, new_key, put_with_commit
from portal.subjects import service as subjects
from portal.subjects.models import Subject, WorkflowSubject
from portal.web.pdf import UNHURRIED, page_count, render

BATCH = 50
DRAFTED_WITHIN = 60.0  # seconds: the largest report that can be written takes ten, those of before the limits more
REST = timedelta(minutes=1)  # after the first failure; doubles with each further one
log = structlog.get_logger()


@dataclass(frozen=True)
class Made:
    """A rendered report and the moment that is printed on it."""

    data: bytes
    at: datetime


def make_next(config: Config, storage: Storage) -> int:
    """Makes the draft and seals the document that have waited longest, so that neither kind waits long for the other;
    answers how many."""
    return _draft_next(storage) + sum(_seal_one(number, config, storage) for number in _waiting(most=1))


def seal_due(config: Config, storage: Storage) -> int:
    """Seals the reports that wait for it, one transaction each; answers how many. Found again after a crash,
    and after a failure."""
    return sum(_seal_one(number, config, storage) for number in _waiting())


def _waiting(most: int = BATCH) -> list[int]:
    """The rows without a file, but for those that failed and rest."""
    ready = or_(SealedDocument.next_try_at.is_(None), SealedDocument.next_try_at <= calendars.now())
    statement = (
        select(SealedDocument.id).where(SealedDocument.sealed_at.is_(None), ready).order_by(SealedDocument.wanted_at)
    )
    with reading():
        numbers = list(session.scalars(statement.limit(most)))
        session.rollback()
    return numbers


def _seal_one(number: int, config: Config, storage: Storage) -> int:
    """Renders without a lock, so that nobody waits for it; of two workers the first to store its hash wins, and the
    other's file is deleted."""
    try:
        made = _make(number, config)
        if made is None:
            return 0
        key = new_key("sealed")
        put_with_commit(storage, key, made.data)
        sealed = _record(number, made, key)
    except Exception as error:  # a failing report must not stop the others
        session.rollback()
        _failed(number, error)
        return 0
    if sealed:
        session.commit()
    else:
        session.rollback()
    return int(sealed)


def _make(number: int, config: Config) -> Made | None:
    with reading():
        row = session.get(SealedDocument, number)
        if row is None or row.sealed_at is not None:
            session.rollback()
            return None
        at = calendars.now()
        seal = seal_of(row.code, at, config.base_url)
        document = registry.documents[row.document]
        html = page_of(document, document.load(row.subject_id), row.language, seal)
        session.rollback()
    return Made(render(html, UNHURRIED), at)


def _record(number: int, made: Made, key: str) -> bool:
    """Stores the file's key and hash; returns False where another worker did so first."""
    subject = _locked(session.get_one(SealedDocument, number).subject_id)
    statement = select(SealedDocument).where(SealedDocument.id == number, SealedDocument.sealed_at.is_(None))
    locked = statement.with_for_update(key_share=True).execution_options(populate_existing=True)
    row = session.scalars(locked).first()
    if row is None:
        return False
    document = registry.documents[row.document]
    row.key, row.sha256, row.size = key, sha256(made.data).hexdigest(), len(made.data)
    row.pages, row.sealed_at, row.problem = page_count(made.data), made.at, ""
    facts = {"sha256": row.sha256, "language": row.language}
    subjects.record(subject, document.event, by=None, side=Side.SYSTEM, facts=facts)
    if all(version.sealed_at for version in queries.versions_of(subject.id, document.name)):
        document.all_sealed(subject)
    log.info("sealed", sealed=row.id, pages=row.pages)
    return True


def _locked(subject_id: int) -> WorkflowSubject:
    subject: WorkflowSubject = registry.kinds[session.get_one(Subject, subject_id).kind].lock(subject_id)
    return subject


def _failed(number: int, error: Exception) -> None:
    """Counts the failure and stores its message in the row, for operators."""
    row = session.get(SealedDocument, number)
    if row is not None and row.sealed_at is None:
        row.tries += 1
        row.next_try_at = calendars.now() + REST * 2 ** min(row.tries - 1, 10)
        row.problem = f"{type(error).__name__}: {error}"[:500]
        log.error("seal_failed", sealed=number, tries=row.tries, error=type(error).__name__)
    session.commit()


def _draft_next(storage: Storage) -> int:
    """Makes the draft that has waited longest; returns how many, also where that one could not be made."""
    with reading():
        number = queries.next_draft()
        session.rollback()
    if number is None:
        return 0
    try:
        _keep_draft(number, _make_draft(number), storage)
    except Exception as error:  # one that cannot be made must not stop the others
        session.rollback()
        log.error("draft_failed", draft=number, error=type(error).__name__)
        _keep_draft(number, None, storage)
    return 1


def _make_draft(number: int) -> Made:
    with reading():
        row = session.get_one(DraftDocument, number)
        document = registry.documents[row.document]
        html = page_of(document, document.load(row.subject_id), row.language)
        session.rollback()
    return Made(render(html, DRAFTED_WITHIN), calendars.now())


def _keep_draft(number: int, made: Made | None, storage: Storage) -> None:
    """Stores a draft, or that it failed; nothing where it is no longer wanted, or another worker was first."""
    statement = select(DraftDocument).where(DraftDocument.id == number, queries.NOT_MADE).with_for_update()
    row = session.scalars(statement.execution_options(populate_existing=True)).first()
    if row is None:
        session.rollback()
        return
    if made is None:
        row.failed_at = calendars.now()
    else:
        row.key = new_key("draft")
        put_with_commit(storage, row.key, made.data)
        row.made_at = made.at
        row.size, row.pages = len(made.data), page_count(made.data)
    session.commit()


def clear_drafts(storage: Storage) -> int:
    """Removes the drafts that are kept no longer. Returns 0: the worker need not run it again at once."""
    old = select(DraftDocument).where(DraftDocument.wanted_at < calendars.now() - KEPT)
    for row in session.scalars(old.limit(BATCH)).all():
        if row.key:
            delete_after_commit(storage, row.key)
        session.delete(row)
    return 0
