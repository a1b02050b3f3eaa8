"""Requests that no browser sends are answered in words or as if the odd part were not there, never with a 500."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from werkzeug.datastructures import MultiDict

from config import MEGABYTE
from portal.accounts.models import Person
from portal.web.bounds import LARGEST, answers, whole
from tests.factories import World
from tests.pages import Browser, attribute

A_FILE = (io.BytesIO(b"x"), "a.txt")
PARTS = 2_000  # fields of a form


def token(browser: Browser) -> str:
    page = BeautifulSoup(browser.ask("GET", "/verify").text, "html.parser")
    return attribute(page, "[name=csrf_token]", "value")


@pytest.mark.parametrize("field", ["email", "password"])
def test_a_file_where_a_text_is_asked_for_is_no_answer(world: World, browser: Browser, field: str) -> None:
    given = {"csrf_token": token(browser), "email": "a@kosgeb.example", "password": "x"}
    given[field] = (io.BytesIO(b"x"), "a.txt")  # type: ignore[assignment]  # a file for a text
    assert browser.post("/sign-in", given).status_code == 422


def test_a_text_where_a_file_is_asked_for_is_no_file(world: World, browser: Browser) -> None:
    answer = browser.post("/verify/file", {"csrf_token": token(browser), "file": "x"})
    assert answer.status_code == 422 and "Choose the PDF" in answer.text


@pytest.mark.parametrize("body", ["[1]", "null", '{"email": {"a": 1}, "password": [1]}', '"x"', "{"])
def test_json_is_no_form(world: World, browser: Browser, body: str) -> None:
    headers = {"X-CSRFToken": token(browser)}
    answer = browser.ask("POST", "/sign-in", data=body, content_type="application/json", headers=headers)
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "odd",
    [
        {"years": "9" * 310}, {"years": "-" + "9" * 310}, {"years": "9" * 5_000}, {"version": "9" * 310},
        {"before": "9" * 310, "to_language": "tr", "judged": "1"}, {"before": "9" * 5_000, "to_language": "tr"},
        {"languages-²-code": "tr"}, {f"languages-{'9' * 5_000}-code": "tr"}, {"languages--1-code": "tr"},
        {"languages": "x"}, {"cv": "x"}, {"languages-0-code": A_FILE}, {"name": A_FILE}, {"other_topics": A_FILE},
        {"\x00": "x"}, {"x" * 5_000: "x"},
    ],
    ids=lambda odd: next(iter(odd))[:30],
)  # fmt: skip
def test_odd_numbers_and_names_of_fields(
    world: World, as_person: Callable[[Person], Browser], odd: dict[str, Any]
) -> None:
    browser = as_person(world.expert)
    browser.open("/profile")
    answer = browser.post("/profile", browser.answers(browser.form("version")) | odd)
    assert answer.status_code in (302, 422)


@pytest.mark.parametrize("host", ["localhost:99999", "localhost:x", "localhost:-1", "", "[::1", "evil.example", "a b"])
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("path", ["/", "/verify", "/nothing", "/exchanges/%00"])
def test_a_host_that_cannot_be_gets_400(world: World, browser: Browser, host: str, method: str, path: str) -> None:
    answer = browser.ask(method, path, environ_overrides={"HTTP_HOST": host})
    assert answer.status_code == 400 and answer.mimetype == "text/plain"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["/%00", "/verify%00", "/verify/%00", "/exchanges/%00/messages", "/calls/%00"])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
def test_an_address_with_nul_is_not_found(world: World, browser: Browser, method: str, path: str) -> None:
    assert browser.ask(method, path).status_code == 404


@pytest.mark.parametrize("address", ["http://[", "//[", "http://localhost:99999/x", "\x00", "/%00"])
def test_an_odd_address_to_go_on_to_leads_to_the_desk(world: World, browser: Browser, address: str) -> None:
    given = {"csrf_token": token(browser), "to_language": "tr", "next": address}
    assert browser.post("/language", given).location in ("/", "/desk")


@pytest.mark.parametrize(("fields", "status"), [(PARTS - 1, 422), (PARTS, 422), (PARTS + 1, 413)])
def test_a_form_has_2000_fields_at_most(world: World, browser: Browser, fields: int, status: int) -> None:
    body = "&".join([f"csrf_token={token(browser)}", *(f"a{number}=1" for number in range(fields - 1))])
    kind = "application/x-www-form-urlencoded"
    assert browser.ask("POST", "/verify", data=body, content_type=kind).status_code == status


@pytest.mark.parametrize(("size", "status"), [(0, 422), (1, 413)])
def test_a_form_without_files_has_two_megabytes_at_most_also_where_its_length_is_not_told(
    world: World, browser: Browser, size: int, status: int
) -> None:
    start = f"csrf_token={token(browser)}&code="
    body = start + "x" * (2 * MEGABYTE - len(start) + size)
    for more in ({"data": body}, {"input_stream": io.BytesIO(body.encode())}):
        open_ended: dict[str, Any] = {"wsgi.input_terminated": True} if "input_stream" in more else {}
        kind = "application/x-www-form-urlencoded"
        answer = browser.ask("POST", "/verify", content_type=kind, environ_overrides=open_ended, **more)
        assert answer.status_code == status


def test_forms_read_only_names_that_fields_can_have() -> None:
    good = ["name", "unit_1", "languages-0-code", "rows-12", "a-1-b-999-c", "x" * 61]
    odd = ["", "-", "a-", "a--1-b", "a-²-b", "a-1000-b", "1", "ə", "x" * 62, "a.b", "a-1-b-1-c-1-d"]
    assert [*answers(MultiDict((name, "1") for name in good + odd), {}, ())] == good


@pytest.mark.parametrize("number", [0, -5, LARGEST, -LARGEST, None])
def test_whole_numbers_that_can_be_meant_stay(number: int | None) -> None:
    assert whole(number) == number


@pytest.mark.parametrize("number", [LARGEST + 1, 10**400])
def test_larger_ones_stay_too_large(number: int) -> None:
    assert whole(number) == LARGEST and whole(-number) == -LARGEST


def test_the_site_has_the_bounds_that_are_tested(application: Flask) -> None:
    assert (application.config["MAX_FORM_PARTS"], application.config["MAX_FORM_MEMORY_SIZE"]) == (PARTS, 2 * MEGABYTE)
