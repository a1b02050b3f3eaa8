"""Registers the lines of the history for files."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from portal.documents.models import Document
from portal.registry import Registry, Stored


def register(registry: Registry) -> None:
    registry.stored.append(
        Stored(
            Document,
            _l("Documents"),
            lambda ids: Document.subject_id.in_(ids),
            ("name", "media_type", "sha256", "key", "uploaded_by"),
            file="key",
        )
    )
    registry.add_event_labels({"document_added": _l("Document added"), "document_removed": _l("Document removed")})
