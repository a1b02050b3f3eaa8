"""Templates, stylesheets and scripts are laid out for reading, and templates hold neither styles nor scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import cssbeautifier
import pytest

from config import ROOT

TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*") if path.is_file())
STATIC = ROOT / "portal" / "static"
STYLESHEETS = sorted(STATIC.glob("*.css"))
LONGEST = 120  # characters
INDENT = 2  # blanks a level

EXPRESSION, STATEMENT, COMMENT = r"\{\{.*?\}\}", r"\{%.*?%\}", r"\{#.*?#\}"
QUOTED = rf'"(?:{EXPRESSION}|{STATEMENT}|[^"])*"'
TAG = rf"<(?P<close>/?)(?P<element>[a-z][\w-]*|{EXPRESSION})(?:{EXPRESSION}|{STATEMENT}|{QUOTED}|[^>\"])*>"
TOKEN = re.compile(rf"(?P<comment>{COMMENT})|{EXPRESSION}|\{{%[-+]?\s*(?P<word>\w+).*?%\}}|{TAG}", re.S)
VOID = {"br", "col", "hr", "img", "input", "link", "meta"}
BLOCKS = {"block", "call", "filter", "for", "if", "macro"}
INLINE = re.compile(r"""<style|\sstyle=|\son[a-z]+=|javascript:|<script(?![^>]*\ssrc=)""")


def steps(token: re.Match[str]) -> tuple[int, int]:
    """By how many levels the token itself is outdented, and by how many what follows it is indented."""
    word, element = token["word"] or "", token["element"]
    if word in ("elif", "else"):
        return 1, 1
    if word.startswith("end") or token["close"]:
        return 1, 0
    return 0, int(word in BLOCKS or (bool(element) and element not in VOID))


def misplaced(source: str) -> Iterator[int]:
    """The numbers of the lines that begin with a tag, statement or expression and are not indented by its level."""
    level = 0
    text_area = False  # where blanks would belong to the text
    for token in TOKEN.finditer(source):
        out, further_in = steps(token)
        level -= out
        before = source[source.rfind("\n", 0, token.start()) + 1 : token.start()]
        if not before.strip(" ") and len(before) != level * INDENT and not text_area:
            yield source.count("\n", 0, token.start()) + 1
        level += further_in
        if token["element"] == "textarea":
            text_area = not token["close"]


def beautiful(stylesheet: str) -> str:
    options = cssbeautifier.default_options()
    options.indent_size = INDENT
    options.end_with_newline = options.space_around_combinator = True
    return str(cssbeautifier.beautify(stylesheet, options))


@pytest.mark.parametrize("path", [*TEMPLATES, *STYLESHEETS, *STATIC.glob("*.js")], ids=lambda p: p.name)
def test_no_line_is_too_long_to_read(path: Path) -> None:
    lines = path.read_text("utf-8").split("\n")
    assert [number for number, line in enumerate(lines, 1) if len(line) > LONGEST] == []
    assert [number for number, line in enumerate(lines, 1) if line != line.rstrip()] == []


@pytest.mark.parametrize("path", [p for p in TEMPLATES if p.suffix == ".html"], ids=lambda p: p.name)
def test_templates_are_indented_by_their_elements_and_blocks(path: Path) -> None:
    assert list(misplaced(path.read_text("utf-8"))) == []


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("<ul>\n  {% for x in y %}\n    <li>{{ x }}</li>\n  {% else %}\n    <li></li>\n  {% endfor %}\n</ul>\n", []),
        ('<p>\n  <input\n    name="{{ "a" }}">\n  <b>\n    {{- x -}}\n  </b>\n</p>\n', []),
        ("<ul>\n<li></li>\n</ul>\n", [2]),
        ("{% if x %}\n  <p>\n  {{ y }}\n  </p>\n{% endif %}\n", [3]),
        ("{% if x %}\n  <br>\n    <br>\n  {% endif %}\n", [3, 4]),
    ],
)
def test_a_line_out_of_its_level_is_found(source: str, lines: list[int]) -> None:
    assert list(misplaced(source)) == lines


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_hold_no_style_and_no_script(path: Path) -> None:
    assert INLINE.findall(path.read_text("utf-8")) == []


@pytest.mark.parametrize("source", ['<p style="a">', "<style>", "<script>x()</script>", '<a onclick="x()">'])
def test_a_style_or_script_in_a_template_is_found(source: str) -> None:
    assert INLINE.search(source)


@pytest.mark.parametrize("path", STYLESHEETS, ids=lambda path: path.name)
def test_stylesheets_are_formatted(path: Path) -> None:
    """After a change: .venv/bin/css-beautify --replace -s 2 --end-with-newline --space-around-combinator FILE"""
    text = path.read_text("utf-8")
    assert beautiful(text) == text
