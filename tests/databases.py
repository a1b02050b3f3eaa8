"""Empty databases on the engine that the run is for: files, or databases of their own on the given server."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text

from config import database_url


@contextmanager
def empty_database(name: str, folder: Path) -> Iterator[str]:
    """The address of an empty database, which is gone after the block; `PORTAL_TEST_DATABASE_URL` names a server."""
    server = os.environ.get("PORTAL_TEST_DATABASE_URL")
    if not server:
        yield f"sqlite:///{folder / name}.sqlite3"
        return
    own = f"korpu_{name}_{os.getpid()}"
    admin = create_engine(database_url(server), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {own} TEMPLATE template0 ENCODING 'UTF8'"))
    yield f"{database_url(server).rpartition('/')[0]}/{own}"
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {own} WITH (FORCE)"))
    admin.dispose()
