"""Proposing dates and plan: what speaks against it is said with the press."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from portal.accounts.models import Person
from portal.calendars import except_day
from portal.db import session
from portal.storage import Storage
from portal.visits import queries
from tests.factories import World
from tests.pages import Browser
from tests.scenarios import make_exchange
from tests.visits.carrying_out import MONDAY, visit_of

As = Callable[[Person], Browser]
FRIDAY = MONDAY + timedelta(days=4)


def fields() -> dict[str, str]:
    """A week with one item on its first day; the wished activities that stood on the next days are cleared."""
    dates = {"start": MONDAY.isoformat(), "end": FRIDAY.isoformat(), "travel_out": "", "travel_back": ""}
    item = {"day": MONDAY.isoformat(), "begins": "09:00", "ends": "12:00", "title": "Opening", "place": "Hall"}
    cleared = {f"agenda-{n}-{name}": "" for n in range(1, 5) for name in ("begins", "ends", "title", "place")}
    return dates | {f"agenda-0-{name}": value for name, value in item.items()} | cleared


def test_what_speaks_against_a_plan_is_confirmed_with_the_press(world: World, storage: Storage, as_person: As) -> None:
    """The first press shows it and proposes nothing; a day taken away meanwhile is another warning, shown again."""
    exchange = make_exchange(world, storage, "confirm", start=MONDAY)
    browser, address = as_person(world.host_manager), f"/exchanges/{exchange.reference}/schedule"
    browser.open(address)
    browser.send(address, fields(), having="version")
    assert browser.status == 422 and not browser.problems
    assert browser.warnings == ["Nothing is planned on 4 working days, first on 6 April 2027."]
    assert "Propose nevertheless" in [b.text.strip() for b in browser.page.select("button[type=submit].button")]
    assert browser.value("agenda-0-title") == "Opening", "nothing typed is lost"
    session.rollback()
    assert queries.visit_of(exchange.id) is None
    except_day("AZ", FRIDAY, True, "Decree")
    browser.send(address, having="version")
    assert browser.status == 422 and "on 3 working days" in browser.warnings[0]
    browser.send(address, having="version")
    assert browser.status == 302 and visit_of(exchange).start == MONDAY


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Propose nevertheless"), ("tr", "Yine de teklif et"), ("az", "Yenə də təklif edin")]
)
def test_the_button_says_that_it_goes_on_nevertheless(
    world: World, storage: Storage, as_person: As, language: str, words: str
) -> None:
    world.host_manager.language = language
    exchange = make_exchange(world, storage, "confirm", start=MONDAY)
    browser, address = as_person(world.host_manager), f"/exchanges/{exchange.reference}/schedule"
    browser.open(address)
    browser.send(address, fields(), having="version")
    assert browser.status == 422 and browser.text.count(words) == 2


@pytest.mark.parametrize(("first", "words"), [(date(2027, 3, 8), "only 2 working days"), (date(2027, 3, 22), "only 0")])
def test_a_week_of_holidays_is_warned_of_and_can_be_agreed(
    world: World, storage: Storage, as_person: As, first: date, words: str
) -> None:
    """Two working days are left of 8 to 12 March 2027 in Baku, none of the week of Novruz; the call asks for three."""
    exchange = make_exchange(world, storage, "confirm", start=MONDAY)
    browser, address = as_person(world.host_manager), f"/exchanges/{exchange.reference}/schedule"
    week = {
        "start": first.isoformat(),
        "end": (first + timedelta(days=4)).isoformat(),
        "agenda-0-day": first.isoformat(),
    }
    browser.open(address)
    browser.send(address, fields() | week, having="version")
    assert browser.status == 422 and not browser.problems
    told = [warning for warning in browser.warnings if "Because of closed days" in warning]
    assert len(told) == 1 and words in told[0] and "asks for 3 to 15 working days" in told[0]
    browser.send(address, having="version")
    assert browser.status == 302 and visit_of(exchange).start == first
