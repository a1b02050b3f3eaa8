"""Sealing: once, by whichever worker; found again after a crash; never rendered again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import func, select

from config import Config
from portal import calendars
from portal.accounts.models import Person
from portal.db import session
from portal.exchanges.models import Exchange
from portal.messages.models import Message
from portal.reports.models import Report
from portal.sealing.models import SealedDocument
from portal.sealing.worker import seal_due
from portal.storage import Folder, Storage
from portal.subjects.models import Event
from portal.web.inspection import inspect
from tests.concurrency import together
from tests.factories import World
from tests.narrowing import found
from tests.pages import Browser
from tests.pdfs import pages_of
from tests.scenarios import make_exchange, old_call

As = Callable[[Person], Browser]


class Killed(BaseException):
    """The worker is killed here: nothing after this runs."""


class DiesAfterwards(Folder):
    """A folder whose worker is killed when the file is written, but not yet the row."""

    def put(self, key: str, data: bytes) -> None:
        super().put(key, data)
        raise Killed


class Full(Folder):
    def put(self, key: str, data: bytes) -> None:
        raise OSError("no space left on device")


@pytest.fixture
def storage(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "files")


def files(storage: Folder) -> list[Path]:
    return [path for path in (storage.root / "sealed").rglob("*") if path.is_file()]


def one_sealed() -> SealedDocument:
    session.expire_all()
    return session.scalars(select(SealedDocument)).one()


def closed(world: World, storage: Storage, **more: Any) -> Exchange:
    return make_exchange(world, storage, "accept_home", **more)


def test_a_closed_report_is_sealed_once_with_its_hash(
    app: Flask, world: World, config: Config, storage: Folder
) -> None:
    exchange = closed(world, storage)
    assert seal_due(config, storage) == 1
    row = one_sealed()
    data = storage.get(row.key)
    assert row.sha256 == sha256(data).hexdigest() and row.size == len(data) and row.pages == len(pages_of(data))
    seen = inspect(data, "pdf")
    assert seen.codes == (row.code,) and not seen.draft
    assert "sealed" in session.scalars(select(Event.what).where(Event.subject_id == exchange.id)).all()
    told = session.scalar(select(func.count(Message.id)).where(Message.kind == "sealed"))
    assert seal_due(config, storage) == 0
    assert session.scalar(select(func.count(Message.id)).where(Message.kind == "sealed")) == told
    assert found(told) >= 2
    assert len(files(storage)) == 1


def test_two_workers_at_once_make_one_file(app: Flask, world: World, config: Config, storage: Folder) -> None:
    closed(world, storage)
    results = together(app, lambda: seal_due(config, storage), times=3)
    assert Counter(results) == {1: 1, 0: 2}
    row = one_sealed()
    assert [path.read_bytes() for path in files(storage)] == [storage.get(row.key)]
    assert row.sha256 == sha256(storage.get(row.key)).hexdigest()
    assert session.scalar(select(func.count(Event.id)).where(Event.what == "sealed")) == 1


def test_a_report_is_sealed_by_the_next_run_after_a_worker_was_killed(
    app: Flask, world: World, config: Config, storage: Folder
) -> None:
    closed(world, storage)
    with pytest.raises(Killed):
        seal_due(config, DiesAfterwards(storage.root))
    session.remove()
    assert one_sealed().sealed_at is None and one_sealed().sha256 == ""
    assert seal_due(config, storage) == 1
    row = one_sealed()
    assert row.sha256 == sha256(storage.get(row.key)).hexdigest()
    assert session.scalar(select(func.count(Event.id)).where(Event.what == "sealed")) == 1


def test_a_full_disk_leaves_the_report_unsealed_and_it_is_tried_again_later(
    app: Flask, world: World, config: Config, storage: Folder
) -> None:
    closed(world, storage)
    assert seal_due(config, Full(storage.root)) == 0
    row = one_sealed()
    assert (row.sealed_at, row.tries) == (None, 1) and "no space" in row.problem
    assert seal_due(config, storage) == 0, "it rests first"
    with calendars.at(calendars.now() + timedelta(minutes=2)):
        assert seal_due(config, storage) == 1
    assert one_sealed().problem == ""


def test_a_report_that_fails_does_not_hold_up_the_others(
    app: Flask, world: World, config: Config, storage: Folder
) -> None:
    first = closed(world, storage)
    second = closed(world, storage, call=old_call(world, idempotency_key="another call"), number=1)
    session.delete(session.scalars(select(Report).where(Report.exchange_id == first.id)).one())
    session.commit()
    assert seal_due(config, storage) == 1
    session.expire_all()
    sealed = {row.subject_id: row.sealed_at for row in session.scalars(select(SealedDocument))}
    assert sealed[first.id] is None and sealed[second.id] is not None


def test_what_was_sealed_is_never_rendered_again(app: Flask, world: World, config: Config, as_person: As) -> None:
    kept = app.extensions["storage"]
    exchange = closed(world, kept)
    seal_due(config, kept)
    row = one_sealed()
    sealed = kept.get(row.key)
    session.scalars(select(Report)).one().findings = "Changed behind the portal's back"
    session.commit()
    assert seal_due(config, kept) == 0
    for person in (world.expert, world.manager, world.host_manager, world.coordinator):
        answer = as_person(person).ask("GET", f"/exchanges/{exchange.reference}/report/pdf")
        assert answer.data == sealed
        day = found(row.sealed_at).astimezone(ZoneInfo("Asia/Baku")).date().isoformat()  # the day printed on it
        name = f"{exchange.reference}_en_{day}.pdf"
        disposition = f"attachment; filename=\"{name}\"; filename*=UTF-8''{name}"
        assert answer.headers["Content-Disposition"] == disposition


def test_a_sealed_file_that_is_lost_is_said_and_not_made_anew(
    app: Flask, world: World, config: Config, as_person: As
) -> None:
    kept = app.extensions["storage"]
    exchange = closed(world, kept)
    seal_due(config, kept)
    kept.delete(one_sealed().key)
    as_person(world.expert).open(f"/exchanges/{exchange.reference}/report/pdf", 503)


def test_while_it_is_being_sealed_nobody_gets_a_draft(app: Flask, world: World, as_person: As) -> None:
    exchange = closed(world, app.extensions["storage"])
    expert = as_person(world.expert)
    expert.open(f"/exchanges/{exchange.reference}/report/pdf", 302)
    expert.open(f"/exchanges/{exchange.reference}/report")
    assert "The PDF is being sealed" in expert.text


def test_without_a_report_there_is_no_pdf(app: Flask, world: World, as_person: As) -> None:
    exchange = make_exchange(world, app.extensions["storage"], "depart")
    as_person(world.expert).open(f"/exchanges/{exchange.reference}/report/pdf", 404)
