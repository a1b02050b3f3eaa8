"""A filled database of every revision can be upgraded: each row that was there is there afterwards, and taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from config import ROOT, Config
from portal.app import create_app
from portal.db import db
from tests.databases import empty_database
from tests.migration_rows import FIRST_ID, Rows, fill, read

REVISIONS = [script.revision for script in reversed(list(ScriptDirectory(str(ROOT / "migrations")).walk_revisions()))]


def by_recommendation(column: str) -> Callable[[Rows], dict[int, Any]]:
    return lambda rows: {row["recommendation_id"]: row[column] for row in rows["follow_up_entry"].values()}


def evidence(rows: Rows) -> dict[int, Any]:
    entries = rows["follow_up_entry"]
    return {entries[row["entry_id"]]["recommendation_id"]: row["text"] for row in rows["follow_up_evidence"].values()}


def consents(rows: Rows) -> dict[int, Any]:
    """The consents by their applications."""
    of = {row["exchange_id"]: number for number, row in rows["application"].items()}
    return {of[row["subject_id"]]: row for row in rows["consent"].values() if row["subject_id"] in of}


def consented_at(rows: Rows) -> dict[int, Any]:
    return {number: row["at"] for number, row in consents(rows).items()}


def consent_text(rows: Rows) -> dict[int, Any]:
    said = {row["consent_id"]: row["text"] for row in rows["consent_words"].values()}
    return {number: said[row["id"]] for number, row in consents(rows).items()}


def topics(link: str, owner: str) -> Callable[[Rows], dict[int, Any]]:
    def found(rows: Rows) -> dict[int, Any]:
        lines: dict[int, list[str]] = {}
        for row in rows[link].values():
            topic = rows["topic"][row["topic_id"]]
            lines.setdefault(row[owner], []).append(topic["name_en"] or topic["name_tr"] or topic["name_az"])
        return {number: "\n".join(names) for number, names in lines.items()}

    return found


# columns that a later revision has moved: where their values are found now, by the id of the old row
MOVED: dict[tuple[str, str], Callable[[Rows], dict[int, Any]]] = {
    ("recommendation", "progress"): by_recommendation("progress"),
    ("recommendation", "followed_up_at"): by_recommendation("at"),
    ("recommendation", "evidence"): evidence,
    ("application", "consented_at"): consented_at,
    ("application", "consent_text"): consent_text,
    ("person", "topics"): topics("person_topic", "person_id"),
    ("call", "topics"): topics("call_topic", "call_id"),
    ("host_unit", "topics"): topics("unit_topic", "unit_id"),
    ("application", "topics"): topics("application_topic", "application_id"),
}


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Flask]:
    """The portal on a database without any table."""
    with empty_database("upgrades", tmp_path) as url:
        secret = "only for the tests, 32 characters!"
        app = create_app(Config(secret, url, "http://localhost", tmp_path / "var", testing=True))
        with app.app_context():
            yield app
            db.session.remove()
            db.engine.dispose()


def filled(revision: str) -> Rows:
    upgrade(revision=revision)
    with db.engine.begin() as connection:
        return fill(connection)


def now() -> Rows:
    with db.engine.connect() as connection:
        return read(connection)


def missing(before: Rows, after: Rows) -> list[str]:
    """Each value that is neither under its old name nor where it was moved to."""
    lost = []
    for table, rows in before.items():
        for number, row in rows.items():
            for column, value in row.items():
                if (table, column) in MOVED and column not in after.get(table, {}).get(number, {}):
                    kept = MOVED[table, column](after).get(number)
                    same = kept == value or (not value and kept is None)
                else:
                    same = after.get(table, {}).get(number, {}).get(column, "nowhere") == value
                if not same:
                    lost.append(f"{table}.{column} of row {number}: {value!r}")
    return lost


@pytest.mark.parametrize("revision", REVISIONS)
def test_every_row_survives_the_upgrade_and_is_taken_back_to(bare: Flask, revision: str) -> None:
    before = filled(revision)
    assert all(len(rows) >= 2 for rows in before.values())
    upgrade()
    assert missing(before, now()) == []
    downgrade(revision=revision)
    assert now() == before


def test_a_lost_value_would_be_seen(bare: Flask) -> None:
    before = filled(REVISIONS[-1])
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE host_unit SET city = 'elsewhere' WHERE id = :id"), {"id": FIRST_ID})
        connection.execute(text("DELETE FROM sign_in_attempt WHERE id = :id"), {"id": FIRST_ID})
    lost = " ".join(missing(before, now()))
    assert f"host_unit.city of row {FIRST_ID}" in lost and f"sign_in_attempt.key of row {FIRST_ID}" in lost


def test_lines_of_topics_become_those_of_the_list_in_whatever_language_and_letters(bare: Flask) -> None:
    upgrade(revision="0020_language_of_notes")
    with db.engine.begin() as connection:
        fill(connection)
        lines = "  İHRACAT\r\nixrac\nexports\n\nArıcılıq\naricilik"
        connection.execute(text("UPDATE person SET topics = :lines, language = 'az'"), {"lines": lines})
        connection.execute(text("UPDATE host_unit SET topics = 'ARICILIQ\n'"))
    upgrade()
    rows = now()
    used = {rows["topic"][row["topic_id"]]["name_az"] for row in rows["person_topic"].values()}
    assert used == {"ixrac", "Arıcılıq", "aricilik"}, "k and q are different letters"
    (bees,) = [topic for topic in rows["topic"].values() if topic["name_az"] == "Arıcılıq"]
    assert (bees["state"], bees["name_en"], bees["name_tr"]) == ("proposed", "", "")
    assert {row["topic_id"] for row in rows["unit_topic"].values()} == {bees["id"]}


@pytest.mark.parametrize(
    ("what", "side", "agency_of", "known"),
    [
        ("followed_up", "home", "home_id", True),
        ("followed_up", "host", "host_id", True),
        ("evaluated_host", "expert", None, False),
    ],
)
def test_an_old_answer_belongs_to_the_agency_that_the_history_names(
    bare: Flask, what: str, side: str, agency_of: str | None, known: bool
) -> None:
    upgrade(revision="0001_initial")
    with db.engine.begin() as connection:
        fill(connection)
        # what the triggers of a database in use would refuse
        for trigger in ("event_no_update ", "event_no_change ON event"):
            if connection.dialect.name == ("sqlite" if "update" in trigger else "postgresql"):
                connection.execute(text(f"DROP TRIGGER {trigger}"))
        connection.execute(
            text("UPDATE event SET what = :what, side = :side WHERE id = :id"),
            {"what": what, "side": side, "id": FIRST_ID},
        )
    upgrade(revision="0002_follow_up_entries")
    after = now()
    entry = next(iter(after["follow_up_entry"].values()))
    exchange, event = after["exchange"][FIRST_ID], after["event"][FIRST_ID]
    assert entry["agency_id"] == (exchange[agency_of] if agency_of else None)
    assert entry["by_id"] == (event["actor_id"] if known else None)
