"""“What is stored of me”: everything of the person, nothing of others, after the password."""

from __future__ import annotations

import json
from collections.abc import Callable

from portal.accounts.models import Person
from portal.registry import registry
from portal.storage import Storage
from tests.factories import PASSWORD, World
from tests.pages import Browser
from tests.scenarios import both_directions, make_exchange

As = Callable[[Person], Browser]


def test_everything_of_the_person_and_nothing_of_others(world: World, storage: Storage, as_person: As) -> None:
    exchange = make_exchange(world, storage, "report")
    other = make_exchange(world, storage, "submit", call=both_directions(world)[1])
    expert, address = as_person(world.expert), "/personal-data/mine"
    expert.open(address)
    expert.send(address, {"password": "not it"}, having="password")
    assert expert.status == 422 and expert.problems
    answer = expert.send(address, {"password": PASSWORD}, having="password")
    assert answer.status_code == 200 and "attachment" in answer.headers["Content-Disposition"]
    told = json.loads(answer.data)["stored"]
    assert set(told) == {one.model.__tablename__ for one in registry.stored if one.told}
    assert {row["person_id"] for row in told["message"]["rows"]} == {world.expert.id}
    assert [row["reference"] for row in told["exchange"]["rows"]] == [exchange.reference]
    assert told["application"]["rows"][0]["aim"] and told["report"]["rows"] and told["person"]["rows"][0]["email"]
    text = answer.data.decode()
    assert other.reference not in text and world.colleague.email not in text
    assert world.manager.email not in text and world.host_manager.email not in text
    assert "password_hash" not in text and world.expert.password_hash not in text
