"""Is this paper genuine? By its code, its QR code's address, or the file itself."""

from __future__ import annotations

import io
import random
from collections.abc import Callable

import pikepdf
import pytest
from flask import Flask
from sqlalchemy import select

from config import Config
from portal.accounts.models import Person
from portal.db import session
from portal.exchanges.models import Exchange
from portal.sealing import drafts
from portal.sealing.models import SealedDocument
from portal.sealing.service import CODE_LENGTH, CODE_LETTERS, new_code
from portal.sealing.views import tidy
from portal.sealing.worker import make_next, seal_due
from tests.factories import World, actor
from tests.form_data import pdf
from tests.pages import Browser
from tests.pdfs import qr_code
from tests.scenarios import make_exchange

As = Callable[[Person], Browser]


class Paper:
    """One sealed report: its exchange, its row, its bytes."""

    def __init__(self, exchange: Exchange, row: SealedDocument, data: bytes) -> None:
        self.exchange, self.row, self.data = exchange, row, data
        self.reference, self.code, self.name = exchange.reference, row.code, exchange.person_name


@pytest.fixture
def paper(app: Flask, world: World, config: Config) -> Paper:
    kept = app.extensions["storage"]
    exchange = make_exchange(world, kept, "accept_home")
    assert seal_due(config, kept) == 1
    row = session.scalars(select(SealedDocument)).one()
    return Paper(exchange, row, kept.get(row.key))


def check(browser: Browser, data: bytes, name: str = "report.pdf") -> str:
    """What the page says of this file."""
    browser.open("/verify")
    browser.send("/verify/file", {"file": (io.BytesIO(data), name)}, having="file")
    return browser.text_of("h1")


def test_the_sealed_file_is_genuine(paper: Paper, browser: Browser) -> None:
    assert check(browser, paper.data) == "Genuine"
    assert paper.reference in browser.text and "Sealed" in browser.text


def test_the_result_names_no_person(paper: Paper, world: World, browser: Browser) -> None:
    for page in (lambda: check(browser, paper.data), lambda: browser.open(f"/verify/{paper.code}")):
        page()
        for secret in (paper.name, paper.name.split()[0], "Deniz", "KOBİ Uzmanı", world.expert.email):
            assert secret not in browser.text, secret


def test_a_changed_byte_is_seen_wherever_it_is(paper: Paper, browser: Browser) -> None:
    dice = random.Random(7)
    places = [*dice.sample(range(len(paper.data)), 30), 0, 9, len(paper.data) - 2, paper.data.index(b"korpu:") + 8]
    for place in places:
        other = bytes([paper.data[place] ^ 1])
        assert check(browser, paper.data[:place] + other + paper.data[place + 1 :]) == "Altered", place


def test_a_file_with_something_added_or_cut_off_is_altered(paper: Paper, browser: Browser) -> None:
    assert check(browser, paper.data + b"\n") == "Altered"
    assert check(browser, paper.data[:-1]) == "Altered"
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(paper.data)) as edited:
        del edited.pages[1]
        edited.save(out)
    assert check(browser, out.getvalue()) == "Altered"
    assert paper.reference in browser.text, "which report it claims to be is said"


def test_a_draft_is_not_sealed(app: Flask, config: Config, world: World, browser: Browser) -> None:
    kept = app.extensions["storage"]
    exchange = make_exchange(world, kept, "report")
    row = drafts.want(exchange, "report", "en", by=actor(world.expert))
    session.commit()
    make_next(config, kept)
    data = kept.get(row.key)
    assert check(browser, data) == "Not sealed"
    assert exchange.person_name not in browser.text


def test_another_pdf_is_unknown(paper: Paper, browser: Browser) -> None:
    assert check(browser, pdf()) == "Unknown"
    assert paper.reference not in browser.text


def test_another_file_with_a_genuine_code_is_not_genuine(paper: Paper, browser: Browser) -> None:
    assert check(browser, pdf() + f"% korpu:{paper.code}".encode()) == "Altered"
    assert check(browser, pdf() + b"% korpu:ABCDEFGHJKMN") == "Unknown"


def locked() -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page()
        made.save(out, encryption=pikepdf.Encryption(owner="a", user="b"))
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"", "", "Choose the PDF"),
        (b"", "empty.pdf", "is empty"),
        (b"\x89PNG\r\n\x1a\n....IEND", "a.png", "is of another kind"),
        (b"hello", "a.pdf", "is of another kind"),
        (b"hello", "a.exe", "is of another kind"),
        (b"%PDF-1.7 but then nothing", "a.pdf", "cannot be read"),
        (locked(), "a.pdf", "locked with a password"),
        (b"%PDF-1.7" + b"x" * 10 * 1024 * 1024, "a.pdf", "larger than 10 MB"),
    ],
)
def test_what_cannot_be_a_report_is_told_beside_the_field(
    world: World, browser: Browser, data: bytes, name: str, words: str
) -> None:
    browser.open("/verify")
    browser.send("/verify/file", {"file": (io.BytesIO(data), name)}, having="file")
    assert browser.status == 422
    assert any(words in problem for problem in browser.problems), browser.problems
    assert browser.page.select_one("#file-error") and browser.text_of("title").startswith("Error:")


def test_a_file_over_the_limit_gets_a_page_in_words(world: World, browser: Browser) -> None:
    browser.open("/verify")
    browser.send("/verify/file", {"file": (io.BytesIO(b"%PDF-1.7" + b"x" * 13_000_000), "a.pdf")}, having="file")
    assert browser.status == 413 and "The file is too large" in browser.text


def spellings(code: str) -> list[str]:
    parts = [code[:4], code[4:8], code[8:]]
    return [
        "-".join(parts), " ".join(parts).lower(), f"  {'–'.join(parts)} ", code.replace("0", "O").replace("1", "l"),
        code.replace("0", "o").replace("1", "İ"), f"https://korpu.example/verify/{code}", f"{code}\u200e",
    ]  # fmt: skip


def test_a_code_is_found_however_it_is_typed(paper: Paper, browser: Browser) -> None:
    paper.row.code = "0V1KQ2MD98XA"
    session.commit()
    for spelling in spellings(paper.row.code):
        browser.open("/verify")
        browser.send("/verify", {"code": spelling}, having="code")
        assert browser.location == f"/verify/{paper.row.code}", spelling
        browser.open(browser.location)
        assert "A report was sealed under this code" in browser.text and paper.reference in browser.text
    browser.open("/verify/0u1kq2md98xa")
    assert paper.reference in browser.text, "a U is read for a V"


@pytest.mark.parametrize("code", ["AAAAAAAAAAAA", "A", "7F3KQ2MD98XA7", "%00", "ə" * 300, "..%2f..", "unknown"])
def test_unknown_codes_are_told_so(paper: Paper, browser: Browser, code: str) -> None:
    browser.open(f"/verify/{code}", 404)
    assert paper.reference not in browser.text


@pytest.mark.parametrize("typed", ["", "   ", "x" * 201])
def test_no_code_is_told_beside_the_field(world: World, browser: Browser, typed: str) -> None:
    browser.open("/verify")
    browser.send("/verify", {"code": typed}, having="code")
    assert browser.status == 422 and browser.problems


def test_a_report_that_waits_for_its_seal_is_unknown(app: Flask, world: World, browser: Browser) -> None:
    make_exchange(world, app.extensions["storage"], "accept_home")
    browser.open(f"/verify/{session.scalar(select(SealedDocument.code))}", 404)


def test_the_picture_of_the_code_leads_to_the_page_that_checks_it(
    paper: Paper, browser: Browser, config: Config
) -> None:
    address = qr_code(paper.data)
    assert address == f"{config.base_url}/verify/{paper.code}"
    browser.open(address.removeprefix(config.base_url))
    assert paper.reference in browser.text


def test_codes_are_long_different_and_read_back_as_they_are() -> None:
    codes = {new_code() for _ in range(500)}
    assert len(codes) == 500
    assert all(len(code) == CODE_LENGTH and set(code) <= set(CODE_LETTERS) and tidy(code) == code for code in codes)
