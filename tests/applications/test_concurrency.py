"""The same thing from two places at the same moment: one outcome, no error page."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import func, select

from portal.applications import documents, queries, service
from portal.applications.models import Application
from portal.applications.sections import Section
from portal.applications.service import Answers
from portal.calls import queries as calls
from portal.db import session
from portal.documents.models import Document
from portal.exchanges import queries as exchange_queries
from portal.exchanges.models import Exchange
from portal.findings import AlreadyDone, EditConflict
from portal.subjects.models import Event
from portal.workflows.exchange_terms import Action
from tests.concurrency import together
from tests.factories import World, actor
from tests.form_data import begin, cv, fill


def test_applying_at_once_makes_one_application(app: Flask, world: World) -> None:
    call_id, by = world.call().id, actor(world.expert)

    def apply() -> object:
        call = calls.by_id(call_id)
        assert call is not None
        return service.begin_application(call, by=by).reference

    assert len(set(together(app, apply))) == 1
    assert session.scalar(select(func.count(Application.id))) == 1


def test_a_file_sent_at_once_is_stored_once(app: Flask, world: World) -> None:
    by, storage = actor(world.expert), app.extensions["storage"]
    reference, file = begin(world.call(), by).reference, cv()

    def upload() -> object:
        exchange = exchange_queries.by_reference(reference)
        assert exchange is not None
        return documents.add(exchange, file, idempotency_key="the same form again", by=by, storage=storage).id

    assert len(set(together(app, upload))) == 1
    assert session.scalar(select(func.count(Document.id))) == 1


def test_two_tabs_that_save_at_once_do_not_overwrite(app: Flask, world: World) -> None:
    by = actor(world.expert)
    reference = begin(world.call(), by).reference

    def save() -> object:
        exchange = exchange_queries.by_reference(reference)
        assert exchange is not None
        return service.save(exchange, Section.PLAN, Answers({"aim": "mine"}), version=1, by=by).version

    results = together(app, save)
    assert sorted(map(str, results)) == sorted(map(str, [2, EditConflict, EditConflict, EditConflict]))


def test_handing_in_at_once_is_once(app: Flask, world: World) -> None:
    by = actor(world.expert)
    exchange = begin(world.call(), by)
    fill(exchange, by, world.units[0].id, app.extensions["storage"])
    reference, version = exchange.reference, exchange.version

    def submit() -> object:
        found = exchange_queries.by_reference(reference)
        assert found is not None
        service.submit(found, version=version, by=by)
        return "done"

    results = together(app, submit)
    assert results.count("done") == 1 and results.count(AlreadyDone) == 3
    assert session.scalar(select(func.count(Event.id)).where(Event.what == Action.EXPERT_SUBMIT.value)) == 1
    found = session.scalars(select(Exchange)).one()
    assert queries.of_exchange(found.id) is not None
