"""The doctor compares the database with the models: what is missing, too much or otherwise is named."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import text

from config import Config
from portal.app import create_app
from portal.db import db, session
from portal.desk.doctor import examine
from portal.desk.schema import differences
from tests.databases import empty_database

ON_SQLITE = {
    "event_no_change ON event": "event_no_update",
    "agency_reference ON agency": "agency_reference_insert",
}


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The portal on a migrated database of its own."""
    folder = tmp_path_factory.mktemp("doctor")
    with empty_database("doctor", folder) as url:
        secret = "only for the tests, 32 characters!"
        app = create_app(Config(secret, url, "http://localhost", folder / "var", testing=True))
        with app.app_context():
            upgrade()
            yield app
            db.session.remove()
            db.engine.dispose()


def after(*statements: str) -> list[str]:
    """What the doctor's comparison says once these have run; they are rolled back."""
    with db.engine.connect() as connection:
        for statement in statements:
            if connection.dialect.name == "sqlite":
                for trigger, name in ON_SQLITE.items():
                    statement = statement.replace(trigger, name)
            connection.execute(text(statement))
        found = differences(connection)
        connection.rollback()
    return found


def test_a_migrated_database_differs_in_nothing(portal: Flask) -> None:
    assert after() == []
    assert portal.test_client().get("/readyz").json == {
        "status": "ok",
        "checks": {"database": True, "migrations": True, "outbox": True, "disk": True},
    }


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("DROP TABLE follow_up_evidence", "missing table follow_up_evidence"),
        ("ALTER TABLE host_unit DROP COLUMN offers", "missing column host_unit.offers"),
        ("DROP INDEX ix_exchange_due", "missing index ix_exchange_due of exchange"),
        ("CREATE TABLE notes (id INTEGER PRIMARY KEY)", "unknown table notes"),
        ("ALTER TABLE host_unit ADD COLUMN remark TEXT", "unknown column host_unit.remark"),
        ("CREATE INDEX ix_mine ON host_unit (city)", "unknown index ix_mine of host_unit"),
    ],
)
def test_what_is_missing_or_too_much_is_named(portal: Flask, statement: str, words: str) -> None:
    assert after(statement) == [words]


def test_a_missing_trigger_is_named(portal: Flask) -> None:
    for statement in ("DROP TRIGGER event_no_change ON event", "DROP TRIGGER agency_reference ON agency"):
        found = after(statement)
        assert [words.rpartition(" ")[0] for words in found] == ["missing trigger"], found


def test_an_unknown_trigger_is_named(portal: Flask) -> None:
    body = {
        "sqlite": "CREATE TRIGGER mine AFTER INSERT ON host_unit BEGIN SELECT 1; END",
        "postgresql": "CREATE TRIGGER mine BEFORE DELETE ON host_unit FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    }
    assert after(body[db.engine.dialect.name]) == ["unknown trigger mine"]


def test_a_disabled_trigger_counts_as_missing_on_postgresql(portal: Flask) -> None:
    if db.engine.dialect.name == "postgresql":
        assert after("ALTER TABLE event DISABLE TRIGGER event_no_change") == ["missing trigger event_no_change"]


def examined(app: Flask) -> dict[str, str]:
    session.rollback()  # what was read before is not what is there now
    found = examine(app.config["PORTAL"], app.extensions["storage"])
    session.rollback()
    return found


def test_the_doctor_names_a_table_that_somebody_dropped(portal: Flask) -> None:
    assert examined(portal)["tables"] == examined(portal)["migrations"] == ""
    with db.engine.begin() as connection:
        connection.execute(text("DROP TABLE section_comment"))
    try:
        found = examined(portal)
        assert "missing table section_comment" in found["tables"] and found["migrations"] == ""
        result = portal.test_cli_runner().invoke(args=["doctor"])
        session.rollback()
        assert result.exit_code == 1 and "BAD tables: missing table section_comment" in result.output
    finally:
        db.metadata.tables["section_comment"].create(db.engine)


@pytest.mark.parametrize(
    ("revision", "words"),
    [
        ("0001", "made before the first release"),
        ("0099_from_tomorrow", "at revision 0099_from_tomorrow, which this version of the portal does not know"),
        ("0001_initial", "run: flask --app wsgi db upgrade"),
    ],
)
def test_another_revision_is_told_in_words(portal: Flask, revision: str, words: str) -> None:
    head = set_revision(revision)
    try:
        found = examined(portal)
        assert words in found["migrations"] and "not compared" in found["tables"]
    finally:
        set_revision(head)


def set_revision(revision: str) -> str:
    """Writes it into the database; answers the one before."""
    with db.engine.begin() as connection:
        before = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        connection.execute(text("UPDATE alembic_version SET version_num = :to"), {"to": revision})
    return str(before)


@pytest.mark.parametrize("revision", ["0001", "0099_from_tomorrow"])
def test_a_database_of_another_making_is_not_migrated(
    portal: Flask, caplog: pytest.LogCaptureFixture, revision: str
) -> None:
    head = set_revision(revision)
    try:
        with pytest.raises(SystemExit):
            upgrade()
        assert "this database" in caplog.text and "Traceback" not in caplog.text
        with db.engine.connect() as connection:
            assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == revision
    finally:
        set_revision(head)
