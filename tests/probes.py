"""Malformed requests at random, from a seed: every route, method and role, each with a few things wrong. None may be
answered with a 500 or 503. tests/test_probes.py sends a sample, script/probes as many as wanted."""

from __future__ import annotations

import io
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextvars import Context
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.routing import Rule
from werkzeug.test import encode_multipart

from portal.accounts.models import Person
from portal.db import session
from tests.factories import PASSWORD
from tests.form_data import pdf

METHODS = ("GET", "POST", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE", "PATCH", "PROPFIND", "get")
DIGITS = "9" * 310
VALUES = (
    "", " ", "\x00", "\ud800", "\u202e", "²", "٣", "1_0", "-1", "0", DIGITS, "-" + DIGITS, "9" * 5_000, "nan",
    "inf", "1e999",
    "0000-00-00", "0001-01-01", "0202-03-04", "9999-12-31", "20226-01-01", "99999-01-01", "2027-02-30", "-2027-01-01",
    "25:61", "24:00", "12:00:60", "x" * 20_000, "ə" * 201, "\r\nSet-Cookie: a=b", "%s%(name)s{{ 7*7 }}", "<script>",
    "[]", "{}", "null", "../../etc/passwd", "http://[", "//evil.example", "2147483648", "9223372036854775808",
    "y", "1",
)  # fmt: skip
NAMES = (
    "languages-²-code", "languages-99999999999-code", f"languages-{'9' * 5_000}-code", "rows-0-day-0-day", "-",
    "--", "-0-",
    "\x00", "\ud800", "", "version", "before", "judged", "again", "to_language", "stop", "more", "defaults", "next",
    "csrf_token", "x" * 5_000, "idempotency_key",
)  # fmt: skip
QUERIES = (
    "page", "q", "kind", "when", "direction", "heading", "who", "role", "language", "agency", "next",
    "until", "reference",
    "mine", "late", "status", "host", "home", "unit", "call", "year", "side", "sort", "state", "turn", "expert",
)  # fmt: skip
HEADERS: dict[str, tuple[str, ...]] = {
    "HTTP_HOST": (
        "localhost:99999", "localhost:abc", "localhost:", "", "[::1", "[::1]:80", "evil.example", "a b", "ə",
        "localhost:-1",
    ),
    "HTTP_ACCEPT_LANGUAGE": (
        "tr;q=nan", "tr;q=9e999", "*;q=", ";;,,=", "x" * 5_000, "-", "tr_TR@x", "\x00", "az," * 2_000,
    ),
    "HTTP_COOKIE": (
        "korpu=x", "korpu=", ";;;=;", "korpu=x; korpu=y", "device=..", "\xff\xfe", "a" * 8_000,
        "korpu_device=a.b.c",
    ),
    "HTTP_REFERER": ("http://[", "http://a:99999/", "\xff", "x" * 5_000, "javascript:x"),
    "HTTP_ORIGIN": ("null", "http://[", "http://localhost:99999"),
    "HTTP_ACCEPT": (";q=", "text/html;q=nan", "*/*;q=2", "x" * 3_000),
    "HTTP_RANGE": ("bytes=²-", "bytes=-", f"bytes=0-{DIGITS}", "x"),
    "HTTP_IF_MODIFIED_SINCE": ("yesterday", "Thu, 99 Xxx 99999 25:61:00 GMT", DIGITS),
    "HTTP_IF_NONE_MATCH": ('W/"', "*", ",,,"),
    "HTTP_ACCEPT_ENCODING": ("gzip;q=nan", "br,,;", "x" * 3_000),
    "HTTP_AUTHORIZATION": ("Basic \xff", "Basic " + "A" * 5, "Bearer ", "Digest x=", ":", "Basic"),
    "HTTP_X_REQUEST_ID": ("\x00", "x" * 5_000, "a\r\nb"),
    "HTTP_X_FORWARDED_FOR": ("x" * 3_000, "1.2.3.4, ²", ","),
    "HTTP_X_FORWARDED_HOST": ("a:99999", "[", ""),
    "HTTP_X_AUTOSAVE": ("1",),
    "HTTP_SEC_FETCH_SITE": ("cross-site", "\xff"),
    "REMOTE_ADDR": ("", "x", "::1", "1.2.3.4, 5.6.7.8"),
    "CONTENT_LENGTH": ("abc", "-1", DIGITS, "²", ""),
    "CONTENT_TYPE": (
        "multipart/form-data", "multipart/form-data; boundary=",
        f"multipart/form-data; boundary={'x' * 300}", "text/plain",
        "application/json", "application/xml", "multipart/mixed; boundary=a",
        ";;;", "application/x-www-form-urlencoded; charset=²",
        "\xff", "application/json; charset=utf-99",
    ),
    "HTTP_TRANSFER_ENCODING": ("chunked", "gzip, chunked", "x"),
    "HTTP_EXPECT": ("100-continue", "x"),
    "HTTP_CONTENT_ENCODING": ("gzip", "x"),
}  # fmt: skip
BODIES = (
    b"", b"\x00" * 100, b"\xff\xfe" * 50, b"[]", b"[[1]]", b"null", b"1e999", b'{"name": {"a": []}}',
    b"{", b"&=&=&;" * 3_000,
    b"a" * 100_000, b"--a\r\n", b"--a\r\nContent-Disposition: form-data\r\n\r\nx\r\n--a--\r\n", b"%", b"%ff%00=%zz",
    b'--a\r\nContent-Disposition: form-data; name="\xff"; filename="\x00"\r\n\r\nx\r\n--a--\r\n',
    b"a=1&" * 5_000,
)  # fmt: skip
PATHS = (
    "%00", "%ff", "%F0%9F%98%80", "..%2F..", "²", DIGITS, "-1", "x" * 3_000, "%2e%2e", "KX-2026-9999", ";", "a\\b",
    "%0d%0a",
    "*", "%20",
)  # fmt: skip
FILES = (
    (b"", ""), (b"", "a.pdf"), (b"x", "\x00.pdf"), (b"%PDF-1.7 x", "a.pdf"), (pdf(), "x" * 5_000 + ".pdf"),
    (b"PK\x03\x04", "a.docx"),
    (b"\xff\xd8\xff", "a.jpg"), (b"\x89PNG\r\n\x1a\n", "a.png"), (pdf(), "ə/../\u202e.pdf"),
)  # fmt: skip


@dataclass
class Probe:
    """One request: what it is and how it was answered; `error` where an exception came through."""

    method: str
    path: str
    who: str
    wrong: list[str] = field(default_factory=list)
    status: int = 0
    error: str = ""

    def __str__(self) -> str:
        return f"{self.status} {self.method} {self.path[:80]!r} as {self.who}: {', '.join(self.wrong)} {self.error}"


class Prober:
    """Sends probes as these people, to the addresses of these records."""

    def __init__(self, app: Flask, people: dict[str, Person | None], values: dict[str, list[str]], seed: int) -> None:
        self.app, self.values, self.dice = app, values, random.Random(seed)
        self.people = {who: person.email if person else "" for who, person in people.items()}
        self.clients: dict[str, FlaskClient] = {}
        self.tokens: dict[str, str] = {}
        self.forms: dict[tuple[str, str], list[dict[str, Any]]] = {}
        rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint != "health.readyz"]  # says 503 rightly
        self.rules = sorted(rules, key=lambda rule: rule.rule)
        self.fitting: dict[str, list[str]] = {}  # who has a form to fill in, by address

    def probes(self, count: int) -> Iterator[Probe]:
        for number in range(count):
            yield self.one(self.rules[number % len(self.rules)])

    def one(self, rule: Rule) -> Probe:
        """A request to an address of this rule."""
        who = self.dice.choice(sorted(self.people))
        usual = "POST" if "POST" in (rule.methods or ()) else "GET"
        method = usual if self.dice.random() < 0.75 else self.dice.choice(METHODS)
        probe = Probe(method, self._address(rule), who)
        more: dict[str, Any] = {}
        overrides: dict[str, str] = {}
        if method == "POST":
            probe.who = self._somebody_asked(probe)
            probe.path, more = self._filled(probe)
        for wrong in self.dice.sample(WRONGS, self.dice.choice((1, 1, 2, 3))):
            probe.path = wrong(self.dice, probe, more, overrides)
        self._send(probe, more, overrides)
        return probe

    def _somebody_asked(self, probe: Probe) -> str:
        """Mostly somebody who is shown a form under this address."""
        if self.dice.random() < 0.3:
            return probe.who
        if probe.path not in self.fitting:
            self.fitting[probe.path] = [who for who in sorted(self.people) if self._forms(who, probe.path)]
        return self.dice.choice(self.fitting[probe.path] or [probe.who])

    def _address(self, rule: Rule) -> str:
        """With values of records that there are, or with odd ones."""
        path = rule.rule
        for name in rule.arguments:
            known = self.values.get(name, ["1", "2"])
            value = self.dice.choice(known if self.dice.random() < 0.85 else PATHS)
            for kind in ("int:", "path:", "string:", ""):
                path = path.replace(f"<{kind}{name}>", value)
        return path

    def _filled(self, probe: Probe) -> tuple[str, dict[str, Any]]:
        """One of the forms of the page under this address, as it stands there, or no more than its token."""
        answers = self.dice.choice(self._forms(probe.who, probe.path) or [{}])
        return probe.path, {"data": answers | {"csrf_token": self._token(probe.who)}}

    def _forms(self, who: str, path: str) -> list[dict[str, Any]]:
        if (who, path) not in self.forms:
            self.forms[who, path] = self._forms_of(who, path)
        return self.forms[who, path]

    def _forms_of(self, who: str, path: str) -> list[dict[str, Any]]:
        answer = self._ask(who, path, method="GET")
        page = BeautifulSoup(answer.text if answer.mimetype == "text/html" else "", "html.parser")
        found = []
        for form in page.select("main form"):
            parts = form.select("input[name], textarea[name], select[name]")
            found.append({str(part["name"]): part.get("value", "1") for part in parts})
        return found

    def _ask(self, who: str, path: str, **more: Any) -> Any:
        session.commit()
        return Context().run(self._client(who).open, path, buffered=True, **more)

    def _client(self, who: str) -> FlaskClient:
        if who not in self.clients:
            self.clients[who] = self.app.test_client()
            if self.people[who]:
                given = {"email": self.people[who], "password": PASSWORD, "csrf_token": self._token(who)}
                self._ask(who, "/sign-in", method="POST", data=given)
                self.tokens.pop(who)
        return self.clients[who]

    def _token(self, who: str) -> str:
        if who not in self.tokens:
            page = BeautifulSoup(self._ask(who, "/verify", method="GET").text, "html.parser")
            token = page.select_one("[name=csrf_token]")
            self.tokens[who] = str(token["value"]) if token else ""
        return self.tokens[who]

    def _send(self, probe: Probe, more: dict[str, Any], overrides: dict[str, str]) -> None:
        given = encoded(more)
        given["environ_overrides"] = given.get("environ_overrides", {}) | overrides
        try:
            probe.status = self._ask(probe.who, probe.path, method=probe.method, **given).status_code
        except Exception as error:  # a test client lets them through; a server would answer 500
            probe.status, probe.error = 500, f"{type(error).__name__}: {error}"[:300]
            session.rollback()
        if probe.path.startswith("/sign-out"):
            self.clients.pop(probe.who, None)
            self.tokens.pop(probe.who, None)


def encoded(more: dict[str, Any]) -> dict[str, Any]:
    """The body of a form as a browser sends it, with whatever characters."""
    data = more.get("data")
    if not isinstance(data, dict):
        return dict(more)
    pairs = {name.encode("utf-8", "surrogatepass").decode("utf-8", "replace"): value for name, value in data.items()}
    if any(isinstance(value, FileStorage) for value in pairs.values()):
        texts = {
            n: v if isinstance(v, FileStorage) else str(v).encode("utf-8", "replace").decode() for n, v in pairs.items()
        }
        boundary, body = encode_multipart(texts)
        return more | {"data": body, "content_type": f"multipart/form-data; boundary={boundary}"}
    body = urlencode(data, doseq=True, errors="surrogatepass").encode()
    return more | {"data": body, "content_type": "application/x-www-form-urlencoded"}


def _part(value: Any) -> Any:
    return value if isinstance(value, FileStorage) else str(value).encode("utf-8", "replace").decode()


Wrong = Callable[[random.Random, Probe, dict[str, Any], dict[str, str]], str]


def odd_answers(dice: random.Random, probe: Probe, more: dict[str, Any], _overrides: dict[str, str]) -> str:
    data: Any = more.get("data")
    for _ in range(dice.randint(1, 4)) if isinstance(data, dict) else ():
        name = dice.choice([*data, *NAMES])
        value = dice.choice(VALUES)
        data[name] = [value, value] if dice.random() < 0.1 else value
        probe.wrong.append(f"{name[:30]!r}={value[:30]!r}")
    return probe.path


def all_answers(dice: random.Random, probe: Probe, more: dict[str, Any], _overrides: dict[str, str]) -> str:
    data: Any = more.get("data")
    value = dice.choice(VALUES)
    for name in data if isinstance(data, dict) else ():
        if name != "csrf_token":
            data[name] = value
    probe.wrong.append(f"every answer {value[:30]!r}")
    return probe.path


def a_file(dice: random.Random, probe: Probe, more: dict[str, Any], _overrides: dict[str, str]) -> str:
    data = more.get("data")
    if isinstance(data, dict):
        name, (content, file_name) = dice.choice([*data, "file", "cv"]), dice.choice(FILES)
        if name != "csrf_token":
            data[name] = FileStorage(io.BytesIO(content), file_name, name)
            probe.wrong.append(f"a file as {name!r}")
    return probe.path


def odd_header(dice: random.Random, probe: Probe, _more: dict[str, Any], overrides: dict[str, str]) -> str:
    name = dice.choice(sorted(HEADERS))
    overrides[name] = dice.choice(HEADERS[name])
    probe.wrong.append(f"{name}={overrides[name][:30]!r}")
    return probe.path


def odd_body(dice: random.Random, probe: Probe, more: dict[str, Any], overrides: dict[str, str]) -> str:
    more.pop("input_stream", None)
    more["data"] = dice.choice(BODIES)
    overrides["CONTENT_TYPE"] = dice.choice((*HEADERS["CONTENT_TYPE"], "application/x-www-form-urlencoded"))
    probe.wrong.append(f"body {more['data'][:20]!r} of {overrides['CONTENT_TYPE'][:40]}")
    return probe.path


def unended_body(dice: random.Random, probe: Probe, more: dict[str, Any], _overrides: dict[str, str]) -> str:
    """As a chunked one: the server tells no length."""
    if isinstance(more.get("data"), dict):
        body = encoded(more)
        more.clear()
        more["input_stream"], more["content_type"] = io.BytesIO(body["data"]), body["content_type"]
        more["environ_overrides"] = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
        probe.wrong.append("no length")
    return probe.path


def odd_query(dice: random.Random, probe: Probe, _more: dict[str, Any], _overrides: dict[str, str]) -> str:
    pairs = [(dice.choice((*QUERIES, *NAMES)), dice.choice(VALUES)[:3_000]) for _ in range(dice.randint(1, 4))]
    probe.wrong.append(f"?{[(name[:20], value[:20]) for name, value in pairs]}")
    odd = dice.choice(("", "&%ff=%00", "&page=%", "&a" * 3_000))
    return f"{probe.path}?{urlencode(pairs, errors='surrogatepass')}{odd}"


def odd_path(dice: random.Random, probe: Probe, _more: dict[str, Any], _overrides: dict[str, str]) -> str:
    odd = dice.choice(PATHS)
    probe.wrong.append(f"path {odd[:20]!r}")
    before, _mark, query = probe.path.partition("?")
    path = dice.choice((f"{before}/{odd}", f"{before}{odd}", f"/{odd}", f"/static/{odd}", before + "/"))
    return quote(path, safe="/%;\\*") + (f"?{query}" if query else "")


WRONGS: tuple[Wrong, ...] = (
    *[odd_answers] * 5, *[a_file] * 2, *[odd_header] * 2, all_answers, odd_body, unended_body, odd_query, odd_path,
)  # fmt: skip


def table(probes: list[Probe]) -> str:
    """How many answers of each status, by method."""
    counts = Counter((probe.method, probe.status) for probe in probes)
    statuses = sorted({status for _method, status in counts})
    lines = ["method    " + "".join(f"{status:>7}" for status in statuses)]
    for method in sorted({method for method, _status in counts}):
        lines.append(f"{method:10}" + "".join(f"{counts[method, status] or '':>7}" for status in statuses))
    return "\n".join(
        [*lines, f"{'all':10}" + "".join(f"{sum(probe.status == s for probe in probes):>7}" for s in statuses)]
    )
