"""Whether the database is the one that this version of the portal expects: its revision, its tables and triggers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from portal.db import TRIGGERS, Base

# a disabled trigger is as good as none
TRIGGER_NAMES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
    "JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE NOT t.tgisinternal AND t.tgenabled <> 'D' AND n.nspname = current_schema()",
}
BEFORE_THE_FIRST_RELEASE = "0001"


def foreign_revision(connection: Connection, scripts: ScriptDirectory) -> str:
    """Why this database cannot be migrated, in words; empty where it can.

    Alembic itself takes the beginning of a revision's name for the whole and fails later, in the middle of its work.
    """
    known = {script.revision for script in scripts.walk_revisions()}
    foreign = set(MigrationContext.configure(connection).get_current_heads()) - known
    if not foreign:
        return ""
    if foreign == {BEFORE_THE_FIRST_RELEASE}:
        return (
            "this database was made before the first release (revision 0001) and cannot be migrated: "
            "begin with a new one; a demonstration's is the file korpu.sqlite3 in the folder PORTAL_VAR"
        )
    return f"this database is at revision {', '.join(sorted(foreign))}, which this version of the portal does not know"


def differences(connection: Connection) -> list[str]:
    """What the database lacks, has too much or has otherwise than the models say; empty when all is well."""
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    found = [_in_words(difference) for difference in compare_metadata(context, Base.metadata)]
    wanted = set(TRIGGERS[connection.dialect.name])
    present = set(connection.execute(text(TRIGGER_NAMES[connection.dialect.name])).scalars())
    return [*found, *_names("missing trigger", wanted - present), *_names("unknown trigger", present - wanted)]


def _names(what: str, names: Iterable[str]) -> list[str]:
    return [f"{what} {name}" for name in sorted(names)]


def _in_words(difference: Any) -> str:
    """Alembic says what a migration would have to do: what it would add is missing."""
    if isinstance(difference, list):  # changes of one column: (what, schema, table, column, …)
        return ", ".join(f"other {what.removeprefix('modify_')} of {t}.{c}" for what, _s, t, c, *_more in difference)
    action, what = difference[0].split("_", 1)
    word = {"add": "missing", "remove": "unknown"}[action]
    if what == "column":
        return f"{word} column {difference[2]}.{difference[3].name}"
    item = difference[1]
    table = getattr(item, "table", None)
    return f"{word} {what} {item.name}" + (f" of {table.name}" if table is not None and what != "table" else "")
