"""Steps of a visit that several tests take: the day, the arrival, and what is recorded."""

from __future__ import annotations

from datetime import UTC, date, datetime

import time_machine

from portal.bookings.models import DayKind
from portal.db import session
from portal.exchanges.models import Exchange
from portal.visits import attendance, queries
from portal.visits.models import Visit
from tests.factories import World, actor

MONDAY = date(2027, 4, 5)  # no holiday of either country in this week or the next


def noon(day: date) -> time_machine.travel:
    """It is noon in Bakı on this day, in the server too."""
    return time_machine.travel(datetime(day.year, day.month, day.day, 8, tzinfo=UTC), tick=True)


def visit_of(exchange: Exchange) -> Visit:
    session.expire_all()
    found = queries.visit_of(exchange.id)
    assert found is not None
    return found


def there(agreed: Exchange, world: World, on: date = MONDAY) -> Exchange:
    with noon(on):
        attendance.arrive(agreed, on, version=agreed.version, by=actor(world.coordinator))
    session.commit()
    return agreed


def presence(exchange: Exchange) -> list[bool | None]:
    return [day.present for day in visit_of(exchange).days if day.kind is DayKind.WORK]
