"""Labels of the kinds of documents."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from portal.documents.models import DocumentKind

DOCUMENT: dict[DocumentKind, Any] = {
    DocumentKind.CV: _l("Curriculum vitae"),
    DocumentKind.MOTIVATION: _l("Letter of motivation"),
    DocumentKind.SUPERVISOR: _l("Supervisor’s agreement"),
    DocumentKind.OTHER: _l("Other document"),
}
