"""Whether there is room to write: in the database, for files, and for what is being sent."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import make_url

from config import MEGABYTE, Config
from portal.db import db, session

ROOM = 200 * MEGABYTE  # free bytes below which a disk counts as full: time is left to do something about it
PROBE = b"probe" * 1024


def database_problem() -> str:
    """Why the database cannot be written to, "" where it can. Raises SQLAlchemyError: it does not answer."""
    if db.engine.dialect.name == "postgresql":
        only_read = session.scalar(text("SELECT current_setting('transaction_read_only')")) == "on"
        return "can only be read" if only_read else ""
    session.execute(text("select 1"))
    return _sqlite_problem()


def _sqlite_problem() -> str:
    """Takes the lock for writing and lets it go. Waits for nobody: whoever holds it can write."""
    connection = db.engine.raw_connection()
    cursor = connection.cursor()
    try:
        cursor.execute("PRAGMA busy_timeout=0")
        version = cursor.execute("PRAGMA user_version").fetchone()[0]
        cursor.execute("BEGIN IMMEDIATE")
        cursor.execute(f"PRAGMA user_version={version}")  # the lock alone is given for a file that is only to be read
    except sqlite3.OperationalError as error:
        return "" if "locked" in str(error) else "cannot be written to"
    finally:
        connection.rollback()
        cursor.execute("PRAGMA busy_timeout=10000")
        connection.close()
    return ""


def disk_problem(config: Config, room: int = ROOM) -> str:
    """Which disk has less than `room` bytes left, or takes nothing; "" where all do."""
    folders = {"files": config.var, "temporary files": Path(tempfile.gettempdir())}
    url = make_url(config.database_url)
    if url.drivername.startswith("sqlite") and url.database:
        folders["database"] = Path(url.database.removeprefix("file:")).parent
    found = {name: _problem(folder, room) for name, folder in folders.items()}
    return "; ".join(f"{name}: {problem}" for name, problem in found.items() if problem)


def _problem(folder: Path, room: int) -> str:
    try:
        if shutil.disk_usage(folder).free < room:
            return f"less than {room // MEGABYTE} MB free"
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(PROBE)
            file.flush()
    except OSError as error:
        return f"nothing can be written ({error.strerror})"
    return ""
