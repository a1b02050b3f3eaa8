"""Asking for a document to be sealed, and reading what was sealed."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from portal import calendars
from portal.db import session
from portal.policy import Actor, require
from portal.registry import registry
from portal.sealing.models import SealedDocument
from portal.storage import Storage
from portal.subjects.models import WorkflowSubject

CODE_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: O, I, L and U are read as 0, 1, 1 and V
CODE_LENGTH = 12  # 32 ** 12 codes cannot be guessed


def want(subject: WorkflowSubject, document: str, versions: Iterable[str]) -> None:
    """Lets these versions ("az", or "az-tr" for two beside each other) of a document wait for the worker.

    Raises KeyError for a document that no stage has registered, IntegrityError for a version that is wanted already.
    """
    name, at = registry.documents[document].name, calendars.now()
    session.add_all(
        SealedDocument(subject_id=subject.id, document=name, language=version, code=new_code(), wanted_at=at)
        for version in versions
    )
    session.flush()


def new_code() -> str:
    """A random code of CODE_LENGTH letters and digits without look-alikes."""
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))


def read(subject: WorkflowSubject, row: SealedDocument, *, by: Actor, storage: Storage) -> bytes:
    """The sealed file, never rendered again, for whoever may read its subject. Raises Denied, Missing."""
    require(registry.kinds[subject.workflow.name].read, by, subject)
    return storage.get(row.key)
