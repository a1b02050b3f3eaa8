"""Merges two language versions of a page: texts that differ are shown in both languages, what people wrote once.

Works on the finished pages, so that the template knows nothing of it. Both come from the same template and the same
report; their values are escaped, hence every < and > in them belongs to a tag.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from markupsafe import Markup

TAG = re.compile(r"(<[^>]*>)")
VALUE = re.compile(r'(?<==")([^"]*)(?=")')
LANGUAGE = re.compile(r'\blang="([^"]*)"')
SPAN = Markup('<span lang="{}">{}</span> /\n<span lang="{}">{}</span>')  # the style says where the line ends


def side_by_side(first: str, second: str) -> str:
    """The page in both languages, the first leading. Raises ValueError where the pages are not built alike."""
    return "".join(_merged(TAG.split(first), TAG.split(second)))


def _merged(first: list[str], second: list[str]) -> Iterator[str]:
    languages = tuple(_first_language(parts) for parts in (first, second))
    before = ("", "")  # the tags that the words stand in
    for one, other in zip(first, second, strict=True):
        if one.startswith("<"):
            yield one if one == other else _tag(one, other)
            before = (one, other)
        elif one == other:
            yield one
        elif before[0] == "<title>":  # holds nothing but words
            yield f"{one} / {other}"
        else:
            here, there = (_language(tag) or known for tag, known in zip(before, languages, strict=True))
            yield SPAN.format(here, Markup(one), there, Markup(other))


def _first_language(parts: list[str]) -> str:
    return next(filter(None, map(_language, parts)), "")


def _language(tag: str) -> str:
    found = LANGUAGE.search(tag)
    return found[1] if found else ""


def _tag(one: str, other: str) -> str:
    """A tag with both values of each attribute; it keeps its first language, the words in it say their own."""
    values = iter(VALUE.findall(other))
    return VALUE.sub(lambda found: _value(one, found, next(values)), one)


def _value(tag: str, found: re.Match[str], other: str) -> str:
    language = tag[: found.start()].endswith('lang="')
    return found[1] if language or found[1] == other else f"{found[1]} / {other}"
