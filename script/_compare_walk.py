"""One tree's part of script/compare: `_compare_walk.py TREE FOLDER EVERYTHING WHO`, run by _compare.py.

Seeds a demonstration at a frozen moment, lets the worker send every mail, walks it as its people and writes a file a
page. Only what is not renamed is used of the tree: create_app, Config, its commands, addresses and mail files.
"""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextvars import Context
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from hashlib import sha256
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit
from zlib import crc32

import time_machine
from bs4 import BeautifulSoup
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule

MOMENT = datetime(2026, 11, 25, 9, tzinfo=UTC)
PASSWORD = "Bridge-2020-Baku"
METRICS = "only for comparing"
VISITOR = "visitor"
SAMPLE = {"tr": (VISITOR, "manager@kosgeb.example"), "az": (VISITOR, "manager@kobia.example")}
LEFT_OUT = re.compile(r"/static/|.*/report/(pdf|draft.*)$")  # files under their hash; drafts are made by the worker
QUERIES = 25  # addresses of one page that differ only behind the question mark
FEWER = 12  # without --all one in so many of the pages is tried to which no link leads
SENT = 1  # forms of one kind that a person sends empty
HEADERS = ("Content-Type", "Content-Disposition", "Content-Language", "Cache-Control", "Location")
LINK = re.compile(r"""<a\b[^>]*?\shref=["'](/[^"'#]*)""")
FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.S)
FIELD = re.compile(r'<textarea|type="(?:text|password|date|radio)"')
SELECT = re.compile(r'<select\b[^>]*\bname="([^"]+)"[^>]*>(.*?)</select>', re.S)
OPTION = re.compile(r'<option\b[^>]*\bvalue="([^"]+)"')
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
BLOCKS = """html head title meta link script style body header footer main nav section article aside div p h1 h2 h3 h4
 ul ol li dl dt dd table caption colgroup col thead tbody tfoot tr th td form fieldset legend details summary option
 optgroup figure figcaption blockquote hr br address dialog template search hgroup pre textarea"""
BLOCK = re.compile(rf" ?(</?(?:{'|'.join(BLOCKS.split())})\b[^>]*>) ?")
KEPT = re.compile(r"(<(textarea|pre)\b[^>]*>)(.*?)(</\2>)", re.S)  # line ends count in these
VARIES = (
    (re.compile(r"<!--.*?-->", re.S), ""),
    (re.compile(r'<input\b[^>]*\bname="(?:csrf_token|once|idempotency_key)"[^>]*>'), '<input type="hidden" KEY>'),
    (re.compile(r'(<meta\b[^>]*csrf[^>]*content=")[^"]*'), r"\1TOKEN"),
    (re.compile(r"(/static/[^\"'? ]*)\?v=\w+"), r"\1"),
    (re.compile(r"\b[0-9a-f]{32,64}\b"), "HASH"),
    (re.compile(r"\b[0-9A-HJKMNP-TV-Z]{4}(-?)[0-9A-HJKMNP-TV-Z]{4}\1[0-9A-HJKMNP-TV-Z]{4}\b"), "CODE"),  # of a seal
    (re.compile(r"\b\d+ KB(?=, \d+ )"), "SIZE"),  # of a sealed file, which holds its code
)
Page = tuple[str, str, str]  # address, rule, text


def normal(text: str) -> str:
    """A page without what differs from one request to the next, and without the layout of its source."""
    for pattern, instead in VARIES:
        text = pattern.sub(instead, text)
    text = KEPT.sub(lambda found: found[1] + found[3].replace("\r", "").replace("\n", "⏎") + found[4], text)
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r"<[^>]*>", lambda found: re.sub(r" (/?>)$", r"\1", found[0]), text)
    return re.sub(r"\n+", "\n", BLOCK.sub(r"\n\1\n", text)).strip() + "\n"


def shape(rule: str) -> str:
    """An address without the names of its variables."""
    return re.sub(r"<(?:(\w+):)?\w+>", r"<\1>", rule)


class Walker:
    """One person's browser, which reads whatever this person can find."""

    def __init__(self, app: Any, who: str, language: str, everything: bool) -> None:
        self.who, self.language = who, language
        whole = everything or (language == "en" and re.match("visitor|manager|expert", who))
        self.linked = 1 if whole else 4
        self.unlinked = 1 if everything else FEWER * self.linked
        self.client, self.routes = app.test_client(), app.url_map.bind("127.0.0.1")
        rules = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())]
        self.rules = sorted(rules, key=lambda rule: shape(rule.rule))
        self.seen: set[tuple[str, str]] = set()
        self.known: set[str] = set()
        self.queries: Counter[str] = Counter()
        self.forms: dict[str, list[str]] = defaultdict(list)
        self.waiting: list[str] = []
        if who != VISITOR:
            self.sign_in()

    def ask(self, method: str, address: str, data: dict[str, Any] | None = None) -> Any:
        headers = {"Accept-Language": self.language, "X-Request-ID": "compared", "Authorization": f"Bearer {METRICS}"}
        return Context().run(self.client.open, address, method=method, data=data, headers=headers, buffered=True)

    def sign_in(self) -> None:
        found = TOKEN.search(self.ask("GET", "/sign-in").text)
        given = {"csrf_token": found[1] if found else "", "email": self.who, "password": PASSWORD}
        answer = self.ask("POST", "/sign-in", given)
        if answer.status_code not in (302, 303):
            raise SystemExit(f"{self.who} cannot sign in: {answer.status}")

    def rule(self, address: str) -> tuple[Rule | None, dict[str, Any]]:
        try:
            rule, values = self.routes.match(urlsplit(address).path, method="GET", return_rule=True)
        except HTTPException:
            return None, {}
        return rule, dict(values)

    def chosen(self, address: str, share: int) -> bool:
        """Whether it is one of the `share`th part of addresses that this person tries; the same in both trees."""
        return crc32(f"{self.who} {normal(address)}".encode()) % share == 0

    def wait(self, address: str) -> None:
        """Notes an address for later, and with it pages of the same record to which no link may lead."""
        path, _mark, query = address.partition("?")
        if address in self.known or LEFT_OUT.match(path) or (query and self.queries[path] >= QUERIES):
            return
        self.known.add(address)
        if re.search(r"\d", path) and not self.chosen(address, self.linked):
            return
        self.queries[path] += bool(query)
        self.waiting.append(address)
        for name, value in self.rule(address)[1].items():
            if name != "code" and (name, str(value)) not in self.seen:
                self.seen.add((name, str(value)))
                for rule in self.rules:
                    if rule.arguments == {name}:
                        other = re.sub(r"<[^>]+>", quote(str(value)), rule.rule)
                        if self.chosen(other, self.unlinked):
                            self.wait(other)

    def pages(self) -> Iterator[Page]:
        for rule in self.rules:
            if not rule.arguments:
                self.wait(rule.rule)
        self.wait("/no-such-page")
        while self.waiting:
            address = self.waiting.pop(0)
            answer = self.ask("GET", address)
            yield self.page(address, address, answer)
            if answer.mimetype == "text/html":
                self.read(address, answer.text)
        if self.language == "en":
            yield from self.sent()

    def page(self, name: str, address: str, answer: Any) -> Page:
        head = "".join(f"{header}: {answer.headers.get(header, '')}\n" for header in HEADERS)
        if answer.mimetype == "text/html":
            text = normal(answer.text)
        elif answer.mimetype.startswith("text/") or answer.is_json:
            text = answer.text.replace("\r\n", "\n")
        else:
            sealed = answer.mimetype == "application/pdf" and "/report" in address  # drawn anew, with another code
            text = "PDF\n" if sealed else f"{len(answer.data)} bytes, {sha256(answer.data).hexdigest()}\n"
        rule = self.rule(address)[0]
        return normal(name).strip(), shape(rule.rule) if rule else "", f"{answer.status}\n{normal(head)}\n{text}"

    def read(self, address: str, html: str) -> None:
        """Notes where a page leads to, the choices of its searches, and its forms."""
        for found in LINK.findall(html):
            self.wait(unescape(found))
        for head, form in FORM.findall(html.partition("<main")[2]):
            action = re.search(r'\saction="([^"]*)"', head)
            path = urlsplit(unescape(action[1]) if action else address).path
            if 'method="post"' in head.lower():
                if FIELD.search(form):
                    self.forms[shape(rule.rule) if (rule := self.rule(address)[0]) else ""].append(address)
                continue
            for name, options in SELECT.findall(form):
                for value in OPTION.findall(options):
                    self.wait(f"{path}?{urlencode({unescape(name): unescape(value)})}")

    def sent(self) -> Iterator[Page]:
        """The responses to forms that are sent empty. What they change nevertheless, both trees change."""
        for _rule, addresses in sorted(self.forms.items()):
            for address in list(dict.fromkeys(addresses))[:SENT]:
                page = BeautifulSoup(self.ask("GET", address).text, "lxml")
                for number, form in enumerate(page.select("main form[method=post]")):
                    target = str(form.get("action") or address)
                    fields = {str(f["name"]): str(f.get("value", "")) for f in form.select("input[type=hidden][name]")}
                    yield self.page(f"{address} form {number} sent empty", target, self.ask("POST", target, fields))


def work(app: Any, var: Path) -> None:
    """Lets the worker send all mail again that was ever stored, seal and remind, until nothing more happens."""
    with sqlite3.connect(var / "korpu.sqlite3") as database:
        database.execute("UPDATE message SET next_try_at = created_at, sent_at = NULL")

    def watch() -> None:
        client, counts, calm, since = app.test_client(), "", 0, time.monotonic()
        while calm < 4 and time.monotonic() - since < 300:
            time.sleep(1.5)
            before, counts = counts, client.get("/metrics", headers={"Authorization": f"Bearer {METRICS}"}).text
            calm = calm + 1 if counts == before and "unsealed 0" in counts else 0
        os.kill(os.getpid(), signal.SIGTERM)  # as an operator ends a worker

    threading.Thread(target=watch, daemon=True).start()
    command(app, "worker")
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # the worker's is over


def command(app: Any, *arguments: str) -> None:
    app.cli.main(args=list(arguments), standalone_mode=False)


def mails(folder: Path) -> Iterator[Page]:
    """The mails to each person, as one page."""
    received: dict[str, list[str]] = defaultdict(list)
    for path in folder.glob("*.eml"):
        mail = message_from_bytes(path.read_bytes(), policy=policy.default)
        assert isinstance(mail, EmailMessage)
        said = [f"{name}: {value}" for name, value in mail.items() if name not in ("Message-ID", "Content-Type")]
        for part in mail.iter_parts():
            assert isinstance(part, EmailMessage)
            text = part.get_content()
            said += [part.get_content_type(), normal(text) if part.get_content_subtype() == "html" else text]
        received[str(mail["To"])].append("\n".join(said) + "\n")
    for to, texts in received.items():
        yield to, "", "\n".join(sorted(texts))


def show(tree: Path, out: Path, everything: bool, who: str) -> None:
    """Writes every page of one tree below `out`."""
    sys.path[0] = str(tree)
    with time_machine.travel(MOMENT, tick=False), tempfile.TemporaryDirectory() as name:
        from config import Config
        from portal.app import create_app

        var, base = Path(name), "http://127.0.0.1:8000"
        database = f"sqlite:///{var / 'korpu.sqlite3'}"
        app = create_app(Config("x" * 40, database, base, var, demo=True, metrics_token=METRICS))
        with app.app_context():
            command(app, "db", "upgrade")
            command(app, "seed")
            work(app, var)
        rules: dict[str, set[str]] = defaultdict(set)
        for rule in app.url_map.iter_rules():
            rules[shape(rule.rule)] |= rule.methods or set()
        table = "".join(f"{rule} {' '.join(sorted(methods))}\n" for rule, methods in sorted(rules.items()))
        write(out, "routes", [("routes", "", table)])
        write(out, "mails", mails(var / "mail"))
        with sqlite3.connect(var / "korpu.sqlite3") as rows:
            people = [row[0] for row in rows.execute("SELECT email FROM person ORDER BY id")]
        shown = [address for address in people if everything or re.fullmatch(r"\w+@\w+\.example", address)]
        for language in ("tr", "az", "en"):  # English last: then forms are sent
            for person in (VISITOR, *shown):
                if (not who or who == person) and (everything or person in SAMPLE.get(language, [*shown, VISITOR])):
                    write(out, f"{person} {language}", Walker(app, person, language, everything).pages())


def write(out: Path, whose: str, pages: Iterator[Page] | list[Page]) -> None:
    folder, since = out / whose, time.monotonic()
    rules: dict[str, str] = {}
    folder.mkdir(parents=True)
    for address, rule, text in pages:
        name = file = quote(address, safe=" ?=&")[:180]
        again = 1
        while file in rules:
            file, again = f"{name} {again + 1}", again + 1
        rules[file] = rule
        (folder / file).write_text(text, "utf-8")
    (out / f"{whose}.json").write_text(json.dumps(rules), "utf-8")
    sys.stderr.write(f"{out.name}: {whose}: {len(rules)} pages, {time.monotonic() - since:.0f} s\n")


if __name__ == "__main__":
    show(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3] == "True", sys.argv[4])
