"""Drafts: made by the worker, one at a time for each person, for whoever may read the report, kept for an hour."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from config import Config
from portal import calendars
from portal.accounts.models import Person
from portal.db import session
from portal.exchanges.models import Exchange
from portal.policy import Denied
from portal.reports.models import Report
from portal.sealing import drafts
from portal.sealing.models import DraftDocument, SealedDocument
from portal.sealing.worker import clear_drafts, make_next
from portal.storage import Folder
from portal.web.inspection import inspect
from tests.concurrency import together
from tests.factories import World, actor
from tests.pages import Browser
from tests.pdfs import pages_of
from tests.scenarios import make_exchange, old_call

As = Callable[[Person], Browser]
MINUTE = timedelta(minutes=1)


@pytest.fixture
def storage(app: Flask) -> Folder:
    kept = app.extensions["storage"]
    assert isinstance(kept, Folder)
    return kept


def files(storage: Folder) -> set[Path]:
    return {path for path in (storage.root / "draft").rglob("*") if path.is_file()}


def address(exchange: Exchange, rest: str = "") -> str:
    return f"/exchanges/{exchange.reference}/report{rest}"


def asked(exchange: Exchange, person: Person, version: str = "en") -> DraftDocument:
    row = drafts.want(exchange, "report", version, by=actor(person))
    session.commit()
    return row


def all_drafts() -> list[DraftDocument]:
    session.expire_all()
    return list(session.scalars(select(DraftDocument).order_by(DraftDocument.id)))


@pytest.mark.parametrize("last", ["report", "accept_host"])
def test_whoever_may_read_the_report_gets_it_marked_as_a_draft_on_every_page(
    world: World, config: Config, storage: Folder, as_person: As, last: str
) -> None:
    exchange = make_exchange(world, storage, last)
    for person in (world.expert, world.manager, world.host_manager, world.coordinator):
        browser = as_person(person)
        browser.open(address(exchange))
        browser.send(address(exchange, "/draft"), {"language": "en"}, action="/draft")
        place = browser.location
        browser.open(place)
        assert browser.text_of("h1") == "The draft is being made" and browser.page.select("[data-waiting]")
        browser.open(f"{place}/pdf", 302)
        assert make_next(config, storage) == 1
        browser.open(place)
        assert browser.text_of("h1") == "The draft is ready" and not browser.page.select("[data-waiting]")
        answer = browser.ask("GET", f"{place}/pdf")
        pages = pages_of(answer.data)
        assert len(pages) > 1 and all("DRAFT" in page for page in pages)
        seen = inspect(answer.data, "pdf")
        assert seen.draft and seen.codes == ()
        assert f'filename="DRAFT_{exchange.reference}_en_' in answer.headers["Content-Disposition"]


def test_nobody_gets_the_draft_of_another(world: World, config: Config, storage: Folder, as_person: As) -> None:
    exchange = make_exchange(world, storage, "report")
    row = asked(exchange, world.expert)
    assert make_next(config, storage) == 1
    for stranger in (world.colleague, world.admin):
        as_person(stranger).open(address(exchange, f"/draft/{row.id}/pdf"), 404)
    with pytest.raises(Denied):
        drafts.want(exchange, "report", "en", by=actor(world.colleague))
    reader = as_person(world.manager)  # may read the report, but did not ask for this draft
    reader.open(address(exchange, f"/draft/{row.id}/pdf"), 302)
    reader.open(address(exchange, f"/draft/{row.id}"), 302)


def test_asking_again_gives_the_same_one_until_something_changes(world: World, config: Config, storage: Folder) -> None:
    exchange = make_exchange(world, storage, "report")
    first = asked(exchange, world.expert).id
    assert asked(exchange, world.expert).id == first, "while it waits"
    assert make_next(config, storage) == 1
    assert asked(exchange, world.expert).id == first, "and once it is made"
    assert make_next(config, storage) == 0
    session.scalars(select(Report)).one().findings = "Something else"
    session.commit()
    assert asked(exchange, world.expert).id > first
    assert make_next(config, storage) == 1 and len(all_drafts()) == 2


def test_a_person_waits_for_one_draft_at_a_time(world: World, config: Config, storage: Folder) -> None:
    exchange = make_exchange(world, storage, "report")
    for version in ("az", "tr", "tr-az"):
        asked(exchange, world.expert, version)
    assert [row.language for row in all_drafts()] == ["tr-az"], "the one asked for last takes the others' place"
    asked(exchange, world.manager, "az")
    assert len(all_drafts()) == 2, "each person for themselves"


def test_asking_at_once_makes_one_draft(app: Flask, world: World, storage: Folder) -> None:
    exchange, by = make_exchange(world, storage, "report"), actor(world.expert)
    number = exchange.id

    def ask() -> int:
        return drafts.want(session.get_one(Exchange, number), "report", "en", by=by).id

    assert len(set(together(app, ask, times=3))) == 1


def test_two_workers_at_once_keep_one_file(app: Flask, world: World, config: Config, storage: Folder) -> None:
    before = files(storage)
    asked(make_exchange(world, storage, "report"), world.expert)
    together(app, lambda: make_next(config, storage), times=2)
    (row,) = all_drafts()
    assert [path.read_bytes() for path in files(storage) - before] == [storage.get(row.key)]


def test_one_that_cannot_be_made_is_told_and_holds_up_no_other(
    world: World, config: Config, storage: Folder, as_person: As
) -> None:
    broken = make_exchange(world, storage, "report")
    row = asked(broken, world.expert)
    other = make_exchange(world, storage, "report", call=old_call(world, idempotency_key="another"), number=1)
    asked(other, world.manager)
    session.delete(session.scalars(select(Report).where(Report.exchange_id == broken.id)).one())
    session.commit()
    assert make_next(config, storage) == 1 and make_next(config, storage) == 1
    assert [(draft.failed_at is None, draft.made_at is None) for draft in all_drafts()] == [
        (False, True),
        (True, False),
    ]
    expert = as_person(world.expert)
    expert.open(address(broken, f"/draft/{row.id}"))
    assert expert.text_of("h1") == "The draft could not be made"


def test_drafts_and_documents_to_be_sealed_take_turns(world: World, config: Config, storage: Folder) -> None:
    make_exchange(world, storage, "accept_home", versions=("en", "tr"))
    open_one = make_exchange(world, storage, "report", call=old_call(world, idempotency_key="another"), number=1)
    for person in (world.expert, world.manager):
        asked(open_one, person)

    def done() -> tuple[int, int]:
        made = session.scalar(select(func.count(DraftDocument.made_at)))
        return made or 0, session.scalar(select(func.count(SealedDocument.sealed_at))) or 0

    rounds = []
    while make_next(config, storage):
        rounds.append(done())
    assert rounds == [(1, 1), (2, 2)]


def test_a_draft_is_kept_for_an_hour_and_then_removed_with_its_file(
    world: World, config: Config, storage: Folder, as_person: As
) -> None:
    exchange, before, by = make_exchange(world, storage, "report"), files(storage), actor(world.expert)
    row = asked(exchange, world.expert)
    assert make_next(config, storage) == 1
    number, wanted = row.id, row.wanted_at
    with calendars.at(wanted + drafts.KEPT - MINUTE):
        clear_drafts(storage)
        session.commit()
        assert drafts.of(exchange, number, by=by) is not None and len(files(storage) - before) == 1
    with calendars.at(wanted + drafts.KEPT):
        assert drafts.of(exchange, number, by=by) is None
        assert asked(exchange, world.expert).id != number, "a new one is made"
    with calendars.at(wanted + drafts.KEPT + MINUTE):
        clear_drafts(storage)
        session.commit()
        assert files(storage) <= before and len(all_drafts()) == 1
    expert = as_person(world.expert)
    expert.open(address(exchange, f"/draft/{number}"), 302)
    expert.open(expert.location)
    assert "no longer kept" in expert.text
