"""Words that mislead a civil servant stand in no message: portal/translations/forbidden.csv names them, and why."""

from __future__ import annotations

import csv
import re
from functools import cache

import pytest

from config import ROOT
from tests.catalogues import FOLDER, OTHERS, PLACEHOLDER, pairs

GLOSSARY = (ROOT / "docs" / "glossary.md").read_text("utf-8")


@cache
def rows() -> list[dict[str, str]]:
    """`word` and `source` are patterns: of the word, and of the English texts in which it is wrong (all, if empty)."""
    with (FOLDER / "forbidden.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def forbidden(source: str, text: str, language: str) -> list[str]:
    """What should stand there instead of the words of a text that are not used."""
    plain = PLACEHOLDER.sub("…", text)
    held = [row for row in rows() if row["language"] == language and re.search(row["source"], source)]
    return [row["instead"] for row in held if re.search(row["word"], plain)]


@pytest.mark.parametrize("language", OTHERS)
def test_no_message_has_a_word_that_is_not_used(language: str) -> None:
    assert [(found, text) for source, text in pairs(language) if (found := forbidden(source, text, language))] == []


@pytest.mark.parametrize(
    ("language", "source", "text"),
    [
        ("az", "Something is planned on a holiday", "Həmin gün bayram günüdür"),
        ("az", "%(host)s reads it", "Onu %(host)s oxuyur"),
        ("az", "Accept the report", "Hesabatı qəbul edin"),
        ("az", "Not saved", "Yadda saxlanmadı"),
        ("az", "You decide", "Qərarı Sizin agentlik verir"),
        ("az", "Applications", "Başvurular (başvuru)"),
        ("az", "signed on 2 March", "2020-ci il martın 2-də imzalanıb"),
        ("tr", "Consent to show the data", "Verilerin gösterilmesine açık rıza"),
        ("tr", "Each version has its own code", "Her sürümün kendi kodu vardır"),
        ("tr", "Dates proposed", "Tarihler önerildi"),
    ],
)
def test_a_word_that_is_not_used_is_seen(language: str, source: str, text: str) -> None:
    assert forbidden(source, text, language) != []


def test_a_word_is_allowed_where_it_is_right() -> None:
    assert forbidden("Screen readers", "Ekran oxuyucuları hər şeyi oxuyur", "az") == []
    assert forbidden("Recommendation", "Önerilerin sonucu", "tr") == []
    assert forbidden("You are on the list. You wait.", "Siyahıdasınız. Siz gözləyin.", "az") == []


def test_the_glossary_tells_what_is_used_instead() -> None:
    told = {tuple(line.strip("| ").split(" | ")) for line in GLOSSARY.splitlines() if line.startswith(("| az", "| tr"))}
    assert told == {(row["language"], row["instead"], row["why"]) for row in rows()}
