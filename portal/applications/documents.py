"""The files of an application: the expert adds and removes them while it is being written."""

from __future__ import annotations

from portal.applications import queries
from portal.applications.service import WRITABLE
from portal.documents import service
from portal.documents.models import Document, DocumentKind
from portal.documents.service import Change, NewFile
from portal.exchanges.models import Exchange
from portal.findings import RuleViolation
from portal.policy import Actor, Permission, Side, require
from portal.storage import Missing, Storage


def _by_expert(by: Actor) -> Change:
    def permit(exchange: Exchange) -> None:
        require(Permission.WRITE_APPLICATION, by, exchange)
        if exchange.status not in WRITABLE:
            raise RuleViolation("not_writable")

    return Change(by, Side.EXPERT, permit)


def add(exchange: Exchange, file: NewFile, *, idempotency_key: str, by: Actor, storage: Storage) -> Document:
    """Adds a file to the application; the same key sent twice makes one.

    Raises Denied, RuleViolation: "not_writable", "upload_together".
    """
    return service.add(exchange, file, _by_expert(by), idempotency_key=idempotency_key, storage=storage)


def reuse_cv(exchange: Exchange, *, idempotency_key: str, by: Actor, storage: Storage) -> Document:
    """Adds a copy of the curriculum vitae that this person keeps with the profile, else of the one added last.

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
    """Removes a file from the application, its bytes after the commit.

    Raises Denied, RuleViolation: "not_writable", "removed_before".
    """
    service.remove(exchange, document, _by_expert(by), storage=storage)
