"""Between pages and files: taking a file from a form, handing one out."""

from __future__ import annotations

from typing import Any

from flask import abort, current_app
from flask.typing import ResponseReturnValue

from portal.db import unlocked
from portal.documents import queries, service
from portal.documents.models import Document, DocumentKind
from portal.documents.service import NewFile
from portal.findings import RuleViolation
from portal.storage import Missing, Storage
from portal.subjects.models import WorkflowSubject
from portal.web.permit import current_actor
from portal.web.uploads import MOST, attachment, check_upload


def storage() -> Storage:
    kept: Storage = current_app.extensions["storage"]
    return kept


def chosen_file(chosen: Any, kind: DocumentKind) -> NewFile:
    """The file that was chosen in a form, looked into. Raises RuleViolation: "no_file" and those of `check_upload`."""
    if not chosen:
        raise RuleViolation("no_file", field="file")
    with unlocked():
        checked = check_upload(chosen.stream.read(MOST + 1), chosen.filename or "")
    return NewFile(kind, checked.name, checked.media_type, checked.data, checked.sha256)


def document_of(subject: WorkflowSubject, document_id: int) -> Document | None:
    """A file of this subject; numbers of other subjects' files are as if they did not exist."""
    return queries.document(subject.id, document_id) if document_id < 2**63 else None


def document_or_404(subject: WorkflowSubject, document_id: int) -> Document:
    document = document_of(subject, document_id)
    if document is None:
        abort(404)
    return document


def hand_out(subject: WorkflowSubject, document_id: int) -> ResponseReturnValue:
    """The file as a download; 410 where its bytes are gone. Raises Denied for whoever may not read the subject."""
    document = document_or_404(subject, document_id)
    try:
        data = service.read(subject, document, by=current_actor(), storage=storage())
    except Missing:
        abort(410)
    return attachment(data, document.name, document.media_type)
