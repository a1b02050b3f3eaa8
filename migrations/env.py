"""Alembic's environment: the app's own engine, batch mode for SQLite, one transaction a migration."""

from __future__ import annotations

from alembic import context
from flask import current_app

extension = current_app.extensions["migrate"]
engine = extension.db.engine
metadata = extension.db.metadatas[None]


def run() -> None:
    """Migrates online; PostgreSQL waits at most a few seconds for a lock, so that no busy table is blocked for long."""
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET lock_timeout = '5s'")
            connection.exec_driver_sql("SET statement_timeout = '10min'")
            connection.commit()
        context.configure(
            connection=connection,
            target_metadata=metadata,
            render_as_batch=True,
            compare_type=True,
            compare_server_default=False,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
