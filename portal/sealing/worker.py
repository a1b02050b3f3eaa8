"""Renders PDFs: drafts on demand; sealed ones once, by the worker."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from hashlib import sha256
from typing import Any

import structlog
from sqlalchemy import or_, select

from config import Config
from portal import calendars
from portal.db import reading, session
from portal.policy import Side
from portal.registry import DocumentType, registry
from portal.sealing import queries
from portal.sealing.models import SealedDocument
from portal.sealing.seals import Seal, seal_of
from portal.sealing.side_by_side import side_by_side
from portal.storage import Storage, new_key, put_with_commit
from portal.subjects import service as subjects
from portal.subjects.models import Subject, WorkflowSubject
from portal.web.pdf import UNHURRIED, page_count, render

BATCH = 50
REST = timedelta(minutes=1)  # after the first failure; doubles with each further one
log = structlog.get_logger()


@dataclass(frozen=True)
class Made:
    """A rendered report and the moment that is printed on it."""

    data: bytes
    at: datetime


def draft(subject: WorkflowSubject, document: str, version: str) -> bytes:
    """The document as it stands, marked DRAFT on every page. Raises RenderFailed."""
    return render(_html(registry.documents[document], subject, version))


def _html(document: DocumentType, subject: Any, version: str, seal: Seal | None = None) -> str:
    """The page in one language ("az") or in two beside each other ("az-tr")."""
    return reduce(side_by_side, (document.html(subject, language, seal) for language in version.split("-")))


def seal_due(config: Config, storage: Storage) -> int:
    """Seals the reports that wait for it, one transaction each; answers how many. Found again after a crash,
    and after a failure."""
    return sum(_seal_one(number, config, storage) for number in _waiting())


def _waiting() -> list[int]:
    """The rows without a file, but for those that failed and rest."""
    ready = or_(SealedDocument.next_try_at.is_(None), SealedDocument.next_try_at <= calendars.now())
    statement = (
        select(SealedDocument.id).where(SealedDocument.sealed_at.is_(None), ready).order_by(SealedDocument.wanted_at)
    )
    with reading():
        numbers = list(session.scalars(statement.limit(BATCH)))
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
        html = _html(document, document.load(row.subject_id), row.language, seal)
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
