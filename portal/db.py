"""The database: typed base class, one session for each request, the same guarantees on SQLite and PostgreSQL."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DDL, BigInteger, Connection, DateTime, Dialect, Enum, Integer, MetaData, String, event, text
from sqlalchemy.engine import Engine
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, Mapped, mapped_column, registry
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator, TypeEngine

from portal.names import ALPHABETS, sort_key

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, stored in UTC. SQLite cannot store the zone, so it is removed on writing and added on reading.

    Raises ValueError: the moment has no zone.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a zone cannot be stored")
        value = value.astimezone(UTC)
        return value if dialect.name == "postgresql" else value.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=UTC)


def enum_type(kind: type[StrEnum], column: str = "") -> Enum:
    """A column type for the values of an enumeration, with a check constraint, alike on both engines.

    `column` distinguishes the constraints of several columns of one kind, whose names must differ on PostgreSQL.
    """
    return Enum(
        kind,
        native_enum=False,
        length=24,
        values_callable=lambda members: [member.value for member in members],
        create_constraint=True,
        name=column or kind.__name__.casefold(),
    )


# compared byte by byte on both engines, whatever the collation of the PostgreSQL database
Word = String(60).with_variant(String(60, collation="C"), "postgresql")
BigId = BigInteger().with_variant(Integer, "sqlite")
TYPES: dict[Any, TypeEngine[Any]] = {datetime: UtcDateTime(), str: String(200)}
mapper_registry = registry(metadata=MetaData(naming_convention=NAMING), type_annotation_map=TYPES)


class Base(DeclarativeBase):
    """The base of every table, with an integer primary key."""

    registry = mapper_registry
    id: Mapped[int] = mapped_column(BigId, primary_key=True)


# last of `__table_args__`, for rows that are deleted and whose ids stand in pages: SQLite too gives each id only once
NEW_IDS = {"sqlite_autoincrement": True}
M = TypeVar("M", bound=Base)
# the triggers that the tables should have: engine → name → the statement that makes it
TRIGGERS: dict[str, dict[str, str]] = {"sqlite": {}, "postgresql": {}}
REFUSE_CHANGE = (
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only'; END $$"
)


def with_triggers(model: type[M], statements: Mapping[str, Iterable[str]]) -> type[M]:
    """Runs an engine's statements once the model's table is made: functions, and the triggers that call them."""
    for engine, wanted in statements.items():
        for statement in wanted:
            creation = DDL(statement)  # type: ignore[no-untyped-call]  # SQLAlchemy 2.1 gives DDL no types
            event.listen(model.__table__, "after_create", creation.execute_if(dialect=engine))
            if statement.startswith("CREATE TRIGGER "):
                TRIGGERS[engine][statement.split()[2]] = statement
    return model


def append_only(model: type[M]) -> type[M]:
    """Decorator of a table whose rows the database refuses to change or delete."""
    table = model.__tablename__
    refusal = f"ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    return with_triggers(
        model,
        {
            "sqlite": [
                f"CREATE TRIGGER {table}_no_update BEFORE UPDATE {refusal}",
                f"CREATE TRIGGER {table}_no_delete BEFORE DELETE {refusal}",
            ],
            "postgresql": [
                REFUSE_CHANGE,
                f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION refuse_change()",
            ],
        },
    )


db = SQLAlchemy(metadata=Base.metadata)
session = db.session

if TYPE_CHECKING:
    Model = Base

# Whether the present request (or command) may write: SQLite then takes its lock at BEGIN, so that what was read
# cannot change before the write. True except in GET requests.
writing: ContextVar[bool] = ContextVar("writing", default=True)
CHANGES = "changes when the transaction began"  # of a connection's `info`


@contextmanager
def reading() -> Iterator[None]:
    """In this block transactions only read and take no write lock on SQLite."""
    token = writing.set(False)
    try:
        yield
    finally:
        writing.reset(token)


@contextmanager
def unlocked() -> Iterator[None]:
    """In this block SQLite's one write lock is free for others: for work of seconds, before anything is written or
    locked. Where something has been written, or a savepoint is open, the lock is kept: no half is ever committed.

    What was read before may have changed afterwards, as it may on PostgreSQL anyway: services lock and read anew.
    """
    held = session.connection() if session().in_transaction() else None
    if held is None or held.dialect.name != "sqlite" or _begun(held):
        yield
        return
    held.exec_driver_sql("COMMIT")
    try:
        yield
    finally:
        _begin(held)


def _begun(held: Connection) -> bool:
    """Whether the transaction has written anything, by whatever way, is about to, or has a savepoint open."""
    pending = session.new or session.dirty or session.deleted
    changed = held.info.get(CHANGES) != _changes(held)
    return bool(pending or changed or held.in_nested_transaction())


def _changes(connection: Connection) -> int:
    """How many rows were ever written through this connection to SQLite, by the count of the driver."""
    driver = connection.connection.dbapi_connection
    return driver.total_changes if isinstance(driver, sqlite3.Connection) else 0


class Alphabetical:
    """Mixin of a table that is sorted by a name: columns with sort keys for each language, alike on both engines.

    The table's class must pass every new name to `keyed()`, by a validator of the column.
    """

    name_key_tr: Mapped[str] = mapped_column(String(400))
    name_key_az: Mapped[str] = mapped_column(String(400))
    name_key_en: Mapped[str] = mapped_column(String(400))

    def keyed(self, name: str) -> str:
        """Updates the sort keys; returns the name."""
        for column, key in name_keys(name).items():
            setattr(self, column, key)
        return name

    @classmethod
    def by_name(cls, language: str) -> InstrumentedAttribute[str]:
        """The column to order by in a language."""
        column: InstrumentedAttribute[str] = getattr(cls, f"name_key_{language}")
        return column


def name_keys(name: str) -> dict[str, str]:
    """The sort keys of a name, by the columns of `Alphabetical`."""
    return {f"name_key_{language}": sort_key(name, language) for language in ALPHABETS}


@event.listens_for(Engine, "connect")
def _prepare(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None  # else the driver begins too late and updates can be lost
    # each thread keeps up to 8 MB of pages: with the driver's 2 MB a long list is read from the file again for each
    # page, with more, or with the file mapped, only memory grows
    quick = ("cache_size=-8000",)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000", *quick):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing.get() else "BEGIN")
        connection.info[CHANGES] = _changes(connection)


def new_idempotency_key() -> str:
    """A new key for a form that creates a row, so that a form sent twice creates only one."""
    return secrets.token_urlsafe(18)


def advisory_lock(key: str) -> None:
    """Locks `key` until the commit, waiting for other holders, so that later ones see what the first did.

    PostgreSQL takes an advisory lock; SQLite serialises writers at BEGIN already.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": key})
