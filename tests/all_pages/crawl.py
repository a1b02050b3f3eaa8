"""Walks the demonstration as one person after the other, in one language, through every kind of page they are shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextvars import Context
from dataclasses import dataclass
from urllib.parse import urlsplit

from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from portal.accounts.demo import ADDRESSES, PASSWORD
from portal.web import errors

NEW = ("expert.new@kosgeb.example", "host.new@kobia.example")  # people with nothing to do yet
# pages of one kind for one person; in other languages a page differs in its words, which one of a kind shows
MOST = {"en": 3, "tr": 1, "az": 1}
STARTS = (
    "/",
    "/desk",
    "/exchanges",
    "/exchanges?q=nobody+of+this+name",
    "/calls",
    "/inbox",
    "/verify",
    "/no-such-page",
)
STATUSES = (
    "returned",
    "waitlisted",
    "placed",
    "scheduled",
    "under_way",
    "completed",
    "reported",
    "closed",
    "cancelled",
)


@dataclass(frozen=True)
class Seen:
    """A page as it was answered: `who` is the person's address, empty for a visitor."""

    who: str
    language: str
    address: str
    status: int
    html: str


class Walker:
    """One person's browser."""

    def __init__(self, app: Flask, who: str, language: str) -> None:
        self.app, self.who, self.language = app, who, language
        self.client: FlaskClient = app.test_client()
        self.routes = app.url_map.bind("localhost")
        self.kinds: Counter[str] = Counter()
        if who:
            self.sign_in()

    def ask(self, method: str, address: str, data: dict[str, str] | None = None) -> TestResponse:
        headers = {"Accept-Language": self.language}
        return Context().run(self.client.open, address, method=method, data=data, headers=headers, buffered=True)

    def sign_in(self) -> None:
        given = {"csrf_token": token(self.ask("GET", "/sign-in").text), "email": self.who, "password": PASSWORD}
        assert self.ask("POST", "/sign-in", given).status_code == 302

    def kind(self, address: str) -> str | None:
        """The endpoint of a page, None for what is no page to read."""
        try:
            return str(self.routes.match(urlsplit(address).path, method="GET")[0])
        except HTTPException:
            return None

    def pages(self) -> Iterator[Seen]:
        """Every kind of page that links lead to, at most so many of each; then each of their forms sent empty."""
        waiting = [*STARTS, *(f"/exchanges?status={status}" for status in STATUSES)]
        known = set(waiting)
        while waiting:
            address = waiting.pop(0)
            answer = self.ask("GET", address)
            if answer.mimetype != "text/html" or answer.status_code in (302, 303):
                continue
            yield self.seen(address, answer)
            page = BeautifulSoup(answer.text, "html.parser")
            for link in page.select("a[href^='/']"):
                target = str(link["href"])
                kind = self.kind(target)
                if target not in known and kind and self.kinds[kind] < MOST[self.language]:
                    known.add(target)
                    self.kinds[kind] += 1
                    waiting.append(target)
            yield from self.empty(address, page)

    def empty(self, address: str, page: BeautifulSoup) -> Iterator[Seen]:
        """The page's forms as they are answered when nothing was filled in; only what is refused is a page."""
        for form in page.select("main form[method=post]"):
            if not form.select("textarea, input[type=text], input[type=password]"):
                continue
            target = str(form.get("action") or address)
            if self.kinds[f"empty {self.kind(address)}"] < 1:
                self.kinds[f"empty {self.kind(address)}"] += 1
                answer = self.ask("POST", target, {"csrf_token": token(str(page)), "version": "1"})
                if answer.mimetype == "text/html" and answer.status_code not in (302, 303):
                    yield self.seen(f"{target} (empty)", answer)

    def seen(self, address: str, answer: TestResponse) -> Seen:
        return Seen(self.who, self.language, address, answer.status_code, answer.text)


def token(html: str) -> str:
    found = BeautifulSoup(html, "html.parser").select_one("input[name=csrf_token]")
    return str(found["value"]) if found else ""


def refusals(app: Flask, language: str) -> Iterator[Seen]:
    """The pages of what goes wrong: most of them no walk comes to."""
    for status in sorted(errors.PAGES):
        with app.test_request_context("/", headers={"Accept-Language": language}):
            html = app.make_response(errors.page(status)).get_data(as_text=True)
            yield Seen("", language, f"/error/{status}", 200, html)  # asked for: nothing went wrong


def everything(app: Flask, languages: tuple[str, ...]) -> Iterator[Seen]:
    for language in languages:
        yield from refusals(app, language)
        for who in ("", *ADDRESSES, *NEW):
            yield from Walker(app, who, language).pages()
