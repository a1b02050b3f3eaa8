"""Watches the locks that requests take: in the one order of docs/decisions/0013, and before what they protect.

Every request of every test is watched (`conftest.py`). A request in the wrong order could wait for another one that
waits for it; one that writes without the subject's lock could write beside a step.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import g, has_request_context
from sqlalchemy import Delete, Insert, Select, Table, TextClause, Update, event
from sqlalchemy.engine import Engine

from portal.db import Base

# from the first to the last; what is not named here is no lock
ORDER = ("key", "call", "reference_counter", "subject", "part of a subject", "host_unit", "person")
RANKS = {
    "call": "call",
    "heading": "call",
    "announcement": "call",
    "reference_counter": "reference_counter",
    "exchange": "subject",
    "application": "part of a subject",
    "report": "part of a subject",
    "sealed_document": "part of a subject",
    "host_unit": "host_unit",
}
OWNERS = frozenset({"subject", "exchange"})
# rows that concern a subject without being part of it
ASIDE = frozenset({"message", "draft_document"})


def parts() -> frozenset[str]:
    """The tables whose rows belong to a subject, and may only be written under its lock."""
    found = {table.name for table in Base.metadata.sorted_tables if _refers_to(table)}
    return frozenset(found - ASIDE - OWNERS)


def _refers_to(table: Table) -> bool:
    return any(key.column.table.name in OWNERS for key in table.foreign_keys)


@contextmanager
def watched() -> Iterator[None]:
    """In this block a request that takes locks in another order, or writes without them, fails."""
    under_lock = parts()

    def look(_connection: Any, statement: Any, _multi: Any, parameters: Any, _options: Any) -> None:
        if not has_request_context():
            return
        held: list[str] = g.setdefault("locks_held", [])
        for name in _locked_by(statement, parameters):
            _take(held, name)
        written = _table(statement.table) if isinstance(statement, Insert | Update | Delete) else ""
        if written in OWNERS:
            held.append("subject")
        assert written not in under_lock or "subject" in held, f"{written} is written without its subject's lock"

    event.listen(Engine, "before_execute", look)
    try:
        yield
    finally:
        event.remove(Engine, "before_execute", look)


def _table(given: Any) -> str:
    name: str = getattr(given, "name", "")
    return name


def _locked_by(statement: Any, parameters: Any) -> list[str]:
    """The ranks of the locks that a statement takes; several where a subject is locked by a join."""
    if isinstance(statement, TextClause) and "pg_advisory_xact_lock" in statement.text:
        return ["person" if str(parameters.get("key", "")).startswith("person:") else "key"]
    if isinstance(statement, Update) and _table(statement.table) == "reference_counter":
        return ["reference_counter"]
    if isinstance(statement, Select) and statement._for_update_arg is not None:
        wanted = statement._for_update_arg.of or statement.get_final_froms()
        names = [_table(getattr(one, "__table__", one)) for one in wanted]
        return [RANKS[name] for name in names if name in RANKS]
    return []


def _take(held: list[str], name: str) -> None:
    before = max((ORDER.index(rank) for rank in held), default=0)
    again = name in held and name not in ("key", "person")
    assert again or ORDER.index(name) >= before, f"{name} is locked after {ORDER[before]}: docs/decisions/0013"
    held.append(name)
