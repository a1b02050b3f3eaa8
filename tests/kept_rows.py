"""Makes the rows that many tests begin with once a process, then puts them back.

To bring an exchange to its last step through the services takes most of a second, to put its rows back a few
milliseconds. Rows are only put back where the tables hold just what they held when those rows were made; whoever writes
anything else in between makes their rows anew.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import current_app
from sqlalchemy import Connection, Table, delete, event, insert, text
from sqlalchemy.engine import Engine

from portal import calendars
from portal.calendars import ZONES, today
from portal.db import Base, db, session
from portal.reference_data import ReferenceToken
from portal.storage import Missing, Storage

AS_LONG_AS = 300  # seconds: rows that are older have become rows of another time
WRITES = ("INSERT", "UPDATE", "DELETE")
Row = Mapping[str, Any]
Rows = Mapping[str, Mapping[int, Row]]  # by table and id
State = tuple[Hashable, ...]  # what was made since the tables were empty, in order
NOTHING: State = ()


@dataclass
class Made:
    """All rows of the tables once something was made, its files, and how to find what was made."""

    rows: Rows
    files: Mapping[str, bytes]
    found_by: Any


@dataclass
class Tables:
    """What the tables hold now, as far as it is known, and what was made before, by engine and state."""

    state: State | None = None
    made: dict[tuple[Engine, State], Made] = field(default_factory=dict)


tables = Tables()


@event.listens_for(Engine, "before_cursor_execute")
def _note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
    if statement.lstrip()[:6].upper() in WRITES:
        tables.state = None


def emptied() -> None:
    """To be called when no table has any row."""
    tables.state = NOTHING
    tables.made[db.engine, NOTHING] = Made({}, {}, None)


class Remembering:
    """A storage that remembers the files put into it."""

    def __init__(self, storage: Storage) -> None:
        self.storage, self.files = storage, dict[str, bytes]()

    def put(self, key: str, data: bytes) -> None:
        self.storage.put(key, data)
        self.files[key] = data

    def get(self, key: str) -> bytes:
        return self.storage.get(key)

    def delete(self, key: str) -> None:
        self.storage.delete(key)


def once(name: Hashable, make: Callable[[Storage], Any], storage: Storage | None = None) -> Any:
    """What `make` answers (how to find what it made and committed), from the rows of an earlier time where it can."""
    storage = storage or current_app.extensions["storage"]
    before = tables.state
    if before is None or session.new or session.dirty or session.deleted:
        return make(storage)
    after = (*before, (name, *_time()))
    known = tables.made.get((db.engine, after))
    if known is None:
        remembering = Remembering(storage)
        found_by = make(remembering)
        known = tables.made[db.engine, after] = Made(_all_rows(), remembering.files, found_by)
    else:
        _put_back(tables.made[db.engine, before].rows, known.rows)
        for key, data in known.files.items():
            _put_file_back(storage, key, data)
    tables.state = after
    return known.found_by


def _time() -> tuple[Hashable, ...]:
    """What has to be the same for rows that were made at another moment; all of it while time stands still."""
    now = calendars.now()
    still = now == calendars.now()
    return now if still else int(now.timestamp() // AS_LONG_AS), *(today(zone) for zone in ZONES.values())


def _all_rows() -> Rows:
    connection = session.connection()
    found = {}
    for table in Base.metadata.sorted_tables:
        rows = {row.id: dict(row._mapping) for row in connection.execute(table.select())}
        if rows:
            found[table.name] = rows
    session.rollback()
    return found


def _put_back(before: Rows, after: Rows) -> None:
    session.rollback()
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL session_replication_role = replica"))  # no triggers, no foreign keys
    else:
        connection.execute(text("PRAGMA defer_foreign_keys = ON"))
    for table in Base.metadata.sorted_tables:
        if table.name != ReferenceToken.__tablename__:
            _change(connection, table, before.get(table.name, {}), after.get(table.name, {}))
    connection.execute(delete(ReferenceToken))  # last: triggers have renewed it meanwhile
    if rows := after.get(ReferenceToken.__tablename__):
        connection.execute(insert(ReferenceToken), [dict(row) for row in rows.values()])
    session.commit()
    session.expire_all()


def _change(connection: Connection, table: Table, before: Mapping[int, Row], after: Mapping[int, Row]) -> None:
    gone = [number for number in before if number not in after]
    if gone:
        connection.execute(table.delete().where(table.c.id.in_(gone)))
    new = [row for number, row in after.items() if number not in before]
    if new:
        connection.execute(table.insert(), new)
    for number, row in after.items():
        if number in before and before[number] != row:
            connection.execute(table.update().where(table.c.id == number).values(**row))


def _put_file_back(storage: Storage, key: str, data: bytes) -> None:
    try:
        same = storage.get(key) == data
    except Missing:
        same = False
    if not same:
        storage.put(key, data)
