"""What script/bench http runs on one database: the portal and the bare thing behind gunicorn with the settings of
docs/operating.md, each asked over a connection that is kept open, on this machine only.

One browser asks both alternately and the medians are compared. Then eight browsers ask both for the same number of
pages, in alternating turns: pages a second, and by how much the memory of each server's processes has grown.
The bare thing (`_bench_floor`) is a page of 25 rows without sign-in, languages, navigation or filters.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import statistics
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from itertools import cycle, islice
from pathlib import Path
from time import perf_counter, sleep
from urllib.parse import urlencode

from _bench import CSRF, MANAGER, closed_exchange, database_of, row
from _bench_floor import floor_app

from config import Config
from portal.accounts.demo import PASSWORD
from portal.app import create_app

ROUNDS = 100
WARM = 20  # as two processes with four threads each answer, all of them should have answered before
BROWSERS = 8
TURN = 400  # pages that the eight fetch before it is the other server's turn
TURNS = 10
GUNICORN = "--no-control-socket --worker-class gthread --workers 2 --threads 4 --log-level warning"
MEGABYTE = 1024 * 1024


class Browser:
    """One kept connection with its cookies."""

    def __init__(self, port: int) -> None:
        self.connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookies: dict[str, str] = {}

    def ask(self, address: str, status: int = 200, answers: dict[str, str] | None = None) -> str:
        """The page; `answers` are sent as a form. Any other status than the expected one ends the measurement."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = urlencode(answers) if answers else None
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        response = self._response("POST" if body else "GET", address, body, headers)
        page = response.read().decode()
        for cookie in response.headers.get_all("Set-Cookie", []):
            name, _equals, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        assert response.status == status, (address, response.status, page[:2_000])
        return page

    def _response(self, method: str, address: str, body: str | None, headers: dict[str, str]) -> HTTPResponse:
        try:
            self.connection.request(method, address, body, headers)
            return self.connection.getresponse()
        except (BrokenPipeError, ConnectionResetError):  # gunicorn closes what was silent for two seconds
            self.connection.close()
            self.connection.request(method, address, body, headers)
            return self.connection.getresponse()

    def sign_in(self, email: str) -> None:
        field = CSRF.search(self.ask("/sign-in"))
        assert field
        self.ask("/sign-in", 302, {"csrf_token": field[1], "email": email, "password": PASSWORD})


class Server:
    """A gunicorn with this application, on a free port of this machine."""

    def __init__(self, application: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        command = [sys.executable, "-m", "gunicorn", application, *GUNICORN.split(), "--bind", f"127.0.0.1:{self.port}"]
        self.process = subprocess.Popen(
            command, env=os.environ | {"PYTHONPATH": f".{os.pathsep}script", "MALLOC_ARENA_MAX": "2"}
        )
        self._wait()

    def _wait(self) -> None:
        for _try in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            assert self.process.poll() is None, "gunicorn has ended"
            sleep(0.1)
        raise TimeoutError("gunicorn does not answer")

    def memory(self) -> float:
        """What its processes use, in MB; what several share is counted once."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return sum(_proportional(pid) for pid in [self.process.pid, *map(int, children)]) / MEGABYTE

    def end(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()


def _proportional(pid: int) -> int:
    """The proportional set size of a process in bytes."""
    found = re.search(r"^Pss:\s+(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
    assert found
    return int(found[1]) * 1024


@contextmanager
def served(application: str) -> Iterator[Server]:
    server = Server(application)
    try:
        yield server
    finally:
        server.end()


def compare(name: str, address: str, ours: Browser, bare: Browser, database: str) -> None:
    """Asks both alternately."""
    times: tuple[list[float], list[float]] = ([], [])
    for round_ in range(ROUNDS + WARM):
        for browser, asked, kept in zip((ours, bare), (address, "/"), times, strict=True):
            before = perf_counter()
            browser.ask(asked)
            if round_ >= WARM:
                kept.append((perf_counter() - before) * 1_000)
    row(name, statistics.median(times[0]), statistics.median(times[1]), "ms", database)


def under_load(addresses: list[str], ours: Server, bare: Server, cookies: dict[str, str], database: str) -> None:
    """Eight browsers at once, four thousand pages of each server."""
    before = [server.memory() for server in (ours, bare)]
    seconds = [0.0, 0.0]
    asked = cycle(addresses)
    for _turn in range(TURNS):
        seconds[0] += _fetched(ours, list(islice(asked, TURN)), cookies)
        seconds[1] += _fetched(bare, ["/"] * TURN, {})
    row("http pages a second", TURN * TURNS / seconds[0], TURN * TURNS / seconds[1], "pages/s", database)
    row("http memory", ours.memory(), bare.memory(), "MB", database)
    row("http memory growth", ours.memory() - before[0], bare.memory() - before[1], "MB", database)


def _fetched(server: Server, addresses: list[str], cookies: dict[str, str]) -> float:
    """The seconds that eight browsers need for these pages."""

    def fetch(part: int) -> None:
        browser = Browser(server.port)
        browser.cookies = dict(cookies)
        for address in addresses[part::BROWSERS]:
            browser.ask(address)
        browser.connection.close()

    before = perf_counter()
    with ThreadPoolExecutor(BROWSERS) as pool:
        list(pool.map(fetch, range(BROWSERS)))
    return perf_counter() - before


def main() -> None:
    config = Config.from_env()
    portal = create_app(config)
    floor_app(config.database_url, config.secret_key)  # makes its table, before several processes find it missing
    database, reference = database_of(portal), closed_exchange(portal)
    pages = {
        "http list": "/exchanges",
        "http filtered": "/exchanges?status=placed&home=KOSGEB",
        "http searched": "/exchanges?q=isik",
        "http page": f"/exchanges/{reference}",
        "http desk": "/desk",
    }
    with served("wsgi:app") as ours, served("_bench_floor:from_environment()") as bare:
        signed_in, anybody = Browser(ours.port), Browser(bare.port)
        signed_in.sign_in(MANAGER)
        under_load(list(pages.values()), ours, bare, signed_in.cookies, database)
        for name, address in pages.items():
            compare(name, address, signed_in, anybody, database)


if __name__ == "__main__":
    main()
