"""What one sealed report of six pages costs, from the facts to the file with its hash, against bare WeasyPrint; and
what the largest reports cost that `portal/limits.py` allows: they must stay below 10 seconds and 512 MB.

The floor renders the same HTML with the same stylesheet and the same variant of PDF, in a process that is warm as well
and shares stylesheet and fonts between documents. Both are measured in turn, so that what else the machine does
falls on both. `script/bench` calls `measure()`; by itself: `.venv/bin/python script/_bench_pdf.py`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from hashlib import sha256
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TypedDict

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from flask import Flask  # noqa: E402

from config import Config  # noqa: E402
from portal.app import create_app  # noqa: E402
from portal.reports.sealed_report import html_of  # noqa: E402
from portal.web.frames import read_frame, write_frame  # noqa: E402
from portal.web.pdf import UNHURRIED, Renderer, page_count  # noqa: E402
from tests.report_documents import largest, six_pages  # noqa: E402

PAGES = 6
BARE = """
import sys
from weasyprint import HTML
from portal.web.renderer import Renderer
from portal.web.frames import read_frame, write_frame

shared = Renderer()  # its stylesheet and fonts, nothing else of ours
write_frame(sys.stdout.buffer, b"ready")
while (html := read_frame(sys.stdin.buffer)) is not None:
    document = HTML(string=html.decode("utf-8"), url_fetcher=shared.fetcher)
    options = {"pdf_variant": "pdf/a-3a", "pdf_tags": True}
    write_frame(
        sys.stdout.buffer, document.write_pdf(stylesheets=[shared.style], font_config=shared.fonts, **options)
    )
"""


class Figure(TypedDict):
    """`value` and `floor` in `unit`; `memory` is the renderer's peak in MB."""

    name: str
    value: float
    unit: str
    floor: float
    ratio: float
    memory: float


class Bare:
    """Plain WeasyPrint in a process that has rendered before."""

    def __init__(self) -> None:
        command = [sys.executable, "-c", BARE]
        self.child = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._read()

    def _read(self) -> bytes:
        assert self.child.stdout is not None
        return read_frame(self.child.stdout) or b""

    def render(self, html: str) -> bytes:
        assert self.child.stdin is not None
        write_frame(self.child.stdin, html.encode())
        return self._read()

    def stop(self) -> None:
        self.child.kill()
        self.child.communicate()


def measure(rounds: int = 15) -> Figure:
    """The medians of some rounds, after two that warm both up."""
    renderer, bare = Renderer(), Bare()
    ours, floors = [], []
    try:
        with tempfile.TemporaryDirectory() as folder, _app(Path(folder)).test_request_context("/"):
            for _round in range(rounds + 2):
                seconds, html = _seal(renderer)
                ours.append(seconds)
                begin = perf_counter()
                bare.render(html)
                floors.append(perf_counter() - begin)
            memory = _peak(renderer)
    finally:
        renderer.stop()
        bare.stop()
    value, floor = median(ours[2:]) * 1000, median(floors[2:]) * 1000
    return Figure(
        name="pdf",
        value=round(value, 1),
        unit="ms",
        floor=round(floor, 1),
        ratio=round(value / floor, 2),
        memory=memory,
    )


class Largest(TypedDict):
    """`value` are the seconds that the processor worked for the renderer, `wall` those that passed."""

    name: str
    value: float
    unit: str
    wall: float
    pages: int
    memory: float


def measure_largest(long: bool, broken: bool) -> Largest:
    """The largest report of a short visit or a long stay; `broken` into as many lines as may be."""
    renderer = Renderer(grown=2**40)
    try:
        with tempfile.TemporaryDirectory() as folder, _app(Path(folder)).test_request_context("/"):
            html = html_of(largest(long, broken))
            renderer.render("<p>x</p>")
            before, begin = _processor(renderer), perf_counter()
            pages = page_count(renderer.render(html, UNHURRIED))
            used, wall = _processor(renderer) - before, perf_counter() - begin
            memory = _peak(renderer)
    finally:
        renderer.stop()
    name = f"pdf-largest-{'long' if long else 'short'}{'-in-lines' if broken else ''}"
    return Largest(name=name, value=round(used, 1), unit="s", wall=round(wall, 1), pages=pages, memory=memory)


def _processor(renderer: Renderer) -> float:
    """The seconds of processor that the renderer has used; 0 where the system does not tell."""
    assert renderer.child is not None
    try:
        fields = Path(f"/proc/{renderer.child.pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _app(folder: Path) -> Flask:
    secret, address = "only for measuring, 32 characters", "https://korpu.example"
    return create_app(Config(secret, "sqlite://", address, folder, testing=True))


def _seal(renderer: Renderer) -> tuple[float, str]:
    """One report from its facts to the hash, as the worker does it: seconds, and the page in between."""
    begin = perf_counter()
    html = html_of(six_pages())
    data = renderer.render(html)
    sha256(data).hexdigest()
    pages = page_count(data)
    seconds = perf_counter() - begin
    assert pages == PAGES, f"the measured report has {pages} pages"
    return seconds, html


def _peak(renderer: Renderer) -> float:
    """The renderer's peak memory in MB; 0 where the system does not tell."""
    assert renderer.child is not None
    try:
        status = Path(f"/proc/{renderer.child.pid}/status").read_text()
    except OSError:
        return 0.0
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return round(int(peak.split()[1]) / 1024, 1)


if __name__ == "__main__":
    rows = [measure(), *(measure_largest(long, broken) for long in (False, True) for broken in (False, True))]
    sys.stdout.writelines(f"{json.dumps(row)}\n" for row in rows)
