"""The report on paper: what stands on it, that it keeps its standards, that its code is read by a telephone."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pikepdf
import pytest
from flask import Flask

from portal.bookings.models import BookedDay, DayKind
from portal.calendars import overrides, working_days
from portal.exchanges import queries as exchange_queries
from portal.reports import queries
from portal.reports.document import ReportDocument
from portal.reports.sealed_report import html_of
from portal.sealing.seals import file_name
from portal.storage import Storage
from portal.web.pdf import render
from tests import report_documents
from tests.factories import World
from tests.glyph_images import picture
from tests.narrowing import found
from tests.pdfs import breaches, is_sound, pages_of, qr_code, remarks
from tests.scenarios import make_exchange

A4 = (595.28, 841.89)
KINDS: dict[str, Callable[[], ReportDocument]] = {
    "ordinary": report_documents.paper,
    "just begun": report_documents.draft,
    "six pages": report_documents.six_pages,
    "everything long": report_documents.long_stay,
}


@pytest.fixture(scope="module")
def printed(application: Flask) -> dict[str, bytes]:
    """Each kind of report, made once."""
    with application.test_request_context("/"):
        return {name: render(html_of(kind())) for name, kind in KINDS.items()}


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_archival_and_accessible_in_one_file(printed: dict[str, bytes], tmp_path: Path, kind: str) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(printed[kind])
    assert breaches(printed[kind]) == []
    assert remarks(path) == []
    assert is_sound(path)


def test_the_checkers_find_a_file_that_breaks_the_standards(application: Flask, tmp_path: Path) -> None:
    """What the test above is worth."""
    made = render("<html><body><table><tr><th>a</th></tr><tr><td>b</td></tr></table><h3>c</h3></body></html>")
    path = tmp_path / "bad.pdf"
    path.write_bytes(made)
    assert breaches(made) and remarks(path)
    path.write_bytes(made[:-200])
    assert not is_sound(path)


@pytest.mark.parametrize("kind", KINDS)
def test_every_page_is_a4_and_says_which_it_is(printed: dict[str, bytes], kind: str) -> None:
    pages = pages_of(printed[kind])
    with pikepdf.open(io.BytesIO(printed[kind])) as read:
        assert all(
            abs(float(size) - wanted) < 0.5
            for page in read.pages
            for size, wanted in zip(page.mediabox[2:], A4, strict=True)
        )
    for number, said in enumerate(pages, start=1):
        assert f"Page {number} / {len(pages)}" in said
        assert "KX-2026-0188 · en" in said


def test_the_measured_report_has_six_pages(printed: dict[str, bytes]) -> None:
    assert len(pages_of(printed["six pages"])) == 6


def test_the_cover_names_both_agencies_the_people_and_the_days(printed: dict[str, bytes]) -> None:
    cover = " ".join(pages_of(printed["ordinary"])[0].split())
    for words in (
        "KOBİA", "KOSGEB", "Kiçik və Orta", "Küçük ve Orta Ölçekli", "One window, one person", "Şəhriyar Qədirov",
        "Deniz Güneş", "12–23 October 2026", "9 working days at the host", "KX-2026-0188", "4 December 2026",
        "7F3K-Q2MD-98XA", report_documents.ADDRESS, "10:04 Ankara · 11:04 Bakı",
    ):  # fmt: skip
        assert words in cover, words


def test_the_parts_stand_in_their_order(printed: dict[str, bytes]) -> None:
    said = "\n".join(pages_of(printed["ordinary"]))
    parts = ("Objectives", "Agenda as carried out", "Attendance", "People met", "Findings", "Recommendations",
             "Lessons", "Comment of the host")  # fmt: skip
    places = [said.index(f"\n{part}") if f"\n{part}" in said else said.index(part) for part in parts]
    assert places == sorted(places)
    assert "there on 9 of 10 working days" in said and "21 October 2026" in said
    assert "Bir gün sonraya alındı" in said, "what was different is told with the item"


def test_nothing_is_lost_however_long(printed: dict[str, bytes]) -> None:
    pages = pages_of(printed["everything long"])
    said = "".join("".join(pages).split())
    assert all(f"Kişi{n}," in said for n in range(30))
    assert report_documents.LONGEST_WORD in said
    assert said.count("31December2027") == 40
    assert "cokuzunadres" in said
    assert all(len(page.split()) > 40 for page in pages), "no page stands empty but for a heading"


def test_no_heading_stands_alone_at_the_foot_of_a_page(printed: dict[str, bytes]) -> None:
    headings = {"Objectives", "Attendance", "People met", "Findings", "Recommendations", "Lessons", "Progress reports"}
    for kind in ("six pages", "everything long"):
        for said in pages_of(printed[kind]):
            lines = [line.strip() for line in said.splitlines() if line.strip()]
            assert lines[-2] not in headings, lines[-3:]


def test_nothing_is_printed_in_the_side_margins(printed: dict[str, bytes]) -> None:
    """Long words and addresses break; nothing is cut off at the edge of the paper."""
    for number in range(1, len(pages_of(printed["everything long"])) + 1):
        image = picture(printed["everything long"], number, dpi=40)
        edge = round(18 / 25.4 * 40)  # 18 mm
        for margin in ((image.width - edge, 0, image.width, image.height), (0, 0, edge, image.height)):
            assert min(image.crop(margin).tobytes()) > 200, number


def test_empty_parts_say_so_and_a_draft_is_marked_on_every_page(printed: dict[str, bytes]) -> None:
    pages = pages_of(printed["just begun"])
    assert all("DRAFT" in page for page in pages)
    assert "do not pass on" in pages[0] and "not yet" in pages[0]
    assert pages[1].count("Nothing was written here.") == 5
    assert not any("DRAFT" in page for page in pages_of(printed["ordinary"]))


def test_a_telephone_reads_the_code(printed: dict[str, bytes]) -> None:
    assert qr_code(printed["ordinary"]) == report_documents.ADDRESS
    assert qr_code(printed["just begun"]) == ""


def test_what_people_wrote_is_never_taken_for_markup(application: Flask) -> None:
    nasty = '</p><script>x</script><img src="file:///etc/passwd"><b>&amp;'
    with application.test_request_context("/"):
        made = render(
            html_of(report_documents.paper(findings=nasty, people_met=[nasty], expert_name=nasty, title=nasty))
        )
    said = "".join("".join(pages_of(made)).split())
    assert said.count("<script>x</script>") >= 3 and "&amp;" in said


def test_the_file_is_named_by_reference_language_and_day() -> None:
    assert file_name("KX-2026-0188", "az", report_documents.seal().at.date()) == "KX-2026-0188_az_2026-12-07.pdf"


def test_dates_agenda_and_attendance_come_from_the_visit(world: World, storage: Storage) -> None:
    exchange = found(exchange_queries.by_reference(make_exchange(world, storage, "report").reference))
    made = queries.document(exchange, "en")
    visit = found(queries.visit_with_plan(exchange.id))
    assert (made.start, made.end) == (visit.start, visit.end)
    assert [item.title for item in made.agenda] == [item.title for item in visit.agenda]
    worked = working_days(made.start, made.end, "AZ", overrides())  # fewer than five in a week with a holiday
    assert made.recorded == (worked, worked) and made.days_worked == worked > 0
    assert [row.working for row in made.attendance] == [worked]


def test_attendance_is_told_by_week_or_by_month() -> None:
    days = [
        BookedDay(day=day, kind=kind, present=present)
        for day, kind, present in (
            (date(2026, 12, 30), DayKind.WORK, True),
            (date(2026, 12, 31), DayKind.WORK, False),
            (date(2027, 1, 1), DayKind.REST, None),
            (date(2027, 1, 4), DayKind.WORK, None),
        )
    ]
    weeks = queries.attendance(days, by_month=False)
    months = queries.attendance(days, by_month=True)
    assert [(w.working, w.present, list(w.away), w.open) for w in weeks] == [
        (2, 1, [date(2026, 12, 31)], 0),
        (1, 0, [], 1),
    ]
    assert len(months) == 2 and queries.attendance([], by_month=True) == []
