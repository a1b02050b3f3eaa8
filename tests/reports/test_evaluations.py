"""Evaluations: the expert's of the host, the host's of the expert."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import delete, func, select

from portal.accounts.models import Person
from portal.db import session
from portal.exchanges.queries import locked
from portal.findings import RuleViolation
from portal.policy import Denied
from portal.reports import evaluations
from portal.reports.models import Evaluation
from portal.storage import Storage
from portal.subjects.models import Event
from tests.concurrency import together
from tests.factories import World, actor
from tests.pages import Browser
from tests.scenarios import make_exchange

As = Callable[[Person], Browser]


def test_each_side_evaluates_the_other_and_may_correct_itself(world: World, storage: Storage, as_person: As) -> None:
    exchange = make_exchange(world, storage, "depart")
    address = f"/exchanges/{exchange.reference}/report"
    for person, page in ((world.expert, "evaluate-host"), (world.coordinator, "evaluate-expert")):
        browser = as_person(person)
        browser.open(f"{address}/{page}")
        browser.send(f"{address}/{page}", {"mark1": "5"}, having="mark1")
        assert browser.status == 422 and len(browser.problems) == 4
        assert browser.answers(browser.form("mark1"))["mark1"] == ["5"]
        marks = {f"mark{n}": str(n) for n in range(1, 6)} | {"comment": "Hər şey yaxşı"}
        browser.send(f"{address}/{page}", marks, having="mark1")
        assert browser.status == 302
        browser.open(f"{address}/{page}")
        assert browser.answers(browser.form("mark1"))["mark3"] == ["3"], "what was said before stands there"
        browser.send(f"{address}/{page}", {"mark3": "4"}, having="mark1")
        browser.open(address)
        assert "Hər şey yaxşı" in browser.text
    rows = {row.on_host: row for row in session.scalars(select(Evaluation))}
    assert rows[True].marks == rows[False].marks == "12445"
    assert rows[True].comment == "Hər şey yaxşı", "a correction keeps the rest"
    as_person(world.manager).open(f"{address}/evaluate-host", 403)
    as_person(world.expert).open(f"{address}/evaluate-expert", 403)


@pytest.mark.parametrize("mark", ["0", "6", "", "five"])
def test_marks_are_from_one_to_five(world: World, storage: Storage, as_person: As, mark: str) -> None:
    exchange = make_exchange(world, storage, "depart")
    address = f"/exchanges/{exchange.reference}/report/evaluate-host"
    expert = as_person(world.expert)
    expert.open(address)
    expert.send(address, {f"mark{n}": mark for n in range(1, 6)}, having="mark1")
    assert expert.status == 422 and session.scalar(select(func.count(Evaluation.id))) == 0


@pytest.mark.parametrize(
    ("step", "possible"),
    [
        ("home_approve_plan", False),
        ("arrive", False),
        ("depart", True),
        ("report", True),
        ("accept_host", True),
        ("accept_home", True),
    ],
)
def test_evaluating_begins_with_the_end_of_the_visit(world: World, storage: Storage, step: str, possible: bool) -> None:
    exchange = make_exchange(world, storage, step)
    for on_host, person in ((True, world.expert), (False, world.coordinator)):
        if possible:
            evaluations.evaluate(exchange, on_host, [1, 2, 3, 4, 5], "", by=actor(person))
        else:
            with pytest.raises(RuleViolation, match="not_now"):
                evaluations.evaluate(exchange, on_host, [1, 2, 3, 4, 5], "", by=actor(person))
    assert session.scalars(select(Evaluation.marks)).all() == (["12345"] * 2 if possible else [])


def test_only_the_expert_evaluates_the_host_and_only_the_host_the_expert(world: World, storage: Storage) -> None:
    exchange = make_exchange(world, storage, "depart")
    evaluators = {True: [world.expert], False: [world.coordinator, world.host_manager]}
    everybody = [world.expert, world.colleague, world.manager, world.host_manager, world.coordinator, world.admin]
    for on_host, may in evaluators.items():
        for person in everybody:
            if person in may:
                evaluations.evaluate(exchange, on_host, [5] * 5, "", by=actor(person))
            else:
                with pytest.raises(Denied):
                    evaluations.evaluate(exchange, on_host, [5] * 5, "", by=actor(person))
    whats = session.scalars(select(Event.what)).all()
    assert (whats.count("evaluated_host"), whats.count("evaluated_expert")) == (1, 2)


def test_evaluating_twice_at_once_makes_one_evaluation(app: Flask, world: World, storage: Storage) -> None:
    number, by = make_exchange(world, storage, "depart").id, actor(world.expert)
    together(app, lambda: evaluations.evaluate(locked(number), True, [5] * 5, "", by=by))
    assert session.scalar(select(func.count(Evaluation.id))) == 1


def test_a_closed_exchange_says_what_is_still_missing(world: World, storage: Storage, as_person: As) -> None:
    exchange = make_exchange(world, storage, "accept_home")
    session.execute(delete(Evaluation))
    session.commit()
    expert = as_person(world.expert)
    expert.open(f"/exchanges/{exchange.reference}")
    card = expert.one("[aria-labelledby=closing]").get_text(" ", strip=True)
    assert "the expert’s evaluation of the host" in card and "the host’s evaluation of the expert" in card
    assert "0 of " in card and "English is being sealed" in card
    links = [str(link["href"]) for link in expert.page.select("[aria-labelledby=closing] a")]
    assert any(link.endswith("/evaluate-host") for link in links), "the expert's own is a link"
    assert not any(link.endswith("/evaluate-expert") for link in links)
    evaluations.evaluate(exchange, True, [5, 5, 5, 5, 5], "", by=actor(world.expert))
    session.commit()
    expert.open(f"/exchanges/{exchange.reference}")
    assert "evaluation of the host" not in expert.one("[aria-labelledby=closing]").get_text()
