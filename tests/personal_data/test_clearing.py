"""The half-yearly clearing: what is due at, below and above each period, nothing is forgotten, the log, the doctor."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask
from sqlalchemy import JSON, String, Text, func, select, update

from portal.accounts.models import Agency, Person
from portal.calendars import now
from portal.db import Base, session
from portal.documents.models import Document
from portal.documents.queries import of_subject
from portal.exchanges.models import Exchange
from portal.exchanges.queries import by_reference
from portal.personal_data.clearing import clear_next, due_now, overdue
from portal.personal_data.models import Cleared, Clearing
from portal.personal_data.retention import earlier, half_of
from portal.registry import registry
from portal.sealing.models import SealedDocument
from portal.storage import Missing, Storage
from portal.subjects.queries import events
from portal.subjects.service import chain
from portal.workflows.exchange_terms import Status
from tests.factories import World
from tests.narrowing import found
from tests.pages import Browser
from tests.scenarios import make_exchange

As = Callable[[Person], Browser]
# tables that hold nothing of a person, or what stays: each with its reason
EXCUSED = {
    "administration_event": "ids, days and choices only; its words are cleared",
    "agency": "an agency", "announcement": "written for everybody", "blocked_period": "of a unit",
    "calendar_override": "of a country", "call": "written for everybody", "cleared": "the log: no personal data",
    "clearing": "the log: no personal data", "clocks": "of a call", "consent": "facts only; its words are cleared",
    "data_controller": "an agency’s own; its lawyer acts for it", "event": "facts only, chained by hashes",
    "follow_up_entry": "an agency’s answer; its words are cleared", "heading": "of the plan",
    "host_unit": "a unit", "recommendation": "lives on: the agencies’ own", "reference_counter": "numbers",
    "reference_token": "a token", "sealed_document": "stays as an official record, and must go on to verify",
    "sign_in_attempt": "hashes, for a day", "stay_rule": "written for everybody",
    "topic": "of the shared list", "subject": "references only",
}  # fmt: skip
# columns of tables that are blanked or deleted elsewhere, and which say nothing of a person
PLAIN = {
    "language", "reference", "idempotency_key", "mail_id", "kind", "unit_name", "code", "section", "document", "digest",
    "asks", "problem", "marks", "working_language", "wishes_none",
}  # fmt: skip


def clear_all(storage: Storage) -> int:
    done = 0
    while clear_next(storage):
        session.commit()
        done += 1
    return done


def set_end(exchange: Exchange, moment: datetime) -> None:
    session.execute(
        update(Exchange)
        .where(Exchange.id == exchange.id)
        .values(turn_since=moment, updated_at=moment, due_on=moment.date())
    )
    session.commit()


def test_every_table_with_text_is_cleared_or_excused(app: Flask) -> None:
    """Each column that can hold words is named by its stage, says nothing of a person, or its table is excused."""
    named: dict[str, set[str]] = {}
    deleted = {one.model.__tablename__ for one in registry.stored if one.deletes}
    for one in registry.stored:
        named.setdefault(one.model.__tablename__, set()).update(one.columns)
        assert set(one.columns) <= set(one.model.__table__.c.keys()), one.model
    forgotten = []
    for name, table in Base.metadata.tables.items():
        wordy = {c.name for c in table.c if isinstance(c.type, String | Text | JSON) and not hasattr(c.type, "enums")}
        if name in EXCUSED or name in deleted or name == "alembic_version":
            continue
        forgotten += [f"{name}.{column}" for column in sorted(wordy - named.get(name, set()) - PLAIN)]
    assert forgotten == []
    assert not set(EXCUSED) & set(named)


@pytest.mark.parametrize(("days", "due"), [(-1, False), (0, True), (1, True)])
@pytest.mark.parametrize("last", ["accept_home", "apply"])
def test_two_years_after_the_end_and_half_a_year_after_a_draft(
    world: World, storage: Storage, last: str, days: int, due: bool
) -> None:
    """By the day of the home agency: what ended at 23:30 in Ankara ended on that day, not on the next in Baku."""
    exchange = make_exchange(world, storage, last)
    ended = datetime(2024, 3, 10, 23, 30, tzinfo=ZoneInfo("Europe/Istanbul"))
    set_end(exchange, ended)
    anniversary = datetime(2026, 3, 10, 0, 1, tzinfo=ZoneInfo("Europe/Istanbul"))
    if last == "apply":
        anniversary = datetime(2024, 9, 10, 0, 1, tzinfo=ZoneInfo("Europe/Istanbul"))
    with time_machine.travel(anniversary + timedelta(days=days), tick=False):
        found_due = due_now()["ended" if last == "accept_home" else "draft"]
    assert (exchange.reference in found_due) is due


@pytest.mark.parametrize(("day", "half"), [("06-30", "01-01"), ("07-01", "07-01"), ("12-31", "07-01")])
def test_a_clearing_is_at_most_half_a_year_after_the_one_before(day: str, half: str) -> None:
    assert half_of(date.fromisoformat(f"2027-{day}")) == date.fromisoformat(f"2027-{half}")
    assert earlier(date(2027, 8, 31), 6) == date(2027, 2, 28) and earlier(date(2028, 2, 29), 24) == date(2026, 2, 28)


def test_what_is_cleared_leaves_no_name_text_or_file_and_the_seal_and_the_chain_hold(
    world: World, storage: Storage, as_person: As
) -> None:
    exchange = make_exchange(world, storage, "accept_home")
    set_end(exchange, now() - timedelta(days=800))
    keys = [document.key for document in of_subject(exchange.id)]
    name, reference = exchange.person_name, exchange.reference
    sealed = session.scalar(select(func.count(SealedDocument.id)))
    clear_all(storage)
    cleared = found(by_reference(reference))
    assert cleared.cleared_at is not None and cleared.status is Status.CLOSED
    for key in keys:
        with pytest.raises(Missing):
            storage.get(key)
    for table in Base.metadata.sorted_tables:
        if table.name not in ("person", "sealed_document"):
            rows = session.execute(select(table)).all()
            assert not [row for row in rows if name in str(row)], table.name
    assert session.scalar(select(func.count(SealedDocument.id))) == sealed
    assert session.scalar(select(func.count(Document.id))) == 0
    before = ""
    for event in events(cleared.id):
        assert event.hash == chain(before, event)
        before = event.hash
    entry = session.scalars(select(Cleared)).one()
    assert (entry.kind, entry.reference, entry.files) == ("ended", reference, len(keys)) and entry.count > 10
    manager = as_person(world.manager)
    for path in ("", "/application", "/documents", "/visit", "/report", "/history", "/messages"):
        manager.open(f"/exchanges/{reference}{path}")
        assert name not in manager.text
    assert clear_all(storage) == 0, "nothing is done twice"


def test_withdrawn_ones_go_with_the_next_clearing_and_open_ones_stay(world: World, storage: Storage) -> None:
    gone = make_exchange(world, storage, "endorse", "expert_withdraw")
    stays = make_exchange(world, storage, "endorse", expert=world.expert, number=1)
    clear_all(storage)
    assert found(by_reference(gone.reference)).cleared_at is not None
    assert found(by_reference(stays.reference)).cleared_at is None


def test_an_error_in_the_middle_loses_nothing_and_the_next_run_goes_on(world: World, storage: Storage) -> None:
    exchange = make_exchange(world, storage, "endorse", "expert_withdraw")
    assert clear_next(storage) == 1
    session.rollback()  # killed before the commit: the files are gone, the row is still due
    assert found(by_reference(exchange.reference)).cleared_at is None
    clear_all(storage)
    assert found(by_reference(exchange.reference)).cleared_at is not None
    assert session.scalar(select(func.count(Cleared.id))) == 1


def test_an_account_that_nobody_uses_goes_and_one_that_is_used_stays(
    world: World, storage: Storage, as_person: As
) -> None:
    old = now() - timedelta(days=800)
    session.execute(update(Person).values(created_at=old))
    session.commit()
    as_person(world.colleague)
    session.commit()
    clear_all(storage)
    names = set(session.scalars(select(Person.name)))
    assert world.colleague.name in names and world.manager.name in names and world.admin.name in names
    gone = session.scalars(select(Person).where(Person.email.startswith("cleared-"))).all()
    assert [(person.name, person.active, person.phone) for person in gone] == [("—", False, "")]


@pytest.mark.parametrize(("days", "kept"), [(-1, True), (0, False), (1, False)])
def test_the_log_is_kept_three_years(world: World, storage: Storage, days: int, kept: bool) -> None:
    finished = datetime(2024, 3, 10, 12, tzinfo=UTC)
    run = Clearing(agency_id=world.kosgeb.id, half=date(2024, 1, 1), started_at=finished, finished_at=finished)
    session.add(run)
    session.flush()
    session.add(Cleared(clearing_id=run.id, kind="ended", reference="KX-2021-0001", count=3, files=1, at=finished))
    session.commit()
    with time_machine.travel(datetime(2027, 3, 10, 12, tzinfo=UTC) + timedelta(days=days), tick=False):
        clear_all(storage)
    assert bool(session.scalar(select(func.count(Cleared.id)))) is kept


def test_the_doctor_says_when_it_is_overdue_and_administrators_read_the_log(
    world: World, storage: Storage, as_person: As
) -> None:
    assert overdue() == []
    exchange = make_exchange(world, storage, "endorse", "expert_withdraw")
    assert overdue() == [world.kosgeb.short_name]
    admin = as_person(world.admin)
    admin.open("/admin/clearing")
    assert "Withdrawn applications and consents: 1" in admin.text
    clear_all(storage)
    assert overdue() == []
    admin.open("/admin/clearing")
    assert exchange.reference in admin.text and world.expert.name not in admin.text
    assert session.scalar(select(func.count(Clearing.id)).join(Agency, Agency.id == Clearing.agency_id)) == 2


def test_ones_own_consents_stand_on_the_page_with_words_and_version(
    world: World, storage: Storage, as_person: As
) -> None:
    exchange = make_exchange(world, storage, "submit")
    expert = as_person(world.expert)
    expert.open("/personal-data")
    for said in ("Your consents", exchange.reference, "Version 1", "How long it is kept", "2 years, then until"):
        assert said in expert.text
    assert expert.page.select_one(f'a[href="/exchanges/{exchange.reference}/withdraw-consent"]')
    expert.open(f"/exchanges/{exchange.reference}/withdraw-consent", 302)
