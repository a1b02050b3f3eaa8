"""What may be handed in as a file, and how files are handed out."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Any
from urllib.parse import quote

import pikepdf
from flask import Response
from flask_babel import lazy_gettext as _l

from portal.names import clean, download_name

MOST = 10 * 1024 * 1024  # bytes a file
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ENDINGS = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "docx": DOCX,
}


class Reason(StrEnum):
    KIND = "upload_kind"
    EMPTY = "upload_empty"
    SIZE = "upload_size"
    TOGETHER = "upload_together"
    LOCKED = "upload_locked"
    LIES = "upload_lies"
    BROKEN = "upload_broken"


MESSAGES: dict[str, Any] = {
    Reason.KIND: _l("Choose a PDF, Word (.docx), PNG or JPEG file. “%(name)s” is of another kind."),
    Reason.EMPTY: _l("“%(name)s” is empty. Check the file and choose it again."),
    Reason.SIZE: _l("“%(name)s” is larger than 10 MB. Make it smaller, for example by saving it with fewer pictures."),
    Reason.TOGETHER: _l("All files of an exchange together may have 40 MB. Remove one before you add “%(name)s”."),
    Reason.LOCKED: _l("“%(name)s” is locked with a password. Save a copy without a password and choose that."),
    Reason.LIES: _l("“%(name)s” is not what its ending says. Open it, save it as PDF, and choose that."),
    Reason.BROKEN: _l("“%(name)s” cannot be read. Open it, save it anew, and choose it again."),
}


class UploadViolation(ValueError):
    """The file is not taken; `reason` finds its words in MESSAGES, `name` is the file's."""

    def __init__(self, reason: Reason, name: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.name = name

    @property
    def words(self) -> str:
        return str(MESSAGES[self.reason]) % {"name": self.name}


@dataclass(frozen=True)
class Checked:
    """A file that is what it says: `name` is clean, `sha256` in hex."""

    name: str
    media_type: str
    data: bytes
    sha256: str

    @property
    def size(self) -> int:
        return len(self.data)


def check_upload(data: bytes, file_name: str) -> Checked:
    """Looks at a file's name and inside it. Raises RefusedUpload with the reason."""
    name = clean(file_name).replace("/", "_").replace("\\", "_").replace("\n", " ").strip()[:200] or "file"
    stem, _dot, ending = name.rpartition(".")
    media_type = ENDINGS.get(ending.casefold()) if stem else None
    if media_type is None:
        raise UploadViolation(Reason.KIND, name)
    if not data:
        raise UploadViolation(Reason.EMPTY, name)
    if len(data) > MOST:
        raise UploadViolation(Reason.SIZE, name)
    reason = _look_inside(data, media_type)
    if reason is not None:
        raise UploadViolation(reason, name)
    return Checked(name, media_type, data, sha256(data).hexdigest())


def _look_inside(data: bytes, media_type: str) -> Reason | None:
    if media_type == "application/pdf":
        return _pdf(data)
    if media_type == DOCX:
        return _docx(data)
    if media_type == "image/png":
        return None if data.startswith(b"\x89PNG\r\n\x1a\n") and b"IEND" in data[-32:] else Reason.LIES
    return None if data.startswith(b"\xff\xd8\xff") and b"\xff\xd9" in data[-4096:] else Reason.LIES


def _pdf(data: bytes) -> Reason | None:
    if b"%PDF-" not in data[:1024]:
        return Reason.LIES
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            return Reason.LOCKED if pdf.is_encrypted else None if pdf.pages else Reason.BROKEN
    except pikepdf.PasswordError:
        return Reason.LOCKED
    except (pikepdf.PdfError, RecursionError, ValueError):
        return Reason.BROKEN


def _docx(data: bytes) -> Reason | None:
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        return Reason.LOCKED  # an encrypted .docx is an old compound file
    if not data.startswith(b"PK"):
        return Reason.LIES
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            unpacked = sum(info.file_size for info in archive.infolist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        return Reason.BROKEN
    if "word/document.xml" not in names or "[Content_Types].xml" not in names:
        return Reason.LIES
    if unpacked > 20 * MOST or len(names) > 5_000 or any("vbaProject" in name for name in names):
        return Reason.BROKEN
    return None


def attachment(data: bytes, name: str, media_type: str) -> Response:
    """A download that no browser opens as a page; the name in ASCII and, beside it, as it is."""
    response = Response(data, mimetype=media_type)
    shown = clean(name).replace("\n", " ")
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"{download_name(name)}\"; filename*=UTF-8''{quote(shown, safe='')}"
    )
    response.headers["Cache-Control"] = "no-store"
    return response
