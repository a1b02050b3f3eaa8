"""What everybody can use: axe finds nothing, nothing needs a wide screen, a mouse or JavaScript, no words are lost."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Enter
from tests.browser.screenshots import found, told, too_wide
from tests.browser.server import Live
from tests.form_data import pdf

pytestmark = pytest.mark.browser


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
    expect(page.get_by_role("heading", level=1)).to_contain_text("open too long")
    told(found(page) + too_wide(page))


def draft(page: Page, live: Live) -> str:
    """The address of a draft of this person in the journey's call."""
    page.goto(f"/calls/{live.call_id}")
    page.get_by_role("button", name=re.compile("Apply|Go on")).or_(
        page.get_by_role("link", name=re.compile("Go on|application"))
    ).first.click()
    page.wait_for_load_state()
    return page.url.split("/application")[0]


def test_a_field_is_saved_when_it_is_left(live: Live, enter: Enter) -> None:
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


def test_a_conflict_in_a_second_tab_keeps_what_was_typed(live: Live, enter: Enter) -> None:
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


def test_a_double_click_and_the_back_button_make_one_decision(enter: Enter) -> None:
    page = enter("manager@kosgeb.example")
    page.goto("/exchanges?status=submitted&home=KOSGEB")
    page.locator("main table tbody a").first.click()
    page.wait_for_load_state()
    base = page.url
    page.goto(f"{base}/endorse")
    page.get_by_role("button", name="Endorse", exact=True).dblclick()
    page.wait_for_url(base)
    page.go_back()
    expect(page.locator(".banner")).to_contain_text("This step is not possible now.")
    page.goto(f"{base}/history")
    expect(page.get_by_text("Endorsed by KOSGEB")).to_have_count(1)


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
    page.goto(f"{base}/application/plan")
    page.fill("[name=aim]", "Ortak bir akış")
    for language, code in {"Türkçe": "tr", "English": "en"}.items():
        page.get_by_role("button", name=language, exact=True).last.click()
        expect(page.locator("html")).to_have_attribute("lang", code)
        expect(page.locator("[name=aim]")).to_have_value("Ortak bir akış")
    page.goto(f"{base}/application/documents")
    page.set_input_files("[name=file]", {"name": "CV.pdf", "mimeType": "application/pdf", "buffer": pdf()})
    page.get_by_role("button", name="Add", exact=True).click()
    other = page.context.new_page()
    other.goto(page.url)
    for tab, words in {page: "“CV.pdf” is removed.", other: "This document was removed already."}.items():
        tab.get_by_role("button", name="Remove CV.pdf").click()
        expect(tab.locator(".banner")).to_contain_text(words)


def test_rows_and_languages_without_javascript(enter: Enter) -> None:
    """What is typed stays when a row is added and when the language changes."""
    page = enter("manager@kosgeb.example", java_script_enabled=False)
    page.goto("/desk")
    page.locator(".turns a", has_text="Propose dates and a plan").first.click()
    page.fill("[name=agenda-0-title]", "Açılış")
    rows = page.locator("fieldset[id^=row-]").count()
    page.get_by_role("button", name="Add an item").first.click()
    expect(page.locator("fieldset[id^=row-]")).to_have_count(rows + 1)
    expect(page.locator(f"#row-{rows}")).to_be_in_viewport()
    page.get_by_role("button", name="Azərbaycanca").last.click()
    expect(page.locator("html")).to_have_attribute("lang", "az")
    expect(page.locator("[name=agenda-0-title]")).to_have_value("Açılış")
    expect(page.locator(".error-summary")).to_have_count(0)


def test_a_change_of_language_takes_along_what_is_written_and_where(live: Live, enter: Enter) -> None:
    page = enter("oguz.yildiz@kosgeb.example")
    page.goto(f"{draft(page, live)}/application/plan")
    page.fill("[name=results]", "Ortak bir akış")
    for code in ("tr", "az", "en"):
        page.locator(f".languages [value={code}]").click()
        expect(page.locator("html")).to_have_attribute("lang", code)
        expect(page.locator("[name=results]")).to_be_focused()
        expect(page.locator("[name=results]")).to_have_value("Ortak bir akış")


def test_a_change_of_language_takes_along_a_filter_that_was_not_sent(enter: Enter) -> None:
    page = enter("manager@kosgeb.example")
    page.goto("/exchanges?kind=short")
    page.select_option("[name=status]", "closed")
    page.locator(".languages [value=az]").click()
    page.wait_for_url("**status=closed**")
    expect(page.locator("[name=status]")).to_have_value("closed")
    assert "kind=short" in page.url


def test_the_back_button_works_after_a_change_of_language(live: Live, enter: Enter) -> None:
    page = enter("oguz.yildiz@kosgeb.example")
    base = draft(page, live)
    page.goto(f"{base}/application/benefit")
    page.locator(".languages [value=az]").click()
    expect(page.locator("html")).to_have_attribute("lang", "az")
    page.goto(f"{base}/application")
    page.go_back()
    expect(page.locator("[name=benefit_home]")).to_be_visible()
