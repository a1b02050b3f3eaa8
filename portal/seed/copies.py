"""Copies the rows of an exchange into an earlier week, with new ids and another person, call and host unit."""

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

# the tables with an exchange's rows, parents first
COPIED = (
    "subject", "exchange", "application", "application_language", "application_topic", "application_window",
    "wished_unit", "document", "handed_in", "consent", "consent_words",
    "section_comment", "decision", "event", "reason", "exchange_note", "placement", "visit", "agenda_item", "milestone",
    "booked_day", "report", "objective", "recommendation", "follow_up_entry", "follow_up_evidence", "progress_report",
    "milestone_progress", "evaluation",
)  # fmt: skip
DATE_FACTS = frozenset({"start", "end", "on", "first", "last"})  # an event's facts that are dates


@dataclass(frozen=True)
class TemplateRow:
    """A row to be copied, and the indexes of the values that change in a copy."""

    values: list[Any]
    links: list[tuple[int, str]]  # foreign keys: (index, table that it refers to)
    times: list[int]  # dates and moments


@dataclass
class CopyValues:
    """The values of one copy. `ids` maps (table, id in the original) to the new id; `copy` adds to it."""

    number: int
    shift: timedelta  # how far back in time
    reference: str
    name: str
    unit: tuple[int, str] | None = None
    seat: int | None = None
    ids: dict[tuple[str, int], int] = field(default_factory=dict)
    hash: str = ""

    def moved(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        """An event's facts with their dates moved and their unit and document replaced."""
        made = dict(facts)
        for name, fact in facts.items():
            if isinstance(fact, dict):
                made[name] = self.moved(fact)
            elif name in DATE_FACTS:
                made[name] = (date.fromisoformat(fact) - self.shift).isoformat()
            elif name == "document":
                made[name] = self.ids.get((name, fact), fact)
            elif name == "unit" and self.unit:
                made[name] = self.unit[0]
        return made


class ExchangeRows:
    """The rows of every exchange that the services made, read once and copied many times."""

    def __init__(self) -> None:
        self.tables: dict[str, Table] = {name: Base.metadata.tables[name] for name in COPIED}
        self.index = {name: {c.name: n for n, c in enumerate(t.columns)} for name, t in self.tables.items()}
        self.next_id = {name: count(highest_id(table) + 1) for name, table in self.tables.items()}
        self.by_exchange: dict[int, list[tuple[str, TemplateRow]]] = {}
        owners: dict[tuple[str, int], int] = {}
        for name, table in self.tables.items():
            links = [(n, _target(column)) for n, column in enumerate(table.columns) if column.foreign_keys]
            times = [n for n, c in enumerate(table.columns) if isinstance(c.type, Date | DateTime | UtcDateTime)]
            for found in session.execute(select(table).order_by(table.c.id)):
                row = TemplateRow(list(found), links, times)
                owner = found.id if name == "subject" else next(
                    owners[target, row.values[n]] for n, target in links if target in COPIED
                )  # fmt: skip
                owners[name, found.id] = owner
                self.by_exchange.setdefault(owner, []).append((name, row))

    def days(self, exchange_id: int) -> list[tuple[date, bool]]:
        """The days of the exchange's visit, each with whether it takes a seat."""
        index = self.index["booked_day"]
        rows = [row.values for name, row in self.by_exchange[exchange_id] if name == "booked_day"]
        return [(row[index["day"]], row[index["seat"]] is not None) for row in rows]

    def copy(self, exchange_id: int, to: CopyValues) -> Iterator[tuple[str, list[Any]]]:
        """The rows of one copy as (table, row), parents first; `to.ids` must contain the new person and call."""
        for name, template in self.by_exchange[exchange_id]:
            row = template.values.copy()
            own = self.index[name]["id"]
            old = row[own]
            # an exchange's id is that of its subject
            to.ids[name, old] = row[own] = to.ids["subject", old] if name == "exchange" else next(self.next_id[name])
            for n, target in template.links:
                row[n] = to.ids.get((target, row[n]), row[n])
            for n in template.times:
                if row[n] is not None:
                    row[n] -= to.shift
            if name in CHANGES:
                CHANGES[name](row, self.index[name], to)
            yield name, row


def highest_id(table: Table) -> int:
    return session.scalar(select(func.max(table.c.id))) or 0


def _target(column: Any) -> str:
    name: str = next(iter(column.foreign_keys)).column.table.name
    return name


def _subject(row: list[Any], index: Mapping[str, int], to: CopyValues) -> None:
    row[index["reference"]] = to.reference


def _exchange(row: list[Any], index: Mapping[str, int], to: CopyValues) -> None:
    row[index["reference"]] = to.reference
    row[index["person_name"]], row[index["document_name"]] = to.name, document_name(to.name)
    for column, key in name_keys(to.name).items():
        row[index[column]] = key
    if to.unit:
        row[index["unit_id"]], row[index["unit_name"]] = to.unit


def _application(row: list[Any], index: Mapping[str, int], to: CopyValues) -> None:
    row[index["name"]] = to.name


def _document(row: list[Any], index: Mapping[str, int], to: CopyValues) -> None:
    row[index["idempotency_key"]] = row[index["key"]] = f"copy-{row[index['id']]}"
    row[index["name"]] = f"{row[index['name']].partition(' ')[0]} {to.name}.pdf"


def _new_key(row: list[Any], index: Mapping[str, int], to: CopyValues) -> None:
    row[index["idempotency_key"]] = f"copy-{row[index['id']]}"


def _unit(row: list[Any], index: Mapping[str, int], to: CopyValues) -> None:
    if to.unit:
        row[index["unit_id"]] = to.unit[0]


def _booked_day(row: list[Any], index: Mapping[str, int], to: CopyValues) -> None:
    _unit(row, index, to)
    if row[index["seat"]] is not None:
        row[index["seat"]] = to.seat


def _event(row: list[Any], index: Mapping[str, int], to: CopyValues) -> None:
    """The copy has a chain of hashes of its own."""
    row[index["facts"]] = to.moved(row[index["facts"]])
    event = SimpleNamespace(**{name: row[n] for name, n in index.items()})
    to.hash = row[index["hash"]] = chain(to.hash, cast(Event, event))


CHANGES = {
    "subject": _subject,
    "exchange": _exchange,
    "application": _application,
    "document": _document,
    "exchange_note": _new_key,
    "progress_report": _new_key,
    "follow_up_entry": _new_key,
    "placement": _unit,
    "visit": _unit,
    "booked_day": _booked_day,
    "event": _event,
}
