"""The shared list of topics: what is chosen and proposed, better names, merging, searching."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts.models import Person
from portal.administration.models import AdministrationEvent
from portal.applications import service as applications
from portal.applications.models import Application
from portal.applications.queries import changed_since_return, of_exchange
from portal.approvals import service as approvals
from portal.approvals.service import Verdict
from portal.db import session
from portal.findings import EditConflict, RuleViolation
from portal.names import fold
from portal.policy import Denied
from portal.storage import Storage
from portal.topics import queries, service
from portal.topics.models import Topic, TopicGroup, TopicState
from portal.topics.service import MOST, TOPICS, chosen
from portal.workflows.exchange_terms import Action
from tests.factories import World, actor, topic
from tests.narrowing import found
from tests.pages import Browser
from tests.query_counter import counting
from tests.scenarios import make_exchange

As = Callable[[Person], Browser]
NAMES = {"name_en": "exports", "name_tr": "ihracat", "name_az": "ixrac"}


def proposed() -> list[Topic]:
    return list(session.scalars(select(Topic).where(Topic.state == TopicState.PROPOSED).order_by(Topic.id)))


def test_the_list_that_comes_along_has_three_names_each_and_no_name_twice() -> None:
    with TOPICS.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert all(row[f"name_{code}"].strip() for row in rows for code in ("en", "tr", "az"))
    assert {row["group"] for row in rows} <= set(TopicGroup)
    for code in ("en", "tr", "az"):
        assert len({fold(row[f"name_{code}"]) for row in rows}) == len(rows)


@pytest.mark.parametrize("typed", ["exports", "EXPORTS", "İHRACAT", "ihracat", " Ixrac "])
def test_what_is_in_the_list_in_any_language_and_letters_is_not_proposed(world: World, typed: str) -> None:
    known = topic(**NAMES)
    assert chosen((), typed, by=actor(world.expert)) == [known] and proposed() == []


def test_what_is_not_is_proposed_in_the_language_of_the_page_and_only_once(world: World) -> None:
    by = replace(actor(world.expert), language="az")
    (made,) = chosen((), "\narıçılıq\n", by=by)
    assert (made.name_az, made.name_tr, made.state) == ("arıçılıq", "", TopicState.PROPOSED)
    assert chosen((), "ARIÇILIQ", by=actor(world.manager)) == [made], "the same in other letters"
    assert [e.what for e in session.scalars(select(AdministrationEvent))] == ["topic_proposed"]


@pytest.mark.parametrize(("number", "refused"), [(MOST - 1, False), (MOST, False), (MOST + 1, True)])
def test_nobody_has_more_than_so_many(world: World, number: int, refused: bool) -> None:
    ids = [topic(f"topic {n}").id for n in range(number - 1)]
    if refused:
        with pytest.raises(RuleViolation) as refusal:
            chosen(ids, "another", by=actor(world.expert))
        assert [(f.code, f.field) for f in refusal.value.findings] == [("too_many_topics", "topics")]
    else:
        assert len(chosen(ids, "another", by=actor(world.expert))) == number


def test_merging_moves_every_use_and_nobody_has_it_twice(world: World, storage: Storage) -> None:
    exchange = make_exchange(world, storage, "submit")
    one, other = topic("consulting"), topic("advice")
    application = found(of_exchange(exchange.id))
    call = application.call
    world.expert.topics, world.units[0].topics, call.topics, application.topics = [one], [one, other], [one], [one]
    session.commit()
    assert service.merge(one.id, other.id, version=one.version, by=actor(world.admin)) is other
    for used in (world.expert, world.units[0], call, application):
        assert used.topics == [other]
    assert queries.uses(one.id) == {"experts": {}, "calls": {}, "applications": {}, "units": {}}
    assert queries.now([one.id]) == [other] and chosen((), "Consulting", by=actor(world.expert)) == [other]


def test_a_topic_that_took_another_in_can_be_merged_itself(world: World) -> None:
    first, second, third = topic("first"), topic("second"), topic("third")
    admin = actor(world.admin)
    service.merge(first.id, second.id, version=1, by=admin)
    service.merge(second.id, third.id, version=second.version, by=admin)
    assert queries.now([first.id, second.id]) == [third]
    for target in (first.id, third.id, 987_654):
        with pytest.raises(RuleViolation):
            service.merge(third.id, target, version=third.version, by=admin)
    with pytest.raises(EditConflict):
        service.merge(third.id, topic("fourth").id, version=99, by=admin)
    with pytest.raises(Denied):
        service.merge(third.id, topic("fifth").id, version=third.version, by=actor(world.manager))


def test_a_better_name_is_no_change_of_an_application_and_neither_is_merging(world: World, storage: Storage) -> None:
    exchange = make_exchange(world, storage, "submit")
    used = found(of_exchange(exchange.id)).topics[0]
    verdict = Verdict(Action.HOME_RETURN, exchange.version, "Say more.")
    approvals.decide(exchange, verdict, by=actor(world.manager))
    by = actor(world.admin)
    names = {"name_en": "a better name", "name_tr": "", "name_az": ""}
    service.change(used.id, names, TopicGroup.SKILLS, retired=False, version=used.version, by=by)
    assert used.state is TopicState.LISTED, "whoever saves it has reviewed it"
    service.merge(used.id, topic("another").id, version=used.version, by=by)
    session.commit()
    from_words = {"topics": [used.named("en"), "entrepreneurship training"]}
    assert queries.as_ids([*from_words["topics"], "unheard of"])[-1] == "unheard of"
    applications.submit(exchange, version=exchange.version, by=actor(world.expert))
    assert changed_since_return(exchange.id, Action.HOME_RETURN) == []


def test_two_topics_have_no_name_in_common_and_each_has_one(world: World) -> None:
    by = actor(world.manager)
    kept = service.add(NAMES, TopicGroup.MARKETS, by=by)
    for wrong, code in (({"name_tr": "İXRAC"}, "known_topic"), ({"name_tr": ""}, "no_name")):
        with pytest.raises(RuleViolation) as refusal:
            service.add({"name_en": "", "name_az": "", **wrong}, TopicGroup.OTHER, by=by)
        assert [finding.code for finding in refusal.value.findings] == [code]
    service.change(kept.id, NAMES, TopicGroup.OTHER, retired=True, version=kept.version, by=by)
    assert kept.state is TopicState.RETIRED
    with pytest.raises(EditConflict):
        service.change(kept.id, NAMES, TopicGroup.OTHER, retired=True, version=1, by=by)


@pytest.mark.parametrize("words", ["ixr", "IHRACAT", "export"])
def test_a_topic_is_found_in_any_language_and_alphabet(world: World, as_person: As, words: str) -> None:
    service.add(NAMES, TopicGroup.MARKETS, by=actor(world.manager))
    topic("coaching")
    manager = as_person(world.manager)
    manager.open(f"/topics?q={words}")
    assert "exports" in manager.text and "coaching" not in manager.text
    manager.open("/topics?q=beekeeping")
    assert "No such topic" in manager.text


def test_the_pages_say_what_is_used_and_take_a_better_name(world: World, as_person: As) -> None:
    made = topic("koçluk", state=TopicState.PROPOSED)
    world.expert.topics = [made]
    other = topic("coaching")
    manager, admin = as_person(world.manager), as_person(world.admin)
    manager.open("/topics")
    assert "Proposed, to be reviewed" in manager.text and "1 expert" in manager.text
    manager.open(f"/topics/{made.id}")
    manager.send(f"/topics/{made.id}", {"name_en": "", "name_tr": "", "name_az": ""}, having="version")
    assert manager.problems == ["Name in English: Give the topic a name in at least one language."]
    manager.open(f"/topics/{made.id}/merge", 403)
    admin.open(f"/topics/{made.id}/merge")
    assert "Used by 1 expert: all of them have the other topic afterwards." in admin.text
    admin.send(f"/topics/{made.id}/merge", {"into": str(other.id)}, having="version")
    assert admin.status == 302
    admin.open(f"/topics/{other.id}")
    assert "Used by 1 expert." in admin.text
    assert admin.ask("GET", f"/topics/{made.id}").status_code == 302


def test_a_draft_keeps_what_is_being_typed_and_proposes_it_at_a_press(
    world: World, storage: Storage, as_person: As
) -> None:
    exchange = make_exchange(world, storage, "apply")
    expert, address = as_person(world.expert), f"/exchanges/{exchange.reference}/application/person"
    expert.open(address)
    answers = expert.answers(expert.form("version")) | {"other_topics": "arıcı"}
    sent = expert.ask("POST", address, data=answers, headers={"X-Autosave": "1"})
    assert sent.status_code == 200
    session.expire_all()
    application = session.scalars(select(Application)).one()
    assert application.other_topics == "arıcı" and "arıcı" not in [one.name_tr for one in proposed()]
    expert.open(address)
    assert expert.text_of("[name=other_topics]") == "arıcı"
    expert.send(address, {"other_topics": "arıcılık"}, having="version")
    assert expert.status == 302
    session.expire_all()
    assert application.other_topics == "" and "arıcılık" in [one.name_tr or one.name_en for one in application.topics]


def test_the_list_costs_the_same_statements_for_one_topic_and_many(world: World, as_person: As, app: Flask) -> None:
    manager, counts = as_person(world.manager), []
    for number in range(2):
        for n in range(1 + number * 9):
            world.expert.topics.append(topic(f"topic {number} {n}"))
        manager.open("/topics")
        with counting() as statements:
            manager.open("/topics")
        counts.append(len(statements))
    assert counts[0] == counts[1]
