"""No migration after the first blocks a busy table of PostgreSQL for long: squawk reads the SQL that each one sends."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from flask_migrate import upgrade

from config import ROOT, Config
from portal.app import create_app

REVISIONS = [script.revision for script in reversed(list(ScriptDirectory(str(ROOT / "migrations")).walk_revisions()))]
SQUAWK = Path(sys.executable).with_name("squawk")


def complaints(sql: str) -> str:
    """What squawk finds in these statements, by the project's settings; empty where it finds nothing."""
    command = [str(SQUAWK), "--config", str(ROOT / ".squawk.toml"), "--reporter", "gcc"]
    ran = subprocess.run(command, input=sql, capture_output=True, text=True, timeout=60)
    assert not ran.stderr or ran.returncode, ran.stderr
    return ran.stdout + ran.stderr if ran.returncode else ""


@pytest.mark.parametrize(("before", "revision"), list(pairwise(REVISIONS)))
def test_squawk_has_nothing_against(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], before: str, revision: str
) -> None:
    """The statements are written without a database: a migration that reads rows first cannot be judged."""
    url = "postgresql+psycopg://nobody@localhost/nowhere"
    app = create_app(Config("only for the tests, 32 characters!", url, "http://localhost", tmp_path, testing=True))
    with app.app_context():
        upgrade(revision=f"{before}:{revision}", sql=True)
    sql = capfd.readouterr().out
    assert "UPDATE alembic_version" in sql and "lock_timeout" in sql and "statement_timeout" in sql
    assert complaints(sql) == ""


@pytest.mark.parametrize(
    ("sql", "rule"),
    [
        ("CREATE INDEX ix_exchange_home ON exchange (home_id);", "require-concurrent-index-creation"),
        ("ALTER TABLE exchange ADD COLUMN note text NOT NULL;", "adding-required-field"),
        ("ALTER TABLE exchange ALTER COLUMN note SET NOT NULL;", "adding-not-nullable-field"),
        ("ALTER TABLE exchange ALTER COLUMN note TYPE integer USING note::integer;", "changing-column-type"),
        ("ALTER TABLE exchange ADD CONSTRAINT ck CHECK (id > 0);", "constraint-missing-not-valid"),
        ("ALTER TABLE exchange RENAME COLUMN note TO remark;", "renaming-column"),
        ("DROP TABLE exchange;", "ban-drop-table"),
    ],
)
def test_what_would_block_a_table_is_found(sql: str, rule: str) -> None:
    assert rule in complaints(sql)
