"""The seal that is printed on a document, and the names of files. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import segno


@dataclass(frozen=True)
class Seal:
    """What makes a printed document verifiable: the code, the address of the check, and the moment of sealing."""

    code: str
    address: str
    qr: str  # a data: address of the picture
    at: datetime

    @property
    def shown(self) -> str:
        """7F3K-Q2MD-98XA."""
        return "-".join(self.code[n : n + 4] for n in range(0, len(self.code), 4))


def seal_of(code: str, at: datetime, base_url: str) -> Seal:
    """The seal with its QR code, which leads to the page that checks it."""
    address = f"{base_url}/verify/{code}"
    qr = segno.make(address, error="m", micro=False).svg_data_uri(scale=4, border=0, dark="#1b2430", omitsize=False)
    return Seal(code, address, qr, at)


def file_name(reference: str, language: str, day: date) -> str:
    """KX-2026-0188_az_2026-12-07.pdf."""
    return f"{reference}_{language}_{day.isoformat()}.pdf"
