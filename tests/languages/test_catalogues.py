"""Every word in every language: nothing untranslated, no placeholder lost, the glossary's terms used."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import read_mo

from config import ROOT
from portal.names import LANGUAGES, fold
from tests.catalogues import FOLDER, OTHERS, PLACEHOLDER, catalogue, messages, sources, texts

KEYWORDS: dict[str, tuple[int, ...] | None] = dict.fromkeys(("_", "_l", "gettext", "lazy_gettext"))
KEYWORDS["ngettext"] = (1, 2)
VERB = re.compile(r"(mek|mak|maq)$")  # folded: also mək


@cache
def asked_for() -> frozenset[str]:
    """What the code and the templates ask gettext for today."""
    methods, options = parse_mapping_cfg(io.StringIO((FOLDER / "babel.cfg").read_text("utf-8")))
    found: set[str] = set()
    for place in ("portal", "templates"):
        rules = [(pattern.removeprefix(f"{place}/"), method) for pattern, method in methods]
        for _name, _line, text, _comments, _context in extract_from_dir(
            ROOT / place,
            rules,
            options,
            keywords=KEYWORDS,
        ):
            found.add(text if isinstance(text, str) else text[0])
    return frozenset(found)


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_of_the_code_is_in_the_catalogue(language: str) -> None:
    known = {sources(message)[0] for message in messages(language)}
    assert asked_for() - known == set(), "run script/translations, then translate"


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("domain", ["messages", "wtforms"])
def test_nothing_is_untranslated_or_fuzzy(language: str, domain: str) -> None:
    open_ones = [m.id for m in messages(language, domain) if m.fuzzy or not all(texts(m))]
    assert open_ones == []


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("domain", ["messages", "wtforms"])
def test_placeholders_and_edges_are_those_of_the_source(language: str, domain: str) -> None:
    wrong = []
    for message in messages(language, domain):
        wanted = Counter(PLACEHOLDER.findall(sources(message)[-1]))
        for text in texts(message):
            same_edges = text[:1].isspace() == sources(message)[0][:1].isspace()
            if Counter(PLACEHOLDER.findall(text)) != wanted or not same_edges:
                wrong.append((message.id, text))
    assert wrong == []


@pytest.mark.parametrize("language", OTHERS)
def test_counted_messages_have_every_plural_form(language: str) -> None:
    forms = catalogue(language).num_plurals
    assert [m.id for m in messages(language) if m.pluralizable and len(texts(m)) != forms] == []


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("domain", ["messages", "wtforms"])
def test_the_compiled_catalogue_is_current(language: str, domain: str) -> None:
    path = FOLDER / language / "LC_MESSAGES" / f"{domain}.mo"
    with path.open("rb") as file:
        compiled = {sources(m)[0]: texts(m) for m in read_mo(file) if m.id}
    assert compiled == {sources(m)[0]: texts(m) for m in messages(language, domain)}, "run script/translations"


@cache
def glossary() -> list[dict[str, str]]:
    """The terms, longest first, so that "host agency" is looked for before "agency"."""
    with (FOLDER / "glossary.csv").open(encoding="utf-8", newline="") as file:
        return sorted(csv.DictReader(file), key=lambda row: -len(row["en"]))


def stems(term: str) -> list[str]:
    """The part of each word that stays when endings are put to it: a verb without its ending, the last sound open."""
    words = [VERB.sub("", word) for word in re.findall(r"[a-z]+", fold(term))]
    return [word[:-1] if len(word) > 4 else word for word in words]


def breaches(source: str, text: str, language: str) -> list[str]:
    """The terms of a source text whose translation does not hold the glossary's word (or one of its words)."""
    rest, folded, found = PLACEHOLDER.sub(" ", source), fold(PLACEHOLDER.sub(" ", text)), []
    for row in glossary():
        pattern = re.compile(rf"\b{re.escape(row['en'])}(s|es|ed)?\b", re.IGNORECASE)
        if not pattern.search(rest):
            continue
        rest = pattern.sub(" ", rest)
        if not any(all(stem in folded for stem in stems(term)) for term in row[language].split("|")):
            found.append(row["en"])
    return found


@pytest.mark.parametrize("language", OTHERS)
def test_the_terms_are_those_of_the_glossary(language: str) -> None:
    broken = [
        (terms, message.id, text)
        for message in messages(language)
        for source, text in zip(sources(message), texts(message) * 2, strict=False)
        if (terms := breaches(source, text, language))
    ]
    assert broken == []


def test_a_wrong_term_is_seen() -> None:
    assert breaches("The host agency decides", "Kurum karar verir", "tr") == ["host agency"]
    assert breaches("The host agency decides", "Ev sahibi kurum karar verir", "tr") == []


def test_the_glossary_has_every_term_in_every_language() -> None:
    assert [row["en"] for row in glossary() if not all(row[language].strip() for language in LANGUAGES)] == []


def po_files() -> list[Path]:
    return sorted(FOLDER.rglob("*.po"))


def test_catalogues_stand_where_they_are_looked_for() -> None:
    names = {(path.parent.parent.name, path.stem) for path in po_files()}
    assert names == {(language, domain) for language in OTHERS for domain in ("messages", "wtforms")}
