"""Which language a page and a mail speak, and changing it without losing what is being typed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select

from config import Config
from portal.accounts.models import Person
from portal.db import session
from portal.messages.delivery import compose
from portal.messages.models import Message
from portal.messages.service import Notification, Receiver, notify
from portal.names import LANGUAGES
from portal.storage import Storage
from tests.factories import World
from tests.pages import Browser, attribute
from tests.scenarios import make_exchange

As = Callable[[Person], Browser]


def language(browser: Browser) -> str:
    page = browser.page.select_one("html")
    assert page is not None
    return str(page["lang"])


@pytest.mark.parametrize(
    ("asked", "spoken"), [("az", "az"), ("tr-TR,tr;q=0.9,en;q=0.5", "tr"), ("de", "en"), ("", "en"), ("\x00;q=x", "en")]
)
def test_a_visitor_gets_the_browsers_language(browser: Browser, asked: str, spoken: str) -> None:
    answer = browser.ask("GET", "/", headers={"Accept-Language": asked} if asked else {})
    assert f'<html lang="{spoken}"' in answer.text


def switch(browser: Browser, code: str) -> None:
    """Presses a button in the page's head."""
    form = browser.page.select_one("form.languages")
    assert form is not None
    browser._took(browser.post("/language", browser.answers(form) | {"to_language": code}))


def test_a_visitors_choice_is_kept(browser: Browser) -> None:
    browser.open("/calls?kind=short")
    switch(browser, "az")
    assert (browser.status, browser.location) == (302, "/calls?kind=short")
    browser.open("/")
    assert language(browser) == "az"
    browser.open("/sign-in")
    assert "Giriş" in browser.text


def test_a_persons_choice_is_kept_and_speaks_in_their_mail(world: World, as_person: As) -> None:
    browser = as_person(world.expert)
    browser.open("/desk")
    switch(browser, "tr")
    elsewhere = as_person(world.expert)
    elsewhere.open("/desk")
    assert language(elsewhere) == "tr"
    session.expire_all()
    assert world.expert.mail_language == "tr"


def test_whoever_has_not_chosen_gets_mail_in_the_agencys_language(world: World) -> None:
    world.expert.language = world.colleague.language = ""
    session.commit()
    people = (world.expert.id, world.colleague.id)
    languages = select(Person.mail_language).where(Person.id.in_(people)).order_by(Person.id)
    assert (
        session.scalars(languages).all() == ["tr", "az"] == [world.expert.mail_language, world.colleague.mail_language]
    )


def test_an_unknown_language_changes_nothing(world: World, as_person: As) -> None:
    browser = as_person(world.expert)
    browser.open("/desk")
    switch(browser, "xx")
    browser.open("/desk")
    assert language(browser) == "en"


def test_a_change_of_language_keeps_what_is_typed(world: World, as_person: As) -> None:
    browser = as_person(world.expert)
    page = browser.open("/profile")
    version = attribute(page, "[name=version]", "value")
    browser.send("/profile", {"post": "KOBİ Uzmanı", "years": "not a number", "to_language": "az"}, having="cv")
    assert language(browser) == "az" and browser.problems == []
    assert browser.value("post") == "KOBİ Uzmanı"
    assert browser.value("years") == "not a number"
    assert browser.value("version") == version
    browser.send("/profile", {"years": "14"}, having="cv")
    assert browser.status == 302, "a change of language makes no page stale"


def test_what_was_typed_into_a_form_that_came_too_late_goes_along(
    world: World, as_person: As, storage: Storage
) -> None:
    exchange = make_exchange(world, storage, "submit")
    first, second = as_person(world.manager), as_person(world.manager)
    address = f"/exchanges/{exchange.reference}/return-home"
    first.open(f"/exchanges/{exchange.reference}/endorse")
    second.open(address)
    first.send(f"/exchanges/{exchange.reference}/endorse", having="version")
    second.send(address, {"reason": "Tarih ekleyin."}, having="reason")
    assert second.status == 409 and "Tarih ekleyin." in second.text
    second.send(address, {"to_language": "az"}, having="reason")
    assert language(second) == "az" and "Tarih ekleyin." in second.text


def test_errors_are_shown_in_the_new_language(world: World, as_person: As) -> None:
    browser = as_person(world.expert)
    browser.open("/profile")
    browser.send("/profile", {"years": "not a number"}, having="cv")
    assert len(browser.problems) == 1
    browser.send("/profile", {"to_language": "az"}, having="cv")
    assert language(browser) == "az" and len(browser.problems) == 1


def test_a_warning_that_somebody_else_saved_is_not_lost_with_the_language(world: World, as_person: As) -> None:
    first, second = as_person(world.admin), as_person(world.admin)
    address = f"/units/{world.units[0].id}/edit"
    for browser in (first, second):
        browser.open(address)
    first.send(address, {"offers": "Masa"}, having="name_own")
    second.send(address, {"offers": "İş masası"}, having="name_own")
    assert second.status == 409
    second.send(address, {"to_language": "az"}, having="name_own")
    second.send(address, having="name_own")
    assert second.status == 409, "what differs is told once more before anything is written over"
    second.send(address, having="name_own")
    assert second.status == 302
    session.expire_all()
    assert world.units[0].offers == "İş masası"


def test_signing_in_keeps_the_language(world: World, browser: Browser) -> None:
    world.expert.language = ""
    session.commit()
    browser.open("/sign-in")
    switch(browser, "az")
    browser.open("/sign-in")
    browser.sign_in(world.expert)
    browser.open("/desk")
    assert language(browser) == "az"


def test_a_change_of_language_takes_no_step(world: World, as_person: As, storage: Storage) -> None:
    exchange = make_exchange(world, storage, "submit")
    browser = as_person(world.manager)
    address = f"/exchanges/{exchange.reference}/endorse"
    browser.open(address)
    browser.send(address, {"to_language": "tr"}, having="version")
    session.expire_all()
    assert language(browser) == "tr" and exchange.status.value == "submitted"


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_mail_speaks_its_receivers_language(world: World, config: Config, code: str) -> None:
    facts = {"name": "Işıl Çağrı Yıldırım", "reference": "KX-2026-0042", "due": "2027-01-12"}
    notify([Receiver(None, "x@kosgeb.example", code)], Notification("turn.submitted", facts, "/desk"), code)
    session.commit()
    mail = compose(session.scalars(select(Message)).one(), replace(config))
    months = {"en": "January", "tr": "Ocak", "az": "yanvar"}
    assert "Işıl Çağrı Yıldırım" in mail["Subject"] and months[code] in mail["Subject"]
    page = mail.get_body(("html",))
    assert page is not None and f'<html lang="{code}"' in page.get_content()
