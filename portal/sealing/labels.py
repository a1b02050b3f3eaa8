"""Texts of findings about files that are checked."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from portal.web import uploads

NOT_A_PDF = _l("Choose the report as a PDF file. “%(name)s” is of another kind.")
NOT_AS_ISSUED = _l("“%(name)s” cannot be read, so it is not the file that was sealed. Ask for the report again.")
OTHER_KINDS = ("kind", "lies", "ending", "old_word", "macros", "heic", "unpacked", "pixels")
FINDINGS: dict[str, Any] = {
    **uploads.FINDINGS,
    "no_pdf": _l("Choose the PDF that you want to check."),
    "upload_broken": NOT_AS_ISSUED,
    "upload_heavy": NOT_AS_ISSUED,
    **{f"upload_{kind}": NOT_A_PDF for kind in OTHER_KINDS},
}
