"""The year of a reference is that of the agency whose expert begins."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from portal import calendars
from portal.applications.service import begin_application
from tests.factories import World, actor

DEADLINE = datetime(2027, 2, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hour", "minute", "from_turkiye", "from_azerbaijan"),
    [
        (19, 59, "KX-2026-0001", "KX-2026-0002"),
        (20, 0, "KX-2026-0001", "KX-2027-0001"),
        (20, 59, "KX-2026-0001", "KX-2027-0001"),
        (21, 0, "KX-2027-0001", "KX-2027-0002"),
        (22, 30, "KX-2027-0001", "KX-2027-0002"),
    ],
)
def test_the_year_begins_at_midnight_of_the_home_agency(
    world: World, hour: int, minute: int, from_turkiye: str, from_azerbaijan: str
) -> None:
    there = {"home_id": world.kobia.id, "host_id": world.kosgeb.id, "agency_id": world.kobia.id}
    to_baku = world.call("to Baku", deadline=DEADLINE)
    to_ankara = world.call("to Ankara", deadline=DEADLINE, **there)
    with calendars.at(datetime(2026, 12, 31, hour, minute, tzinfo=UTC)):
        begun = [
            begin_application(to_baku, actor(world.expert)),
            begin_application(to_ankara, actor(world.colleague)),
        ]
    assert [exchange.reference for exchange in begun] == [from_turkiye, from_azerbaijan]
