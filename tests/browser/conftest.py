"""A real Chromium before a real server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page
from sqlalchemy import update

from config import ROOT
from portal.accounts.models import Person
from portal.db import session
from tests.browser.server import LANGUAGE, PASSWORD, Live, served
from tests.databases import empty_database

SIZES = {"wide": (1280, 900), "phone": (390, 844)}
Enter = Callable[..., Page]


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    folder = tmp_path_factory.mktemp("live")
    with empty_database("live", folder) as address, served(address, folder) as up:
        yield up


@pytest.fixture
def complaints() -> list[str]:
    """What the browser had to complain of: errors in its console, broken policy, answers of 500."""
    return []


@pytest.fixture
def enter(live: Live, chromium: Browser, complaints: list[str], request: pytest.FixtureRequest) -> Iterator[Enter]:
    """`enter("manager@kosgeb.example", size="phone")`: a page of a browser of one's own, signed in."""
    opened: list[BrowserContext] = []

    def come_in(who: str = "", size: str = "wide", **more: Any) -> Page:
        width, height = SIZES[size] if size in SIZES else (int(size), 800)
        context = chromium.new_context(
            base_url=live.base,
            viewport={"width": width, "height": height},
            locale=LANGUAGE,
            **more,
        )
        context.set_default_timeout(15_000)
        opened.append(context)
        page = context.new_page()
        page.on("console", lambda message: complain(message, complaints))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("response", lambda answer: complaints.append(answer.url) if answer.status >= 500 else None)
        if who:
            page.goto("/sign-in")
            page.fill("[name=email]", who)
            page.fill("[name=password]", PASSWORD)
            page.click("main [type=submit]")
            page.wait_for_url(lambda address: "/sign-in" not in address)
        return page

    with live.app.app_context():  # a test before may have chosen another for its person
        session.execute(update(Person).values(language=LANGUAGE))
        session.commit()
        session.remove()
    failed = request.session.testsfailed
    yield come_in
    if request.session.testsfailed > failed:
        keep_pictures(opened, request.node.name)
    for context in opened:
        context.close()
    assert complaints == []


def complain(message: ConsoleMessage, complaints: list[str]) -> None:
    expected = "Failed to load resource: the server responded with a status of 4"  # pages that say no
    if message.type == "error" and not message.text.startswith(expected):
        complaints.append(message.text)


def keep_pictures(contexts: list[BrowserContext], name: str) -> None:
    """What was on the screen when a test failed, in var/browser."""
    folder = ROOT / "var" / "browser"
    folder.mkdir(parents=True, exist_ok=True)
    for number, page in enumerate(page for context in contexts for page in context.pages):
        page.screenshot(path=Path(folder, f"{name}-{number}.png"), full_page=True)
