"""What a visitor sees: public pages, the list of calls with its filter, a call's page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event

from portal import calendars
from portal.db import db, session
from portal.exchanges.models import Kind
from tests.factories import World
from tests.pages import Browser, text_of

PAGES = ("/", "/how-it-works", "/help", "/personal-data", "/accessibility", "/calls", "/announcements")


@pytest.mark.parametrize("address", PAGES)
def test_public_pages_stand_in_an_empty_portal(browser: Browser, address: str) -> None:
    page = browser.open(address)
    assert len(page.select("h1")) == 1
    assert text_of(page, "title")


def many(world: World) -> None:
    now = calendars.now()
    world.call("open call 0001", title_en="Open short")
    world.call("open call 0002", title_en="Open long", kind=Kind.LONG, min_days=60, max_days=90, heading=5)
    back = {"home_id": world.kobia.id, "host_id": world.kosgeb.id, "agency_id": world.kobia.id}
    world.call("open call 0003", title_en="Open back", zone="Asia/Baku", **back)
    world.call("upcoming 00001", title_en="Upcoming one", opens=now + timedelta(days=2))
    world.call("closed 0000001", title_en="Closed one", opens=now - timedelta(days=9), deadline=now - timedelta(1))
    session.commit()


FILTERS = {
    "": {"Open short", "Open long", "Open back", "Upcoming one"},
    "?when=open": {"Open short", "Open long", "Open back"},
    "?when=upcoming": {"Upcoming one"},
    "?when=closed": {"Closed one"},
    "?kind=long": {"Open long"},
    "?direction=KOBIA-KOSGEB": {"Open back"},
    "?heading=5": {"Open long"},
    "?when=draft": {"Open short", "Open long", "Open back", "Upcoming one"},
    "?when=nonsense&kind=%00&direction=x-y&heading=99999999999999999999&page=-3": {
        "Open short",
        "Open long",
        "Open back",
        "Upcoming one",
    },
    "?page=999999999999999999999": {"Open short", "Open long", "Open back", "Upcoming one"},
}


@pytest.mark.parametrize("query", FILTERS)
def test_the_list_is_filtered_in_the_address(world: World, browser: Browser, query: str) -> None:
    many(world)
    page = browser.open(f"/calls{query}")
    assert {link.text for link in page.select(".cards h2 a")} == FILTERS[query]


def test_home_shows_open_calls_and_those_to_come(world: World, browser: Browser) -> None:
    many(world)
    page = browser.open("/")
    assert "See the 3 open calls" in browser.text
    assert len(page.select("section[aria-labelledby=open] article")) == 3
    assert text_of(page, "section[aria-labelledby=upcoming] article a") == "Upcoming one"


def test_a_call_is_shown_in_its_own_zone_with_both_hours(world: World, browser: Browser) -> None:
    call = world.call()
    session.commit()
    browser.open(f"/calls/{call.id}")
    assert "Ankara ·" in browser.text and "Bakı" in browser.text
    for words in (
        "Follow ten cases",
        "Experts of KOSGEB.",
        "5 to 15 working days",
        "Curriculum vitae",
        "Sign in to apply",
    ):
        assert words in browser.text


def test_titles_fall_back_to_the_nearest_language(world: World) -> None:
    call = world.call(title_az="")
    assert (call.title("tr"), call.title("az"), call.title("en")) == (
        "KOBİ evleri: tek gişe",
        "KOBİ evleri: tek gişe",
        "SME houses: one counter",
    )


@pytest.mark.parametrize("address", ["/calls/0", "/calls/77", f"/calls/{2**63}", f"/calls/{10**30}"])
def test_unknown_calls_are_not_found(world: World, browser: Browser, address: str) -> None:
    browser.open(address, 404)


def test_the_list_costs_the_same_for_one_and_three_calls(world: World, browser: Browser) -> None:
    counted: list[int] = []
    statements: list[str] = []

    def count(_c: object, _cur: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", count)
    try:
        for number in range(3):
            world.call(f"call number {number}")
            session.commit()
            for address in ("/calls", "/"):
                statements.clear()
                browser.open(address)
                counted.append(len(statements))
    finally:
        event.remove(db.engine, "before_cursor_execute", count)
    assert counted[0:2] == counted[4:6]
    assert max(counted) <= 12
