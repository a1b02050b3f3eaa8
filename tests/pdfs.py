"""Reads PDFs: the text of each page, the results of the checkers, the picture of the QR code."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import page
import zxingcpp
from PIL import Image

from tests.glyph_images import picture

# what the semantic checker remarks on that is meant so: running feet are no part of what is read aloud (they stand
# outside the tree of tags, which it takes for content), two tables on a page look to it like one grid, an address
# that somebody wrote is not made a link, and a page may be painted in another order than it is read
CHECKER = Path(sys.executable).with_name("outloud")
MEANT = frozenset({"PAG-001", "TBL-014", "LNK-010", "ORD-001"})


def pages_of(data: bytes) -> list[str]:
    """The words of each page."""
    command = ["pdftotext", "-layout", "-", "-"]
    said = subprocess.run(command, input=data, capture_output=True, check=True).stdout.decode()
    return said.split("\f")[:-1]


def breaches(data: bytes) -> list[str]:
    """What speaks against the file being PDF/A-3a and PDF/UA-1."""
    found = []
    for profile in ("3a", "ua1"):
        report = page.validate_pdf_bytes(data, profile=profile)
        found += [f"{profile}: {failure.rule_id} {failure.message}" for failure in report.failures]
    return found


def remarks(path: Path) -> list[str]:
    """What the semantic checker finds, errors and warnings, without what is meant so."""
    report = path.with_suffix(".json")
    options = ["--json", str(report), "--quiet", "--fail-on", "never", "--no-info"]
    subprocess.run([CHECKER, path, *options], check=True, capture_output=True)
    found = json.loads(report.read_text("utf-8"))["results"][0]["findings"]
    return [f"{one['rule']} {one['message']}" for one in found if one["rule"] not in MEANT]


def qr_code(data: bytes) -> str:
    """What a telephone reads on the first page."""
    image: Image.Image = picture(data, dpi=150)
    found = zxingcpp.read_barcodes(image)
    return found[0].text if found else ""


def is_sound(path: Path) -> bool:
    """Whether `qpdf --check` finds nothing wrong."""
    done = subprocess.run(["qpdf", "--check", path], capture_output=True)
    return done.returncode == 0
