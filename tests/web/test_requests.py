"""What holds for every request: headers, hosts, odd text, one commit."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from portal.accounts.models import Person
from portal.web.requests import HEADERS, security_headers
from tests.factories import World
from tests.pages import Browser, attribute

As = Callable[[Person], Browser]


def test_pages_have_security_headers(browser: Browser) -> None:
    headers = browser.ask("GET", "/").headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe-inline" not in policy and "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"


def test_a_request_keeps_the_number_that_it_came_with(browser: Browser) -> None:
    answer = browser.ask("GET", "/", headers={"X-Request-ID": "abc-123-def"})
    assert answer.headers["X-Request-ID"] == "abc-123-def"
    odd = browser.ask("GET", "/", headers={"X-Request-ID": "<script>"}).headers["X-Request-ID"]
    assert odd and "<" not in odd


def test_an_unknown_host_is_not_answered(browser: Browser) -> None:
    assert browser.ask("GET", "/", base_url="http://evil.example").status_code == 400


def test_a_missing_page_says_so_in_words(browser: Browser) -> None:
    assert "no such page" in browser.open("/nothing-here", 404).get_text()


ODD = ("\x00", "\ud800", "x" * 20_000, "' OR 1=1 --", "%_", "\u202egnp", "99999999999999999999")


@pytest.mark.parametrize("typed", ODD)
def test_invalid_text_in_a_search_is_answered_with_200(world: World, as_person: As, typed: str) -> None:
    manager, admin = as_person(world.manager), as_person(world.admin)
    for browser, address in ((manager, "/exchanges"), (admin, "/admin/people"), (manager, "/units")):
        asked = {"q": typed.encode("utf-8", "surrogatepass")}
        assert browser.ask("GET", address, query_string=asked).status_code == 200


def test_odd_text_in_a_form_is_cleaned_once(world: World, as_person: As) -> None:
    browser = as_person(world.expert)
    browser.open("/profile")
    browser.send("/profile", {"post": "  Uz\x00man\u202e  "}, having="cv")
    assert browser.status == 302, browser.problems
    assert attribute(browser.open("/profile"), "[name=post]", "value") == "Uzman"


def test_too_long_an_answer_is_reported_and_kept(world: World, as_person: As) -> None:
    browser = as_person(world.expert)
    browser.open("/profile")
    browser.send("/profile", {"other_topics": "x" * 20_000}, having="cv")
    assert browser.status == 422 and browser.problems
    assert len(browser.text_of("[name=other_topics]")) == 20_000


@pytest.mark.parametrize("path", ["portal.css", "portal.js", "mark.svg", "fonts/Inter-Regular.woff2"])
def test_static_files_carry_the_security_headers_of_pages(client: FlaskClient, path: str) -> None:
    sent = client.get(f"/static/{path}", buffered=True)
    assert sent.status_code == 200 and "max-age=31536000" in sent.headers["Cache-Control"]
    assert {name: sent.headers.get(name) for name in HEADERS} == HEADERS
    assert "Access-Control-Allow-Origin" not in sent.headers


def test_over_https_every_answer_says_so() -> None:
    assert security_headers(secure=True).keys() - security_headers(secure=False).keys() == {"Strict-Transport-Security"}
