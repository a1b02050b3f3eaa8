"""No word reaches a reader without passing gettext, in templates or in Python."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from bs4.element import PreformattedString

from config import ROOT

NAMES = {"Körpü", "KOSGEB", "KOBİA", "korpu"}  # the same in every language
WORD = re.compile(r"(?<![-\w])[^\W\d_]{2,}")  # after a hyphen it is the end of a name that an expression begins
ATTRIBUTE = re.compile(r'[\w-]+="[^"]*"')  # also those that a macro writes for a tag elsewhere
JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.S)
SPOKEN = ("alt", "title", "aria-label", "placeholder")
FIELDS = re.compile(r"(Field|^one_line|^several_lines|^flash|^ValidationError)$|^(one_line|several_lines)$")
SAID = {"title", "lead", "label", "description", "hint"}  # values that templates print


def words_in(text: str) -> set[str]:
    return set(WORD.findall(text)) - NAMES


def spoken(source: str) -> set[str]:
    """The words of a template that stand outside of every expression."""
    page = BeautifulSoup(JINJA.sub("", source), "html.parser")
    for silent in page(["style", "script"]):
        silent.decompose()
    texts: list[object] = [text for text in page.find_all(string=True) if not isinstance(text, PreformattedString)]
    texts += [part[name] for part in page.find_all(True) for name in SPOKEN if part.has_attr(name)]
    return set().union(*(words_in(ATTRIBUTE.sub("", str(text))) for text in texts), set())


@pytest.mark.parametrize("path", sorted((ROOT / "templates").rglob("*.*")), ids=lambda path: path.name)
def test_templates_say_nothing_by_themselves(path: Path) -> None:
    assert spoken(path.read_text("utf-8")) == set()


def test_a_bare_word_in_a_template_is_seen() -> None:
    assert spoken('<p>{{ _("Yes") }} and</p>') == {"and"}
    assert spoken('<img alt="a bridge {{ x }}">') == {"bridge"}


def bare(tree: ast.AST) -> Iterator[str]:
    """Texts that a call shows to somebody and that are plain strings."""
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        shown = list(call.args[:1]) if FIELDS.search(name) else []
        if name in ("render_template", "show"):
            shown += [keyword.value for keyword in call.keywords if keyword.arg in SAID]
        for value in shown:
            if isinstance(value, ast.JoinedStr) or (isinstance(value, ast.Constant) and words_in(str(value.value))):
                yield f"line {value.lineno}: {ast.unparse(value)}"


@pytest.mark.parametrize("path", sorted((ROOT / "portal").rglob("*.py")), ids=lambda p: str(p.relative_to(ROOT)))
def test_code_shows_nothing_untranslatable(path: Path) -> None:
    assert list(bare(ast.parse(path.read_text("utf-8")))) == []


def test_a_bare_word_in_code_is_seen() -> None:
    assert list(bare(ast.parse('x = StringField("Name")'))) == ["line 1: 'Name'"]
    assert list(bare(ast.parse('x = StringField(_l("Name"))'))) == []
