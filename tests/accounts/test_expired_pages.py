"""A page that outlived its sign-in can be saved after the same person has signed in again, and by nobody else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import delete, select

from portal.accounts.models import Person, SignIn
from portal.db import session
from tests.factories import PASSWORD, World
from tests.pages import Browser

As = Callable[[Person], Browser]


def sign_in(browser: Browser, who: Person) -> None:
    browser.open("/sign-in")
    browser.send("/sign-in", {"email": who.email, "password": PASSWORD}, having="password")
    assert browser.status == 302


def open_too_long(browser: Browser, who: Person) -> None:
    """The person writes in the profile, is signed out meanwhile, and presses "Save"."""
    sign_in(browser, who)
    browser.open("/profile")
    session.execute(delete(SignIn))
    session.commit()
    answers = {"post": "Uzman", "languages-0-code": "de", "languages-0-level": "B2"}
    browser.send("/profile", answers, having="version")
    assert browser.status == 400 and "Uzman" in browser.text


def profile_of(who: Person) -> tuple[str, list[str]]:
    session.expire_all()
    return who.post, [language.code for language in who.languages]


def again(browser: Browser) -> None:
    """Sends the form of the page that says that it was open too long, as a second tab has signed in meanwhile."""
    form = browser.form("version")
    answers = browser.answers(form)
    browser.post("/profile", answers)


def test_the_same_person_saves_without_typing_again(world: World, browser: Browser) -> None:
    open_too_long(browser, world.expert)
    page = browser.page
    sign_in(browser, world.expert)
    browser.page = page
    again(browser)
    assert profile_of(world.expert) == ("Uzman", ["de"])


def test_without_signing_in_it_is_shown_again(world: World, browser: Browser) -> None:
    open_too_long(browser, world.expert)
    browser.send("/profile", having="version")
    assert browser.status == 400 and "Uzman" in browser.text
    assert profile_of(world.expert) == ("KOBİ Uzmanı", [])


def test_another_person_saves_nothing(world: World, browser: Browser) -> None:
    open_too_long(browser, world.expert)
    page = browser.page
    sign_in(browser, world.manager)
    browser.page = page
    again(browser)
    assert profile_of(world.expert) == ("KOBİ Uzmanı", []) and profile_of(world.manager) == ("", [])


def test_a_page_that_is_still_open_is_saved_at_once_after_signing_in_again(world: World, browser: Browser) -> None:
    """In another tab, before anything was pressed."""
    sign_in(browser, world.expert)
    page = browser.open("/profile")
    session.execute(delete(SignIn))
    session.commit()
    sign_in(browser, world.expert)
    browser.page = page
    browser.send("/profile", {"post": "Uzman"}, having="version")
    assert browser.status == 302 and session.scalar(select(Person.post).where(Person.id == world.expert.id)) == "Uzman"


@pytest.mark.parametrize("signs_out", [True, False])
def test_signing_out_ends_every_page(world: World, browser: Browser, signs_out: bool) -> None:
    """On a shared computer nobody goes on where somebody else has signed out."""
    sign_in(browser, world.expert)
    browser.open("/profile")
    before = browser.value("csrf_token")
    if signs_out:
        browser.post("/sign-out", {"csrf_token": before})
    sign_in(browser, world.expert)
    answer = browser.client.post("/profile/browsers/forget", data={"csrf_token": before})
    assert answer.status_code == (400 if signs_out else 302)


def test_passwords_are_never_sent_along(world: World, browser: Browser) -> None:
    sign_in(browser, world.expert)
    browser.open("/profile/address")
    session.execute(delete(SignIn))
    session.commit()
    browser.send("/profile/address", {"email": "new@kosgeb.example", "password": PASSWORD}, having="password")
    assert browser.status == 400 and PASSWORD not in str(browser.page) and "new@kosgeb.example" in str(browser.page)
