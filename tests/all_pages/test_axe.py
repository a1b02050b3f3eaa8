"""axe finds nothing on any kind of page, for any role, in any language; nothing scrolls sideways on a narrow screen or
with large text, nothing there is cut off or too small for a finger. Light and dark, phone and wide screen take turns
over the pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextvars import Context

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, Route

from tests.all_pages.crawl import Seen
from tests.browser.screenshots import cramped, found, told, too_wide

pytestmark = pytest.mark.browser
NUMBERS = re.compile(r"\d+|KX-[\d-]+|\?[^ ]*")
TAG = re.compile(r"<[a-z][^>]*>")
VALUE = re.compile(r'(?<!class)(?<!type)(?<!role)="[^"]*"')
SIZES = ((390, 844), (1280, 900))
# The page's own words and look, in a document that has the style sheet and axe already: loading both anew for each
# page would take three times as long.
SHOW = """html => { const next = new DOMParser().parseFromString(html, 'text/html');
    document.title = next.title; document.documentElement.lang = next.documentElement.lang;
    document.documentElement.removeAttribute('style');
    document.body.replaceWith(document.adoptNode(next.body)); scrollTo(0, 0) }"""


def make(html: str) -> frozenset[str]:
    """What a page is built of: its tags with their classes, without its words."""
    return frozenset(VALUE.sub("", tag) for tag in TAG.findall(html))


def telling(pages: list[Seen]) -> Iterator[Seen]:
    """One page of each kind for each role and language, and whatever is built otherwise."""
    known: set[object] = set()
    for seen in pages:
        kind = NUMBERS.sub("", seen.address)
        new = {(kind, re.split("[@.]", seen.who)[0], seen.language), (make(seen.html), seen.language)} - known
        if new:
            known |= new
            yield seen


@pytest.fixture(scope="module")
def shown(chromium: Browser, demonstration: Flask) -> Iterator[Page]:
    """A page with the portal's style sheet, in which others can be shown."""

    def answer(route: Route) -> None:
        given = Context().run(demonstration.test_client().get, route.request.url, buffered=True)
        route.fulfill(body=given.data, content_type=given.content_type)

    page = chromium.new_page()
    page.route("**/*", answer)
    page.goto("http://localhost/")
    yield page
    page.close()


def test_axe_finds_nothing_and_nothing_scrolls_sideways(shown: Page, every_page: list[Seen]) -> None:
    findings = []
    for number, seen in enumerate(telling(every_page)):
        findings += [f"{seen.who} {seen.language} {seen.address} {finding}" for finding in look(shown, seen, number)]
    assert number > 600, "too few pages to tell anything"
    told(findings)


def look(page: Page, seen: Seen, number: int) -> list[str]:
    width, height = SIZES[number % 2]
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme="dark" if number // 2 % 2 else "light")
    page.evaluate(SHOW, seen.html)
    findings = [f"at {width} {finding}" for finding in found(page)]
    page.set_viewport_size({"width": 320, "height": 800})
    findings += [f"at 320 {finding}" for finding in too_wide(page) + cramped(page)]
    # as large as letters get when one zooms in, where the window is twice as wide
    page.set_viewport_size({"width": 640, "height": 800})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    return findings + [f"with large text {finding}" for finding in too_wide(page)]
