"""Every person of the demonstration is shown every page that they are led to, in every language; no link is dead."""

from __future__ import annotations

from collections import Counter

import pytest
from flask import Flask
from sqlalchemy import select

from portal.db import db
from portal.messages.delivery import compose
from portal.messages.models import Message
from portal.names import LANGUAGES
from tests.all_pages.everyone import FULLY, MOVED, Page, Sorts, Visitor, Walk, lost_fragments, visitors


@pytest.fixture(scope="module")
def people(demonstration: Flask) -> list[Visitor]:
    with demonstration.app_context():
        return visitors()


@pytest.fixture(scope="module")
def in_english(demonstration: Flask, people: list[Visitor]) -> list[Page]:
    sorts, walked, found = Sorts(demonstration), Counter[str](), list[Page]()
    for who in people:
        walked[who.kind] += 1
        pages = list(Walk(demonstration, who, "en").pages(sorts.is_new if walked[who.kind] > FULLY else None))
        sorts.met |= {sorts.of(who, page.address) for page in pages}
        found += pages
    return found


def failed(pages: list[Page]) -> list[tuple[str, str, int, str]]:
    return [(p.who.name, p.address, p.status, f"behind {p.behind}") for p in pages if p.status not in (200, *MOVED)]


def test_no_link_of_anybody_is_dead(in_english: list[Page], people: list[Visitor]) -> None:
    assert failed(in_english) == []
    assert len(people) > 50, "too few people to tell anything"
    assert {page.who for page in in_english if page.status == 200} == set(people)
    assert len(in_english) > 40 * len(people), "the walks have become too short to tell anything"


def test_no_link_leads_to_a_place_that_its_page_does_not_have(in_english: list[Page]) -> None:
    assert [(page.who.name, page.address, lost) for page in in_english if (lost := lost_fragments(page))] == []


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
def test_every_kind_of_page_is_shown_in_every_language(
    demonstration: Flask, in_english: list[Page], language: str
) -> None:
    sorts = Sorts(demonstration)
    chosen = {sorts.of(page.who, page.address): page for page in reversed(in_english)}
    walks = {who: Walk(demonstration, who, language) for who in {page.who for page in chosen.values()}}
    pages = [walks[page.who].ask(page.address, page.behind)[0] for page in chosen.values()]
    assert failed(pages) == []
    shown = [page for page in pages if page.status == 200 and page.html]
    assert [page.address for page in shown if f'<html lang="{language}"' not in page.html] == []
    assert len(pages) > 1000, "too few kinds of page to tell anything"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_of_the_demonstration_can_be_mailed_in_every_language(
    demonstration: Flask, language: str
) -> None:
    with demonstration.app_context(), db.session.no_autoflush:
        kinds = set()
        for message in db.session.scalars(select(Message)):
            message.language = language
            mail = compose(message, demonstration.config["PORTAL"])
            assert mail["Subject"] and mail.get_body(("plain",)) and mail.get_body(("html",)), message.kind
            kinds.add(message.kind.partition(".")[0])
        db.session.rollback()
    assert {"news", "turn", "reminder", "overdue", "note"} <= kinds
