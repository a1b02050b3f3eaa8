"""What script/bench runs on one database: the portal and the bare thing, called alternately through the same WSGI test
client in one process with the same engine settings. The figure is the first decile: what else the machine does at the
time hits a long call more often than a short one."""

from __future__ import annotations

import json
import re
import statistics
import sys
from collections.abc import Callable
from time import perf_counter

from _bench_floor import floor_app
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from config import Config
from portal.accounts.demo import PASSWORD
from portal.accounts.models import Person
from portal.app import create_app
from portal.db import session
from portal.exchanges.models import Exchange
from portal.sealing.models import SealedDocument
from portal.workflows.exchange import EXCHANGE
from portal.workflows.exchange_terms import Status

ROUNDS = 60
WARM = 5
MANAGER = "manager@kosgeb.example"
LISTS = {
    "list": "/exchanges",
    "list, filtered": "/exchanges?status=placed&home=KOSGEB",
    "list, searched": "/exchanges?q=isik",
}
TABS = ("", "/application", "/documents", "/decisions", "/host", "/visit", "/report", "/messages", "/history")
CSRF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
VERSION = re.compile(r'name="version"[^>]*value="([^"]+)"')
Call = Callable[[], None]


class Bench:
    def __init__(self, config: Config) -> None:
        self.portal = create_app(config)
        self.floor = floor_app(config.database_url, config.secret_key)
        self.bare = self.floor.test_client()
        self.database = database_of(self.portal)

    def compare(self, name: str, ours: Callable[[], Call], floor: Callable[[], Call]) -> None:
        """Times both alternately; each prepares a call outside of the measured time."""
        times: tuple[list[float], list[float]] = ([], [])
        for round_ in range(ROUNDS + WARM):
            for made, kept in zip((ours, floor), times, strict=True):
                call = made()
                before = perf_counter()
                call()
                if round_ >= WARM:
                    kept.append((perf_counter() - before) * 1_000)
        value, bare = (statistics.quantiles(each, n=10)[0] for each in times)
        row(name, value, bare, "ms", self.database)

    def signed_in(self, email: str) -> FlaskClient:
        """A client of the portal in which this person is signed in."""
        client = self.portal.test_client()
        page = client.get("/sign-in")
        answers = {"csrf_token": found(CSRF, page), "email": email, "password": PASSWORD}
        expect(client.post("/sign-in", data=answers), 302)
        return client

    def getting(self, client: FlaskClient, address: str) -> Callable[[], Call]:
        expect(client.get(address), 200)
        return lambda: lambda: expect(client.get(address), 200)

    def lists(self) -> None:
        client = self.signed_in(MANAGER)
        for name, address in LISTS.items():
            self.compare(name, self.getting(client, address), self.getting(self.bare, "/"))

    def page(self) -> None:
        """A closed exchange with everything on it: its first page is the figure, the other parts stand beside it."""
        client = self.signed_in(MANAGER)
        reference = closed_exchange(self.portal)
        for tab in TABS:
            name = f"page, {tab[1:]}" if tab else "page"
            self.compare(name, self.getting(client, f"/exchanges/{reference}{tab}"), self.getting(self.bare, "/"))

    def submit(self) -> None:
        """One complete application, handed in again and again: between two times it is made a draft again."""
        with self.portal.app_context():
            row = select(Exchange, Person.email).join(Person, Person.id == Exchange.expert_id)
            found_row = session.execute(row.where(Exchange.status == Status.SUBMITTED).order_by(Exchange.id)).first()
            assert found_row is not None
            number, reference, email = found_row[0].id, found_row[0].reference, found_row[1]
        client, address = self.signed_in(email), f"/exchanges/{reference}/check"

        def ours() -> Call:
            with self.portal.app_context():
                draft = {"status": EXCHANGE.start.status, "turn": EXCHANGE.start.turn, "submitted_at": None}
                session.execute(update(Exchange).where(Exchange.id == number).values(draft))
                session.commit()
            return posting(client, address)

        self.compare("submit", ours, lambda: posting(self.bare, "/form", text="an answer"))


def database_of(portal: Flask) -> str:
    """The name of the portal's database engine."""
    with portal.app_context():
        return {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[session.get_bind().dialect.name]


def closed_exchange(portal: Flask) -> str:
    """The reference of an exchange that went through every step, with a sealed report."""
    with portal.app_context():
        closed = select(Exchange.reference).join(SealedDocument, SealedDocument.subject_id == Exchange.id)
        reference = session.scalars(closed.where(Exchange.status == Status.CLOSED).order_by(Exchange.id)).first()
    assert reference is not None
    return reference


def row(name: str, value: float, floor: float, unit: str, database: str) -> None:
    """Prints one figure, that of the bare app, and their ratio."""
    line = {"name": name, "value": round(value, 2), "unit": unit, "floor": round(floor, 2)}
    line |= {"ratio": round(value / floor, 2), "database": database}
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def posting(client: FlaskClient, address: str, **answers: str) -> Call:
    """The form of a page, ready to be sent."""
    page = client.get(address)
    expect(page, 200)
    answers["csrf_token"] = found(CSRF, page)
    if version := VERSION.search(page.text):
        answers["version"] = version[1]
    return lambda: expect(client.post(address, data=answers), 302)


def found(pattern: re.Pattern[str], page: TestResponse) -> str:
    match = pattern.search(page.text)
    assert match, page.text[:400]
    return match[1]


def expect(response: TestResponse, status: int) -> None:
    assert response.status_code == status, (response.status_code, response.text[:2_000])


def main(names: list[str]) -> None:
    bench = Bench(Config.from_env())
    known: dict[str, Callable[[], None]] = {"list": bench.lists, "page": bench.page, "submit": bench.submit}
    for name in names or known:
        known[name]()


if __name__ == "__main__":
    main(sys.argv[1:])
