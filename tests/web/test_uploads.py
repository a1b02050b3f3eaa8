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

import pikepdf
import pytest
from flask import Flask
from PIL import Image

from portal.findings import RuleViolation, error
from portal.web.findings import in_words
from portal.web.uploads import DOCX, FINDINGS, MOST, attachment, check_upload
from tests.form_data import pdf

ROOT = Path(__file__).resolve().parents[2]


def picture(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "#0a6a70").save(out, kind)
    return out.getvalue()


def docx(*names: str, size: int = 10) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names or ("[Content_Types].xml", "word/document.xml"):
            archive.writestr(name, "x" * size)
    return out.getvalue()


def locked(user: str) -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page()
        made.save(out, encryption=pikepdf.Encryption(owner="owner", user=user))
    return out.getvalue()


TAKEN = {
    "Özgeçmiş.pdf": (pdf(), "application/pdf"),
    "ŞƏKİL.PNG": (picture("PNG"), "image/png"),
    "a.jpeg": (picture("JPEG"), "image/jpeg"),
    "a.b.jpg": (picture("JPEG"), "image/jpeg"),
    "Məktub.docx": (docx(), DOCX),
}
REFUSED = {
    "another kind": ("a.odt", b"PK", "upload_kind"),
    "no ending": ("pdf", pdf(), "upload_kind"),
    "two endings": ("a.pdf.exe", pdf(), "upload_kind"),
    "empty": ("a.pdf", b"", "upload_empty"),
    "one byte too many": ("a.pdf", pdf() + b" " * (MOST + 1 - len(pdf())), "upload_size"),
    "a picture called PDF": ("a.pdf", picture("PNG"), "upload_lies"),
    "a page called PDF": ("a.pdf", b"<!doctype html><script>x</script>", "upload_lies"),
    "a PDF called picture": ("a.png", pdf(), "upload_lies"),
    "a JPEG called PNG": ("a.png", picture("JPEG"), "upload_lies"),
    "half a JPEG": ("a.jpg", picture("JPEG")[:200], "upload_lies"),
    "a zip called DOCX": ("a.docx", docx("evil.txt"), "upload_lies"),
    "a PDF called DOCX": ("a.docx", pdf(), "upload_lies"),
    "half a DOCX": ("a.docx", docx()[:60], "upload_broken"),
    "half a PDF": ("a.pdf", b"%PDF-1.7\n" + b"x" * 100, "upload_broken"),
    "macros": ("a.docx", docx("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "upload_broken"),
    "a zip bomb": (
        "a.docx", docx("[Content_Types].xml", "word/document.xml", "word/big", size=90_000_000), "upload_broken"
    ),
    "a locked PDF": ("a.pdf", locked("secret"), "upload_locked"),
    "a PDF locked against changes": ("a.pdf", locked(""), "upload_locked"),
    "a locked DOCX": ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "upload_locked"),
}  # fmt: skip


@pytest.mark.parametrize("name", TAKEN)
def test_files_whose_contents_fit_their_name_are_accepted(name: str) -> None:
    data, media_type = TAKEN[name]
    checked = check_upload(data, name)
    assert (checked.name, checked.media_type, checked.data) == (name, media_type, data)


@pytest.mark.parametrize("case", REFUSED)
def test_other_files_are_refused_with_the_reason(app: Flask, case: str) -> None:
    name, data, code = REFUSED[case]
    with pytest.raises(RuleViolation) as refused:
        check_upload(data, name, "cv")
    [finding] = refused.value.findings
    assert finding == error(code, "cv", name=name)
    with app.test_request_context("/"):
        assert name in in_words(finding, FINDINGS)


def test_exactly_ten_megabytes_are_taken() -> None:
    data = pdf()
    padded = data + b"\n" * (MOST - len(data))
    assert check_upload(padded, "a.pdf").size == MOST


def test_every_code_of_a_refused_file_is_tested() -> None:
    assert {code for _name, _data, code in REFUSED.values()} | {"upload_together"} == set(FINDINGS)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("..\\..\\etc/passwd.pdf", ".._.._etc_passwd.pdf"),
        ("cv\r\nSet-Cookie: a=b.pdf", "cv Set-Cookie: a=b.pdf"),
        ("exe\u202efdp.pdf", "exefdp.pdf"),
        ("a\x00b.pdf", "ab.pdf"),
        ('a"b;c.pdf', 'a"b;c.pdf'),
        ("ı" * 500 + ".pdf", None),
    ],
)
def test_names_are_cleaned_and_handed_out_only_as_attachments(app: Flask, given: str, kept: str | None) -> None:
    try:
        name = check_upload(pdf(), given).name
    except RuleViolation as refused:
        assert kept is None and refused.code == "upload_kind", "a name that was cut off has lost its ending"
        name = refused.findings[0].facts["name"]
    else:
        assert name == kept
    with app.test_request_context("/"):
        header = attachment(pdf(), name, "application/pdf").headers["Content-Disposition"]
    assert re.fullmatch(r"attachment; filename=\"[A-Za-z0-9_.-]+\"; filename\*=UTF-8''[A-Za-z0-9_.~%-]+", header)


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
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("[Content_Types].xml", "word/document.xml", *(f"word/{n}" for n in range(names - 2))):
            archive.writestr(name, b"\0" * unpacked if name == "word/document.xml" else b"")
    return out.getvalue()


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
        (2, 209_715_199, True),
        (2, 209_715_200, True),
        (2, 209_715_201, False),
        (4_999, 1, True),
        (5_000, 1, True),
        (5_001, 1, False),
    ],
)
def test_a_word_file_unpacks_to_200_megabytes_in_5000_parts_at_most(names: int, unpacked: int, right: bool) -> None:
    assert taken(sized_docx(names, unpacked), "a.docx") is right


@pytest.mark.parametrize(("before", "right"), [(0, True), (1018, True), (1019, True), (1020, False)])
def test_a_pdf_says_so_within_its_first_kilobyte(before: int, right: bool) -> None:
    """Some programs write a few lines before it."""
    assert taken(b"%" + b" " * (before - 1) + pdf() if before else pdf(), "a.pdf") is right


@pytest.mark.parametrize(("after", "right"), [(0, True), (24, True), (25, False)])
def test_a_png_ends_where_it_says(after: int, right: bool) -> None:
    """Its last chunk, IEND with its check sum, lies within the last 32 bytes."""
    assert taken(picture("PNG") + b"\0" * after, "a.png") is right


@pytest.mark.parametrize(("after", "right"), [(0, True), (4094, True), (4095, False)])
def test_a_jpeg_ends_within_its_last_bytes(after: int, right: bool) -> None:
    """Cameras write a little behind its end."""
    assert taken(picture("JPEG") + b"\0" * after, "a.jpg") is right


@pytest.mark.parametrize(("length", "right"), [(199, True), (200, True), (201, False)])
def test_a_file_name_has_200_letters_with_its_ending(length: int, right: bool) -> None:
    assert taken(pdf(), "ş" * (length - 4) + ".pdf") is right
