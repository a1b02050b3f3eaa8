"""The demonstration: every status, the four cases word for word, people who act in order, and any day to begin from."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Text, func, select, text

from portal import calendars
from portal.applications.models import Application
from portal.calls.models import Call, Heading, Phase
from portal.db import Base, session
from portal.exchanges.models import Event, Exchange, ExchangeNote, ExchangeWord, Kind
from portal.exchanges.service import chain, new_reference
from portal.hosting.models import HostUnit
from portal.reports.models import Evaluation, ProgressReport, Recommendation
from portal.seed import bulk
from portal.seed.run import CASE_ADDRESSES, case, seed
from portal.seed.texts import OWN, topics
from portal.storage import Storage
from portal.visits.models import VisitDay
from portal.workflow import STEPS, Action, State, Status

# a weekend of a leap year; a Monday half an hour old that is a holiday in Türkiye; the feast of sacrifice
DAYS = ("2028-02-26T12:00+00:00", "2029-04-23T00:30+03:00", "2027-05-18T10:00+04:00")


@pytest.fixture
def seeded(app: Flask, storage: Storage) -> Iterator[int]:
    yield seed(storage)


def many(model: Any) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def texts(value: Any) -> Iterator[str]:
    """Every text in a case, wherever it stands."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from texts(part)


def stored() -> str:
    """Every text of the database, a line each."""
    lines: list[str] = []
    for table in Base.metadata.sorted_tables:
        columns = [
            column for column in table.columns if isinstance(column.type, Text) or column.type.python_type is str
        ]
        if columns:
            for row in session.execute(select(*columns)):
                lines += [line for value in row if value for line in str(value).splitlines()]
    return "\n".join(["", *lines, ""])


def check_rules() -> None:
    """What the services promise of every exchange, read from the rows."""
    for exchange in session.scalars(select(Exchange)):
        events = list(session.scalars(select(Event).where(Event.exchange_id == exchange.id).order_by(Event.number)))
        assert [event.number for event in events] == list(range(1, len(events) + 1)), exchange.reference
        assert all(a.at <= b.at for a, b in pairwise(events)), exchange.reference
        assert events[-1].at <= calendars.now(), exchange.reference
        before = ""
        for event in events:
            before = chain(before, event)
            assert event.hash == before, (exchange.reference, event.number)
        assert State(exchange.status, exchange.turn) in {step.target for step in STEPS} | {STEPS[0].source}
        check_taken(events)


def check_taken(events: list[Event]) -> None:
    """Each step leads from one status to the next as the workflow's table has it."""
    steps = [event for event in events if event.what in set(Action)]
    for before, after in pairwise([events[0], *steps]):
        ways = [s for s in STEPS if s.action == after.what and s.source.status == before.status]
        assert after.status in {way.target.status for way in ways}, (before.what, after.what)


def check_seats() -> None:
    """No unit has more experts on a day than it can."""
    seats = select(VisitDay.unit_id, VisitDay.day, func.count(VisitDay.seat), func.max(VisitDay.seat))
    capacity = dict(session.execute(select(HostUnit.id, HostUnit.capacity)).tuples().all())
    for unit, day, count, highest in session.execute(seats.group_by(VisitDay.unit_id, VisitDay.day)):
        assert count <= capacity[unit] and (highest or 0) <= capacity[unit], (unit, day)


def test_every_status_both_kinds_and_both_directions_are_there(seeded: int) -> None:
    assert 40 <= seeded == many(Exchange) <= 50
    assert set(session.scalars(select(Exchange.status))) == set(Status)
    assert set(session.scalars(select(Exchange.kind))) == set(Kind)
    by_home = session.execute(select(Exchange.home_id, func.count()).group_by(Exchange.home_id)).tuples().all()
    assert len(by_home) == 2 and min(count for _home, count in by_home) >= 20
    assert many(Heading) == 11
    phases = {call.phase(calendars.now()) for call in session.scalars(select(Call))}
    assert {Phase.OPEN, Phase.UPCOMING, Phase.CLOSED} <= phases
    assert min(many(model) for model in (ExchangeNote, Evaluation, ProgressReport)) > 0
    assert session.scalar(select(func.count(Recommendation.followed_up_at)))
    check_rules()
    check_seats()


def test_the_four_cases_stand_word_for_word_each_at_another_status(seeded: int) -> None:
    words = stored()
    statuses = []
    for number, address in enumerate(CASE_ADDRESSES, start=1):
        said = case(number)
        experts = select(Exchange).join(Exchange.expert).where(text("person.email = :email")).params(email=address)
        exchange = session.scalars(experts).one()
        statuses.append(exchange.status)
        told = [said["call"]["title"], said["expert"], said["application"]]
        told += [said["visit"]] if exchange.start else []
        told += [said["report"]] if exchange.status is Status.REPORTED else []
        dates_and_codes = 12  # shorter ones are days, hours, levels and codes, stored as such
        missing = [line for line in texts(told) if len(line) > dates_and_codes and f"\n{line}\n" not in words]
        assert missing == [], number
    assert len(set(statuses)) == 4


def test_a_second_time_changes_nothing(seeded: int, storage: Storage) -> None:
    before = {table.name: many(table) for table in Base.metadata.sorted_tables}
    assert seed(storage) == 0
    assert {table.name: many(table) for table in Base.metadata.sorted_tables} == before


def test_people_write_in_their_own_language_and_not_all_the_same(seeded: int) -> None:
    rows = session.execute(select(Application.language, Exchange.home_id, Application.aim).join(Application.exchange))
    by_language: dict[str, set[str]] = {}
    for language, _home, aim in rows:
        by_language.setdefault(language, set()).add(aim)
    assert set(by_language) == set(OWN.values())
    assert min(len(aims) for aims in by_language.values()) >= 10
    assert all(len(topics(language)) >= 10 for language in OWN.values())


def test_no_call_says_its_title_again(seeded: int) -> None:
    for call in session.scalars(select(Call)):
        assert len(call.description) > 80 and call.title_en.rstrip(".") not in call.description


@pytest.mark.parametrize("day", DAYS)
def test_it_can_be_made_on_any_day(app: Flask, storage: Storage, day: str) -> None:
    with time_machine.travel(datetime.fromisoformat(day)):
        assert seed(storage) > 40
        assert set(session.scalars(select(Exchange.status))) == set(Status)
        check_rules()


def test_many_copies_keep_every_rule(seeded: int) -> None:
    assert bulk.multiply(400) == many(Exchange) == 400
    assert len(set(session.scalars(select(Exchange.reference)))) == 400
    check_rules()
    check_seats()
    for exchange in session.scalars(select(Exchange)):
        words = set(session.scalars(select(ExchangeWord.word).where(ExchangeWord.exchange_id == exchange.id)))
        assert exchange.reference[-4:] in words
    years = {event.at.year for event in session.scalars(select(Event))}
    assert len(years) >= 6, "they are spread over the years"
    assert bulk.multiply(300) == 400, "there are more already"


def test_the_next_reference_and_the_next_row_stand_behind_the_copies(seeded: int) -> None:
    bulk.multiply(200)
    reference = new_reference(calendars.now().year)
    assert session.scalars(select(Exchange).where(Exchange.reference == reference)).one_or_none() is None
    highest = session.scalar(select(func.max(Exchange.id))) or 0
    pattern = session.scalars(select(Exchange).order_by(Exchange.id)).first()
    assert pattern is not None
    values = {c.name: getattr(pattern, c.name) for c in Exchange.__table__.columns if c.name != "id"}
    new = Exchange(**values | {"reference": reference, "created_at": calendars.now()})
    session.add(new)
    session.flush()
    assert new.id > highest
