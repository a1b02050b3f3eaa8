"""What people write is shown as they wrote it and is never markup, a template, a header or a line of a calendar."""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from email import policy
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from icalendar import Calendar
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.db import session
from portal.exchanges.models import Exchange
from portal.exchanges.queries import WITH_PEOPLE
from portal.messages.delivery import compose
from portal.messages.models import Message
from portal.names import LANGUAGES
from portal.reports.queries import document
from portal.reports.sealed_report import html_of
from portal.sealing.side_by_side import side_by_side
from portal.visits.models import AgendaItem
from portal.web.pdf import render
from tests.all_pages.conftest import demonstrating
from tests.all_pages.everyone import MOVED, Page, Sort, Sorts, Visitor, Walk, visitors
from tests.all_pages.hostile_text import EVALUATED, MARK, add_rows, faults, fill, parsed_faults, shown, texts
from tests.pages import Browser
from tests.pdfs import pages_of

IN_THE_REPORT = {"milestone.result"}  # shown on no page that links lead to
FIELD = re.compile(r'<textarea|type="text"')
FORM = "main form[method=post]:has(textarea, [type=text])"
HEADERS = {
    "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type", "Content-Language",
}  # fmt: skip


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The demonstration, in which everybody wrote nothing but MARK everywhere."""
    with demonstrating("hostile", Path(tmp_path_factory.mktemp("hostile"))) as app:
        with app.app_context():
            add_rows(app.extensions["storage"])
            fill()
        yield app


@pytest.fixture(scope="module")
def walkers(hostile: Flask) -> list[Visitor]:
    """A visitor, everybody who is no expert, and the expert of an exchange of each kind in each status."""
    with hostile.app_context():
        everybody = {who.id: who for who in visitors()}
        of_state = {(e.status, e.kind): e.expert_id for e in session.scalars(select(Exchange).order_by(Exchange.id))}
        chosen = {number for number, who in everybody.items() if not who.kind.startswith("expert")}
        return [everybody[number] for number in sorted(chosen | set(of_state.values()))]


@pytest.fixture(scope="module")
def pages(hostile: Flask, walkers: list[Visitor]) -> dict[tuple[str, Sort], Page]:
    """The first page of each sort that each role comes to in English, then in the other languages the first of each
    view and role."""
    sorts = Sorts(hostile)
    found = {
        ("en", sorts.of(who, page.address)): page
        for who in walkers
        for page in Walk(hostile, who, "en").pages(sorts.is_new)
    }
    views = {(sort.endpoint, sort.part, sort.whose): (sort, page) for (_language, sort), page in found.items()}
    for language in ("tr", "az"):
        walks = {who: Walk(hostile, who, language) for who in walkers}
        found |= {(language, sort): walks[page.who].ask(page.address)[0] for sort, page in views.values()}
    return found


@pytest.fixture(scope="module")
def answers(hostile: Flask, pages: dict[tuple[str, Sort], Page]) -> list[TestResponse]:
    """What each kind of form answers when it is sent as it stands, but as from an older version of its page."""
    forms = {(sort.endpoint, sort.part): page for (_lang, sort), page in pages.items() if FIELD.search(page.html)}
    found = []
    for page in forms.values():
        walk = Walk(hostile, page.who, "en")
        form = BeautifulSoup(walk.ask(page.address)[0].html, "html.parser").select_one(FORM)
        if form is not None:
            with hostile.app_context():
                browser = Browser(walk.client)
                given = browser.answers(form) | {"version": "0"}
                found.append(browser.post(str(form.get("action") or page.address), given))
    return found


@pytest.fixture
def inside(hostile: Flask) -> Iterator[None]:
    """Within the portal's context; nothing that the test changes and does not commit stays."""
    with hostile.app_context():
        yield
        session.rollback()


def test_no_page_is_changed_by_what_people_wrote(pages: dict[tuple[str, Sort], Page]) -> None:
    assert [(p.who.name, p.address, p.status) for p in pages.values() if p.status not in (200, *MOVED)] == []
    assert [(p.language, p.address, found) for p in pages.values() if (found := faults(p.html))] == []
    assert len(pages) > 800, "too few pages to tell anything"


def test_a_browser_finds_no_markup_of_theirs(pages: dict[tuple[str, Sort], Page]) -> None:
    """One page of each view and state; the test above looks at all the others."""
    one = {(sort.endpoint, sort.part, sort.state): page for (_language, sort), page in pages.items() if page.html}
    assert [(p.language, p.address, found) for p in one.values() if (found := parsed_faults(p.html))] == []
    assert len(one) > 150, "too few pages to tell anything"


def test_what_people_wrote_is_shown_on_some_page(pages: dict[tuple[str, Sort], Page]) -> None:
    """Otherwise the tests above would prove nothing about it."""
    seen = shown(" ".join(unescape(page.html) for page in pages.values()))
    assert set(texts()) - seen == IN_THE_REPORT


def test_a_refused_form_shows_what_was_typed_and_not_as_markup(answers: list[TestResponse]) -> None:
    again = [answer for answer in answers if answer.mimetype == "text/html" and answer.status_code in (409, 422)]
    assert len(again) > 15, "too few forms to tell anything"
    assert [answer.status_code for answer in answers if answer.status_code >= 500] == []
    for answer in again:
        assert answer.request is not None
        found = faults(answer.text) + parsed_faults(answer.text)
        assert (answer.request.path, found) == (answer.request.path, [])
    assert sum(MARK in unescape(answer.text) for answer in again) > 15


@pytest.mark.usefixtures("inside")
@pytest.mark.parametrize("language", LANGUAGES)
def test_mails_show_names_as_they_are_and_no_header_begins_in_one(hostile: Flask, language: str) -> None:
    """One of each kind, and each whose names are the expert's own and another's."""
    kinds = {(m.kind, m.facts.get("yours"), m.facts.get("status")): m for m in session.scalars(select(Message))}
    named = 0
    for message in kinds.values():
        message.language = language
        sent = compose(message, hostile.config["PORTAL"]).as_bytes()
        mail = email.message_from_bytes(sent, policy=policy.default)
        assert set(mail.keys()) <= HEADERS, message.kind
        html, plain = (mail.get_body((kind,)) for kind in ("html", "plain"))
        assert html is not None and plain is not None
        assert faults(html.get_content()) + parsed_faults(html.get_content()) == [], message.kind
        assert EVALUATED not in plain.get_content()
        if MARK in mail["Subject"]:
            assert MARK in unescape(html.get_content()) and MARK in plain.get_content(), message.kind
            named += 1
    assert named > 15, "too few kinds of mail to tell anything"


@pytest.mark.usefixtures("inside")
def test_the_report_prints_what_was_written() -> None:
    """The page that becomes the PDF, in two languages beside each other, and the words of the PDF."""
    closed = session.scalars(WITH_PEOPLE.where(Exchange.status == "closed").order_by(Exchange.id)).all()
    chosen = {exchange.kind: exchange for exchange in closed}
    assert len(chosen) == 2, "a short and a long exchange"
    seen: set[str] = set()
    for exchange in chosen.values():
        one, other = (html_of(document(exchange, language)) for language in ("az", "tr"))
        html = side_by_side(one, other)
        assert faults(html) + parsed_faults(html) == []
        given = shown(unescape(html))
        words = " ".join(pages_of(render(html)))
        assert "<b>x</b>" in words and "x</b>\"'49" not in words
        numbers = {column: texts()[column].removeprefix(MARK) for column in given}
        assert {column for column, number in numbers.items() if number not in words} == set()  # columns break lines
        seen |= given
    assert seen >= IN_THE_REPORT
    assert len(seen) > 25, "too few texts to tell anything"


@pytest.mark.usefixtures("inside")
def test_a_calendar_file_holds_titles_and_places_as_they_are(hostile: Flask, walkers: list[Visitor]) -> None:
    """A comma, a semicolon, a backslash and a line end besides, which mean something in such a file."""
    title, place = f"{MARK};,\\ \nBEGIN:VALARM", f"{MARK};,\\"
    for item in session.scalars(select(AgendaItem)):
        item.title, item.place = title, place
    session.commit()
    manager = Walk(hostile, next(who for who in walkers if who.name == "manager@kosgeb.example"), "en")
    found = set()
    references = session.scalars(select(Exchange.reference).where(Exchange.start.is_not(None))).all()
    session.rollback()
    for reference in references:
        answer = manager.ask(f"/exchanges/{reference}/visit.ics")[1]
        calendar = Calendar.from_ical(answer.data)
        assert {part.name for part in calendar.walk()} <= {"VCALENDAR", "VEVENT", "VTIMEZONE", "STANDARD", "DAYLIGHT"}
        found |= {(str(event["SUMMARY"]), str(event.get("LOCATION", ""))) for event in calendar.walk("VEVENT")}
    written = texts()
    assert (title, place) in found
    assert (
        f"{written['exchange.person_name']}: {written['host_unit.name_own']}",
        written["host_unit.address"],
    ) in found


def test_a_file_is_downloaded_under_the_name_that_it_was_given(
    hostile: Flask, pages: dict[tuple[str, Sort], Page]
) -> None:
    """A name cannot end the header's quoted string."""
    page = next(page for page in pages.values() if re.search(r"/documents/\d+$", page.address))
    header = Walk(hostile, page.who, "en").ask(page.address)[1].headers["Content-Disposition"]
    plain, _, encoded = header.partition("; filename*=UTF-8''")
    assert re.fullmatch(r'attachment; filename="[\w.~-]+"', plain), header
    assert MARK in unquote(encoded), header
