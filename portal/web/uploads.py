"""Checks uploaded files, and serves files as downloads."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import quote

import structlog
from flask import Response
from flask_babel import lazy_gettext as _l

from portal.findings import RuleViolation
from portal.names import clean, download_name, one_line
from portal.web.inspection import Inspected, inspect

MOST = 10 * 1024 * 1024  # bytes in one file
MOST_NAME = 200  # characters of a file's name
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MEDIA_TYPES = {"pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg", "docx": DOCX}  # by format
FORMATS = {"pdf": "PDF", "png": "PNG", "jpg": "JPEG", "docx": "Word"}
log = structlog.get_logger()


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
    "upload_ending": _l(
        "“%(name)s” is a file of the kind %(format)s, but its name ends differently. "
        "Rename it so that it ends in “.%(ending)s”, and choose it again."
    ),
    "upload_broken": _l(
        "“%(name)s” is damaged and cannot be read. Open it in the program that made it, save it as PDF, "
        "and choose that."
    ),
    "upload_old_word": _l("“%(name)s” is in the old format of Word (.doc). Open it, save it as PDF, and choose that."),
    "upload_macros": _l("“%(name)s” contains macros, which can do harm. Open it, save it as PDF, and choose that."),
    "upload_heic": _l(
        "“%(name)s” is a picture in the format HEIC of some telephones, which many computers cannot show. "
        "Save it as JPEG or PDF, and choose that."
    ),
    "upload_unpacked": _l(
        "“%(name)s” is too large when it is unpacked: more than 200 MB or 5,000 parts. Save it as PDF, and choose that."
    ),
    "upload_pixels": _l("“%(name)s” has more than 250 million pixels. Save the picture smaller, and choose that."),
    "upload_heavy": _l(
        "Opening “%(name)s” takes too much time or memory. Print it to a new PDF (“Print”, “Save as PDF”), "
        "and choose that."
    ),
    "upload_busy": _l(
        "Many files are being checked at this moment, so “%(name)s” could not be. Wait a minute, and choose it again."
    ),
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


@dataclass(frozen=True)
class Opened:
    """A file, sound or not, and what was found in it."""

    data: bytes
    name: str
    seen: Inspected

    def sound(self, field: str) -> Checked:
        """The file, where nothing speaks against it. Raises RuleViolation: a code of FINDINGS, for `field`."""
        if self.seen.wrong:
            log.info("upload_refused", code=self.seen.wrong, size=len(self.data))
            kind, ending = FORMATS.get(self.seen.format, ""), self.seen.format
            raise RuleViolation(self.seen.wrong, field=field, name=self.name, format=kind, ending=ending)
        return Checked(self.name, MEDIA_TYPES[self.seen.format], self.data, sha256(self.data).hexdigest())


def open_upload(data: bytes, file_name: str, wanted: str = "") -> Opened:
    """Looks into a file; at most MOST + 1 of its bytes need to have been read. `wanted` is the ending of the only
    format that is taken, whatever the file is called. It takes seconds: requests do it in `db.unlocked()`."""
    name, ending = tidy_name(file_name)
    if not data:
        return Opened(data, name, Inspected("upload_empty"))
    if len(data) > MOST:
        return Opened(data, name, Inspected("upload_size"))
    return Opened(data, name, inspect(data, wanted or ending))


def check_upload(data: bytes, file_name: str, field: str = "file") -> Checked:
    """Checks a file's name and contents, as `open_upload()`. Raises RuleViolation: a code of FINDINGS, for `field`."""
    return open_upload(data, file_name).sound(field)


def tidy_name(file_name: str) -> tuple[str, str]:
    """The name without folders and line ends, cut before its ending where it is too long; and that ending, in small
    letters without the dot, "" where there is none."""
    name = one_line(clean(file_name).replace("/", "_").replace("\\", "_")) or "file"
    stem, dot, ending = name.rpartition(".")
    if not stem or len(ending) > 10:
        return name[:MOST_NAME], ""
    return f"{stem[: MOST_NAME - len(ending) - 1]}{dot}{ending}", ending.casefold()


def attachment(data: bytes, name: str, media_type: str) -> Response:
    """A response that browsers save, never show; with the name in ASCII and in UTF-8 (RFC 6266)."""
    response = Response(data, mimetype=media_type)
    shown = clean(name).replace("\n", " ")
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"{download_name(name)}\"; filename*=UTF-8''{quote(shown, safe='')}"
    )
    response.headers["Cache-Control"] = "no-store"
    return response
