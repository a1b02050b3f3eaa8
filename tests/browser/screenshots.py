"""What one sees of a page with special eyes: axe's findings, whether it scrolls sideways, and whether a finger
hits what is on it."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text("utf-8")
RULES = "['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']"
ASK = f"""async () => {{ await document.fonts.ready;
    return axe.run(document, {{runOnly: {RULES}, resultTypes: ['violations']}}) }}"""


def found(page: Page) -> list[str]:
    """What axe has to say of the page, each finding with its place."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    told = page.evaluate(ASK)
    return [f"{v['id']}: {node['target']} {node['html'][:120]}" for v in told["violations"] for node in v["nodes"]]


def too_wide(page: Page) -> list[str]:
    """What stands out to the right, where the page scrolls sideways."""
    outside = """() => { const wide = document.documentElement.clientWidth;
        if (document.documentElement.scrollWidth <= wide) return [];
        const all = [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > wide + 1);
        return ['sideways: ', ...all.slice(0, 5).map(e => 'sideways: ' + e.outerHTML.slice(0, 120))] }"""
    return list(page.evaluate(outside))


def cramped(page: Page) -> list[str]:
    """What a finger hardly hits on a telephone, and what is cut off there: below 44 pixels, though it stands by itself,
    or wider than the box that shows it."""
    seen = """() => { const shown = e => e.getBoundingClientRect().width > 1;
        const alone = '.top a, .top button, .top input, .foot a, .tabs a, .crumbs a, .button, button.link, summary';
        const boxes = '.who *, .scroll, .turns, .card, td, tbody th, dd';
        const low = e => shown(e) && e.getBoundingClientRect().height < 43.5;
        const wide = e => shown(e) && e.clientWidth && e.scrollWidth > e.clientWidth + 1;
        const found = (what, by, is) => [...document.querySelectorAll(by)].filter(is).map(e => what + e.outerHTML);
        return [...found('small: ', alone, low), ...found('cut: ', boxes, wide)]
            .map(told => told.slice(0, 150)) }"""
    return list(page.evaluate(seen))


def told(findings: list[str]) -> None:
    """Fails with all of them, one a line."""
    assert not findings, "\n".join(["", *findings])
