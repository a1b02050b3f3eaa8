"""One database for a test session, each test in its own clean one; `PORTAL_TEST_DATABASE_URL` chooses the engine."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import sync_playwright
from sqlalchemy import event, text
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from config import Config
from portal.accounts.models import Person
from portal.app import create_app
from portal.db import TRIGGERS, Base, db, writing
from portal.storage import Storage
from tests.databases import empty_database
from tests.factories import World, found_world, make_world
from tests.kept_rows import emptied, once
from tests.lock_order import watched
from tests.pages import Browser

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begins with the few tests that take minutes each, so that no process ends long after the others."""
    items.sort(key=lambda item: not {"all_pages", "browser"} & {*item.path.parts})


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an empty database of this test process."""
    with empty_database("rows", tmp_path_factory.mktemp("db")) as address:
        yield address


@pytest.fixture(scope="session")
def config(database: str, tmp_path_factory: pytest.TempPathFactory) -> Config:
    return Config(
        secret_key="only for the tests, 32 characters!",
        database_url=database,
        base_url="http://localhost",
        var=Path(tmp_path_factory.mktemp("var")),
        testing=True,
    )


@pytest.fixture(scope="session")
def application(config: Config) -> Iterator[Flask]:
    """The portal with its tables, made once."""
    app = create_app(config)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            event.listen(db.engine, "connect", _forgetful)
        db.create_all()
        emptied()
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def _forgetful(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    """Rows of the tests need not outlive a power cut; waiting for the disk takes most of a commit."""
    connection.cursor().execute("PRAGMA synchronous=OFF")


@pytest.fixture
def app(application: Flask) -> Iterator[Flask]:
    """The portal with empty tables; within the test an application context is open."""
    writing.set(True)  # a request of the test before may have been one that only reads
    with application.app_context():
        yield application
        db.session.rollback()
        empty()


def empty() -> None:
    """Deletes every row, faster than creating the tables again; append-only tables lose their triggers meanwhile."""
    db.session.remove()
    with db.engine.begin() as connection:
        _delete_all(connection)
    emptied()


def _delete_all(connection: Connection) -> None:
    filled = _filled(connection)
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL session_replication_role = replica"))  # no triggers, no foreign keys
        for name in filled:
            connection.execute(text(f'DELETE FROM "{name}"'))
        return
    guards = [f"{name}_no_delete" for name in filled if f"{name}_no_delete" in TRIGGERS["sqlite"]]
    for guard in guards:
        connection.execute(text(f"DROP TRIGGER {guard}"))
    for name in filled:
        connection.execute(text(f'DELETE FROM "{name}"'))
    for guard in guards:
        connection.execute(text(TRIGGERS["sqlite"][guard]))


def _filled(connection: Connection) -> list[str]:
    """The tables that have rows, those that refer to others first."""
    names = [table.name for table in reversed(Base.metadata.sorted_tables)]
    asked = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in names)
    found = set(connection.scalars(text(asked)))
    return [name for name in names if name in found]


@pytest.fixture(scope="session", autouse=True)
def locks_in_order() -> Iterator[None]:
    """Every request of every test takes its locks in the one order."""
    with watched():
        yield


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def world(app: Flask) -> World:
    """Two agencies with their people and units."""
    return found_world(once("world", lambda _storage: make_world().ids()))


@pytest.fixture
def storage(app: Flask) -> Storage:
    found: Storage = app.extensions["storage"]
    return found


@pytest.fixture
def browser(app: Flask) -> Browser:
    """A browser without JavaScript and without a sign-in. CSRF protection is on; forms are sent as pages have them."""
    return Browser(app.test_client())


@pytest.fixture
def as_person(app: Flask) -> Callable[[Person], Browser]:
    """A browser of its own for each person."""
    return lambda person: Browser(app.test_client()).sign_in(person)


@pytest.fixture
def statements() -> Iterator[list[str]]:
    """What is sent to the database; clear it before what is to be counted. BEGIN, COMMIT and settings do not count."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE")):
            sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield sent
    event.remove(Engine, "before_cursor_execute", note)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    """The machine's own."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert found, "the browser tests need Chromium: script/test installs it where it may"
    with sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()
