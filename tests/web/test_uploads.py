"""Files that people hand in: what is taken, what is refused, and that a request too large is answered in words."""

from __future__ import annotations

import io
import re
import socket
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from portal.findings import RuleViolation
from portal.web.findings import in_words
from portal.web.uploads import DOCX, FINDINGS, MOST, attachment, check_upload, tidy_name
from tests import bombs
from tests.files import SHEET, STRICT, WITH_MACROS, compound, docx, heic, locked_pdf, picture, zipped
from tests.form_data import pdf

ROOT = Path(__file__).resolve().parents[2]
VIDEO = b"\0\0\0\x18ftypmp42" + b"\xff\xd8\xff\xd9" + b"\0" * 200_000

TAKEN = {
    "Özgeçmiş.pdf": (pdf(), "application/pdf"),
    "readable, locked against changes.pdf": (locked_pdf(""), "application/pdf"),
    "ŞƏKİL.PNG": (picture("PNG"), "image/png"),
    "with a note behind its end.png": (picture("PNG") + b"note" * 5_000, "image/png"),
    "a.jpeg": (picture("JPEG"), "image/jpeg"),
    "a.b.jpg": (picture("JPEG"), "image/jpeg"),
    "with a video behind its end.jpg": (picture("JPEG") + VIDEO, "image/jpeg"),
    "Məktub.docx": (docx(), DOCX),
    "of Word Online.docx": (docx("word/document2.xml"), DOCX),
    "of another standard.docx": (docx(relation=STRICT), DOCX),
}
REFUSED = {
    "another kind": ("a.odt", zipped({"mimetype": b"application/vnd.oasis.opendocument.text"}), "upload_kind"),
    "another kind called DOCX": ("a.docx", zipped({"mimetype": b"application/vnd.oasis"}), "upload_lies"),
    "a program": ("a.exe", b"MZ", "upload_kind"),
    "no ending": ("pdf", pdf(), "upload_ending"),
    "two endings": ("a.pdf.exe", pdf(), "upload_ending"),
    "empty": ("a.pdf", b"", "upload_empty"),
    "one byte too many": ("a.pdf", pdf() + b" " * (MOST + 1 - len(pdf())), "upload_size"),
    "a picture called PDF": ("a.pdf", picture("PNG"), "upload_ending"),
    "a page called PDF": ("a.pdf", b"<!doctype html><script>x</script>", "upload_lies"),
    "a PDF called picture": ("a.png", pdf(), "upload_ending"),
    "a JPEG called PNG": ("a.png", picture("JPEG"), "upload_ending"),
    "half a JPEG": ("a.jpg", picture("JPEG")[:200], "upload_broken"),
    "half a PNG": ("a.png", picture("PNG")[:-8], "upload_broken"),
    "a PNG with a wrong byte": ("a.png", picture("PNG").replace(b"IDATx", b"IDATy"), "upload_broken"),
    "a zip called DOCX": ("a.docx", zipped({"evil.txt": b"x"}), "upload_lies"),
    "a table called DOCX": ("a.docx", docx("xl/workbook.xml", kind=SHEET), "upload_lies"),
    "a PDF called DOCX": ("a.docx", pdf(), "upload_ending"),
    "half a DOCX": ("a.docx", docx()[:60], "upload_broken"),
    "half a PDF": ("a.pdf", b"%PDF-1.7\n" + b"x" * 100, "upload_broken"),
    "macros": ("a.docx", docx(vbaProject__bin=b"x"), "upload_macros"),
    "macros by name": ("a.docm", docx(kind=WITH_MACROS), "upload_macros"),
    "macros renamed": ("a.docx", docx(kind=WITH_MACROS), "upload_macros"),
    "a Word file that unpacks to much": ("a.docx", docx(big=b"\0" * 210_000_000), "upload_unpacked"),
    "an enormous PNG": ("a.png", bombs.large_png(), "upload_pixels"),
    "an enormous JPEG": ("a.jpg", bombs.large_jpeg(), "upload_pixels"),
    "a locked PDF": ("a.pdf", locked_pdf("secret"), "upload_locked"),
    "a locked DOCX": ("a.docx", compound("EncryptionInfo", "EncryptedPackage"), "upload_locked"),
    "old Word": ("a.doc", compound("WordDocument"), "upload_old_word"),
    "old Word renamed": ("a.docx", compound("1Table", "WordDocument"), "upload_old_word"),
    "another compound file": ("a.docx", compound("Workbook"), "upload_lies"),
    "a picture of a telephone": ("IMG_0001.HEIC", heic(), "upload_heic"),
    "the same renamed": ("IMG_0001.jpg", heic(b"mif1"), "upload_heic"),
}
# of pages and requests: tests/applications, tests/web/test_inspection.py
ELSEWHERE = {"upload_together", "upload_busy", "upload_heavy"}


@pytest.mark.parametrize("name", TAKEN)
def test_files_whose_contents_fit_their_name_are_accepted(name: str) -> None:
    data, media_type = TAKEN[name]
    checked = check_upload(data, name)
    assert (checked.name, checked.media_type, checked.data) == (name, media_type, data)


@pytest.mark.parametrize("case", REFUSED)
def test_other_files_are_refused_with_the_one_true_reason(app: Flask, case: str) -> None:
    name, data, code = REFUSED[case]
    with pytest.raises(RuleViolation) as refused:
        check_upload(data, name, "cv")
    [finding] = refused.value.findings
    assert (finding.code, finding.field, finding.facts["name"]) == (code, "cv", name)
    with app.test_request_context("/"):
        assert name in in_words(finding, FINDINGS)


def test_the_ending_that_fits_is_told(app: Flask) -> None:
    with pytest.raises(RuleViolation) as refused:
        check_upload(picture("JPEG"), "photo.png")
    with app.test_request_context("/"):
        words = in_words(refused.value.findings[0], FINDINGS)
    assert "of the kind JPEG" in words and "“.jpg”" in words


def test_exactly_ten_megabytes_are_taken() -> None:
    data = pdf()
    padded = data + b"\n" * (MOST - len(data))
    assert check_upload(padded, "a.pdf").size == MOST


def test_every_code_of_a_refused_file_is_tested() -> None:
    assert {code for _name, _data, code in REFUSED.values()} | ELSEWHERE == set(FINDINGS)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("..\\..\\etc/passwd.pdf", ".._.._etc_passwd.pdf"),
        ("cv\r\nSet-Cookie: a=b.pdf", "cv Set-Cookie: a=b.pdf"),
        ("exe\u202efdp.pdf", "exefdp.pdf"),
        ("a\x00b.pdf", "ab.pdf"),
        ('a"b;c.pdf', 'a"b;c.pdf'),
        ("ı" * 500 + ".pdf", "ı" * 196 + ".pdf"),
    ],
)
def test_names_are_cleaned_and_handed_out_only_as_attachments(app: Flask, given: str, kept: str) -> None:
    name = check_upload(pdf(), given).name
    assert name == kept
    with app.test_request_context("/"):
        header = attachment(pdf(), name, "application/pdf").headers["Content-Disposition"]
    assert re.fullmatch(r"attachment; filename=\"[A-Za-z0-9_.-]+\"; filename\*=UTF-8''[A-Za-z0-9_.~%-]+", header)


@pytest.mark.parametrize(("length", "kept"), [(199, 199), (200, 200), (201, 200), (5_000, 200)])
def test_a_long_name_is_cut_before_its_ending(length: int, kept: int) -> None:
    name, ending = tidy_name("ş" * (length - 4) + ".PDF")
    assert (len(name), name[-5:], ending) == (kept, "ş.PDF", "pdf")


@pytest.mark.parametrize(
    ("name", "ending"), [("a." + "x" * 10, "x" * 10), ("a." + "x" * 11, ""), (".pdf", ""), ("", "")]
)
def test_what_is_no_ending_is_none(name: str, ending: str) -> None:
    assert tidy_name(name) == (name or "file", ending)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[int]:
    """A real server with an empty database, answers its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {
        "SECRET_KEY": "only for the tests, 32 characters!", "PORTAL_VAR": str(tmp_path), "PATH": "/usr/bin:/bin",
        "PORTAL_BASE_URL": f"http://127.0.0.1:{port}", "DATABASE_URL": f"sqlite:///{tmp_path / 'a.sqlite3'}",
    }  # fmt: skip
    flask = [sys.executable, "-m", "flask", "--app", "wsgi", "db", "upgrade"]
    subprocess.run(flask, cwd=ROOT, env=settings, check=True, capture_output=True)
    gunicorn = [sys.executable, "-m", "gunicorn", "wsgi:app", "--no-control-socket", "--worker-class", "gthread"]
    options = ["--bind", f"127.0.0.1:{port}", "--log-level", "critical"]
    process = subprocess.Popen([*gunicorn, *options], cwd=ROOT, env=settings)
    while process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            break
        except ConnectionRefusedError:
            continue
    yield port
    process.terminate()
    process.wait()


@pytest.mark.parametrize("megabytes", [13, 40])
def test_a_real_server_answers_a_request_that_is_too_large_and_does_not_cut_it_off(server: int, megabytes: int) -> None:
    """Whoever sends first and reads then, as browsers do, gets the page."""
    body = b"x" * (megabytes * 1024 * 1024)
    head = (
        f"POST /verify/file HTTP/1.1\r\nHost: 127.0.0.1:{server}\r\nContent-Type: multipart/form-data; boundary=X\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", server)) as line:
        line.sendall(head.encode() + body)
        answer = b"".join(iter(lambda: line.recv(65536), b"")).decode()
    assert answer.startswith("HTTP/1.1 413") and "The file is too large" in answer


def sized_docx(names: int, unpacked: int) -> bytes:
    """A Word file of so many parts that unpack to so many bytes."""
    least = len(docx_parts())
    more: dict[str, Any] = {f"p{n}": b"" for n in range(names - least - 1)}
    return docx(big=b"\0" * (unpacked - sum(docx_parts().values())), **more)


def docx_parts() -> dict[str, int]:
    """The parts of the smallest Word file, with their sizes."""
    with zipfile.ZipFile(io.BytesIO(docx())) as archive:
        return {part.filename: part.file_size for part in archive.infolist()}


def taken(data: bytes, name: str) -> bool:
    try:
        check_upload(data, name)
    except RuleViolation:
        return False
    return True


@pytest.mark.parametrize(("size", "right"), [(MOST - 1, True), (MOST, True), (MOST + 1, False)])
def test_a_file_has_ten_megabytes_at_most(size: int, right: bool) -> None:
    assert MOST == 10_485_760
    assert taken(pdf() + b"\n" * (size - len(pdf())), "a.pdf") is right


@pytest.mark.parametrize(
    ("names", "unpacked", "right"),
    [
        (4, 209_715_199, True),
        (4, 209_715_200, True),
        (4, 209_715_201, False),
        (4_999, 10_000, True),
        (5_000, 10_000, True),
        (5_001, 10_000, False),
    ],
)
def test_a_word_file_unpacks_to_200_megabytes_in_5000_parts_at_most(names: int, unpacked: int, right: bool) -> None:
    assert taken(sized_docx(names, unpacked), "a.docx") is right


@pytest.mark.parametrize(("before", "right"), [(0, True), (1018, True), (1019, True), (1020, False)])
def test_a_pdf_says_so_within_its_first_kilobyte(before: int, right: bool) -> None:
    """Some programs write a few lines before it."""
    assert taken(b"%" + b" " * (before - 1) + pdf() if before else pdf(), "a.pdf") is right
