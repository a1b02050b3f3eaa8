"""From an open call to a sealed report that anybody can check: in a browser, each person at their own."""

from __future__ import annotations

import io
from datetime import date, timedelta
from pathlib import Path

import pikepdf
import pytest
from playwright.sync_api import Page, expect

from portal import calendars
from tests.browser.conftest import Enter
from tests.browser.server import Live
from tests.filled import pdf

pytestmark = pytest.mark.browser
EXPERT, HOME = "tugba.sen@kosgeb.example", "manager@kosgeb.example"
HOST, UNIT = "manager@kobia.example", "host@kobia.example"


def send(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()
    page.wait_for_load_state()


def answer(page: Page, answers: dict[str, str]) -> None:
    for name, value in answers.items():
        page.fill(f"[name={name}]", value)


def weeks() -> tuple[date, date]:
    """A Monday two weeks ago to the Friday of last week: there are working days in it in any season."""
    monday = calendars.today("Asia/Baku") - timedelta(days=calendars.today("Asia/Baku").weekday() + 14)
    return monday, monday + timedelta(days=11)


def apply(page: Page, live: Live) -> str:
    page.goto(f"/calls/{live.call_id}")
    send(page, "Apply")
    reference = page.url.split("/exchanges/")[1].split("/")[0]
    base = f"/exchanges/{reference}"
    page.goto(f"{base}/application/plan")
    answer(page, {"situation": "Her bölgede başka.", "aim": "Ortak akış", "results": "Taslak", "activities": "Gözlem"})
    send(page, "Save and continue")
    answer(page, {"benefit_home": "Süre yarıya iner.", "benefit_host": "Bir sunum."})
    send(page, "Save and continue")
    page.select_option("[name=unit_1]", str(live.unit_id))
    first, last = weeks()
    answer(page, {"first_1": first.isoformat(), "last_1": last.isoformat(), "days": "5"})
    send(page, "Save and continue")
    page.set_input_files("[name=file]", {"name": "Özgeçmiş.pdf", "mimeType": "application/pdf", "buffer": pdf()})
    send(page, "Add")
    page.goto(f"{base}/application/consent")
    page.check("[name=declared]")
    page.check("[name=consented]")
    send(page, "Save and continue")
    page.goto(f"{base}/check")
    send(page, "Hand in the application")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Tuğba Şen")
    return base


def step(enter: Enter, who: str, address: str, button: str, size: str = "wide") -> Page:
    page = enter(who, size)
    page.goto(address)
    send(page, button)
    return page


def place(enter: Enter, live: Live, base: str) -> None:
    page = enter(HOST)
    page.goto(f"{base}/place")
    page.check(f"#unit-{live.unit_id}")
    page.fill("[name=counterpart]", "Ramil Əsgərov")
    send(page, "Propose to the unit")


def schedule(enter: Enter, base: str) -> None:
    first, last = weeks()
    page = enter(HOST)
    page.goto(f"{base}/schedule")
    answer(page, {"start": first.isoformat(), "end": last.isoformat(), "travel_out": "", "travel_back": ""})
    row = {"day": first.isoformat(), "begins": "09:30", "ends": "16:00", "title": "Açılış", "place": "Yevlax"}
    answer(page, {f"agenda-0-{name}": value for name, value in row.items()})
    send(page, "Propose")


def visit(enter: Enter, base: str) -> None:
    """On a phone, as a coordinator who stands in the door."""
    first, last = weeks()
    page = enter(UNIT, "phone")
    for part, day, button in (("arrive", first, "Record the arrival"), ("depart", last, "Record the departure")):
        page.goto(f"{base}/{part}")
        page.fill("[name=on]", day.isoformat())
        send(page, button)
        if part == "arrive":
            page.goto(f"{base}/attendance")
            send(page, "Save the attendance")


def report(enter: Enter, base: str) -> None:
    page = enter(EXPERT)
    page.goto(f"{base}/report")
    send(page, "Begin the report")
    page.goto(f"{base}/report/write/objectives")
    page.select_option("[name=rows-0-met]", "met")
    send(page, "Save and continue")
    page.goto(f"{base}/report/write/findings")
    answer(page, {"people_met": "Yevlax KOB evi", "findings": "Randevu süreyi kısaltıyor.", "days_worked": "8"})
    send(page, "Save and continue")
    page.goto(f"{base}/report/write/recommendations")
    page.fill("[name=rows-0-text]", "Ortak karşılama akışı denensin.")
    page.select_option("[name=rows-0-owner]", label="KOBİA")
    page.fill("[name=rows-0-horizon]", "2028-06-30")
    send(page, "Save and continue")
    page.goto(f"{base}/report/write/rest")
    page.fill("[name=lessons]", "İlk gün sözlük üzerinden geçilmeli.")
    page.check("[name=publish][value=yes]")
    send(page, "Save and continue")
    page.goto(f"{base}/report/check")
    send(page, "Hand in the report")


def sealed(page: Page, base: str) -> bytes:
    """The worker seals it within moments."""
    for _try in range(120):
        data = page.context.request.get(f"{base}/report/pdf").body()
        if data.startswith(b"%PDF"):
            page.goto(f"{base}/report")
            expect(page.locator("[aria-labelledby=sealed] li")).to_have_count(4)
            return data
        page.wait_for_timeout(500)
    raise AssertionError("it was not sealed")


def verdict(page: Page, data: bytes) -> str:
    page.goto("/verify")
    page.set_input_files("[name=file]", {"name": "report.pdf", "mimeType": "application/pdf", "buffer": data})
    send(page, "Check the file")
    return page.get_by_role("heading", level=1).inner_text()


def test_an_exchange_from_the_call_to_a_checked_report(live: Live, enter: Enter, tmp_path: Path) -> None:
    base = apply(enter(EXPERT, "phone"), live)
    step(enter, HOME, f"{base}/endorse", "Endorse")
    step(enter, HOST, f"{base}/accept", "Accept")
    place(enter, live, base)
    step(enter, UNIT, f"{base}/confirm", "Confirm")
    schedule(enter, base)
    step(enter, EXPERT, f"{base}/agree-expert", "Agree", "phone")
    step(enter, HOME, f"{base}/agree-home", "Agree")
    visit(enter, base)
    report(enter, base)
    step(enter, HOST, f"{base}/report/accept-host", "Accept the report")
    manager = step(enter, HOME, f"{base}/report/accept-home", "Accept the report")
    data = sealed(manager, base)
    visitor = enter()
    assert "genuine" in verdict(visitor, data).casefold()
    with pikepdf.open(io.BytesIO(data)) as paper:
        paper.docinfo["/Title"] = "Something else"
        paper.save(tmp_path / "altered.pdf")
    assert "altered" in verdict(visitor, (tmp_path / "altered.pdf").read_bytes()).casefold()
    assert "Tuğba" not in visitor.locator("main").inner_text()
