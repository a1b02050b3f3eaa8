"""The database keeps its promises on both engines: no update is lost, moments keep their zone."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from threading import Thread
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import create_engine, delete, event, select, text
from sqlalchemy.exc import IntegrityError, StatementError

from portal.accounts.models import SignInAttempt
from portal.calendars import CalendarOverride
from portal.db import advisory_lock, db, new_idempotency_key, reading, session
from portal.names import ALPHABETS, sort_key
from portal.subjects.models import ReferenceCounter
from portal.units.models import HostUnit
from tests.concurrency import together
from tests.factories import World

PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10_000}


def sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"


def test_every_connection_is_prepared(app: Flask) -> None:
    """Without these SQLite forgets foreign keys and what was written before a power cut."""
    if sqlite():
        with create_engine(db.engine.url).connect() as connection:
            assert {name: connection.scalar(text(f"PRAGMA {name}")) for name in PRAGMAS} == PRAGMAS
    else:
        assert session.scalar(text("SHOW server_encoding")) == "UTF8"


def test_eight_concurrent_writers_lose_no_update(app: Flask) -> None:
    """Each reads, adds one and writes, ten times: the sum is right."""
    session.add(ReferenceCounter(prefix="KX", year=2040, last=0))

    def add_ten() -> None:
        for _time in range(10):
            row = session.scalars(select(ReferenceCounter).with_for_update()).one()
            row.last = row.last + 1
            session.commit()

    together(app, add_ten, times=8)
    assert session.scalar(select(ReferenceCounter.last)) == 80


def test_a_reader_is_not_blocked_by_a_writer(app: Flask) -> None:
    """A GET is answered while another transaction holds the write lock."""
    session.add(ReferenceCounter(prefix="KX", year=2041, last=1))
    session.commit()
    session.add(ReferenceCounter(prefix="KX", year=2042, last=1))
    session.flush()  # this transaction writes and is not yet finished
    seen: list[int] = []

    def read() -> None:
        with app.app_context(), reading():
            seen.extend(session.scalars(select(ReferenceCounter.year)))

    reader = Thread(target=read)
    reader.start()
    reader.join(timeout=8)  # less than the ten seconds for which a writer would wait
    assert seen == [2041]


def test_a_writing_transaction_takes_its_lock_at_once(app: Flask) -> None:
    begun: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        begun.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        session.execute(select(1))
        session.rollback()
        with reading():
            session.execute(select(1))
            session.rollback()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert [s for s in begun if s.startswith("BEGIN")] == (["BEGIN IMMEDIATE", "BEGIN"] if sqlite() else [])


def test_an_advisory_lock_is_held_by_one_transaction_at_a_time(app: Flask) -> None:
    """Two who make the same thing at once: the second sees what the first made."""

    def make() -> bool:
        advisory_lock("the only override")
        if session.scalar(select(CalendarOverride.id)) is not None:
            return False
        session.add(CalendarOverride(country="TR", day=date(2026, 1, 5), closed=True))
        return True

    assert sorted(map(bool, together(app, make, times=4))) == [False, False, False, True]


def test_a_moment_comes_back_as_the_same_moment_in_utc(app: Flask) -> None:
    baku = datetime(2026, 11, 24, 1, 30, tzinfo=ZoneInfo("Asia/Baku"))
    session.add(SignInAttempt(key="somebody", at=baku))
    session.commit()
    back = session.scalars(select(SignInAttempt.at)).one()
    assert back == baku and back.utcoffset() == timedelta(0)


def test_a_moment_without_a_zone_is_refused(app: Flask) -> None:
    session.add(SignInAttempt(key="somebody", at=datetime(2026, 11, 24, 1, 30)))
    with pytest.raises(StatementError, match="without a zone"):
        session.flush()
    session.rollback()


@pytest.mark.parametrize("language", ALPHABETS)
def test_lists_stand_in_the_order_of_the_alphabet(world: World, language: str) -> None:
    """Letters that the database alone would put after z, and that each language has elsewhere."""
    names = ["Çankırı", "Cizre", "Əmircan", "Elazığ", "Xaçmaz", "Hakkâri", "Iğdır", "İzmir", "Qəbələ", "Konya", "Ünye",
             "Şəki", "Zonguldak", "Öğdem", "Van", "Lerik", "Pazar", "Uşak", "Sinop", "Ordu", "Jale"]  # fmt: skip
    session.execute(delete(HostUnit))
    session.add_all(HostUnit(agency_id=world.kobia.id, name_own=name, city=name) for name in names)
    session.flush()
    listed = list(session.scalars(select(HostUnit.name_own).order_by(HostUnit.by_name(language))))
    assert listed == sorted(names, key=lambda name: sort_key(name, language))


def test_a_new_name_sorts_anew(world: World) -> None:
    world.expert.name = "Öykü Şen"
    session.flush()
    session.refresh(world.expert)
    assert world.expert.name_key_az == sort_key("Öykü Şen", "az")


def test_words_are_found_in_a_database_of_any_locale(app: Flask) -> None:
    """The search compares beginnings byte by byte; a locale's own order of letters would lose some."""
    if not sqlite():
        kept = "SELECT collation_name FROM information_schema.columns WHERE table_name = 'exchange_word'"
        assert session.scalar(text(f"{kept} AND column_name = 'word'")) == "C"


def test_foreign_keys_hold(app: Flask) -> None:
    with pytest.raises(IntegrityError):
        session.execute(text("INSERT INTO reason (event_id, text) VALUES (4711, 'of nothing')"))
        session.commit()
    session.rollback()


def test_idempotency_keys_differ_and_fit_their_column() -> None:
    keys = {new_idempotency_key() for _time in range(200)}
    assert len(keys) == 200 and all(12 <= len(key) <= 40 for key in keys)
