"""Every form, filled in with invalid values: the response is never a 500, and nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from bs4 import Tag
from flask import Flask

from portal.accounts.models import Person
from portal.storage import Storage
from portal.web import forms
from tests.factories import World
from tests.pages import Browser
from tests.scenarios import make_exchange
from tests.test_routes import addresses

INT_MAX = 2_147_483_647
HUGE = "99999999999999999999"
# each round fills in everything: texts, numbers, days, choices
ROUNDS = (
    {"text": "\x00\u202e\u200b\ud800", "number": HUGE, "date": "0001-01-01", "select": HUGE},
    {"text": "ə" * 20_000, "number": "-1", "date": "9999-12-31", "select": "\x00\ud800"},
    {"text": "<script>{{ 7*7 }}%s%(name)s", "number": "١x", "date": "2027-02-30", "select": "<script>"},
)
# the same with all else as it stands: what is computed with a day must not run over the calendar's end
DAYS = ({"date": "0001-01-01"}, {"date": "9999-12-31"})
KEPT = {"csrf_token", "version", "idempotency_key"}
ANSWERS = (302, 400, 403, 404, 409, 413, 422, 429)


def kinds(form: Tag) -> dict[str, str]:
    """What each answer of a form is: a key of ROUNDS."""
    found = {}
    for part in form.select("input[name], textarea[name], select[name]"):
        kind = "text" if part.name == "textarea" else "select" if part.name == "select" else str(part.get("type", ""))
        if part["name"] not in KEPT and kind not in ("file", "hidden"):
            found[str(part["name"])] = {"radio": "select", "checkbox": "select", "number": "number"}.get(
                kind, "number" if part.get("inputmode") == "numeric" else "date" if kind == "date" else kind
            )
    return found


def oddly(form: Tag, answers: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The form filled in with each round of invalid values; nothing for a form that has only a button."""
    asked = kinds(form)
    for odd in ROUNDS:
        if asked:
            yield answers | {name: odd.get(kind, odd["text"]) for name, kind in asked.items()}
    for odd in DAYS:
        if "date" in asked.values():
            yield answers | {name: odd[kind] for name, kind in asked.items() if kind in odd}


@pytest.fixture
def told(world: World, storage: Storage) -> Callable[[str], tuple[Any, list[Person]]]:
    """An exchange up to a step, and the people who then have something to fill in."""
    return lambda last: (
        make_exchange(world, storage, last),
        [world.expert, world.manager, world.host_manager, world.coordinator],
    )


@pytest.mark.parametrize("last", ["apply", "submit", "endorse", "accept", "confirm", "attend", "report"])
def test_every_form_of_an_exchange_answers_in_words(
    app: Flask, told: Callable[[str], Any], as_person: Callable[[Person], Browser], last: str
) -> None:
    exchange, people = told(last)
    pages = [address for rule, address in addresses(app, "GET", exchange) if "reference" in rule.arguments]
    assert sum(send_oddly(as_person(who), pages) for who in people) > 5


@pytest.mark.parametrize("who", ["manager", "coordinator", "admin", "expert"])
def test_every_other_form_answers_in_words(
    app: Flask, world: World, told: Callable[[str], Any], as_person: Callable[[Person], Browser], who: str
) -> None:
    exchange, _people = told("submit")
    pages = [address for rule, address in addresses(app, "GET", exchange) if "reference" not in rule.arguments]
    assert send_oddly(as_person(getattr(world, who)), pages) > 5


@pytest.mark.parametrize("last", ["endorse", "confirm"])
def test_forms_that_nobody_was_shown_are_answered_in_words(
    app: Flask, told: Callable[[str], Any], as_person: Callable[[Person], Browser], last: str
) -> None:
    """Sent by hand, or from a page of another day: the step may be over, or its time not come."""
    exchange, people = told(last)
    pages = [address for rule, address in addresses(app, "POST", exchange) if "reference" in rule.arguments]
    for who in people:
        browser = as_person(who)
        browser.open("/profile")
        given = {"csrf_token": browser.value("csrf_token"), "version": "1"}
        answers = {page: browser.post(page, given).status_code for page in pages}
        assert {page: status for page, status in answers.items() if status not in ANSWERS} == {}


def send_oddly(browser: Browser, pages: list[str]) -> int:
    """Sends each form of these pages with invalid values; returns how many were sent."""
    sent = 0
    for page in pages:
        answer = browser.ask("GET", page)
        if answer.status_code != 200 or answer.mimetype != "text/html":
            continue
        for form in browser.open(page).select("main form[method=post]"):
            for given in oddly(form, browser.answers(form)):
                status = browser.post(str(form.get("action") or page), given).status_code
                assert status in ANSWERS, (page, status, {name: str(value)[:20] for name, value in given.items()})
                sent += 1
    return sent


class Sample(forms.VersionedForm):
    line = forms.one_line("Line")
    text = forms.several_lines("Text")


def filled(app: Flask, **answers: str) -> Sample:
    with app.test_request_context(method="POST", data={"version": "1", "line": "a", "text": "b"} | answers):
        form = Sample(meta={"csrf": False})
        form.validate()
        return form


def test_text_is_cleaned_before_anybody_sees_it(app: Flask) -> None:
    form = filled(app, line=" one\r\ntwo\t\x00\u202e ", text=" one\r\ntwo\x00 ")
    assert (form.line.data, form.text.data, form.errors) == ("one two", "one\ntwo", {})


@pytest.mark.parametrize("blank", ["", "   ", "\x00", "\u200b\u2060", "\n"])
def test_what_shows_nothing_is_no_answer(app: Flask, blank: str) -> None:
    assert set(filled(app, line=blank, text=blank).errors) == {"line", "text"}


@pytest.mark.parametrize("version", ["", "0", "-1", "x", str(INT_MAX + 1), "9" * 40, "1.0", "١"])
def test_only_a_version_that_can_be_is_read(app: Flask, version: str) -> None:
    form = filled(app, version=version)
    assert form.errors.keys() <= {"version"} and (version == "١" or form.errors)


def test_a_limit_counts_characters_as_people_do(app: Flask) -> None:
    assert filled(app, line="ə" * 200, text="İ" * 4_000).errors == {}
    assert set(filled(app, line="ə" * 201, text="İ" * 4_001).errors) == {"line", "text"}


def test_a_text_of_two_lines_is_as_long_as_it_looks(app: Flask) -> None:
    """Browsers send two characters for each end of a line."""
    text = "\r\n".join(["x" * 39] * 100)
    assert filled(app, text=text).errors == {}
