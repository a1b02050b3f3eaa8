"""A person who has a keyboard and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import FileChooser, FilePayload, Page, expect

from tests.browser.server import PASSWORD

FARTHEST = 120  # presses of Tab
READ = """selector => { const at = document.activeElement, style = getComputedStyle(at);
    const box = at.getClientRects()[0] ?? at.getBoundingClientRect();
    let x = 0, y = 0;
    for (let part = at.parentElement; part; part = part.parentElement) { x += part.scrollLeft; y += part.scrollTop }
    return {
        here: at !== document.body && at.matches(selector), html: at.outerHTML.slice(0, 200),
        nowhere: at === document.body, words: at.textContent.replace(/\\s+/g, ' ').trim(),
        seen: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 && box.width > 1,
        left: box.left + x, right: box.right + x, top: box.top + y, bottom: box.bottom + y,
    } }"""


@dataclass(frozen=True)
class Stop:
    """Where the focus stands: `here` tells whether it is what was looked for, `seen` whether one sees the focus."""

    here: bool
    html: str
    nowhere: bool
    words: str
    seen: bool
    left: float
    right: float
    top: float
    bottom: float

    def read_after(self, before: Stop) -> bool:
        """In one row further to the right; else further down, or in the next column."""
        if self.top < before.bottom - 1 and before.top < self.bottom - 1:
            return self.left >= before.left
        return self.top >= before.top or self.left >= before.right


class Keyboard:
    """`files`: what the next file dialogs are answered with."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.files: list[FilePayload] = []
        # from the start: a listener that is added with the press may come after the dialog
        page.on("filechooser", self._choose)

    def _choose(self, dialog: FileChooser) -> None:
        dialog.set_files(self.files.pop(0))

    def keys(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def stop(self, selector: str = "*") -> Stop:
        return Stop(**self.page.evaluate(READ, selector))

    def reach(self, selector: str = "*", words: str = "", key: str = "Tab") -> None:
        """Tabs on to what is looked for; every stop on the way can be seen and stands where one reads on."""
        before = self.stop()
        for _press in range(FARTHEST):
            self.keys(key)
            stop = self.stop(selector)
            assert stop.nowhere or stop.seen, f"the focus cannot be seen on {stop.html}"
            first, then = (stop, before) if key == "Shift+Tab" else (before, stop)
            assert first.nowhere or then.nowhere or then.read_after(first), f"{first.html} leads to {then.html}"
            if stop.here and words in ("", stop.words):
                return
            before = stop
        raise AssertionError(f"{selector} {words} cannot be reached by keyboard")

    def type(self, name: str, keys: str) -> None:
        """Writes over what stands in a field."""
        self.reach(f"main [name='{name}']")
        if self.stop("textarea").here:
            self.keys("Control+A")
        self.page.keyboard.type(keys)

    def press(self, words: str, onward: str = "**") -> None:
        """Presses a button or a link of the content that says this."""
        self.reach("main :is(a, button)", words)
        self._enter(onward)

    def follow(self, selector: str, onward: str = "**") -> None:
        self.reach(selector)
        self._enter(onward)

    def _enter(self, onward: str) -> None:
        with self.page.expect_navigation(url=onward):
            self.keys("Enter")

    def choose(self, file: FilePayload) -> None:
        self.files.append(file)
        self.reach("main [name=file]")
        self.keys("Space")
        expect(self.page.locator("[name=file]")).to_have_value(f"C:\\fakepath\\{file['name']}")

    def sign_in(self, email: str) -> Keyboard:
        self.page.goto("/sign-in")
        self.type("email", email)
        self.type("password", PASSWORD)
        self._enter("**/desk")
        return self
