"""What is said within one side stays there: every page of an exchange, read by everybody who may read it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from portal.accounts.models import Person
from portal.applications import service as applications
from portal.approvals import service as approvals
from portal.db import session
from portal.exchanges.models import Exchange
from portal.hosting import service as hosting
from portal.policy import reads_reason
from portal.reports import service as reports
from portal.storage import Storage
from portal.workflow import Step
from portal.workflows.exchange import EXCHANGE
from portal.workflows.exchange_terms import Action
from tests.factories import World, actor
from tests.pages import Browser
from tests.routes import OF_EXCHANGE
from tests.scenarios import make_exchange
from tests.test_policy import PEOPLE, STAGES

AsPerson = Callable[[Person], Browser]

# by hand: whose words these are, and who else of those that read the exchange may read them
EXPERT, HOME, HOST, UNIT = (
    {"expert", "expert who lost the role", "expert who is home manager", "expert who is host manager",
     "expert who is deputy acting on both sides", "expert who coordinates the unit"},
    {"home manager", "home deputy", "home deputy acting", "home deputy, escalated"},
    {"host manager", "host deputy", "host deputy acting", "host deputy, escalated"},
    {"unit coordinator"},
)  # fmt: skip
CONFIDENTIAL = {
    Action.HOME_RETURN: EXPERT | HOME,
    Action.HOME_RETURN_REPORT: EXPERT | HOME,
    Action.UNIT_DECLINE: HOST | UNIT,
}


@pytest.mark.parametrize("step", EXCHANGE.steps, ids=lambda step: str(step.action))
def test_who_reads_the_reason_of_a_step(step: Step) -> None:
    expected = CONFIDENTIAL.get(Action(step.action), EXPERT | HOME | HOST | UNIT)
    assert {name for name, who in PEOPLE.items() if reads_reason(step.action, who, STAGES["placed"])} == expected


def test_nobody_reads_the_reasons_of_an_exchange_that_they_may_not_read() -> None:
    seen = {name for name, who in PEOPLE.items() if any(reads_reason(a, who, STAGES["submitted"]) for a in Action)}
    assert seen == EXPERT | HOME


def pages(exchange: Exchange) -> list[str]:
    """The parts of an exchange, as paths beneath it: its tabs, what it hands out, and the pages of its steps."""
    return [line.removeprefix("GET ") for line in OF_EXCHANGE if line.startswith("GET ") and "<" not in line]


def readers(exchange: Exchange, people: Iterable[Person], as_person: AsPerson, words: str) -> set[str]:
    """The names of those who find the words on some page of the exchange, in its files or in their inbox."""
    addresses = ["/inbox", *(f"/exchanges/{exchange.reference}{part}" for part in pages(exchange))]
    found = {}
    for who in people:
        browser = as_person(who)
        found[who.name] = [address for address in addresses if words.encode() in browser.ask("GET", address).data]
    return {name for name, where in found.items() if where}


def everybody(world: World) -> list[Person]:
    return [world.expert, world.manager, world.deputy, world.host_manager, world.host_deputy, world.coordinator]


def test_what_the_home_agency_asks_of_its_expert_is_not_shown_to_the_host_side(
    world: World, storage: Storage, as_person: AsPerson
) -> None:
    """Nor is what a unit tells its own agency shown to the expert's side."""
    exchange = make_exchange(world, storage, "submit")
    comments = {"plan": "Between home and expert: the plan"}
    verdict = approvals.Verdict(Action.HOME_RETURN, exchange.version, "Between home and expert", comments)
    approvals.decide(exchange, verdict, by=actor(world.manager))
    applications.submit(exchange, version=exchange.version, by=actor(world.expert))
    for action, by in ((Action.HOME_ENDORSE, world.manager), (Action.HOST_ACCEPT, world.host_manager)):
        approvals.decide(exchange, approvals.Verdict(action, exchange.version), by=actor(by))
    propose(exchange, world)
    hosting.decline(exchange, "Between unit and agency", version=exchange.version, by=actor(world.coordinator))
    propose(exchange, world)
    session.commit()
    people = everybody(world)
    home, host = {p.name for p in people[:3]}, {p.name for p in people[3:]}
    assert readers(exchange, people, as_person, "Between home and expert") == home
    assert readers(exchange, people, as_person, "Between unit and agency") == host


def propose(exchange: Exchange, world: World) -> None:
    hosting.place(exchange, world.units[0].id, {}, version=exchange.version, by=actor(world.host_manager))


def test_why_the_home_agency_sends_the_report_back_is_not_shown_to_the_host_side(
    world: World, storage: Storage, as_person: AsPerson
) -> None:
    exchange = make_exchange(world, storage, "report")
    host, home = (Action.HOST_RETURN_REPORT, world.host_manager), (Action.HOME_RETURN_REPORT, world.manager)
    people = everybody(world)
    reports.send_back(exchange, host[0], exchange.version, "Between the two sides", by=actor(host[1]))
    session.commit()
    assert readers(exchange, people, as_person, "Between the two sides") == {p.name for p in people}
    reports.hand_in(exchange, exchange.version, by=actor(world.expert))
    reports.accept(exchange, Action.HOST_ACCEPT_REPORT, exchange.version, by=actor(world.host_manager))
    reports.send_back(exchange, home[0], exchange.version, "Between home and expert", by=actor(home[1]))
    session.commit()
    assert readers(exchange, people, as_person, "Between home and expert") == {p.name for p in people[:3]}
