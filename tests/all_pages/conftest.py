"""The demonstration, seeded once for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from config import Config
from portal.accounts.demo import PASSWORD
from portal.accounts.models import Agency
from portal.accounts.passwords import hash_password
from portal.app import create_app
from portal.db import db
from portal.desk.reminders import remind
from portal.names import LANGUAGES
from portal.policy import Role
from portal.seed.run import seed
from tests.all_pages.crawl import NEW, Seen, everything
from tests.databases import empty_database
from tests.factories import person


@contextmanager
def demonstrating(name: str, var: Path) -> Iterator[Flask]:
    """The portal with the demonstration's people and exchanges, in a database of its own."""
    with empty_database(name, var) as address:
        secret = "only for the tests, 32 characters!"
        app = create_app(Config(secret, address, "http://localhost", var, demo=True, testing=True))
        app.config["PROPAGATE_EXCEPTIONS"] = False  # an error is a page with the status 500, as it is for people
        with app.app_context():
            db.create_all()
            seed(app.extensions["storage"])
            newcomers()
            remind()  # as the worker does first of all
            db.session.commit()
            db.session.remove()
        yield app
        with app.app_context():
            db.engine.dispose()


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """For all tests that only read."""
    with demonstrating("everyone", Path(tmp_path_factory.mktemp("demonstration"))) as app:
        yield app


def newcomers() -> None:
    """People to whom every list is empty."""
    by_name = {agency.code: agency for agency in db.session.scalars(select(Agency))}
    for email, role, code in zip(NEW, (Role.EXPERT, Role.HOST), ("KOSGEB", "KOBIA"), strict=True):
        person(email, "Yeni Kişi", by_name[code], role, language="").password_hash = hash_password(PASSWORD)
    db.session.commit()


@pytest.fixture(scope="session")
def every_page(demonstration: Flask) -> list[Seen]:
    """What each person is shown in each language."""
    return list(everything(demonstration, tuple(LANGUAGES)))
