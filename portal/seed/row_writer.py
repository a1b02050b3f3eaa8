"""Writes very many rows without the ORM: COPY on PostgreSQL, one prepared statement on SQLite.

Constraints, foreign keys and triggers apply as always; only the cost of making objects is saved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import Table, text

from portal.db import session

Converter = Callable[[Any], Any]


class TableWriter:
    """Writes rows of one table, each a list of Python values in the order of the table's columns."""

    def __init__(self, table: Table) -> None:
        dialect = session.get_bind().dialect
        self.postgresql = dialect.name == "postgresql"
        names = ", ".join(f'"{column.name}"' for column in table.columns)
        if self.postgresql:
            self.statement = f'COPY "{table.name}" ({names}) FROM STDIN'
        else:
            placeholders = ", ".join("?" for _column in table.columns)
            self.statement = f'INSERT INTO "{table.name}" ({names}) VALUES ({placeholders})'
        converters = [column.type.dialect_impl(dialect).bind_processor(dialect) for column in table.columns]
        self.converters: list[tuple[int, Converter]] = [
            (n, convert) for n, convert in enumerate(converters) if convert is not None
        ]

    def write(self, rows: Iterable[list[Any]]) -> None:
        """Writes the rows in the session's transaction; changes the lists in place into the driver's values."""
        if self.postgresql:
            with _cursor() as cursor, cursor.copy(self.statement) as copy:
                for row in self._for_driver(rows):
                    copy.write_row(row)
        else:
            _cursor().executemany(self.statement, self._for_driver(rows))

    def _for_driver(self, rows: Iterable[list[Any]]) -> Iterable[Sequence[Any]]:
        for row in rows:
            for n, convert in self.converters:
                row[n] = convert(row[n])
            yield row


def _cursor() -> Any:
    """The driver's own cursor on the session's connection."""
    return session.connection().connection.cursor()


def advance_sequences(tables: Iterable[str]) -> None:
    """Sets PostgreSQL's sequences to the highest ids, which the rows brought along; renews the statistics. Commits."""
    if session.get_bind().dialect.name == "postgresql":
        for name in tables:
            highest = f'(SELECT max(id) FROM "{name}")'
            session.execute(text(f"SELECT setval(pg_get_serial_sequence('\"{name}\"', 'id'), {highest})"))
    session.commit()
    session.execute(text("ANALYZE"))
    session.commit()
