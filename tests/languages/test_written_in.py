"""A text carries the language in which it was written, whatever agency its writer is of: on pages and in the PDF."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup, Tag

from portal import calendars
from portal.accounts.models import Person
from portal.applications.models import SectionComment
from portal.approvals import service as approvals
from portal.approvals.models import Decision
from portal.db import session
from portal.exchanges.models import Exchange, Kind
from portal.reports import sealed_report
from portal.reports import service as reports
from portal.seed.scenarios import content
from portal.storage import Storage
from portal.visits import queries as visits
from portal.workflows.exchange_terms import Action
from tests.factories import World, actor
from tests.narrowing import found
from tests.pages import Browser
from tests.scenarios import make_exchange, old_call
from tests.visits.carrying_out import MONDAY

As = Callable[[Person], Browser]


def spoken_in(page: Tag, words: str) -> str:
    """The language that a screen reader would read these words in."""
    place = found(page.find(string=lambda text: bool(text) and words in text))
    return str(found(place.find_parent(attrs={"lang": True}))["lang"])


@pytest.fixture
def long_stay(world: World, storage: Storage) -> Exchange:
    """In Baku, planned in Turkish by its expert from Ankara, who has begun the report."""
    call = old_call(world, idempotency_key="a long call", kind=Kind.LONG, min_days=60, max_days=300, heading=5)
    start = calendars.today() - timedelta(days=140)
    start -= timedelta(days=start.weekday())
    texts = content("KOSGEB", 0, start, world.units[0], ("practice",), 100)
    exchange = make_exchange(world, storage, "arrive", call=call, start=start, case=texts)
    reports.begin(exchange, [], "tr", actor(world.expert))
    return exchange


def test_a_turkish_milestone_in_baku_is_turkish_on_the_page_and_in_the_report(
    long_stay: Exchange, world: World, as_person: As
) -> None:
    visit = found(visits.visit_now(long_stay.id))
    title = visit.milestones[0].title
    assert visit.language == "tr" and long_stay.host.language == "az"
    page = as_person(world.coordinator).open(f"/exchanges/{long_stay.reference}/visit")
    assert spoken_in(page, title) == "tr"
    for version in ("az", "en"):
        printed = BeautifulSoup(sealed_report.html(long_stay, version, None), "html.parser")
        assert spoken_in(printed, title) == "tr"
    visit.language = "az"
    session.commit()
    page = as_person(world.coordinator).open(f"/exchanges/{long_stay.reference}/visit")
    assert spoken_in(page, title) == "az"


def test_words_are_in_the_language_of_the_page_on_which_they_were_typed(
    world: World, storage: Storage, as_person: As
) -> None:
    exchange = make_exchange(world, storage, "submit")
    verdict = approvals.Verdict(Action.HOME_RETURN, exchange.version, "What is missing?", {"plan": "Say more."})
    by = replace(actor(world.manager), language="en")
    approvals.decide(exchange, verdict, by=by)
    expert = as_person(world.expert)
    address = f"/exchanges/{exchange.reference}/messages"
    world.expert.language = "az"
    expert.open(address)
    expert.send(address, {"text": "Bir sual var"})
    assert spoken_in(expert.open(address), "Bir sual var") == "az"
    assert spoken_in(expert.open(f"/exchanges/{exchange.reference}/history"), "What is missing?") == "en"
    assert {session.query(Decision).one().language, session.query(SectionComment).one().language} == {"en"}


def test_the_writer_of_a_plan_says_in_which_language_it_is(world: World, storage: Storage, as_person: As) -> None:
    exchange = make_exchange(world, storage, "confirm", start=MONDAY)
    manager, address = as_person(world.host_manager), f"/exchanges/{exchange.reference}/schedule"
    manager.open(address)
    chosen = manager.one("[name=language] option[selected]")["value"]
    assert chosen == "tr", "it begins with what the expert from Ankara wished to do"
    manager.insist(address, {"language": "en", "agenda-0-title": "Opening"}, having="version")
    page = as_person(world.expert).open(f"/exchanges/{exchange.reference}/visit")
    assert spoken_in(page, "Opening") == "en"
