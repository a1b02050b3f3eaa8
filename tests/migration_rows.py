"""Rows for whatever tables a revision has: two a table, every column filled, made from the database's own description.

What no description can say (the meaning of a check constraint over two columns) stands in `SPECIAL`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Integer,
    MetaData,
    String,
    Table,
    Time,
    inspect,
    select,
)

Row = dict[str, Any]
Rows = dict[str, dict[int, Row]]  # table → id → the row
FIRST_ID = 101  # above what migrations insert themselves
DAY = date(2027, 1, 4)
WRITTEN_BY_TRIGGERS = {"alembic_version", "reference_token"}
# (table, column) → the values of its two rows
SPECIAL: Mapping[tuple[str, str], tuple[Any, Any]] = {
    ("agency", "country"): ("TR", "AZ"),
    ("absence", "deputy_id"): (FIRST_ID + 1, FIRST_ID),  # somebody else than the manager
    ("call", "host_id"): (FIRST_ID + 1, FIRST_ID),  # another agency than the home agency
    ("exchange", "host_id"): (FIRST_ID + 1, FIRST_ID),
    ("booked_day", "kind"): ("work", "travel"),
    ("booked_day", "seat"): (1, None),  # days of travel take no seat
    # the follow-up of the first report's recommendation, as it was before there were entries
    ("event", "what"): ("followed_up", "expert_submit"),
    ("event", "side"): ("host", "expert"),
    ("event", "facts"): ({"recommendation": 1}, {"days": [1, 2], "text": "İşıl"}),
    ("recommendation", "number"): (1, 2),
    ("application", "consent_text"): ("Rıza: ə, İ, ğ", ""),  # none where none was given
    ("stay_rule", "country"): ("TR", "AZ"),
    ("stay_rule", "code"): ("permit", "permit"),
    ("stay_rule", "days"): (30, None),
    ("topic", "merged_into_id"): (None, None),  # another topic, which is not there yet
    ("recommendation", "evidence"): ("Kanıt: ə, İ, ğ", ""),
}


def fill(connection: Connection) -> Rows:
    """Adds two rows to each table; returns all rows that are now in the database."""
    metadata = MetaData()
    metadata.reflect(connection)
    made: dict[str, list[Row]] = {}
    for table in metadata.sorted_tables:
        if table.name not in WRITTEN_BY_TRIGGERS:
            words = allowed_words(connection, table.name)
            made[table.name] = [row_of(table, n, words, made) for n in range(2)]
            connection.execute(table.insert(), made[table.name])
    return read(connection)


def row_of(table: Table, n: int, words: Mapping[str, list[str]], made: Mapping[str, list[Row]]) -> Row:
    """Its first row (n = 0) has a value in every column; in the second what may be null is null."""
    row: Row = {}
    for place, column in enumerate(table.columns):
        key = next(iter(column.foreign_keys), None)
        if (table.name, column.name) in SPECIAL:
            row[column.name] = SPECIAL[table.name, column.name][n]
        elif n and column.nullable:
            row[column.name] = None
        elif key is not None:
            row[column.name] = made[key.column.table.name][n][key.column.name]
        elif column.primary_key:
            row[column.name] = FIRST_ID + n
        else:
            row[column.name] = value(column, place, n, words.get(column.name, []))
    return row


def value(column: Column[Any], place: int, n: int, words: list[str]) -> Any:
    """Later columns get later days and higher numbers, so that what ends comes after what begins."""
    kind = column.type
    if words:
        return words[n % len(words)]
    if isinstance(kind, JSON):
        return {"list": [place, n], "text": "Ğə"}
    if isinstance(kind, Boolean):
        return n == 0
    if isinstance(kind, DateTime):
        moment = datetime(2027, 1, 4, 9, 30, 15, 123456, UTC) + timedelta(days=place, hours=n)
        return moment if kind.timezone else moment.replace(tzinfo=None)
    if isinstance(kind, Date):
        return DAY + timedelta(days=place + 40 * n)
    if isinstance(kind, Time):
        return time((6 + place) % 24, 15 * n)
    if isinstance(kind, Integer):
        return 1 + (place + n) % 45
    assert isinstance(kind, String), f"{column} is of a type that no row was made of yet: {kind}"
    text = f"{n}{column.name} İşıl Ğəzəl"
    return text[: kind.length or 200]


def allowed_words(connection: Connection, table: str) -> dict[str, list[str]]:
    """Columns whose check constraint lists the words that they may hold."""
    found = {}
    for check in inspect(connection).get_check_constraints(table):
        text = str(check["sqltext"])
        if re.search(r"\bIN \(|= ANY", text, re.IGNORECASE):
            column = re.findall(r"[a-z_]+", text.replace('"', ""))[0]
            found[column] = re.findall(r"'([^']*)'", text)
    return found


def read(connection: Connection) -> Rows:
    """Every row of every table that holds somebody's data."""
    metadata = MetaData()
    metadata.reflect(connection)
    return {
        table.name: {row.id: dict(row._mapping) for row in connection.execute(select(table).order_by(table.c.id))}
        for table in metadata.sorted_tables
        if table.name not in WRITTEN_BY_TRIGGERS
    }
