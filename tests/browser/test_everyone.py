"""What everybody can use: axe finds nothing, nothing needs a wide screen, a mouse or JavaScript, no words are lost."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from portal.accounts.demo import ADDRESSES
from tests.browser.conftest import Enter
from tests.browser.server import Live

pytestmark = pytest.mark.browser
AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text("utf-8")
RULES = "{runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}"
STARTS = {
    "": ["/", "/calls", "/sign-in", "/register", "/forgot-password", "/verify", "/how-it-works", "/nothing-here"],
    "expert": ["/desk", "/profile", "/calls", "/inbox", "/exchanges", "/admin/people"],
    "manager": ["/desk", "/exchanges", "/exchanges?q=nobody", "/calls/new", "/units", "/desk/absences", "/inbox"],
    "deputy": ["/desk", "/exchanges?status=closed"],
    "host": ["/desk", "/units", "/exchanges?status=under_way"],
    "admin": ["/admin/people", "/admin/headings", "/admin/clocks", "/admin/days", "/admin/history", "/admin/agencies"],
}
MOST = 20  # pages for one person; what others have seen before, of the same kind, is not looked at again
KINDS = re.compile(r"\d+|KX-[\d-]+|[?#].*")
FILES = re.compile(r"\.(ics|pdf)|/pdf|/documents/\d|/cv$|/report/file")


def found(page: Page) -> list[str]:
    """What axe has to say of the page, each finding with its place."""
    page.evaluate(AXE)
    told = page.evaluate(f"axe.run(document, {RULES})")
    return [f"{v['id']}: {node['target']} {node['html'][:120]}" for v in told["violations"] for node in v["nodes"]]


def too_wide(page: Page) -> list[str]:
    """What stands out to the right, where the page scrolls sideways."""
    outside = """() => { const wide = document.documentElement.clientWidth;
        if (document.documentElement.scrollWidth <= wide) return [];
        const all = [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > wide + 1);
        return ['sideways: ', ...all.slice(0, 5).map(e => 'sideways: ' + e.outerHTML.slice(0, 120))] }"""
    return list(page.evaluate(outside))


def links(page: Page) -> dict[str, str]:
    """Where the page's content leads, with its kind: a page of another task is another kind."""
    read = "all => all.map(a => [a.getAttribute('href'), a.closest('.turns') ? a.textContent : ''])"
    hrefs = page.eval_on_selector_all("main a[href^='/']", read)
    return {KINDS.sub("", href) + task: href for href, task in hrefs if not FILES.search(href)}


def walk(page: Page, starts: list[str], seen: set[str]) -> list[str]:
    """The findings of one page of each kind that the starts lead to."""
    waiting = [(address, address) for address in starts]
    findings = []
    for _page in range(MOST):
        waiting = [(kind, address) for kind, address in waiting if kind not in seen]
        if not waiting:
            break
        kind, address = waiting.pop(0)
        seen |= {kind, KINDS.sub("", address)}
        page.goto(address)
        findings += [f"{address} {finding}" for finding in found(page) + too_wide(page)]
        waiting += links(page).items()
    return findings


def told(findings: list[str]) -> None:
    """Fails with all of them, one a line."""
    assert not findings, "\n".join(["", *findings])


@pytest.mark.parametrize(("agency", "scheme"), [("kosgeb", "light"), ("kobia", "dark")])
def test_axe_finds_nothing_on_anybody_s_phone(enter: Enter, agency: str, scheme: str) -> None:
    seen: set[str] = set()
    findings = []
    people = ["", *(who for who in ADDRESSES if agency in who), *(who for who in ADDRESSES if "admin" in who)]
    for who in people:
        page = enter(who, "phone", color_scheme=scheme)
        findings += [f"{who} {finding}" for finding in walk(page, STARTS[who.partition("@")[0]], seen)]
    told(findings)


@pytest.mark.parametrize(("who", "addresses"), [
    ("", ["/", "/calls", "/sign-in", "/register"]),
    ("manager@kosgeb.example", ["/desk", "/exchanges", "/calls/new"]),
    ("manager@kobia.example", ["/exchanges/KX-2026-0003", "/exchanges/KX-2026-0003/visit"]),
    ("admin@korpu.example", ["/admin/people", "/admin/agencies"]),
])  # fmt: skip
def test_axe_finds_nothing_on_a_wide_screen_light_or_dark(enter: Enter, who: str, addresses: list[str]) -> None:
    page = enter(who)
    findings = []
    for address in addresses:
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.goto(address)
            findings += [f"{address} {scheme} {finding}" for finding in found(page) + too_wide(page)]
    told(findings)


def test_axe_finds_nothing_on_a_form_with_errors(enter: Enter) -> None:
    page = enter("", "phone")
    findings = []
    for address in ("/sign-in", "/register", "/verify"):
        page.goto(address)
        page.locator("main [type=submit]").first.click()
        expect(page.locator(".error-summary")).to_be_focused()
        assert page.title().startswith("Error:"), address
        findings += [f"{address} {finding}" for finding in found(page) + too_wide(page)]
    told(findings)


def test_axe_finds_nothing_on_a_form_that_is_too_old(enter: Enter) -> None:
    page = enter("", "phone")
    page.goto("/sign-in")
    page.locator("main [name=csrf_token]").evaluate("field => { field.value = 'of another day' }")
    page.locator("main [type=submit]").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("too old")
    told(found(page) + too_wide(page))


def test_nothing_scrolls_sideways_at_320_pixels_and_with_large_text(enter: Enter) -> None:
    """Large text: twice as large, where the window is twice as wide, as when one zooms in."""
    narrow, large = enter("manager@kosgeb.example", "320"), enter("manager@kosgeb.example", "640")
    findings = []
    for address in ("/desk", "/exchanges", "/units", "/calls/new", "/exchanges/KX-2026-0003"):
        narrow.goto(address)
        findings += [f"{address} at 320: {finding}" for finding in too_wide(narrow)]
        large.goto(address)
        large.evaluate("document.documentElement.style.fontSize = '200%'")
        findings += [f"{address} with large text: {finding}" for finding in too_wide(large)]
    told(findings)


def draft(page: Page, live: Live) -> str:
    """The address of a draft of this person in the journey's call."""
    page.goto(f"/calls/{live.call_id}")
    page.get_by_role("button", name=re.compile("Apply|Go on")).or_(
        page.get_by_role("link", name=re.compile("Go on|application"))
    ).first.click()
    page.wait_for_load_state()
    return page.url.split("/application")[0]


def test_what_is_typed_is_saved_as_one_goes(live: Live, enter: Enter) -> None:
    page = enter("can.arslan@kosgeb.example", "phone")
    base = draft(page, live)
    page.goto(f"{base}/application/plan")
    before = page.locator("[name=version]").input_value()
    with page.expect_response(lambda answer: answer.request.method == "POST") as answered:
        page.fill("[name=aim]", "Ortak bir akış")
    assert answered.value.ok
    expect(page.locator("[data-saved]")).to_contain_text("Saved")
    expect(page.locator("[name=version]")).not_to_have_value(before)
    page.goto("/desk")
    page.goto(f"{base}/application/plan")
    expect(page.locator("[name=aim]")).to_have_value("Ortak bir akış")


def test_a_second_tab_that_is_stale_keeps_its_words(live: Live, enter: Enter) -> None:
    page = enter("sule.celik@kosgeb.example")
    base = draft(page, live)
    other = page.context.new_page()
    for tab in (page, other):
        tab.goto(f"{base}/application/benefit")
    page.fill("[name=benefit_home]", "From the first tab")
    page.get_by_role("button", name="Save and come back later").click()
    page.wait_for_load_state()
    other.fill("[name=benefit_home]", "From the second tab")
    with other.expect_response(lambda answer: answer.request.method == "POST") as answered:
        other.get_by_role("button", name="Save and come back later").click()
    assert answered.value.status == 409
    expect(other.locator("main")).to_contain_text("From the first tab")
    expect(other.locator("[name=benefit_home]")).to_have_value("From the second tab")


def test_two_presses_and_the_back_button_are_one_decision(enter: Enter) -> None:
    page = enter("manager@kosgeb.example")
    page.goto("/exchanges?status=submitted&home=KOSGEB")
    page.locator("main table tbody a").first.click()
    page.wait_for_load_state()
    base = page.url
    page.goto(f"{base}/endorse")
    page.get_by_role("button", name="Endorse", exact=True).dblclick()
    page.wait_for_url(base)
    page.go_back()
    page.get_by_role("button", name="Endorse", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This has changed meanwhile")
    expect(page.locator("main")).to_contain_text("Endorsed by the home agency")
    told(found(page))
    page.goto(f"{base}/history")
    expect(page.get_by_text("Endorsed by the home agency")).to_have_count(1)


def test_everything_works_without_javascript(live: Live, enter: Enter) -> None:
    page = enter("oguz.yildiz@kosgeb.example", java_script_enabled=False)
    base = draft(page, live)
    page.goto(f"{base}/application/languages")
    page.select_option("[name=code_1]", "az")
    page.select_option("[name=level_1]", "")
    page.get_by_role("button", name="Save and continue").click()
    expect(page.locator(".error-summary")).to_be_visible()
    page.select_option("[name=level_1]", "B2")
    page.get_by_role("button", name="Save and continue").click()
    expect(page.get_by_role("heading", level=1)).not_to_contain_text("Languages")
