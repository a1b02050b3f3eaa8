"""The rows of one exchange, copied into other weeks with ids, people, call and host unit of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from types import SimpleNamespace
from typing import Any, cast

from sqlalchemy import Date, DateTime, Table, func, select

from portal.db import Base, UtcDateTime, name_keys, session
from portal.seed.people import document_name
from portal.subjects.models import Event
from portal.subjects.service import chain

# an exchange's own tables, parents first
COPIED = (
    "subject", "exchange", "application", "application_language", "application_window", "wished_unit",
    "document",
    "section_comment", "decision", "event", "reason", "exchange_note", "placement", "visit", "agenda_item", "milestone",
    "visit_day", "report", "objective", "recommendation", "progress_report", "milestone_progress", "evaluation",
)  # fmt: skip
DAYS = frozenset({"start", "end", "on", "first", "last"})  # an event's facts that are days


@dataclass(frozen=True)
class Prepared:
    """A row with the places of the values that change: links as (place, table that it points to), days, moments."""

    values: list[Any]
    links: list[tuple[int, str]]
    times: list[int]


@dataclass
class Target:
    """What is different in one copy. `ids` grows as rows are made: (table, old id) → new id."""

    number: int
    shift: timedelta  # back in time
    reference: str
    name: str
    unit: tuple[int, str] | None = None
    seat: int | None = None
    ids: dict[tuple[str, int], int] = field(default_factory=dict)
    hash: str = ""

    def moved(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        """An event's facts: days are moved, unit and document exchanged."""
        made = dict(facts)
        for name, fact in facts.items():
            if isinstance(fact, dict):
                made[name] = self.moved(fact)
            elif name in DAYS:
                made[name] = (date.fromisoformat(fact) - self.shift).isoformat()
            elif name == "document":
                made[name] = self.ids.get((name, fact), fact)
            elif name == "unit" and self.unit:
                made[name] = self.unit[0]
        return made


class Pattern:
    """Every told exchange as rows by table, ready to be copied."""

    def __init__(self) -> None:
        self.tables: dict[str, Table] = {name: Base.metadata.tables[name] for name in COPIED}
        self.at = {name: {c.name: n for n, c in enumerate(t.columns)} for name, t in self.tables.items()}
        self.next_id = {name: count(highest_id(table) + 1) for name, table in self.tables.items()}
        self.families: dict[int, list[tuple[str, Prepared]]] = {}
        owners: dict[tuple[str, int], int] = {}
        for name, table in self.tables.items():
            links = [(n, _target(column)) for n, column in enumerate(table.columns) if column.foreign_keys]
            times = [n for n, c in enumerate(table.columns) if isinstance(c.type, Date | DateTime | UtcDateTime)]
            for found in session.execute(select(table).order_by(table.c.id)):
                row = Prepared(list(found), links, times)
                owner = found.id if name == "subject" else next(
                    owners[target, row.values[n]] for n, target in links if target in COPIED
                )  # fmt: skip
                owners[name, found.id] = owner
                self.families.setdefault(owner, []).append((name, row))

    def days(self, exchange_id: int) -> list[tuple[date, bool]]:
        """The days of its visit, and whether each takes a seat."""
        at = self.at["visit_day"]
        rows = [row.values for name, row in self.families[exchange_id] if name == "visit_day"]
        return [(row[at["day"]], row[at["seat"]] is not None) for row in rows]

    def copy(self, exchange_id: int, to: Target) -> Iterator[tuple[str, list[Any]]]:
        """Its rows for one copy, parents first; `to.ids` must hold the new person and call."""
        for name, prepared in self.families[exchange_id]:
            row = prepared.values.copy()
            own = self.at[name]["id"]
            old = row[own]
            # an exchange's id is that of its subject
            to.ids[name, old] = row[own] = to.ids["subject", old] if name == "exchange" else next(self.next_id[name])
            for n, target in prepared.links:
                row[n] = to.ids.get((target, row[n]), row[n])
            for n in prepared.times:
                if row[n] is not None:
                    row[n] -= to.shift
            if name in CHANGES:
                CHANGES[name](row, self.at[name], to)
            yield name, row


def highest_id(table: Table) -> int:
    return session.scalar(select(func.max(table.c.id))) or 0


def _target(column: Any) -> str:
    name: str = next(iter(column.foreign_keys)).column.table.name
    return name


def _subject(row: list[Any], at: Mapping[str, int], to: Target) -> None:
    row[at["reference"]] = to.reference


def _exchange(row: list[Any], at: Mapping[str, int], to: Target) -> None:
    row[at["reference"]] = to.reference
    row[at["person_name"]], row[at["document_name"]] = to.name, document_name(to.name)
    for column, key in name_keys(to.name).items():
        row[at[column]] = key
    if to.unit:
        row[at["unit_id"]], row[at["unit_name"]] = to.unit


def _application(row: list[Any], at: Mapping[str, int], to: Target) -> None:
    row[at["name"]] = to.name


def _document(row: list[Any], at: Mapping[str, int], to: Target) -> None:
    row[at["idempotency_key"]] = row[at["key"]] = f"copy-{row[at['id']]}"
    row[at["name"]] = f"{row[at['name']].partition(' ')[0]} {to.name}.pdf"


def _new_key(row: list[Any], at: Mapping[str, int], to: Target) -> None:
    row[at["idempotency_key"]] = f"copy-{row[at['id']]}"


def _unit(row: list[Any], at: Mapping[str, int], to: Target) -> None:
    if to.unit:
        row[at["unit_id"]] = to.unit[0]


def _visit_day(row: list[Any], at: Mapping[str, int], to: Target) -> None:
    _unit(row, at, to)
    if row[at["seat"]] is not None:
        row[at["seat"]] = to.seat


def _event(row: list[Any], at: Mapping[str, int], to: Target) -> None:
    """The copy's own chain of hashes."""
    row[at["facts"]] = to.moved(row[at["facts"]])
    event = SimpleNamespace(**{name: row[n] for name, n in at.items()})
    to.hash = row[at["hash"]] = chain(to.hash, cast(Event, event))


CHANGES = {
    "subject": _subject,
    "exchange": _exchange,
    "application": _application,
    "document": _document,
    "exchange_note": _new_key,
    "progress_report": _new_key,
    "placement": _unit,
    "visit": _unit,
    "visit_day": _visit_day,
    "event": _event,
}
