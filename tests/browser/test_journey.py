"""From an open call to a sealed report that anybody can check, in a browser: each person at their own, none of them
with a mouse. They type, press Tab, arrows, Space and Enter, and go from page to page by its links."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pikepdf
import pytest
from playwright.sync_api import expect

from portal import calendars
from tests.browser.conftest import Enter
from tests.browser.keyboard import Keyboard
from tests.browser.server import Live
from tests.form_data import pdf

pytestmark = pytest.mark.browser
EXPERT, HOME = "tugba.sen@kosgeb.example", "manager@kosgeb.example"
HOST, UNIT = "manager@kobia.example", "host@kobia.example"
SEALED = "[aria-labelledby=sealed] a[href*='/report/pdf']"


def weeks() -> tuple[date, date]:
    """A Monday two weeks ago to the Friday of last week: there are working days in it in any season."""
    monday = calendars.today("Asia/Baku") - timedelta(days=calendars.today("Asia/Baku").weekday() + 14)
    return monday, monday + timedelta(days=11)


def typed(day: date) -> str:
    """As one types it into a date field of a browser in English."""
    return day.strftime("%m%d%Y")


def apply(expert: Keyboard, live: Live) -> str:
    """From the desk to the call and through all that it asks for; the address of the exchange."""
    expert.follow(".nav a[href='/calls']", "**/calls")
    expert.follow(f"main a[href='/calls/{live.call_id}']")
    expert.press("Apply", "**/application")
    base = expert.page.url.removeprefix(live.base).removesuffix("/application")
    expert.follow("main a[href$='/application/plan']")
    for name in ("situation", "aim", "results", "activities"):
        expert.type(name, "Ölçülebilir bir sonuç")
    expert.press("Save and continue", "**/benefit")
    for name in ("benefit_home", "benefit_host"):
        expert.type(name, "Süre yarıya iner")
    expert.press("Save and continue", "**/wishes")
    wish(expert)
    expert.choose({"name": "Özgeçmiş.pdf", "mimeType": "application/pdf", "buffer": pdf()})
    expert.press("Add")
    expert.press("Continue", "**/consent")
    for name in ("noticed", "consented", "declared"):
        expert.type(name, " ")
    expert.press("Save and continue", "**/application")
    expert.follow("main a[href$='/check']")
    expert.press("Hand in the application")
    expert.press("Hand in nevertheless", f"**{base}")  # the wished dates are near
    expect(expert.page.locator("main")).to_contain_text("KOSGEB is reading your application. KOBİA cannot see it yet.")
    return base


def wish(expert: Keyboard) -> None:
    """With a slip of the finger, which the page tells and leads to."""
    first, last = weeks()
    expert.type("unit_1", "Y")
    for name, keys in {"first_1": typed(first), "last_1": typed(last), "days": "500"}.items():
        expert.type(name, keys)
    expert.press("Save and continue")
    summary, days = expert.page.get_by_role("alert"), expert.page.locator("[name=days]")
    expect(summary).to_be_focused()
    expect(summary.get_by_role("heading")).to_have_text("There is a problem")
    expect(days).to_have_attribute("aria-invalid", "true")
    expect(days).to_have_accessible_description(
        "This call allows 3 to 15 working days. Mondays to Fridays count, holidays too. "
        "Error: Number must be between 1 and 366."
    )
    expert.reach(".error-summary a[href='#days']")
    expert.keys("Enter")
    expect(days).to_be_focused()
    expert.keys("Control+A", "5")
    expert.press("Save and continue", "**/documents#days")


def task(who: Keyboard, base: str, part: str) -> None:
    """What waits for this person at the desk, and the page on which it is done."""
    who.follow(".nav a[href='/desk']", "**/desk")
    who.reach(".skip")
    who.keys("Enter")
    who.follow(f".turns a[href='{base}']")
    who.follow(f".turn a[href='{base}/{part}']")


def decide(who: Keyboard, base: str, part: str, button: str) -> None:
    task(who, base, part)
    who.press(button)


def place(host: Keyboard, live: Live, base: str) -> None:
    task(host, base, "place")
    host.follow(f"main button[name=unit][value='{live.unit_id}']")
    host.press("Propose nevertheless", "**/terms")  # the unit is warned of
    host.type("counterpart", "Ramil Əsgərov")
    host.press("Save the terms")


def schedule(host: Keyboard, base: str) -> None:
    first, last = weeks()
    task(host, base, "schedule")
    host.type("start", typed(first))
    host.type("end", typed(last))
    host.press("Show these days")
    row = {"begins": "0930AM", "ends": "0400PM", "title": "Açılış", "place": "Yevlax"}
    for name, keys in row.items():
        host.type(f"agenda-0-{name}", keys)
    host.press("Propose")
    host.press("Propose nevertheless")  # not every day has an item yet


def visit(unit: Keyboard, base: str) -> None:
    """On a phone, as a coordinator who stands in the door; on one day the expert was away."""
    first, last = weeks()
    task(unit, base, "arrive")
    unit.type("on", typed(first))
    unit.press("Record the arrival")
    task(unit, base, "depart")
    unit.press("Record attendance")
    unit.type("present", " ")
    unit.press("Save the attendance")
    task(unit, base, "depart")
    unit.type("on", typed(last))
    unit.press("Record the departure")


def report(expert: Keyboard, base: str) -> None:
    expert.follow(".nav a[href='/desk']", "**/desk")
    expert.follow(f".turns a[href='{base}']")
    expert.follow(f".tabs a[href='{base}/report']")
    expert.press("Begin the report", "**/objectives")
    expert.type("rows-0-met", "M")
    expert.press("Save and continue", "**/plan")
    expert.press("Save and continue", "**/findings")
    for name, keys in {"people_met": "Yevlax KOB evi", "findings": "Randevu kısaltıyor."}.items():
        expert.type(name, keys)
    expert.press("Save and continue", "**/recommendations")
    row = {"text": "Ortak karşılama akışı denensin.", "owner": "KOB", "horizon": "06302028"}
    for name, keys in row.items():
        expert.type(f"rows-0-{name}", keys)
    expert.press("Save and continue", "**/rest")
    expert.type("lessons", "İlk gün sözlük üzerinden geçilmeli.")
    expert.type("publish", " ")
    expert.press("Save and continue", "**/check")
    expert.press("Hand in the report")


def accept(who: Keyboard, base: str, part: str) -> None:
    decide(who, base, f"report/{part}", "Accept the report")


def sealed(who: Keyboard, base: str) -> bytes:
    """The worker seals it within moments, in three languages and in two beside each other."""
    papers = who.page.locator(SEALED)
    for _try in range(60):
        who.follow(f".tabs a[href='{base}/report']")
        if papers.count() == 4:
            break
        who.page.wait_for_timeout(500)
    who.reach(SEALED)
    with who.page.expect_download() as download:
        who.keys("Enter")
    return download.value.path().read_bytes()


def verdict(visitor: Keyboard, data: bytes) -> str:
    visitor.follow(".foot a[href='/verify']")
    visitor.choose({"name": "report.pdf", "mimeType": "application/pdf", "buffer": data})
    visitor.press("Check the file")
    return visitor.page.get_by_role("heading", level=1).inner_text().casefold()


def altered(data: bytes) -> bytes:
    changed = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as paper:
        paper.docinfo["/Title"] = "Something else"
        paper.save(changed)
    return changed.getvalue()


def test_an_exchange_from_the_call_to_a_checked_report_by_keyboard_alone(live: Live, enter: Enter) -> None:
    expert, unit = (Keyboard(enter("", "phone")).sign_in(who) for who in (EXPERT, UNIT))
    home, host = (Keyboard(enter()).sign_in(who) for who in (HOME, HOST))
    base = apply(expert, live)
    decide(home, base, "endorse", "Endorse")
    decide(host, base, "accept", "Accept")
    place(host, live, base)
    decide(unit, base, "confirm", "Confirm")
    schedule(host, base)
    decide(expert, base, "agree-expert", "Agree")
    decide(home, base, "agree-home", "Agree")
    visit(unit, base)
    report(expert, base)
    accept(host, base, "accept-host")
    accept(home, base, "accept-home")
    data = sealed(home, base)
    assert data.startswith(b"%PDF")
    visitor = Keyboard(enter())
    visitor.page.goto("/")
    assert "genuine" in verdict(visitor, data)
    assert "altered" in verdict(visitor, altered(data))
    assert "Tuğba" not in visitor.page.locator("main").inner_text()
