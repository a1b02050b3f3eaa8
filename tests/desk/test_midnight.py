"""The minute around midnight: a due date ends in the zone of those whose turn it is, an hour earlier in Baku."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
import time_machine
from sqlalchemy import delete, select

from portal.accounts.models import Person
from portal.db import session
from portal.desk import queries
from portal.desk.reminders import remind
from portal.messages.models import Message
from portal.storage import Storage
from tests.factories import World, actor
from tests.pages import Browser
from tests.scenarios import both_directions, make_exchange

As = Callable[[Person], Browser]
DUE = date(2027, 6, 16)


@pytest.mark.parametrize("step", ["submit", "endorse"])
@pytest.mark.parametrize(
    ("at", "in_baku", "in_ankara"),
    [("19:59", False, False), ("20:00", True, False), ("20:59", True, False), ("21:00", True, True)],
)
def test_a_due_date_ends_at_the_midnight_of_those_who_act(
    world: World, storage: Storage, as_person: As, step: str, at: str, in_baku: bool, in_ankara: bool
) -> None:
    """On the desk, in the list, in the words and in the notice; for the home agency's turn as for the host's."""
    for number, call in enumerate(both_directions(world)):
        exchange = make_exchange(world, storage, step, call=call, number=number)
        exchange.due_on = DUE
    session.execute(delete(Message))
    session.commit()
    late = {world.manager: in_ankara, world.host_manager: in_baku}
    with time_machine.travel(datetime.fromisoformat(f"{DUE}T{at}:30+00:00").astimezone(UTC), tick=True):
        for who, is_late in late.items():
            assert queries.task_counts(actor(who)) == (1, int(is_late))
            words = "was due 16 Jun" if is_late else "due 16 Jun"
            page = as_person(who).open("/desk")
            assert page.select(".turns .when strong")[0].text == words
            assert len(page.select(".turns li.overdue")) == int(is_late)
            assert len(as_person(who).open("/exchanges?mine=1&late=1").select("tbody tr")) == int(is_late)
        remind()
        session.commit()
    told = set(session.scalars(select(Message.person_id).where(Message.kind == "overdue")))
    assert told & {who.id for who in late} == {who.id for who, is_late in late.items() if is_late}
