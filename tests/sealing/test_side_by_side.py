"""The report in two languages beside each other: every label twice, every written word once, still archival."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from config import Config
from portal.accounts.models import Person
from portal.db import session
from portal.messages.models import Message
from portal.reports.sealed_report import html_of
from portal.reports.service import versions
from portal.sealing.models import SealedDocument
from portal.sealing.side_by_side import side_by_side
from portal.sealing.worker import make_next, seal_due
from portal.web.inspection import inspect
from portal.web.pdf import render
from tests import report_documents
from tests.factories import World
from tests.pages import Browser
from tests.pdfs import breaches, is_sound, pages_of, remarks
from tests.scenarios import make_exchange

As = Callable[[Person], Browser]


@pytest.fixture(scope="module")
def printed(application: Flask) -> dict[str, bytes]:
    """Papers in Azerbaijani and Turkish, made once."""
    kinds = {
        "ordinary": report_documents.paper,
        "just begun": report_documents.draft,
        "everything long": report_documents.long_stay,
    }
    with application.test_request_context("/"):
        return {
            name: render(side_by_side(*(html_of(replace(kind(), language=code)) for code in ("az", "tr"))))
            for name, kind in kinds.items()
        }


def test_what_differs_stands_twice_and_says_its_language() -> None:
    first = '<html lang="az"><title>Hesabat</title><h2 id="a">Məqsədlər</h2><p lang="tr">Bir &lt; iki</p></html>'
    second = '<html lang="tr"><title>Rapor</title><h2 id="a">Hedefler</h2><p lang="tr">Bir &lt; iki</p></html>'
    assert side_by_side(first, second) == (
        '<html lang="az"><title>Hesabat / Rapor</title><h2 id="a"><span lang="az">Məqsədlər</span> /\n'
        '<span lang="tr">Hedefler</span></h2><p lang="tr">Bir &lt; iki</p></html>'
    )


def test_a_title_keeps_the_language_that_it_falls_back_to() -> None:
    made = side_by_side('<html lang="az"><h1 lang="en">A call</h1>', '<html lang="tr"><h1 lang="tr">Bir çağrı</h1>')
    assert '<h1 lang="en"><span lang="en">A call</span> /\n<span lang="tr">Bir çağrı</span></h1>' in made


def test_values_of_attributes_stand_beside_each_other() -> None:
    made = side_by_side('<p lang="az" data-page="Səhifə" class="a">', '<p lang="tr" data-page="Sayfa" class="a">')
    assert made == '<p lang="az" data-page="Səhifə / Sayfa" class="a">'


def test_pages_of_another_build_are_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        side_by_side("<p>a</p>", "<p>a</p><p>b</p>")


@pytest.mark.parametrize("kind", ["ordinary", "just begun", "everything long"])
def test_it_is_archival_and_accessible(printed: dict[str, bytes], tmp_path: Path, kind: str) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(printed[kind])
    assert breaches(printed[kind]) == []
    assert remarks(path) == []
    assert is_sound(path)


def test_labels_twice_and_words_once(printed: dict[str, bytes]) -> None:
    said = " ".join(" ".join(pages_of(printed["ordinary"])).split())
    for words in (
        "Məqsədlər / Hedefler", "Tövsiyələr / Öneriler", "Səhifə / Sayfa 1 / 3", "KX-2026-0188 · az / tr · 7F3K-Q2MD",
    ):  # fmt: skip
        assert words in said, words
    assert said.count("Cümə günü görüş axşama keçirildi.") == 1


def test_it_is_offered_as_a_draft_and_sealed_under_its_own_code(
    app: Flask, world: World, config: Config, as_person: As
) -> None:
    storage = app.extensions["storage"]
    exchange = make_exchange(world, storage, "accept_home", versions=("az", "tr", "en", "tr-az"))
    assert versions(exchange) == ("tr", "az", "en", "tr-az")
    assert seal_due(config, storage) == 4
    rows = {row.language: row for row in session.scalars(select(SealedDocument))}
    assert len({row.sha256 for row in rows.values()}) == 4
    told = select(Message.person_id, func.count(Message.id)).where(Message.kind == "sealed").group_by(Message.person_id)
    assert {number for _person, number in session.execute(told)} == {1}, "one message for all versions"
    answer = as_person(world.expert).ask("GET", f"/exchanges/{exchange.reference}/report/pdf?language=tr-az")
    assert inspect(answer.data, "pdf").codes == (rows["tr-az"].code,)
    assert re.search(r"_tr-az_\d{4}-\d\d-\d\d\.pdf", answer.headers["Content-Disposition"])


def test_a_draft_of_it_is_marked_in_both_languages(app: Flask, config: Config, world: World, as_person: As) -> None:
    kept = app.extensions["storage"]
    exchange = make_exchange(world, kept, "accept_host")
    expert, address = as_person(world.expert), f"/exchanges/{exchange.reference}/report/draft"

    def drafted(language: str) -> Any:
        expert.open(f"/exchanges/{exchange.reference}/report")
        expert.send(address, {"language": language}, action="/draft")
        make_next(config, kept)
        return expert.ask("GET", f"{expert.location}/pdf")

    assert all("TASLAK / QARALAMA" in page for page in pages_of(drafted("tr-az").data))
    other = drafted("xx-az")
    assert "DRAFT_" in other.headers["Content-Disposition"] and "_en_" in other.headers["Content-Disposition"]
