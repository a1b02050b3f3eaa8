"""The files of an exchange: added and removed while the application is being written, read by whoever may read it."""

from __future__ import annotations

from dataclasses import dataclass

from portal import calendars
from portal.applications import queries
from portal.applications.models import Document
from portal.applications.service import WRITABLE
from portal.calls.models import DocumentKind
from portal.db import advisory_lock, session
from portal.exchanges import queries as spine
from portal.exchanges.models import Exchange
from portal.findings import RuleViolation
from portal.policy import Actor, Permission, Side, require
from portal.storage import Missing, Storage, delete_after_commit, new_key, put_with_commit
from portal.subjects import service as subjects

MOST_TOGETHER = 40 * 1024 * 1024  # bytes an exchange


@dataclass(frozen=True)
class NewFile:
    """A file that has passed `check_upload`; `sha256` in hex."""

    kind: DocumentKind
    name: str
    media_type: str
    data: bytes
    sha256: str


def add(exchange: Exchange, file: NewFile, *, idempotency_key: str, by: Actor, storage: Storage) -> Document:
    """Stores a file and its row; a repeated `idempotency_key` stores nothing more. The bytes are written before the row
    is committed, so that no row is without its file.

    Raises Denied, RuleViolation: "not_writable", "upload_together".
    """
    advisory_lock(idempotency_key)
    made = queries.document_by_idempotency_key(idempotency_key)
    if made is not None and made.exchange_id == exchange.id:
        return made
    exchange = spine.locked(exchange.id)
    require(Permission.WRITE_APPLICATION, by, exchange)
    if exchange.status not in WRITABLE:
        raise RuleViolation("not_writable")
    if queries.size_together(exchange.id) + len(file.data) > MOST_TOGETHER:
        raise RuleViolation("upload_together", field="file", name=file.name)
    document = Document(
        exchange_id=exchange.id,
        kind=file.kind,
        name=file.name,
        media_type=file.media_type,
        size=len(file.data),
        sha256=file.sha256,
        key=new_key("documents"),
        uploaded_by=by.id,
        uploaded_at=calendars.now(),
        idempotency_key=idempotency_key,
    )
    session.add(document)
    session.flush()
    _record(exchange, "document_added", document, by)
    put_with_commit(storage, document.key, file.data)
    return document


def reuse_cv(exchange: Exchange, *, idempotency_key: str, by: Actor, storage: Storage) -> Document:
    """Adds a copy of the curriculum vitae of this person's profile, else of the one that they added last.

    Raises Denied, RuleViolation: "no_file", "not_writable", "upload_together".
    """
    known = queries.known_cv(by.id)
    if known is None:
        raise RuleViolation("no_file")
    try:
        data = storage.get(known.key)
    except Missing:
        raise RuleViolation("no_file") from None
    copy = NewFile(DocumentKind.CV, known.name, known.media_type, data, known.sha256)
    return add(exchange, copy, idempotency_key=idempotency_key, by=by, storage=storage)


def remove(exchange: Exchange, document: Document, *, by: Actor, storage: Storage) -> None:
    """Removes a file, its bytes after the commit. Raises Denied, RuleViolation: "not_writable", "removed_before"."""
    exchange = spine.locked(exchange.id)
    require(Permission.WRITE_APPLICATION, by, exchange)
    if exchange.status not in WRITABLE:
        raise RuleViolation("not_writable")
    if queries.document(exchange.id, document.id) is None:
        raise RuleViolation("removed_before")  # by another request at the same moment
    _record(exchange, "document_removed", document, by)
    delete_after_commit(storage, document.key)
    session.delete(document)
    session.flush()


def _record(exchange: Exchange, what: str, document: Document, by: Actor) -> None:
    facts = {"document": document.id, "kind": document.kind.value}
    subjects.record(exchange, what, by=by, side=Side.EXPERT, facts=facts)
