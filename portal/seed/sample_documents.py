"""The PDFs that the demonstration's people upload: one page with a few lines, made without the HTML renderer."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pikepdf
from pikepdf import Dictionary, Name


def sample_pdf(title: str, lines: Sequence[str]) -> bytes:
    """A PDF of one A4 page as bytes; other letters than ASCII become "?". The same texts make the same bytes."""
    size = 18
    commands = ["BT /F1 18 Tf 72 760 Td"]
    for text in (title, "", *lines):
        escaped = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
        commands.append(f"({escaped}) Tj 0 -{size * 1.5:g} Td /F1 12 Tf")
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(595, 842))
        font = pdf.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
        page.Resources = Dictionary(Font=Dictionary(F1=font))
        page.Contents = pdf.make_stream(" ".join([*commands, "ET"]).encode("ascii", "replace"))
        out = io.BytesIO()
        pdf.save(out, deterministic_id=True)
        return out.getvalue()
