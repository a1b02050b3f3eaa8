"""Which characters a sealed PDF can show, and that it shows them."""

from __future__ import annotations

import io
from pathlib import Path

import pikepdf
import pytest
from fontTools.ttLib import TTFont

from portal import printable
from portal.web.pdf import render
from portal.web.renderer import OTHERS, STATIC, WEIGHTS
from tests.pdfs import breaches, pages_of

FONTS = STATIC / "fonts"
NAMES = {
    "Georgian": "ნინო ბერიძე",
    "Arabic": "محمد عبدالله",
    "Cyrillic": "Гөлнара Сәлимова",
    "Greek": "Ελένη Παπαδοπούλου",
    "Armenian": "Անահիտ Սարգսյան",
    "Hebrew": "נועה לוי",
    "Vietnamese": "Nguyễn Thị Hằng",
    "Turkish and Azerbaijani": "Iğdır Əşrəf, Çağrı Öztürk",
}
PAGE = '<html lang="en"><head><title>Names</title></head><body>{}</body></html>'


def characters(path: Path) -> set[int]:
    return set(TTFont(path).getBestCmap())


def test_the_list_is_that_of_the_fonts() -> None:
    """After a change of the fonts `script/fonts` writes it anew."""
    shared = set.intersection(*(characters(FONTS / name) for name in WEIGHTS.values()))
    others = set.union(*(characters(FONTS / f"{name.replace(' ', '-')}.ttf") for name in OTHERS))
    listed = {code for first, last in zip(*printable.ranges(), strict=True) for code in range(first, last + 1)}
    assert listed == {code for code in shared | others if code >= 0x20}


@pytest.fixture(scope="module")
def paper() -> bytes:
    """Each name in the text and in a heading, which is bold."""
    return render(PAGE.format("".join(f"<h1>{name}</h1><p>{name}</p>" for name in NAMES.values())))


def test_names_in_many_scripts_are_printed(paper: bytes) -> None:
    said = " ".join(pages_of(paper))
    for script, name in NAMES.items():
        assert printable.unprintable(name) == ""
        for word in name.replace(",", "").split():
            assert word in said, (script, said)


def test_no_character_is_printed_without_a_shape(paper: bytes) -> None:
    """Nor in any of the machine's own fonts: the file holds the portal's alone."""
    assert breaches(paper) == []
    with pikepdf.open(io.BytesIO(paper)) as pdf:
        dictionaries = [item for item in pdf.objects if isinstance(item, pikepdf.Dictionary)]
        fonts = {str(item.BaseFont).partition("+")[2] for item in dictionaries if "/BaseFont" in item}
    assert {name.partition("-")[0] for name in fonts} == {"Inter", "Noto", "Plex"}, fonts


@pytest.mark.parametrize(
    ("text", "unseen"), [("王小明", "王小明"), ("Plan ✅ 你 ✅", "✅你"), ("line\nnext\tcell", "")]
)
def test_what_no_pdf_can_show_is_told(text: str, unseen: str) -> None:
    assert printable.unprintable(text) == unseen
