"""Applying, as an expert meets it: with wrong answers, too late, in two places at once, signed out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from playwright.sync_api import FilePayload, Page, Route, expect
from sqlalchemy import select

from portal import calendars
from portal.accounts.models import Agency, Person, actor_of
from portal.calls.models import Call
from portal.db import session
from portal.exchanges.models import Exchange
from portal.policy import Actor, Grant, Role
from portal.seed import agencies_and_units
from portal.workflows.exchange_terms import Status
from tests.browser.conftest import Enter
from tests.browser.screenshots import found, too_wide
from tests.browser.server import PASSWORD, Live
from tests.form_data import begin, fill

pytestmark = pytest.mark.browser
SECTIONS = ("person", "languages", "plan", "benefit", "wishes", "documents", "consent")


@dataclass(frozen=True)
class Begun:
    """An application that has been begun: whose, where, under which call."""

    email: str
    reference: str
    call_id: int

    @property
    def base(self) -> str:
        return f"/exchanges/{self.reference}"


@contextmanager
def rows(live: Live) -> Iterator[None]:
    """The server's own rows, committed at the end."""
    with live.app.app_context():
        yield
        session.commit()
        session.remove()


def open_call(key: str) -> Call:
    """A call of KOSGEB → KOBİA of its own, whose visits are in the spring of `tests.form_data`."""
    agencies = {agency.code: agency for agency in session.scalars(select(Agency))}
    plan = agencies_and_units.CallPlan(f"browser-growth-{key}", "KOSGEB", -5, 30, 30, 60, 5)
    call = agencies_and_units.add_call(plan, agencies, Actor(1, frozenset({Grant(Role.ADMIN)})))
    call.title_en = f"A call in a browser: {key}"
    call.earliest, call.latest = date(2027, 3, 1), date(2027, 6, 30)
    call.min_days, call.max_days = 5, 15
    session.flush()
    return call


def begun(live: Live, email: str, key: str, *, complete: bool = False) -> Begun:
    """This person's application under a call of its own; `complete` answers everything."""
    with rows(live):
        call = open_call(key)
        by = actor_of(session.scalars(select(Person).where(Person.email == email)).one())
        exchange = begin(call, by)
        if complete:
            fill(exchange, by, live.unit_id, live.app.extensions["storage"])
        return Begun(email, exchange.reference, call.id)


def status_of(live: Live, application: Begun) -> Status:
    with rows(live):
        return session.scalars(select(Exchange.status).where(Exchange.reference == application.reference)).one()


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()
    page.wait_for_load_state()


def test_every_page_of_an_application_can_be_used_by_everybody(live: Live, enter: Enter) -> None:
    """Also where answers are wrong: on a phone, on a narrow one, on a wide screen."""
    application = begun(live, "baris.koc@kosgeb.example", "for everybody")
    for size in ("wide", "phone", "320"):
        page = enter(application.email, size)
        for part in ("application", *(f"application/{name}" for name in SECTIONS), "check", "withdraw", "documents"):
            page.goto(f"{application.base}/{part}")
            assert found(page) == [], (size, part)
            assert too_wide(page) == [], (size, part)
    wrong_answers(page, application)


def wrong_answers(page: Page, application: Begun) -> None:
    wrong: dict[str, tuple[int, dict[str, str]]] = {
        "person": (2, {"years": "99", "other_topics": "ş" * 20_000}),
        "wishes": (3, {"first_2": "2027-06-10", "last_2": "2027-06-01", "first_3": "2029-01-01", "days": "300"}),
    }
    for name, (problems, answers) in wrong.items():
        page.goto(f"{application.base}/application/{name}")
        for field, value in answers.items():
            page.fill(f"[name={field}]", value)
        press(page, "Save and continue")
        refused(page, problems)
        for field, value in answers.items():
            expect(page.locator(f"[name={field}]")).to_have_value(value)
    page.goto(f"{application.base}/application/documents")
    lie: FilePayload = {"name": "CV.pdf", "mimeType": "application/pdf", "buffer": b"MZ is no PDF"}
    page.set_input_files("[name=file]", lie)
    press(page, "Add")
    refused(page, 1)
    page.goto(f"{application.base}/check")
    press(page, "Hand in the application")
    refused(page)


def refused(page: Page, problems: int | None = None) -> None:
    """The summary has the focus, leads to each answer, and nobody is shut out from it."""
    summary = page.locator(".error-summary")
    expect(summary).to_be_focused()
    links = summary.get_by_role("link")
    if problems is not None:
        expect(links).to_have_count(problems)
        links.first.click()
        focused = page.evaluate("document.activeElement.id")
        assert f"#{focused}" == links.first.get_attribute("href")
        assert page.title().startswith("Error:")
    assert found(page) == []
    assert too_wide(page) == []


def test_the_deadline_passes_while_the_answers_are_checked(live: Live, enter: Enter) -> None:
    application = begun(live, "gulcin.oz@kosgeb.example", "too late", complete=True)
    page = enter(application.email, "phone")
    page.goto(f"{application.base}/check")
    with rows(live):
        session.get_one(Call, application.call_id).deadline = calendars.now() - timedelta(minutes=1)
    press(page, "Hand in the application")
    expect(page.locator(".error-summary")).to_contain_text("The deadline has passed")
    expect(page.locator(".error-summary")).to_contain_text("your text is kept")
    assert found(page) == []
    assert status_of(live, application) is Status.DRAFT
    page.goto(f"{application.base}/application")
    expect(page.locator("main")).to_contain_text("This call takes no more applications")


def test_a_double_click_and_the_back_button_hand_in_once(live: Live, enter: Enter) -> None:
    application = begun(live, "huseyin.avci@kosgeb.example", "twice", complete=True)
    page = enter(application.email, "phone")
    page.goto(f"{application.base}/check")
    page.get_by_role("button", name="Hand in the application", exact=True).dblclick()
    page.wait_for_url(f"**{application.base}")
    page.go_back()
    page.wait_for_load_state()
    again = page.get_by_role("button", name="Hand in the application", exact=True)
    if again.count():  # a browser may show the page as it was
        again.click()
    page.goto(f"{application.base}/history")
    expect(page.get_by_text("Application handed in")).to_have_count(1)


def test_a_press_while_the_draft_saves_itself_waits_for_it(live: Live, enter: Enter) -> None:
    """Sent together, the two would look like two windows that contradict each other."""
    application = begun(live, "zeynep.agaoglu@kosgeb.example", "at once")
    page = enter(application.email)
    held: list[Route] = []
    answers: list[int] = []
    page.on("response", lambda answer: answers.append(answer.status))
    page.route("**/application/plan", lambda r: held.append(r) if "x-autosave" in r.request.headers else r.continue_())
    page.goto(f"{application.base}/application/plan")
    with page.expect_request(lambda sent: "x-autosave" in sent.headers):
        page.fill("[name=situation]", "Her bölgede başka.")
    page.fill("[name=aim]", "Ortak bir akış")
    page.get_by_role("button", name="Save and continue").click()
    page.wait_for_timeout(300)
    assert page.url.endswith("/plan"), "the press did not wait"
    held[0].continue_()
    page.wait_for_url("**/benefit")
    assert 409 not in answers
    page.goto(f"{application.base}/application/plan")
    expect(page.locator("[name=aim]")).to_have_value("Ortak bir akış")


def test_a_change_of_language_waits_for_the_draft_that_saves_itself(live: Live, enter: Enter) -> None:
    """Otherwise the page in the other language would be older than what is stored: "saved elsewhere"."""
    application = begun(live, "nihal.isik@kosgeb.example", "language")
    page = enter(application.email)
    held: list[Route] = []
    answers: list[int] = []
    page.on("response", lambda answer: answers.append(answer.status))
    page.goto(f"{application.base}/application/plan")
    page.route(
        "**/application/plan",
        lambda r: r.continue_() if held or "x-autosave" not in r.request.headers else held.append(r),
    )
    with page.expect_request(lambda sent: "x-autosave" in sent.headers):
        page.fill("[name=situation]", "Her bölgede başka.")
    page.click(".languages [value=tr]")
    page.wait_for_timeout(300)
    assert page.locator("html").get_attribute("lang") == "en", "the change did not wait"
    held[0].continue_()
    expect(page.locator("html")).to_have_attribute("lang", "tr")
    expect(page.locator("[data-saved]")).to_contain_text("Kaydedildi", timeout=8_000)
    assert 409 not in answers


def test_a_long_draft_saves_itself_when_the_page_goes_away(live: Live, enter: Enter) -> None:
    """Browsers send no more than 64 KiB after a page; the words never blame the connection for that."""
    application = begun(live, "ipek.aydin@kosgeb.example", "long")
    page = enter(application.email)
    page.goto(f"{application.base}/application/plan")
    page.evaluate("document.querySelector('form[data-autosave] [name=aim]').value = '€'.repeat(4000)")
    for number in range(5):
        page.evaluate(
            """number => document.querySelector('form[data-autosave]').insertAdjacentHTML('beforeend',
            `<input type=hidden name=more${number} value="${'x'.repeat(15000)}">`)""",
            number,
        )
    with page.expect_response(lambda answer: "x-autosave" in answer.request.headers) as saved:
        page.fill("[name=situation]", "Her bölgede başka.")
        page.evaluate("""Object.defineProperty(document, 'hidden', {value: true});
            document.dispatchEvent(new Event('visibilitychange'))""")
    assert saved.value.status == 200 and len(saved.value.request.post_data_buffer or b"") > 65_536
    expect(page.locator("[data-saved]")).to_contain_text("Saved at")


def test_whoever_was_signed_out_while_writing_can_copy_the_words(live: Live, enter: Enter) -> None:
    application = begun(live, "ece.tunc@kosgeb.example", "signed out")
    page = enter(application.email, "phone")
    page.goto(f"{application.base}/application/benefit")
    other = page.context.new_page()
    other.goto("/desk")
    other.get_by_role("button", name="Sign out").click()
    other.wait_for_load_state()
    page.fill("[name=benefit_home]", "Bir saat boyunca yazılan metin")
    expect(page.locator("[data-saved]")).to_contain_text("you were signed out meanwhile", timeout=8_000)
    press(page, "Save and continue")
    expect(page.get_by_role("heading", level=1)).to_have_text("This page was open too long")
    expect(page.locator("main")).to_contain_text("Bir saat boyunca yazılan metin")
    assert found(page) == []
    other.goto("/sign-in")
    other.fill("[name=email]", application.email)
    other.fill("[name=password]", PASSWORD)
    other.locator("main [type=submit]").first.click()
    other.wait_for_url("**/desk")


def test_a_manager_writes_a_call_that_visitors_find(enter: Enter) -> None:
    """With a mistake on the way, on a phone."""
    manager = enter("manager@kobia.example", "phone")
    manager.goto("/calls/new")
    press(manager, "Save")
    refused(manager)
    for name, value in NEW_CALL.items():
        manager.fill(f"main [name={name}]", value)
    for words in ("Short (2 to 30 working days", "KOSGEB → KOBİA"):
        manager.get_by_role("radio", name=words).check()
    manager.select_option("[name=heading]", "2")
    manager.get_by_role("checkbox", name="Curriculum vitae").check()
    press(manager, "Save")
    expect(manager.locator("main")).to_contain_text("This call is a draft")
    visitor = enter("", "320")
    visitor.goto(manager.url)
    expect(visitor.locator("h1")).not_to_have_text(NEW_CALL["title_en"])
    address = manager.url
    manager.get_by_role("link", name="Time limits of this call").click()
    manager.fill("[name=decision]", "3")
    press(manager, "Save")
    manager.get_by_role("link", name="Publish").click()
    press(manager, "Publish")
    expect(manager.locator("main")).to_contain_text("Open")
    visitor.goto("/calls?kind=short&direction=KOSGEB-KOBIA&heading=2&when=open")
    visitor.get_by_role("link", name=NEW_CALL["title_en"]).click()
    visitor.wait_for_url(address)
    expect(visitor.get_by_role("link", name="Sign in to apply")).to_be_visible()
    for page in (manager, visitor):
        assert found(page) == []
        assert too_wide(page) == []


TODAY = date.today()
NEW_CALL = {
    "title_en": "Market days of small firms", "title_tr": "Küçük işletmelerin pazar günleri",
    "title_az": "Kiçik müəssisələrin bazar günləri", "description": "Build a stand together.",
    "who_can_apply": "Experts of KOSGEB.", "other_topics": "fairs\nexport", "places": "2",
    "opens_day": (TODAY - timedelta(days=2)).isoformat(), "opens_time": "09:00",
    "deadline_day": (TODAY + timedelta(days=20)).isoformat(), "deadline_time": "18:00",
    "earliest": (TODAY + timedelta(days=60)).isoformat(), "latest": (TODAY + timedelta(days=200)).isoformat(),
    "min_days": "3", "max_days": "12", "costs": "Travel: home. Lodging: host.", "contact": "exchange@kobia.example",
}  # fmt: skip
