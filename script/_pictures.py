"""Takes the screenshots of the README: `_pictures.py BASE_URL FOLDER`, run by script/pictures."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

PASSWORD = "Bridge-2020-Baku"
SIZES = {"wide": (1280, 900), "phone": (390, 844)}
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
# picture: who (empty: a visitor), size, a page (its first exchange where a part follows), the part of its page
PICTURES = {
    "home": ("", "wide", "/", ""),
    "desk": ("manager@kosgeb.example", "wide", "/desk", ""),
    "desk-az": ("manager@kobia.example", "wide", "/desk", ""),
    "exchange": ("manager@kosgeb.example", "wide", "/exchanges?q=KX-{year}-0003", "/visit"),
    "host": ("manager@kosgeb.example", "wide", "/exchanges?status=accepted&home=KOBIA", "/place"),
    "exchanges": ("manager@kosgeb.example", "wide", "/exchanges", ""),
    "desk-phone": ("manager@kosgeb.example", "phone", "/desk", ""),
    "tasks-phone": ("expert@kosgeb.example", "phone", "/exchanges?q=KX-{year}-0002", "/application"),
    "section-phone": ("expert@kosgeb.example", "phone", "/exchanges?q=KX-{year}-0002", "/application/plan"),
}


def wait_for(address: str, seconds: int = 120) -> None:
    """Waits until the portal answers. Raises TimeoutError."""
    for _try in range(seconds * 2):
        try:
            urlopen(f"{address}/healthz").close()
            return
        except OSError:
            time.sleep(0.5)
    raise TimeoutError(address)


def sign_in(page: Page, base: str, who: str) -> None:
    page.goto(f"{base}/sign-in")
    page.fill("[name=email]", who)
    page.fill("[name=password]", PASSWORD)
    page.click("main [type=submit]")


def take(browser: Browser, base: str, name: str, folder: Path) -> None:
    """Takes one screenshot and saves it with a palette of 128 colours, for a small file."""
    who, size, address, part = PICTURES[name]
    width, height = SIZES[size]
    language = "az" if name.endswith("-az") else "en"
    page = browser.new_context(viewport={"width": width, "height": height}, locale=language).new_page()
    if who:
        sign_in(page, base, who)
    page.goto(base + address.format(year=time.strftime("%Y")))
    if part:
        link = page.locator("main table a[href^='/exchanges/']").first.get_attribute("href")
        page.goto(f"{base}{link}{part}")
    save(page.screenshot(), folder / f"{name}.png")


def save(data: bytes, path: Path) -> None:
    path.write_bytes(data)
    Image.open(path).convert("RGB").quantize(128, dither=Image.Dither.NONE).save(path, optimize=True)


def report(browser: Browser, base: str, folder: Path) -> None:
    """The cover of a sealed report, and a page of it in both agencies' languages."""
    page = browser.new_context(accept_downloads=True, locale="en").new_page()
    sign_in(page, base, "manager@kosgeb.example")
    page.goto(f"{base}/exchanges?status=closed")
    link = page.locator("main table a[href^='/exchanges/']").first.get_attribute("href")
    page.goto(f"{base}{link}/report")
    addresses = sealed(page)
    wanted = {1: re.compile("=en$"), 2: re.compile("=..-..$")}
    for number, version in wanted.items():
        address = next(filter(version.search, addresses))
        save(page_image(page.context.request.get(base + address).body(), number), folder / f"report{number}.png")


def sealed(page: Page, seconds: int = 120) -> list[str]:
    """The address of the sealed versions, once the worker has sealed them all. Raises TimeoutError."""
    for _try in range(seconds):
        page.reload()
        versions = page.locator("[aria-labelledby=sealed]").locator("li").all()
        links = [version.locator("a[href*='language=']") for version in versions]
        if links and all(link.count() for link in links):
            return [str(link.get_attribute("href")) for link in links]
        time.sleep(1)
    raise TimeoutError("the reports are not sealed")


def page_image(pdf: bytes, number: int) -> bytes:
    """A page of a PDF as PNG."""
    command = ["pdftoppm", "-r", "60", "-png", "-f", str(number), "-l", str(number), "-"]
    return subprocess.run(command, input=pdf, capture_output=True, check=True).stdout


def main(base: str, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    wait_for(base)
    with sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for name in PICTURES:
            take(browser, base, name, folder)
        report(browser, base, folder)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
