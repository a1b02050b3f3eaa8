"""The renderer: right letters on the image of the page, nothing reached from outside, nothing that stops the portal."""

from __future__ import annotations

import http.server
import io
import subprocess
import threading
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pikepdf
import pytest

from portal.web.children import JOBS
from portal.web.pdf import Renderer, RenderFailed, page_count
from portal.web.renderer import RETURN_AT_THE_END, finished
from tests.glyph_images import LETTERS, UPPER, WEIGHTS, drawn, reference, wrong

PAGE = '<html lang="en"><head><title>A page</title></head><body>{}</body></html>'
RUNAWAYS = {
    "2,000 page breaks": '<p style="page-break-after: always">x</p>' * 2000,
    "a cell over 100,000 columns": "<table><tr><td colspan=100000>x</td></tr></table>" * 3,
    "3,000 nested boxes": "<div>" * 3000 + "x" + "</div>" * 3000,
    "a list in a list in a list": "<ul><li>" * 2000 + "x" + "</li></ul>" * 2000,
}


@pytest.fixture(scope="module")
def renderer() -> Iterator[Renderer]:
    made = Renderer()
    yield made
    made.stop()


def words(data: bytes) -> str:
    return subprocess.run(["pdftotext", "-", "-"], input=data, capture_output=True, check=True).stdout.decode()


@pytest.mark.parametrize("weight", WEIGHTS)
def test_every_letter_of_both_alphabets_looks_right_on_the_page(weight: int) -> None:
    assert wrong(drawn(LETTERS, weight), reference(weight)) == []


@pytest.mark.parametrize("pair", ["ıi", "İI", "əe", "şs", "ğg", "üu", "ŞS", "ƏE"])
def test_the_check_of_letters_finds_two_swapped_ones(pair: str) -> None:
    """Shows that the test above can fail: of two swapped letters both are found, and no other."""
    swapped = LETTERS.translate({ord(pair[0]): pair[1], ord(pair[1]): pair[0]})
    assert sorted(wrong(drawn(swapped, 400), reference(400))) == sorted(pair)


def test_a_letter_that_the_fonts_do_not_have_is_seen() -> None:
    assert wrong(drawn(LETTERS.replace("ə", "☃"), 400), reference(400)) == ["ə"]


def test_the_letters_can_be_copied_as_they_are_seen(renderer: Renderer) -> None:
    said = words(renderer.render(PAGE.format(f"<p>{LETTERS}</p><h1>{UPPER}</h1>")))
    assert "".join(said.split()).startswith(LETTERS + UPPER)


def test_letters_of_both_alphabets_are_in_the_list() -> None:
    turkish, azerbaijani = "abcçdefgğhıijklmnoöprsştuüvyz", "abcçdeəfgğhxıijkqlmnoöprsştuüvyz"
    assert set(turkish) | set(azerbaijani) <= set(LETTERS)
    assert set("ABCÇDEFGĞHIİJKLMNOÖPRSŞTUÜVYZƏXQ") <= set(LETTERS)
    assert len(LETTERS) == len(set(LETTERS)) and WEIGHTS == (400, 600, 700)


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    """A server on this machine that notes what it is asked for."""
    asked: list[str] = []

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(404)
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()
    thread.join()


def test_neither_files_nor_the_network_are_reached(
    renderer: Renderer, listener: tuple[str, list[str]], tmp_path: Path
) -> None:
    address, asked = listener
    secret = tmp_path / "secret.svg"
    secret.write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text>Geheim</text></svg>')
    pulls = (
        '<img alt="a" src="{0}"><object data="{0}"></object><embed src="{0}">'
        '<link rel="stylesheet" href="{0}"><style>@import url("{0}");'
        '@font-face{{font-family:F;src:url("{0}")}} p{{font-family:F;background:url("{0}")}}</style>'
        '<link rel="attachment" href="{0}"><a rel="attachment" href="{0}">a</a><p>After all</p>'
    )
    made = renderer.render(PAGE.format(pulls.format(f"{address}/x") + pulls.format(secret.as_uri())))
    assert asked == []
    assert "After all" in words(made) and "Geheim" not in words(made)
    with pikepdf.open(io.BytesIO(made)) as read:
        assert not list(read.attachments)


@pytest.mark.parametrize("case", RUNAWAYS)
def test_rendering_that_takes_too_long_ends_with_an_error_and_the_next_page_is_made(
    renderer: Renderer, case: str
) -> None:
    with pytest.raises(RenderFailed):
        renderer.render(PAGE.format(RUNAWAYS[case]), timeout=2)
    assert page_count(renderer.render(PAGE.format("<p>next</p>"))) == 1


def test_rendering_that_takes_too_much_memory_ends_with_an_error_and_the_next_page_is_made() -> None:
    small = Renderer(memory=400 * 1024 * 1024)
    try:
        with pytest.raises(RenderFailed):
            small.render(PAGE.format(f"<table>{'<tr><td>x</td></tr>' * 60_000}</table>"), timeout=60)
        assert page_count(small.render(PAGE.format("<p>next</p>"))) == 1
    finally:
        small.stop()


def test_many_threads_get_each_their_own_page(renderer: Renderer) -> None:
    def page_of(number: int) -> str:
        return words(renderer.render(PAGE.format(f"<p>This is page {number}.</p>")))

    with ThreadPoolExecutor(8) as pool:
        assert all(f"page {n}." in said for n, said in enumerate(pool.map(page_of, range(24))))


def test_waiting_too_long_for_the_renderer_raises_render_failed() -> None:
    busy = Renderer()
    try:
        with ThreadPoolExecutor(1) as pool, pytest.raises(RenderFailed, match="busy"):
            slow = pool.submit(busy.render, PAGE.format(RUNAWAYS["2,000 page breaks"]), 3)
            while not busy.lock.locked():
                pass
            busy.render(PAGE.format("<p>me</p>"), timeout=0.1)
        assert isinstance(slow.exception(), RenderFailed)
    finally:
        busy.stop()


def test_a_renderer_that_was_killed_is_replaced(renderer: Renderer) -> None:
    renderer.render(PAGE.format("<p>one</p>"))
    assert renderer.child is not None
    renderer.child.kill()
    renderer.child.wait()
    assert page_count(renderer.render(PAGE.format("<p>two</p>"))) == 1


def test_after_many_pages_the_renderer_is_replaced(renderer: Renderer) -> None:
    renderer.render(PAGE.format("<p>one</p>"))
    assert renderer.child is not None
    before, renderer.jobs = renderer.child.pid, JOBS
    renderer.render(PAGE.format("<p>two</p>"))
    assert renderer.child.pid != before and renderer.jobs == 1


@pytest.mark.parametrize(("grown", "goes_on"), [(256, True), (10, False)])
def test_a_renderer_goes_on_while_it_is_small_and_is_replaced_when_it_has_grown(grown: int, goes_on: bool) -> None:
    made = Renderer(grown=grown * 1024 * 1024)
    try:
        assert page_count(made.render(PAGE.format("<p>one</p>"))) == 1
        assert (made.child is not None) == goes_on
        assert page_count(made.render(PAGE.format("<p>two</p>"))) == 1
    finally:
        made.stop()


def test_no_stream_ends_in_a_carriage_return() -> None:
    """Those who check PDF/A read it as a part of the line's end, and the stream as too short."""
    plain = next(text for text in (b"%% %d" % n for n in range(10_000)) if zlib.compress(text).endswith(b"\r"))
    with pikepdf.new() as paper:
        paper.add_blank_page()
        packed = pikepdf.Stream(paper, zlib.compress(plain), Filter=pikepdf.Name.FlateDecode)
        paper.pages[0].Contents = packed
        ends = io.BytesIO()
        paper.save(ends)
        assert RETURN_AT_THE_END in ends.getvalue()
        made = finished(paper)
    assert RETURN_AT_THE_END not in made
    with pikepdf.open(io.BytesIO(made)) as read:
        assert read.pages[0].Contents.read_bytes() == plain
