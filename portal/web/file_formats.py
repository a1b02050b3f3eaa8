"""What is inside an uploaded file: its format, what speaks against it, the words in a PDF's metadata. Pure.

Whoever sent the file may have built it to take all memory or time. So only the child process that
`portal.web.inspector` starts for each file calls this; import-linter holds it.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from xml.etree import ElementTree

import pikepdf

MOST_UNPACKED = 200 * 1024 * 1024  # bytes of the parts of a Word file, and
MOST_PARTS = 5_000
MOST_PIXELS = 250_000_000  # of a picture; the largest telephone cameras have 200 million
MOST_XML = 1024 * 1024  # bytes of a part that says what the others are
KEYWORDS = 10_000  # characters
PNG = b"\x89PNG\r\n\x1a\n"
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
HEIC = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif"})
ENDINGS = {"pdf": "pdf", "png": "png", "jpg": "jpg", "jpeg": "jpg", "docx": "docx"}  # ending → format
OLD_WORD, MACRO_WORD, HEIC_NAMES = ("doc", "dot"), ("docm", "dotm"), ("heic", "heif", "avif")
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
WORD_WITH_MACROS = re.compile(r"application/vnd\.ms-word\.(document|template)\.macroEnabled.*", re.IGNORECASE)
# the next marker in the packed data of a JPEG: 00 and D0 to D7 belong to the data, FF only fills
MARKER = re.compile(rb"\xff([^\x00\xd0-\xd7\xff])")
SIZES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})  # markers of a JPEG with the size of the picture
SCAN, END = 0xDA, 0xD9


@dataclass(frozen=True)
class Inside:
    """`wrong` is a code of `uploads.FINDINGS`, "" for a sound file whose contents fit its ending; `format` a key of
    the formats that are taken, or ""; `keywords` those of a PDF."""

    wrong: str = ""
    format: str = ""
    keywords: str = ""


def look_into(data: bytes, ending: str) -> Inside:
    """What is in a file with this ending (small letters, without the dot)."""
    found = format_of(data)
    if found in LOOKS:
        inside = LOOKS[found](data)
        wrong = inside.wrong or _wrong_ending(inside.format, ending)
        return Inside(wrong, inside.format, inside.keywords)
    if found == "heic" or ending in HEIC_NAMES:
        return Inside("upload_heic")
    if found == "compound":
        return Inside(_compound(data, ending))
    if ending in MACRO_WORD or ending in OLD_WORD:
        return Inside("upload_macros" if ending in MACRO_WORD else "upload_old_word")
    return Inside("upload_lies" if ending in ENDINGS else "upload_kind")


def format_of(data: bytes) -> str:
    """The format that the first bytes tell; "" for any other."""
    if data.startswith(PNG):
        return "png"
    if data.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if data.startswith(b"PK\x03\x04"):
        return "zip"
    if data.startswith(COMPOUND):
        return "compound"
    if data[4:8] == b"ftyp" and data[8:12] in HEIC:
        return "heic"
    return "pdf" if b"%PDF-" in data[:1024] else ""  # some programs write a few lines before it


def _wrong_ending(found: str, ending: str) -> str:
    if ENDINGS.get(ending) == found:
        return ""
    if found:
        return "upload_macros" if ending in MACRO_WORD else "upload_ending"
    return "upload_lies" if ending in ENDINGS else "upload_kind"


def _pdf(data: bytes) -> Inside:
    """A PDF that opens without a password is taken, also where another one guards it against changes."""
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            return Inside("" if pdf.pages else "upload_broken", "pdf", _keywords(pdf))
    except pikepdf.PasswordError:
        return Inside("upload_locked", "pdf")
    except (pikepdf.PdfError, RecursionError, ValueError):
        return Inside("upload_broken", "pdf")


def _keywords(pdf: pikepdf.Pdf) -> str:
    try:
        return str(pdf.docinfo.get("/Keywords", ""))[:KEYWORDS]
    except Exception:  # metadata that breaks the library are none
        return ""


def _png(data: bytes) -> Inside:
    """Reads chunk by chunk to the end that the format has, whatever follows."""
    view, place = memoryview(data), len(PNG)
    while place + 12 <= len(data):
        length, kind = struct.unpack(">I4s", view[place : place + 8])
        after = place + 12 + length
        if after > len(data) or struct.unpack(">I", view[after - 4 : after])[0] != zlib.crc32(
            view[place + 4 : after - 4]
        ):
            break
        if place == len(PNG):
            if kind != b"IHDR" or length != 13:
                break
            width, height = struct.unpack(">II", view[place + 8 : place + 16])
            if width * height > MOST_PIXELS:
                return Inside("upload_pixels", "png")
        if kind == b"IEND":
            return Inside("", "png")
        place = after
    return Inside("upload_broken", "png")


def _jpeg(data: bytes) -> Inside:
    """Reads segment by segment to the end that the format has: telephones put a video or their own notes behind it."""
    place, sized = 2, False
    while found := MARKER.search(data, place):
        marker, place = found.group(1)[0], found.end()
        if marker == END:
            return Inside("" if sized else "upload_broken", "jpg")
        if place + 2 > len(data):
            break
        if marker in SIZES:
            if place + 7 > len(data):
                break
            height, width = struct.unpack(">HH", data[place + 3 : place + 7])
            if width * height > MOST_PIXELS:
                return Inside("upload_pixels", "jpg")
            sized = True
        place += struct.unpack(">H", data[place : place + 2])[0]
    return Inside("upload_broken", "jpg")


def _compound(data: bytes, ending: str) -> str:
    """An old Word file, or a newer one that is locked: both are compound files, told apart by what they contain."""
    if _has_stream(data, "EncryptedPackage"):
        return "upload_locked"
    if _has_stream(data, "WordDocument"):
        return "upload_old_word"
    return "upload_lies" if ending in ENDINGS else "upload_kind"


def _has_stream(data: bytes, name: str) -> bool:
    """Whether the directory of a compound file has this entry: 64 bytes of name, then the length of the name."""
    return name.encode("utf-16-le").ljust(64, b"\0") + struct.pack("<H", 2 * len(name) + 2) in data


def _zip(data: bytes) -> Inside:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _parts(archive)
    except (
        zipfile.BadZipFile,
        zlib.error,
        ElementTree.ParseError,
        NotImplementedError,
        ValueError,
        KeyError,
        EOFError,
    ):
        return Inside("upload_broken", "docx")


def _parts(archive: zipfile.ZipFile) -> Inside:
    """A Word file is whatever its own list of parts calls one; Word Online calls its text `document2.xml`."""
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if "[Content_Types].xml" not in names or "_rels/.rels" not in names:
        return Inside()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        return Inside("upload_unpacked", "docx")
    if any(part.flag_bits & 1 for part in parts):
        return Inside("upload_locked", "docx")
    kind = _kind_of_main_part(archive, names)
    if WORD_WITH_MACROS.fullmatch(kind) or any(name.endswith("vbaProject.bin") for name in names):
        return Inside("upload_macros", "docx")
    if kind != WORD:
        return Inside()
    for part in parts:
        _unpack(archive, part)
    return Inside("", "docx")


def _kind_of_main_part(archive: zipfile.ZipFile, names: set[str]) -> str:
    """The content type of the part with the text, "" where there is none (Open Packaging Conventions)."""
    targets = [
        link.get("Target", "").lstrip("/")
        for link in _xml(archive, "_rels/.rels")
        if link.get("Type", "").endswith("/officeDocument")
    ]
    known = {name.casefold() for name in names}
    if not targets or targets[0].casefold() not in known:
        return ""
    kinds = _xml(archive, "[Content_Types].xml")
    by_name = {one.get("PartName", "").lstrip("/").casefold(): one.get("ContentType", "") for one in kinds}
    by_ending = {one.get("Extension", "").casefold(): one.get("ContentType", "") for one in kinds}
    target = targets[0].casefold()
    return by_name.get(target) or by_ending.get(target.rpartition(".")[2], "")


def _xml(archive: zipfile.ZipFile, name: str) -> ElementTree.Element:
    with archive.open(name) as part:
        text = part.read(MOST_XML + 1)
    if len(text) > MOST_XML:
        raise ValueError(name)
    return ElementTree.fromstring(text)


def _unpack(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Raises BadZipFile where the part is not what its check sum says."""
    with archive.open(part) as stream:
        while stream.read(65_536):
            pass


LOOKS: dict[str, Callable[[bytes], Inside]] = {"pdf": _pdf, "png": _png, "jpg": _jpeg, "zip": _zip}
