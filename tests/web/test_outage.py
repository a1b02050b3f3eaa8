"""Without the database, or room on the disk: one page that needs neither, and nothing typed is lost."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, flash, get_flashed_messages, request
from flask_migrate import upgrade
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from config import Config
from portal.app import create_app
from portal.db import db, session
from portal.desk.disks import disk_problem

SECRET = "only for the tests, 32 characters!"
FIELDS = {"email": "ayse@kosgeb.example", "password": "not to be seen", "note": "Sevgili <b>Gülşən</b>"}


class Met(Exception):
    """As PostgreSQL's driver reports a deadlock."""

    sqlstate = "40P01"


def made(url: str, folder: Path) -> Flask:
    return create_app(Config(SECRET, url, "http://localhost", folder / "var", testing=True))


def on_sqlite(folder: Path) -> str:
    """The address of a filled database in a file."""
    app = made(f"sqlite:///{folder / 'korpu.sqlite3'}", folder)
    with app.app_context():
        upgrade()
        db.session.remove()
        db.engine.dispose()
    return f"{folder / 'korpu.sqlite3'}"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> str:
    return on_sqlite(tmp_path_factory.mktemp("outage"))


@pytest.fixture(params=["unreachable", "no database", "only to be read"])
def without(request: pytest.FixtureRequest, file: str, tmp_path: Path) -> Iterator[Flask]:
    """The portal with a server that is not there, a file that is no database, and one that may only be read."""
    (tmp_path / "broken").write_bytes(b"this is no database" * 400)
    urls = {
        "unreachable": "postgresql+psycopg://korpu@127.0.0.1:9/nothing",
        "no database": f"sqlite:///{tmp_path / 'broken'}",
        "only to be read": f"sqlite:///file:{file}?mode=ro&uri=true",
    }
    app = made(urls[request.param], tmp_path)
    app.config["WTF_CSRF_ENABLED"] = False
    yield app
    with app.app_context():
        db.engine.dispose()


def test_what_was_typed_is_shown_without_the_database(without: Flask) -> None:
    data = FIELDS | {"file": (BytesIO(), "plan.pdf")}
    answer = without.test_client().post("/sign-in", data=data, headers={"Accept-Language": "tr"})
    assert answer.status_code == 503
    assert '<html lang="tr">' in answer.text
    assert "ayse@kosgeb.example" in answer.text and "Sevgili &lt;b&gt;Gülşən&lt;/b&gt;" in answer.text
    assert "plan.pdf" in answer.text, "files must be chosen again"
    assert "not to be seen" not in answer.text


def test_a_page_without_the_database_says_when_to_come_back(without: Flask) -> None:
    answer = without.test_client().get("/calls", headers={"Accept-Language": "az"})
    if answer.status_code == 200:
        return  # a database that may only be read is enough for reading
    assert answer.status_code == 503 and answer.headers["Retry-After"] == "60"
    assert '<html lang="az">' in answer.text


def test_readyz_says_what_is_not_ready(without: Flask) -> None:
    answer = without.test_client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json is not None and answer.json["why"]["database"] in ("no answer", "cannot be written to")


def test_a_page_that_saves_itself_is_told_so(without: Flask) -> None:
    answer = without.test_client().post("/sign-in", data=FIELDS, headers={"X-Autosave": "1"})
    assert answer.status_code == 503 and answer.json is not None and answer.json["message"]


def test_a_disk_with_too_little_room_is_named(config: Config) -> None:
    config.prepare()
    assert disk_problem(config) == ""
    assert "less than" in disk_problem(config, room=1 << 62)


@pytest.fixture
def trying(file: str, tmp_path: Path) -> Iterator[tuple[Flask, list[Any]]]:
    """A portal with an address that fails as often as the list says, each time with what it holds."""
    app, troubles = made(f"sqlite:///{file}", tmp_path), list[Any]()
    app.config["WTF_CSRF_ENABLED"] = False

    @app.post("/try")
    def view() -> str:
        flash("Saved.")
        read = request.files["file"].read()
        if troubles:
            raise troubles.pop(0)
        return f"{read.decode()} {request.form['note']} {len(get_flashed_messages())}"

    yield app, troubles
    with app.app_context():
        session.remove()
        db.engine.dispose()


def sent(app: Flask) -> Any:
    file = (BytesIO(b"a file" * 50_000), "plan.pdf")
    return app.test_client().post("/try", data={"note": "typed", "file": file})


def deadlock() -> OperationalError:
    return OperationalError("UPDATE", {}, Met())


def test_a_request_that_met_another_is_taken_once_more(trying: tuple[Flask, list[Any]]) -> None:
    app, troubles = trying
    troubles.append(deadlock())
    answer = sent(app)
    assert answer.status_code == 200
    assert answer.text == f"{'a file' * 50_000} typed 1", "everything is read again, and flashed once"


def test_a_request_is_not_taken_more_than_twice(trying: tuple[Flask, list[Any]]) -> None:
    app, troubles = trying
    troubles += [deadlock(), deadlock(), deadlock()]
    answer = sent(app)
    assert answer.status_code == 503 and "typed" in answer.text
    assert len(troubles) == 1


def test_other_trouble_is_not_tried_again(trying: tuple[Flask, list[Any]]) -> None:
    app, troubles = trying
    troubles += [OperationalError("UPDATE", {}, Exception("database or disk is full")), deadlock()]
    answer = sent(app)
    assert answer.status_code == 503 and "typed" in answer.text and "plan.pdf" in answer.text
    assert len(troubles) == 1


def test_a_full_disk_is_told_like_an_outage(trying: tuple[Flask, list[Any]]) -> None:
    app, troubles = trying
    troubles.append(OSError(errno.ENOSPC, "No space left on device"))
    answer = sent(app)
    assert answer.status_code == 503 and "typed" in answer.text


def test_what_cannot_be_committed_is_an_outage_too(trying: tuple[Flask, list[Any]]) -> None:
    """A database that takes every statement, and only refuses at the end."""
    app, _troubles = trying

    def refuse(_session: object) -> None:
        raise OperationalError("COMMIT", {}, Exception("database or disk is full"))

    event.listen(session, "before_commit", refuse)
    try:
        answer = sent(app)
    finally:
        event.remove(session, "before_commit", refuse)
    assert answer.status_code == 503 and "typed" in answer.text
