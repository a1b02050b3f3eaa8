"""Files of a subject: who may read it reads them, and whoever lets people change them says when."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from portal.db import session
from portal.documents import queries, service
from portal.documents.service import Change
from portal.exchanges.models import Exchange
from portal.findings import RuleViolation
from portal.policy import Denied, Side
from portal.storage import Missing, Storage
from portal.subjects.models import Event
from tests.factories import World, actor
from tests.form_data import begin, cv


@pytest.fixture
def draft(world: World) -> Exchange:
    return begin(world.call(), actor(world.expert))


def anybody(world: World) -> Change:
    return Change(actor(world.expert), Side.EXPERT, lambda subject: None)


def refuse(_subject: Any) -> None:
    raise RuleViolation("not_writable")


def test_whoever_may_not_read_the_subject_does_not_get_its_files(
    world: World, draft: Exchange, storage: Storage
) -> None:
    made = service.add(draft, cv(), anybody(world), idempotency_key="one", storage=storage)
    assert service.read(draft, made, by=actor(world.expert), storage=storage).startswith(b"%PDF-")
    with pytest.raises(Denied):
        service.read(draft, made, by=actor(world.manager), storage=storage)


def test_a_file_is_found_only_with_its_own_subject(world: World, draft: Exchange, storage: Storage) -> None:
    made = service.add(draft, cv(), anybody(world), idempotency_key="one", storage=storage)
    assert queries.document(draft.id, made.id) is made
    assert queries.document(draft.id + 1, made.id) is None


def test_neither_adding_nor_removing_passes_by_the_stage_that_forbids_it(
    world: World, draft: Exchange, storage: Storage
) -> None:
    forbidden = Change(actor(world.expert), Side.EXPERT, refuse)
    made = service.add(draft, cv(), anybody(world), idempotency_key="one", storage=storage)
    with pytest.raises(RuleViolation, match="not_writable"):
        service.add(draft, cv(), forbidden, idempotency_key="two", storage=storage)
    with pytest.raises(RuleViolation, match="not_writable"):
        service.remove(draft, made, forbidden, storage=storage)
    assert queries.of_subject(draft.id) == [made]


def test_the_history_keeps_who_added_and_removed_a_file_for_which_side(
    world: World, draft: Exchange, storage: Storage
) -> None:
    made = service.add(draft, cv(), anybody(world), idempotency_key="one", storage=storage)
    facts = {"document": made.id, "kind": "cv"}
    service.remove(draft, made, anybody(world), storage=storage)
    events = session.scalars(select(Event).where(Event.what.startswith("document_")).order_by(Event.number)).all()
    assert [(event.what, event.side, event.actor_id, event.facts) for event in events] == [
        ("document_added", Side.EXPERT, world.expert.id, facts),
        ("document_removed", Side.EXPERT, world.expert.id, facts),
    ]


def test_the_bytes_go_when_the_removal_is_committed(world: World, draft: Exchange, storage: Storage) -> None:
    made = service.add(draft, cv(), anybody(world), idempotency_key="one", storage=storage)
    session.commit()
    key = made.key
    service.remove(draft, made, anybody(world), storage=storage)
    assert storage.get(key), "a rollback would bring the row back"
    session.commit()
    with pytest.raises(Missing):
        storage.get(key)
