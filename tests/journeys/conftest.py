"""Journeys begin with a call and a person who has written nothing yet."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.factories import World
from tests.journeys.steps import Journey, Start


@pytest.fixture
def start(app: Flask, world: World) -> Start:
    """The journey of one of the four written-out cases."""
    return lambda number: Journey(app, world, number)
