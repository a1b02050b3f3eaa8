"""The desk leads straight to what is to do, says what it is about; the search in the head opens what it finds."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from portal import calendars
from portal.accounts.models import Person
from portal.policy import Role
from portal.storage import Storage
from tests.factories import World, person
from tests.pages import Browser
from tests.scenarios import make_exchange, old_call

AsPerson = Callable[[Person], Browser]


@pytest.mark.parametrize(
    ("last", "who", "page"),
    [
        ("apply", "expert", "application"),
        ("submit", "manager", "endorse"),
        ("endorse", "host_manager", "accept"),
        ("accept", "host_manager", "place"),
        ("place", "coordinator", "confirm"),
        ("confirm", "host_manager", "schedule"),
        ("schedule", "expert", "agree-expert"),
        ("schedule", "manager", "agree-home"),
        ("home_approve_plan", "coordinator", "arrive"),
        ("arrive", "coordinator", "attendance"),
        ("depart", "expert", "report"),
        ("report", "host_manager", "report/accept-host"),
        ("accept_host", "manager", "report/accept-home"),
    ],
)
def test_a_row_of_the_desk_leads_to_the_page_of_the_step(
    world: World, storage: Storage, as_person: AsPerson, last: str, who: str, page: str
) -> None:
    """A whole sentence with the name of whom it is about; of which call, kind and days; the reference leads to it."""
    soon = calendars.today() if page == "arrive" else None  # until its eve an arrival waits for nobody
    exchange = make_exchange(world, storage, last, start=soon)
    browser = as_person(getattr(world, who))
    browser.open("/desk")
    row = browser.one(".turns li")
    action, reference = row.select("a")[:2]
    base = f"/exchanges/{exchange.reference}"
    assert (action["href"], reference["href"]) == (f"{base}/{page}", base)
    assert reference.get_text(strip=True) == exchange.reference
    assert (exchange.person_name in action.get_text()) == (who != "expert")
    said = " ".join(row.get_text(" ", strip=True).split())
    assert "SME houses: one counter" in said and "Short" in said and exchange.reference in said
    assert ("wished:" in said) is (exchange.start is None)
    browser.open(f"{base}/{page}")


def test_a_page_of_a_decision_offers_the_others(world: World, storage: Storage, as_person: AsPerson) -> None:
    call = old_call(world)
    exchange = make_exchange(world, storage, "submit", call=call)
    base = f"/exchanges/{exchange.reference}"
    page = as_person(world.manager).open(f"{base}/endorse")
    offered = [link["href"] for link in page.select("form .actions a")]
    assert offered == [f"{base}/return-home", f"{base}/reject-home", base]
    reported = make_exchange(world, storage, "report", number=1, call=call, expert=another(world))
    base = f"/exchanges/{reported.reference}"
    page = as_person(world.host_manager).open(f"{base}/report/accept-host")
    assert f"{base}/report/send-back-host" in [link["href"] for link in page.select("form .actions a")]


def another(world: World) -> Person:
    return person("another@kosgeb.example", "Işıl Kaya", world.kosgeb, Role.EXPERT, document_name="ISIL KAYA")


def found(browser: Browser, words: str) -> str:
    """Where the search of the page's head leads."""
    browser.open(f"/find?q={words}", 302)
    return browser.location


def test_the_head_of_every_page_finds_an_exchange_in_one_press(
    world: World, storage: Storage, as_person: AsPerson
) -> None:
    call = old_call(world)
    one = make_exchange(world, storage, "endorse", call=call)
    two = make_exchange(world, storage, "submit", call=call, expert=another(world), number=1)
    manager, host = as_person(world.manager), as_person(world.host_manager)
    form = manager.open("/calls").select_one("header form.find")
    assert form is not None and (form["action"], form["method"]) == ("/find", "get")
    assert form.select_one("label[for=find]") is not None
    assert found(manager, "yildirim") == found(manager, one.reference) == f"/exchanges/{one.reference}"
    assert found(manager, "isil+kaya") == f"/exchanges/{two.reference}"
    assert found(manager, "isil") == "/exchanges?q=isil", "there are two"
    assert found(manager, "nobody") == "/exchanges?q=nobody"
    assert found(manager, "") == "/exchanges?q="
    assert found(host, "isil") == f"/exchanges/{one.reference}", "the other one has not been released to them"
    assert found(host, two.reference) == f"/exchanges?q={two.reference}"
    assert found(as_person(world.admin), "tuğba").startswith("/admin/people?q=tu")
    assert as_person(world.admin).open("/admin/people").select("header form.find")
