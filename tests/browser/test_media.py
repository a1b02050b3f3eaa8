"""The same pages in the reader's own colours, on paper and without movement."""

from __future__ import annotations

import io

import pikepdf
import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Enter

pytestmark = pytest.mark.browser
EXCHANGE = "/exchanges/KX-2026-0003"
HIDDEN = ".nav, .languages, .me, .foot, .tabs, .actions, .skip, button, .button"


def style(page: Page, selector: str, name: str) -> str:
    return str(page.locator(selector).first.evaluate("(part, name) => getComputedStyle(part)[name]", name))


def test_forced_colours_show_states_by_lines(enter: Enter) -> None:
    page = enter("manager@kosgeb.example", forced_colors="active")
    canvas = style(page, "body", "backgroundColor")
    for row in (".nav a", ".turns li"):
        marked = ".nav a[aria-current]" if row == ".nav a" else ".turns li.overdue"
        edge = "borderBottomColor" if row == ".nav a" else "borderLeftColor"
        assert style(page, marked, edge) != canvas, marked
        assert style(page, f"{row}:not([aria-current], .overdue)", edge) == canvas, "as if all were marked"
    assert style(page, ".agency", "borderTopStyle") == "solid"
    page.goto(EXCHANGE)
    shapes = {name: style(page, f".arch .step.{name}", "fill") for name in ("done", "now", "next")}
    assert len(set(shapes.values())) == 3, shapes
    assert shapes["next"] == style(page, "body", "backgroundColor")
    page.keyboard.press("Tab")
    assert style(page, ":focus", "outlineStyle") == "solid"


def test_print_shows_the_contents_without_controls(enter: Enter) -> None:
    page = enter("manager@kobia.example", "phone", color_scheme="dark")
    page.emulate_media(media="print")
    for address in (EXCHANGE, f"{EXCHANGE}/application", "/exchanges"):
        page.goto(address)
        assert page.locator(HIDDEN).locator("visible=true").count() == 0, address
        assert style(page, "body", "color") == "rgb(0, 0, 0)"
        assert style(page, "body", "backgroundColor") == "rgb(255, 255, 255)"
        assert style(page, "main a", "color") in ("rgb(0, 0, 0)", "rgb(51, 51, 51)"), "links are no longer blue"
    page.goto(EXCHANGE)
    assert style(page, ".arch-wide", "display") == "block"
    with pikepdf.open(io.BytesIO(page.pdf(format="A4"))) as paper:
        assert len(paper.pages) == 1


def test_reduced_motion_turns_off_every_animation(enter: Enter) -> None:
    page = enter(reduced_motion="reduce")
    page.goto("/")
    moving = "() => document.getAnimations().length + [...document.querySelectorAll('*')].filter(part => {"
    moving += " const style = getComputedStyle(part); return style.transitionDuration !== '0s' ||"
    moving += " style.animationName !== 'none' || style.scrollBehavior === 'smooth' }).length"
    assert page.evaluate(moving) == 0
