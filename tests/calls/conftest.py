"""The world of calls, and browsers for its people."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from portal.accounts.models import Person
from tests.calls.browser import Browser
from tests.calls.rows import World, world


@pytest.fixture
def here(app: Flask) -> World:
    return world()


@pytest.fixture
def browser(app: Flask) -> Browser:
    """Nobody signed in."""
    return Browser(app.test_client())


@pytest.fixture
def as_person(app: Flask) -> Callable[[Person], Browser]:
    """A browser of its own for each person."""
    return lambda person: Browser(app.test_client()).sign_in(person)
