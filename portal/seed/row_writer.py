"""Writing very many rows at once, past the ORM: COPY on PostgreSQL, one prepared statement on SQLite.

Constraints, foreign keys and triggers hold as always; only the making of objects is saved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import Table, text

from portal.db import session

Value = Callable[[Any], Any]


class Writer:
    """Takes rows of one table as lists of Python values, in the order of the table's columns."""

    def __init__(self, table: Table) -> None:
        dialect = session.get_bind().dialect
        self.postgresql = dialect.name == "postgresql"
        names = ", ".join(f'"{column.name}"' for column in table.columns)
        if self.postgresql:
            self.statement = f'COPY "{table.name}" ({names}) FROM STDIN'
        else:
            marks = ", ".join("?" for _column in table.columns)
            self.statement = f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})'
        bound = [column.type.dialect_impl(dialect).bind_processor(dialect) for column in table.columns]
        self.bound: list[tuple[int, Value]] = [(n, value) for n, value in enumerate(bound) if value is not None]

    def write(self, rows: Iterable[list[Any]]) -> None:
        """Writes the rows in the session's transaction. Their lists are changed into what the driver takes."""
        if self.postgresql:
            with _cursor() as cursor, cursor.copy(self.statement) as copy:
                for row in self._for_driver(rows):
                    copy.write_row(row)
        else:
            _cursor().executemany(self.statement, self._for_driver(rows))

    def _for_driver(self, rows: Iterable[list[Any]]) -> Iterable[Sequence[Any]]:
        for row in rows:
            for n, value in self.bound:
                row[n] = value(row[n])
            yield row


def _cursor() -> Any:
    """The driver's own cursor on the session's connection."""
    return session.connection().connection.cursor()


def number_on(tables: Iterable[str]) -> None:
    """Lets PostgreSQL's own numbers go on behind the rows that were written with theirs; renews the statistics."""
    if session.get_bind().dialect.name == "postgresql":
        for name in tables:
            highest = f'(SELECT max(id) FROM "{name}")'
            session.execute(text(f"SELECT setval(pg_get_serial_sequence('\"{name}\"', 'id'), {highest})"))
    session.commit()
    session.execute(text("ANALYZE"))
    session.commit()
