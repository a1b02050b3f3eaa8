"""Checks uploaded files, and serves files as downloads."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import quote

import pikepdf
from flask import Response
from flask_babel import lazy_gettext as _l

from portal.findings import RuleViolation
from portal.names import clean, download_name

MOST = 10 * 1024 * 1024  # bytes in one file
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ENDINGS = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "docx": DOCX,
}


# the texts of the codes of refused files; stages with uploads add them to their own FINDINGS
FINDINGS: dict[str, Any] = {
    "upload_kind": _l("Choose a PDF, Word (.docx), PNG or JPEG file. “%(name)s” is of another kind."),
    "upload_empty": _l("“%(name)s” is empty. Check the file and choose it again."),
    "upload_size": _l(
        "“%(name)s” is larger than 10 MB. Make it smaller, for example by saving it with fewer pictures."
    ),
    "upload_together": _l("All files of an exchange together may have 40 MB. Remove one before you add “%(name)s”."),
    "upload_locked": _l("“%(name)s” is locked with a password. Save a copy without a password and choose that."),
    "upload_lies": _l("“%(name)s” is not what its ending says. Open it, save it as PDF, and choose that."),
    "upload_broken": _l("“%(name)s” cannot be read. Open it, save it anew, and choose it again."),
}


@dataclass(frozen=True)
class Checked:
    """A file whose contents fit its name; `name` is clean, `sha256` in hex."""

    name: str
    media_type: str
    data: bytes
    sha256: str

    @property
    def size(self) -> int:
        return len(self.data)


def check_upload(data: bytes, file_name: str, field: str = "file") -> Checked:
    """Checks a file's name and contents. Raises RuleViolation: a code of FINDINGS, for `field`."""
    name = clean(file_name).replace("/", "_").replace("\\", "_").replace("\n", " ").strip()[:200] or "file"
    stem, _dot, ending = name.rpartition(".")
    media_type = ENDINGS.get(ending.casefold()) if stem else None
    wrong = "upload_kind" if media_type is None else _wrong(data, media_type)
    if media_type is None or wrong:
        raise RuleViolation(wrong, field=field, name=name)
    return Checked(name, media_type, data, sha256(data).hexdigest())


def _wrong(data: bytes, media_type: str) -> str:
    """The code of what is wrong with the file, if anything."""
    if not data:
        return "upload_empty"
    if len(data) > MOST:
        return "upload_size"
    if media_type == "application/pdf":
        return _pdf(data)
    if media_type == DOCX:
        return _docx(data)
    if media_type == "image/png":
        return "" if data.startswith(b"\x89PNG\r\n\x1a\n") and b"IEND" in data[-32:] else "upload_lies"
    return "" if data.startswith(b"\xff\xd8\xff") and b"\xff\xd9" in data[-4096:] else "upload_lies"


def _pdf(data: bytes) -> str:
    if b"%PDF-" not in data[:1024]:
        return "upload_lies"
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            return "upload_locked" if pdf.is_encrypted else "" if pdf.pages else "upload_broken"
    except pikepdf.PasswordError:
        return "upload_locked"
    except (pikepdf.PdfError, RecursionError, ValueError):
        return "upload_broken"


def _docx(data: bytes) -> str:
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        return "upload_locked"  # an encrypted .docx is an old compound file
    if not data.startswith(b"PK"):
        return "upload_lies"
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            unpacked = sum(info.file_size for info in archive.infolist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        return "upload_broken"
    if "word/document.xml" not in names or "[Content_Types].xml" not in names:
        return "upload_lies"
    if unpacked > 20 * MOST or len(names) > 5_000 or any("vbaProject" in name for name in names):
        return "upload_broken"
    return ""


def attachment(data: bytes, name: str, media_type: str) -> Response:
    """A response that browsers save, never show; with the name in ASCII and in UTF-8 (RFC 6266)."""
    response = Response(data, mimetype=media_type)
    shown = clean(name).replace("\n", " ")
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"{download_name(name)}\"; filename*=UTF-8''{quote(shown, safe='')}"
    )
    response.headers["Cache-Control"] = "no-store"
    return response
