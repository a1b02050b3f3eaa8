"""The demonstration made on other days, and the copies for measuring speed."""

from __future__ import annotations

from datetime import datetime

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from portal import calendars
from portal.db import session
from portal.exchanges.models import Exchange, ExchangeWord
from portal.exchanges.service import PREFIX
from portal.seed import bulk
from portal.seed.run import seed
from portal.storage import Storage
from portal.subjects.models import Event
from portal.subjects.service import new_subject
from portal.workflows.exchange import EXCHANGE
from portal.workflows.exchange_terms import Status
from tests.seed.rules import check_rules, check_seats

# a weekend of a leap year; a Monday half an hour old that is a holiday in Türkiye
DAYS = ("2028-02-26T12:00+00:00", "2029-04-23T00:30+03:00")


@pytest.mark.parametrize("day", DAYS)
def test_seed_succeeds_on_a_weekend_and_on_a_holiday(app: Flask, storage: Storage, day: str) -> None:
    with time_machine.travel(datetime.fromisoformat(day)):
        assert seed(storage) > 40
        assert set(session.scalars(select(Exchange.status))) == set(Status)
        check_rules()


def check_next() -> None:
    """New references and ids continue after those of the copies."""
    highest = session.scalar(select(func.max(Exchange.id))) or 0
    subject = new_subject(EXCHANGE, PREFIX, calendars.today().year)
    assert session.scalars(select(Exchange).where(Exchange.reference == subject.reference)).one_or_none() is None
    template = session.scalars(select(Exchange).order_by(Exchange.id)).first()
    assert template is not None
    values = {c.name: getattr(template, c.name) for c in Exchange.__table__.columns}
    new = Exchange(**values | {"id": subject.id, "reference": subject.reference, "created_at": calendars.now()})
    session.add(new)
    session.flush()
    assert new.id > highest


def test_copies_keep_rules_seats_references_and_search_words(app: Flask, storage: Storage) -> None:
    seed(storage)
    assert bulk.multiply(400) == session.scalar(select(func.count(Exchange.id))) == 400
    assert len(set(session.scalars(select(Exchange.reference)))) == 400
    check_rules()
    check_seats()
    for exchange in session.scalars(select(Exchange)):
        words = set(session.scalars(select(ExchangeWord.word).where(ExchangeWord.exchange_id == exchange.id)))
        assert exchange.reference[-4:] in words
    years = {event.at.year for event in session.scalars(select(Event))}
    assert len(years) >= 6, "they are spread over the years"
    assert bulk.multiply(300) == 400, "there are more already"
    check_next()
