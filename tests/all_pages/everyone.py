"""Walks the demonstration as every person in it, by the links that each is shown.

In English, the first FULLY of each kind of person follow every link of every page they come to, whatever it leads to,
and every redirect; only of the links that narrow, sort or page through one list (the same path with the same names in
the query) a person follows MOST. The others follow what leads to a page of a sort that nobody came to yet, which is
what their own exchanges make. In each other language, one person of a kind asks for one page of a kind: every
combination of view, roles, agency, and status and turn of the exchange that the English walk came to is seen once. No
form is sent.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextvars import Context
from dataclasses import dataclass
from html import unescape
from time import time
from urllib.parse import parse_qs, urljoin, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import selectinload
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from portal.accounts.models import Person
from portal.accounts.service import open_sign_in
from portal.calls.models import Call
from portal.db import session
from portal.exchanges.models import Exchange

MOST = 3
FULLY = 3
STARTS = ("/", "/desk", "/profile", "/inbox", "/verify")
LINK = re.compile(r'<a\b[^>]*?\shref="([^"]*)"')
ID = re.compile(r'\sid="([^"]*)"')
MOVED = (301, 302, 303)


@dataclass(frozen=True)
class Visitor:
    """Somebody who is signed in, or nobody with the number 0; `kind` is their roles and agency."""

    id: int
    name: str
    kind: str


@dataclass(frozen=True)
class Page:
    """What somebody was answered; `behind` is the page whose link led there."""

    who: Visitor
    language: str
    address: str
    status: int
    html: str
    behind: str


def visitors() -> list[Visitor]:
    """Everybody in the database who can sign in, and a visitor who does not."""
    options = (selectinload(Person.grants), selectinload(Person.agency))
    people = session.scalars(select(Person).where(Person.active).options(*options).order_by(Person.id))
    return [
        Visitor(0, "visitor", "visitor"),
        *(Visitor(person.id, person.email, kind_of(person)) for person in people if person.confirmed_at),
    ]


def kind_of(person: Person) -> str:
    roles = sorted({grant.role.value for grant in person.grants})
    return f"{'+'.join(roles)} of {person.agency.code if person.agency else 'no agency'}"


def states() -> dict[str, str]:
    """The status and turn of each exchange by its reference, the state of each call by its number."""
    calls = {str(call.id): str(call.state) for call in session.scalars(select(Call))}
    return calls | {e.reference: f"{e.status} {e.turn}" for e in session.scalars(select(Exchange))}


class Walk:
    """One person's browser in one language, signed in by a row and a cookie as after signing in."""

    def __init__(self, app: Flask, who: Visitor, language: str) -> None:
        self.who, self.language = who, language
        self.client: FlaskClient = app.test_client()
        self.queries: Counter[str] = Counter()
        if not who.id:
            return
        with app.app_context():
            token = open_sign_in(session.get_one(Person, who.id), "a walk")
            session.commit()
        with self.client.session_transaction() as cookie:
            cookie.update({"_user_id": token, "seen": int(time())})

    def ask(self, address: str, behind: str = "") -> tuple[Page, TestResponse]:
        headers = {"Accept-Language": self.language}
        answer = Context().run(self.client.get, address, headers=headers, buffered=True)
        html = answer.text if answer.mimetype == "text/html" else ""
        return Page(self.who, self.language, address, answer.status_code, html, behind), answer

    def pages(self, wanted: Callable[[Visitor, str], bool] | None = None) -> Iterator[Page]:
        """Every page behind every link, each once; where a page redirects, its target too.

        `wanted` may leave out some of them.
        """
        waiting = [(start, "") for start in STARTS]
        known = set(STARTS)
        while waiting:
            page, answer = self.ask(*waiting.pop())
            yield page
            onward = [answer.location] if page.status in MOVED else LINK.findall(page.html)
            for link in onward:
                target = inside(page.address, unescape(link or ""))
                if target and target not in known and self.wanted(target):
                    known.add(target)
                    if wanted is None or wanted(self.who, target):
                        waiting.append((target, page.address))

    def wanted(self, address: str) -> bool:
        parts = urlsplit(address)
        if not parts.query:
            return True
        shape = f"{parts.path}?{sorted(parse_qs(parts.query, keep_blank_values=True))}"
        self.queries[shape] += 1
        return self.queries[shape] <= MOST


def inside(page: str, link: str) -> str:
    """The address of a link to another page of the portal, without its fragment; empty for any other link."""
    address = urljoin(f"http://localhost{page}", link)
    parts = urlsplit(address)
    if not link or link.startswith("#") or parts.netloc != "localhost" or parts.path.startswith("/static/"):
        return ""
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def lost_fragments(page: Page) -> list[str]:
    """The links of a page to places on it that do not exist."""
    ids = {unescape(found) for found in ID.findall(page.html)}
    links = [unescape(link) for link in LINK.findall(page.html)]
    return [link for link in links if link.startswith("#") and link[1:] not in ids]


@dataclass(frozen=True)
class Sort:
    """What makes a page one of its kind: the view, which part of it, whose, and how its record stands."""

    endpoint: str
    part: str
    whose: str
    state: str


def sort_of(app: Flask, states: dict[str, str], who: Visitor, address: str) -> Sort:
    parts = urlsplit(address)
    try:
        endpoint, values = app.url_map.bind("localhost").match(parts.path, method="GET")
    except HTTPException:
        return Sort("no view", parts.path, who.kind, "")
    record = str(values.get("reference") or values.get("call_id") or "")
    part = str(values.get("name") or values.get("key") or "") + ",".join(sorted(parse_qs(parts.query)))
    return Sort(str(endpoint), part, who.kind, states.get(record, ""))


class Sorts:
    """The sorts of page that somebody came to, each asked about once."""

    def __init__(self, app: Flask) -> None:
        self.app, self.met = app, set[Sort]()
        with app.app_context():
            self.states = states()

    def of(self, who: Visitor, address: str) -> Sort:
        return sort_of(self.app, self.states, who, address)

    def is_new(self, who: Visitor, address: str) -> bool:
        """Whether nobody came to a page of this sort yet; from now on somebody has."""
        sort = self.of(who, address)
        new = sort not in self.met
        self.met.add(sort)
        return new
