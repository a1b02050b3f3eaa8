"""Alembic's environment: the app's own engine, batch mode for SQLite, one transaction a migration."""

from __future__ import annotations

from alembic import context
from flask import current_app
from sqlalchemy import Connection

from portal.desk.schema import foreign_revision

extension = current_app.extensions["migrate"]
engine = extension.db.engine
metadata = extension.db.metadatas[None]
# PostgreSQL waits at most a few seconds for a lock, so that no busy table is blocked for long
TIMEOUTS = ("SET lock_timeout = '5s'", "SET statement_timeout = '10min'")
SETTINGS = {
    "target_metadata": metadata,
    "render_as_batch": True,
    "compare_type": True,
    "compare_server_default": False,
    "transaction_per_migration": True,
}


def offline() -> None:
    """`--sql`: the statements for the configured engine, without a database."""
    context.configure(dialect_name=engine.dialect.name, literal_binds=True, **SETTINGS)
    if engine.dialect.name == "postgresql":
        for setting in TIMEOUTS:
            context.execute(setting)
    with context.begin_transaction():
        context.run_migrations()


def online() -> None:
    with engine.connect() as connection:
        if problem := foreign_revision(connection, context.script):
            raise RuntimeError(problem)  # which the command prints as one line
        connection.rollback()
        if connection.dialect.name == "postgresql":
            for setting in TIMEOUTS:
                connection.exec_driver_sql(setting)
            connection.commit()
            migrate(connection)
        else:
            migrate_sqlite(connection)


def migrate(connection: Connection) -> None:
    context.configure(connection=connection, **SETTINGS)
    with context.begin_transaction():
        context.run_migrations()


def migrate_sqlite(connection: Connection) -> None:
    """SQLite changes a table by making it anew. Meanwhile no row may be lost because it refers to the old one, so
    foreign keys are checked once, at the end; within a transaction they could not be switched."""
    driver = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        migrate(connection)
        broken = driver.execute("PRAGMA foreign_key_check").fetchall()
    finally:
        driver.execute("PRAGMA foreign_keys=ON")
    if broken:
        raise RuntimeError(f"after migrating, rows refer to what is not there: {broken[:5]}")


offline() if context.is_offline_mode() else online()
