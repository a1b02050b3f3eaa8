"""Registers the lines of the history for files."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from portal.registry import Registry


def register(registry: Registry) -> None:
    registry.add_event_labels({"document_added": _l("Document added"), "document_removed": _l("Document removed")})
