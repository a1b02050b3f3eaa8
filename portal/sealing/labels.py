"""Texts of findings about files that are checked."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from portal.web import uploads

NOT_A_PDF = _l("Choose the report as a PDF file. “%(name)s” is of another kind.")
FINDINGS: dict[str, Any] = {
    **uploads.FINDINGS,
    "no_pdf": _l("Choose the PDF that you want to check."),
    "upload_kind": NOT_A_PDF,
    "upload_lies": NOT_A_PDF,
}
