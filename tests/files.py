"""Files as programs and telephones make them."""

from __future__ import annotations

import io
import struct
import zipfile

import pikepdf
from PIL import Image

MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
WITH_MACROS = "application/vnd.ms-word.document.macroEnabled.main+xml"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument"


def picture(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "#0a6a70").save(out, kind)
    return out.getvalue()


def docx(text: str = "word/document.xml", kind: str = MAIN, relation: str = RELATION, **more: bytes) -> bytes:
    """A Word file; `more` are further parts under word/, where `__` stands for a dot."""
    types = "http://schemas.openxmlformats.org/package/2006/content-types"
    links = "http://schemas.openxmlformats.org/package/2006/relationships"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{types}"><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/{text}" ContentType="{kind}"/></Types>'.encode(),
        "_rels/.rels": f'<Relationships xmlns="{links}">'
        f'<Relationship Id="a" Type="{relation}" Target="{text}"/></Relationships>'.encode(),
        text: b"<document/>",
    } | {f"word/{name.replace('__', '.')}": data for name, data in more.items()}
    return zipped(parts)


def zipped(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def locked_pdf(user: str) -> bytes:
    """Locked against changes, and for readers too where `user` is not empty."""
    out = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page()
        made.save(out, encryption=pikepdf.Encryption(owner="owner", user=user))
    return out.getvalue()


def compound(*streams: str) -> bytes:
    """The beginning of a compound file, as Word up to 2003 wrote them, with these streams in its directory."""
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
    entries = [
        name.encode("utf-16-le").ljust(64, b"\0") + struct.pack("<H", 2 * len(name) + 2) + b"\2" + b"\0" * 61
        for name in ("Root Entry", *streams)
    ]
    return head + b"".join(entries)


def heic(brand: bytes = b"heic") -> bytes:
    return struct.pack(">I", 24) + b"ftyp" + brand + b"\0\0\0\0mif1heic" + b"\0" * 200
