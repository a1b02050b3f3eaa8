"""Visits that many tests begin with."""

from __future__ import annotations

import pytest

from portal.exchanges.models import Exchange
from portal.storage import Storage
from tests.factories import World
from tests.scenarios import make_exchange
from tests.visits.carrying_out import MONDAY


@pytest.fixture
def agreed(world: World, storage: Storage) -> Exchange:
    """A visit of one week that both sides agreed to."""
    return make_exchange(world, storage, "home_approve_plan", start=MONDAY)
