"""The demonstration: every status, the four cases with the texts of their files, events in order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Text, func, select, text

from portal import calendars
from portal.applications.models import Application
from portal.calls.models import Call, Heading, Phase
from portal.db import Base, session
from portal.exchanges.models import Exchange, ExchangeNote, Kind
from portal.reports.models import Evaluation, FollowUpEntry, ProgressReport
from portal.seed.run import CASE_ADDRESSES, case, seed
from portal.seed.texts import LANGUAGE, topics
from portal.workflows.exchange_terms import Status
from tests.conftest import empty
from tests.seed.rules import check_rules, check_seats


@pytest.fixture(scope="module")
def exchanges(application: Flask) -> Iterator[int]:
    """The demonstration, made once for the tests that only read it; the number of its exchanges."""
    with application.app_context():
        yield seed(application.extensions["storage"])
        session.rollback()
        empty()


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


def test_seed_makes_every_status_both_kinds_and_both_directions(exchanges: int) -> None:
    assert 40 <= exchanges == many(Exchange) <= 50
    assert set(session.scalars(select(Exchange.status))) == set(Status)
    assert set(session.scalars(select(Exchange.kind))) == set(Kind)
    by_home = session.execute(select(Exchange.home_id, func.count()).group_by(Exchange.home_id)).all()
    assert len(by_home) == 2 and min(count for _home, count in by_home) >= 20
    assert many(Heading) == 11
    phases = {call.phase(calendars.now()) for call in session.scalars(select(Call))}
    assert {Phase.OPEN, Phase.UPCOMING, Phase.CLOSED} <= phases
    assert min(many(model) for model in (ExchangeNote, Evaluation, ProgressReport)) > 0
    assert session.scalar(select(func.count(FollowUpEntry.id)))
    check_rules()
    check_seats()


def test_texts_of_the_four_cases_are_stored_unchanged_each_at_another_status(exchanges: int) -> None:
    words = stored()
    statuses = []
    for number, address in enumerate(CASE_ADDRESSES, start=1):
        content = case(number)
        experts = select(Exchange).join(Exchange.expert).where(text("person.email = :email")).params(email=address)
        exchange = session.scalars(experts).one()
        statuses.append(exchange.status)
        expected = [content["call"]["title"], content["expert"], content["application"]]
        expected += [content["visit"]] if exchange.start else []
        expected += [content["report"]] if exchange.status is Status.REPORTED else []
        dates_and_codes = 12  # shorter ones are days, hours, levels and codes, stored as such
        missing = [line for line in texts(expected) if len(line) > dates_and_codes and f"\n{line}\n" not in words]
        assert missing == [], number
    assert len(set(statuses)) == 4


def test_second_seed_changes_nothing(exchanges: int, application: Flask) -> None:
    before = {table.name: many(table) for table in Base.metadata.sorted_tables}
    assert seed(application.extensions["storage"]) == 0
    assert {table.name: many(table) for table in Base.metadata.sorted_tables} == before


def test_applications_are_in_their_authors_language_with_ten_different_aims(exchanges: int) -> None:
    rows = session.execute(select(Application.language, Exchange.home_id, Application.aim).join(Application.exchange))
    by_language: dict[str, set[str]] = {}
    for language, _home, aim in rows:
        by_language.setdefault(language, set()).add(aim)
    assert set(by_language) == set(LANGUAGE.values())
    assert min(len(aims) for aims in by_language.values()) >= 10
    assert all(len(topics(language)) >= 10 for language in LANGUAGE.values())


def test_descriptions_of_calls_do_not_repeat_the_title(exchanges: int) -> None:
    for call in session.scalars(select(Call)):
        assert len(call.description) > 80 and call.title_en.rstrip(".") not in call.description
