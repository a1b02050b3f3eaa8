"""What comes soon, on the day that it has at its own place."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from portal import calendars
from portal.desk.queries import calls_to_choose
from portal.desk.week import this_week
from portal.storage import Storage
from tests.factories import World, actor
from tests.scenarios import make_exchange


def test_a_deadline_stands_on_the_day_of_its_own_zone(world: World) -> None:
    """20:30 UTC is still Tuesday in Ankara and already Wednesday in Baku."""
    with calendars.at(datetime(2027, 1, 28, 9, tzinfo=UTC)):
        for zone in ("Europe/Istanbul", "Asia/Baku"):
            world.call(
                idempotency_key=f"a call in {zone}", zone=zone, deadline=datetime(2027, 2, 2, 20, 30, tzinfo=UTC)
            )
        soon = this_week(actor(world.manager), calendars.today(), "en")
        assert [(row.what, row.day) for row in soon] == [("closes", date(2027, 2, 2)), ("closes", date(2027, 2, 3))]


def test_a_deadline_that_has_passed_or_is_far_is_not_soon(world: World) -> None:
    with calendars.at(datetime(2027, 1, 28, 9, tzinfo=UTC)):
        world.call(idempotency_key="soon over", deadline=datetime(2027, 1, 28, 10, tzinfo=UTC))
        world.call(idempotency_key="far away", deadline=datetime(2027, 2, 4, 20, 30, tzinfo=UTC), zone="Asia/Baku")
    with calendars.at(datetime(2027, 1, 28, 11, tzinfo=UTC)):
        assert this_week(actor(world.manager), calendars.today(), "en") == []


def test_a_deadline_is_soon_through_its_whole_minute(world: World) -> None:
    with calendars.at(datetime(2027, 1, 28, 9, tzinfo=UTC)):
        world.call(idempotency_key="18:03 in Ankara", deadline=datetime(2027, 1, 28, 15, 3, tzinfo=UTC))
    for at, soon in (("15:02:59", 1), ("15:03:59", 1), ("15:04:00", 0)):
        with calendars.at(datetime.fromisoformat(f"2027-01-28T{at}+00:00")):
            assert len(this_week(actor(world.manager), calendars.today(), "en")) == soon, at


def test_only_whom_a_deadline_concerns_is_told(world: World, storage: Storage) -> None:
    """Those who may still apply, and the agencies; neither experts of the other agency nor units nor administrators."""
    at = calendars.now()
    call = world.call(deadline=at + timedelta(days=3))
    everybody = (
        world.expert, world.colleague, world.manager, world.deputy, world.host_manager, world.coordinator, world.admin,
    )  # fmt: skip
    told = [who for who in everybody if this_week(actor(who), calendars.today(), "en")]
    assert told == [world.expert, world.manager, world.deputy, world.host_manager]
    make_exchange(world, storage, "submit", call=call)
    assert this_week(actor(world.expert), calendars.today(), "en") == [], "who has applied need not hurry any more"


def test_the_year_of_a_call_is_that_of_its_own_zone(world: World) -> None:
    """20:30 UTC on 31 December is next year in Baku only."""
    opens = datetime(2026, 12, 31, 20, 30, tzinfo=UTC)
    for zone in ("Europe/Istanbul", "Asia/Baku"):
        world.call(idempotency_key=zone, zone=zone, opens=opens, deadline=datetime(2027, 2, 1, tzinfo=UTC))
    assert [words[-5:-1] for _number, words in calls_to_choose("en")] == ["2027", "2026"]
