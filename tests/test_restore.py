"""A backup is restored by the commands that docs/operating.md gives, over a database that is full and newer."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.exc import DBAPIError

from config import ROOT
from portal.db import Base
from tests.databases import empty_database
from tests.migration_rows import fill, read

DOCS = (ROOT / "docs" / "operating.md").read_text("utf-8")
SQLITE = not os.environ.get("PORTAL_TEST_DATABASE_URL")


def commands(title: str) -> str:
    """The commands under a heading, those of this engine and those for both."""
    section = DOCS.split(f"\n## {title}\n")[1].split("\n## ")[0]
    blocks = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)
    other = "# PostgreSQL" if SQLITE else "# SQLite"
    return "".join(block for block in blocks if not block.startswith(other))


def run(title: str, folder: Path, address: str) -> None:
    """Runs what the documentation says, in a folder with the portal's `var`, on the database of the test."""
    database = address.replace("+psycopg", "")
    said = commands(title).replace("pg_dump -Fc korpu", f"pg_dump -Fc '{database}'")
    said = said.replace("-d korpu ", f"-d '{database}' ")
    done = subprocess.run(["bash", "-euc", said], cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, (said, done.stderr)


def change(connection: Connection) -> None:
    """What happened after the backup: rows changed and removed, and a newer version with a table of its own."""
    connection.execute(text("UPDATE person SET name = 'Somebody Else'"))
    connection.execute(text("DELETE FROM sign_in"))
    connection.execute(text("CREATE TABLE newer (id INTEGER PRIMARY KEY, person_id INTEGER REFERENCES person (id))"))
    connection.execute(text("INSERT INTO newer SELECT 1, min(id) FROM person"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """As the portal's own: `var` with the documents, and on SQLite the database."""
    (tmp_path / "var" / "files").mkdir(parents=True)
    (tmp_path / "var" / "files" / "sealed.pdf").write_bytes(b"a sealed report")
    return tmp_path


def test_a_backup_is_restored_over_a_full_and_newer_database(folder: Path) -> None:
    with empty_database("korpu", folder / "var") as address:
        engine = create_engine(address)
        Base.metadata.create_all(engine)
        with engine.begin() as connection:
            before = fill(connection)
        run("Backup", folder, address)
        with engine.begin() as connection:
            change(connection)
        engine.dispose()
        (folder / "var" / "files" / "sealed.pdf").write_bytes(b"overwritten")
        run("Restoring a backup", folder, address)
        with engine.connect() as connection:
            assert read(connection) == before
            assert "newer" not in inspect(connection).get_table_names()
            with pytest.raises(DBAPIError, match="append-only"):
                connection.execute(text("DELETE FROM event"))
        engine.dispose()
        assert (folder / "var" / "files" / "sealed.pdf").read_bytes() == b"a sealed report"
