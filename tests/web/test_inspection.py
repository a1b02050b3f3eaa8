"""What strangers send is opened in a child process: files built to take everything take nothing from the portal."""

from __future__ import annotations

import io
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from portal.accounts.models import Agency, Person
from portal.db import db, session, unlocked, writing
from portal.findings import Finding, RuleViolation
from portal.web import inspection
from portal.web.file_formats import look_into
from portal.web.findings import in_words
from portal.web.inspection import INSIDE, MOST_CODES, Inspected, Inspector, inspect
from portal.web.uploads import FINDINGS, Opened
from tests import bombs
from tests.factories import World, actor
from tests.files import compound, docx, heic, locked_pdf, picture
from tests.form_data import begin, pdf
from tests.narrowing import found
from tests.pages import Browser

As = Callable[[Person], Browser]
BOMBS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "an object stream of 2 GB": ("a.pdf", bombs.object_stream),
    "a cross-reference stream of 2 GB": ("a.pdf", bombs.cross_reference),
    "50 million objects": ("a.pdf", bombs.many_objects),
    "4 million nested arrays": ("a.pdf", bombs.nested_arrays),
    "an XML bomb": ("a.docx", bombs.entities),
    "a part of 1 GB that says it is small": ("a.docx", bombs.lying_sizes),
    "150,000 parts": ("a.docx", bombs.many_parts),
    "10 MB of fill bytes": ("a.jpg", bombs.dense_jpeg),
}
SOUND = {
    "pdf": pdf(), "locked": locked_pdf("a"), "png": picture("PNG"), "jpg": picture("JPEG"), "docx": docx(),
    "compound": compound("WordDocument"), "heic": heic(),
}  # fmt: skip
GROWTH = 100  # megabytes: the file itself and what the request holds of it, several times


def most_memory() -> int:
    """The most megabytes of memory that this process has had since `forget()`."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) // 1024


def forget() -> None:
    Path("/proc/self/clear_refs").write_text("5")


@pytest.mark.parametrize("case", BOMBS)
def test_a_bomb_takes_no_memory_of_the_portal_and_is_refused_in_words(
    world: World, browser: Browser, case: str
) -> None:
    name, make = BOMBS[case]
    data = make()
    browser.open("/verify")
    forget()
    before = most_memory()
    browser.send("/verify/file", {"file": (io.BytesIO(data), name)}, having="file")
    assert most_memory() - before < GROWTH
    assert browser.status == 422 and browser.page.select_one("#file-error")
    browser.open("/verify")
    browser.send("/verify/file", {"file": (io.BytesIO(pdf()), "next.pdf")}, having="file")
    assert browser.text_of("h1") == "Unknown", "the next file is opened as if nothing had been"


def test_the_bombs_would_take_the_memory_of_whoever_opens_them() -> None:
    """Shows that the test above can fail."""
    opens = (
        "import io, pikepdf, sys; len(pikepdf.open(io.BytesIO(sys.stdin.buffer.read())).pages);"
        "print(open('/proc/self/status').read().split('VmHWM:')[1].split()[0])"
    )
    bomb = bombs.object_stream(200 * bombs.MEGABYTE)
    ended = subprocess.run([sys.executable, "-c", opens], input=bomb, capture_output=True, check=True)
    assert int(ended.stdout) // 1024 > 250, "megabytes"


@pytest.mark.parametrize(
    ("memory", "ending", "make"), [(150, "docx", bombs.many_parts), (512, "pdf", bombs.cross_reference)]
)
def test_what_takes_too_much_memory_or_time_ends_its_own_opening_only(
    memory: int, ending: str, make: Callable[[], bytes]
) -> None:
    made = Inspector(memory * bombs.MEGABYTE, seconds=1)
    assert made.inspect(pdf(), "pdf").wrong == ""
    child = found(made.child).pid
    assert made.inspect(make(), ending) == Inspected("upload_heavy")
    assert made.inspect(pdf(), "pdf").wrong == ""
    assert found(made.child).pid == child
    made.stop()


def test_a_child_that_was_killed_is_replaced() -> None:
    made = Inspector()
    assert made.inspect(pdf(), "pdf").wrong == ""
    found(made.child).kill()
    found(made.child).wait()
    assert made.inspect(pdf(), "pdf").wrong == ""
    made.stop()


def test_of_twelve_at_once_a_few_wait_and_the_others_are_told_so(app: Flask) -> None:
    made, start, data = Inspector(), threading.Barrier(12), bombs.cross_reference()

    def send(_number: int) -> str:
        start.wait()
        return made.inspect(data, "pdf").wrong

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(send, range(12)))
    assert made.inspect(pdf(), "pdf").wrong == ""
    made.stop()
    assert answers.count("upload_busy") >= 12 - INSIDE
    assert set(answers) <= {"upload_busy", "upload_broken", "upload_heavy"} and len(set(answers)) > 1
    with app.test_request_context("/"):
        assert "Wait a minute" in in_words(refusal("upload_busy"), FINDINGS)


def refusal(wrong: str) -> Finding:
    with pytest.raises(RuleViolation) as refused:
        Opened(b"x", "a.pdf", Inspected(wrong)).sound("file")
    return refused.value.findings[0]


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"\x00" * 5000, b"%PDF-1.7 " + b"<<" * 100_000, "ə".encode()])
def test_files_that_are_no_pdf_contain_no_codes(data: bytes) -> None:
    seen = inspect(data, "pdf")
    assert (seen.codes, seen.draft) == ((), False)


def test_a_file_claims_only_a_few_codes() -> None:
    assert len(inspect(b" ".join(b"korpu:%012d" % n for n in range(1000)), "pdf").codes) == MOST_CODES


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(SOUND)), st.data())
def test_damaged_files_never_break_the_check(kind: str, data: st.DataObject) -> None:
    """What is cut, changed or put together at random is refused or taken, by one of the known codes."""
    whole = SOUND[kind]
    changed = bytearray(whole[: data.draw(st.integers(0, len(whole)))])
    for _ in range(data.draw(st.integers(0, 5))):
        if changed:
            changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    inside = look_into(bytes(changed), data.draw(st.sampled_from(["pdf", "png", "jpg", "docx", "doc", "heic", ""])))
    assert inside.wrong == "" or inside.wrong in FINDINGS


def test_while_a_file_is_opened_the_database_is_free_for_others(app: Flask, world: World) -> None:
    """SQLite has one write lock, which a POST takes with its first statement."""
    session.commit()
    assert session.get(Agency, world.kosgeb.id) is not None and writing.get()
    with unlocked(), db.engine.begin() as other:
        other.execute(update(Agency).where(Agency.id == world.kosgeb.id).values(city="Elsewhere"))
    with unlocked():
        pass
    assert session.scalar(select(Agency.city).where(Agency.id == world.kosgeb.id)) == "Elsewhere"


def test_what_is_not_yet_stored_is_not_given_away(app: Flask, world: World) -> None:
    session.commit()
    found(session.get(Agency, world.kosgeb.id)).city = "Half done"
    with unlocked():
        pass
    session.rollback()
    assert session.scalar(select(Agency.city).where(Agency.id == world.kosgeb.id)) != "Half done"


def test_what_is_written_already_is_not_given_away(app: Flask, world: World) -> None:
    """Neither what was flushed nor what a statement wrote that the session knows nothing of; nor inside a savepoint."""
    session.commit()
    change = update(Agency).where(Agency.id == world.kosgeb.id).values(city="Half done")
    session.connection().execute(change)
    with unlocked():
        pass
    session.rollback()
    with session.begin_nested(), unlocked():
        pass
    found(session.get(Agency, world.kosgeb.id)).city = "Half done"
    session.flush()
    with unlocked():
        pass
    session.rollback()
    assert session.scalar(select(Agency.city).where(Agency.id == world.kosgeb.id)) != "Half done"


@pytest.mark.parametrize("place", ["/verify", "/profile", "/exchanges/{}/application/documents"])
def test_each_page_that_takes_a_file_lets_others_write_meanwhile(
    world: World, as_person: As, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    address = place.format(begin(world.call(), actor(world.expert)).reference)
    session.commit()
    browser = as_person(world.expert)
    browser.open(address)
    cities, change = [], update(Agency).where(Agency.id == world.kosgeb.id).values(city="Elsewhere")
    session.commit()

    def opened(_data: bytes, _ending: str) -> Inspected:
        with db.engine.begin() as other:
            cities.append("Elsewhere")
            other.execute(change)
        return Inspected("", "pdf")

    monkeypatch.setattr(inspection.inspector, "inspect", opened)
    field = "cv" if place == "/profile" else "file"
    file = {field: (io.BytesIO(pdf()), "cv.pdf")} | ({"kind": "cv"} if "documents" in place else {})
    browser.send("/verify/file" if place == "/verify" else address, file, having=field)
    assert browser.status in (200, 302), browser.problems
    session.rollback()
    assert cities == ["Elsewhere"]
    assert session.scalar(select(Agency.city).where(Agency.id == world.kosgeb.id)) == "Elsewhere"
