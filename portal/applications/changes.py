"""What an application said when it was handed in, and what differs from an earlier time. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from portal.applications.models import Application
from portal.applications.sections import COLUMNS

Answers = Mapping[str, Sequence[str]]  # each answer by its name: one text, or the entries of a list
LISTS = frozenset({"results", "activities"})


@dataclass(frozen=True)
class Change:
    """One answer that is other than before; both as they were stored."""

    name: str
    before: Sequence[str]
    after: Sequence[str]


def snapshot(application: Application, documents: Iterable[str]) -> dict[str, list[str]]:
    """Every answer, and the names of the documents, as plain text to be stored."""
    names = [name for columns in COLUMNS.values() for name in columns if name != "wishes_none"]
    answers = {name: _entries(name, getattr(application, name)) for name in names}
    return answers | {
        "code_1": [f"{known.code} {known.level.value}" for known in application.languages],
        "unit_1": [str(wish.unit_id) for wish in application.wishes],
        "first_1": [f"{window.first.isoformat()} {window.last.isoformat()}" for window in application.windows],
        "file": list(documents),
    }


def _entries(name: str, value: object) -> list[str]:
    if isinstance(value, list):
        return [str(topic.id) for topic in value]  # a better name is no change of the application
    text = "" if value is None else str(value)
    if name in LISTS:
        return [line.strip() for line in text.splitlines() if line.strip()]
    return [text] if text else []


def changes(before: Answers, after: Answers) -> list[Change]:
    """The answers that differ, in the order of the application."""
    both = [(name, list(before.get(name, ())), list(said)) for name, said in after.items()]
    return [Change(name, old, new) for name, old, new in both if old != new]
