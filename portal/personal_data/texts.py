"""The notice and the consent: sentences with their sources, one file a version. Pure.

A file of `texts/` is never changed once somebody may have consented to it: a new version gets a new file and a row in
VERSIONS. They stand in files of their own and not in the catalogues, because whoever corrects a translation must not
change what others have signed, and so that a lawyer reads a version in one table.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from portal.personal_data.models import ConsentKind

FOLDER = Path(__file__).with_name("texts")
VERSIONS: Mapping[str, date] = {"1": date(2026, 11, 30)}  # each with the day from which it is used
VERSION = list(VERSIONS)[-1]
BOTH = "both"


@dataclass(frozen=True)
class Source:
    """Where a sentence comes from: the key of a law in `labels.LAWS`, and its articles."""

    law: str
    articles: str


@dataclass(frozen=True)
class Sentence:
    """One sentence in the three languages. `when` lists conditions of which each must hold (`a|b`: one of them);
    `unsure`: its source is to be confirmed by a lawyer."""

    part: str
    key: str
    when: Sequence[str]
    sources: Sequence[Source]
    unsure: bool
    words: Mapping[str, str]

    def holds(self, conditions: Collection[str]) -> bool:
        return all(any(one in conditions for one in rule.split("|")) for rule in self.when)


@dataclass(frozen=True)
class Said:
    """A sentence as it is shown: in one language, with its facts."""

    text: str
    sources: Sequence[Source]
    unsure: bool


@dataclass(frozen=True)
class Words:
    """What somebody was shown and ticked: the text, its version and its language."""

    text: str
    version: str
    language: str


@cache
def sentences(version: str) -> tuple[Sentence, ...]:
    """All sentences of a version. Raises KeyError: there is none of this name."""
    if version not in VERSIONS:
        raise KeyError(version)
    with (FOLDER / f"{version}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(_sentence(row) for row in csv.DictReader(file))


def _sentence(row: Mapping[str, str]) -> Sentence:
    named = [source.strip().partition(" ") for source in row["source"].split(";") if source.strip()]
    return Sentence(
        part=row["part"],
        key=row["key"],
        when=row["when"].split(),
        sources=[Source(law, articles) for law, _blank, articles in named],
        unsure=row["confirm"] == "yes",
        words={language: row[language] for language in ("en", "tr", "az")},
    )


def said(
    kind: ConsentKind,
    language: str,
    facts: Mapping[str, str],
    conditions: Collection[str],
    version: str = VERSION,
) -> list[Said]:
    """The sentences of a notice or consent under these conditions, in order."""
    return [
        Said(one.words[language] % facts, one.sources, one.unsure)
        for one in sentences(version)
        if one.part in (kind.value, BOTH) and one.holds(conditions)
    ]
