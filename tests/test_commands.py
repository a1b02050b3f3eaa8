"""The commands for installing and maintaining the portal."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from portal import calendars
from portal.accounts.models import Person
from portal.db import session
from portal.desk.doctor import examine
from portal.exchanges.models import ExchangeWord
from portal.messages.models import Message
from portal.messages.service import Notification, Receiver, notify
from portal.names import search_words
from portal.storage import Storage
from tests.factories import World
from tests.scenarios import make_exchange


def test_the_first_administrator_is_invited(app: Flask, world: World) -> None:
    result = app.test_cli_runner().invoke(args=["create-user", "nil@korpu.example", "Nil Öz"])
    assert result.exit_code == 0, result.output
    found = session.scalars(select(Person).where(Person.email == "nil@korpu.example")).one()
    assert [grant.role.value for grant in found.grants] == ["admin"] and found.confirmed_at is None
    assert session.scalar(select(Message.kind).where(Message.person_id == found.id)) == "account.invite"


@pytest.mark.parametrize(
    ("given", "word"),
    [
        (["expert@KOSGEB.example", "X"], "already"),
        (["x@korpu.example", "X", "--role", "manager"], "--agency"),
        (["x@korpu.example", "X", "--role", "manager", "--agency", "NASA"], "--agency"),
        (["x@korpu.example", "X", "--role", "host", "--agency", "KOBIA"], "host units"),
    ],
)
def test_a_command_that_cannot_run_says_why_in_one_line(app: Flask, world: World, given: list[str], word: str) -> None:
    result = app.test_cli_runner().invoke(args=["create-user", *given])
    assert result.exit_code != 0 and word in result.output and "Traceback" not in result.output


def test_the_doctor_finds_what_is_wrong(app: Flask, world: World, storage: Storage) -> None:
    config = app.config["PORTAL"]
    found = examine(config, storage)
    assert found["database"] == found["storage"] == found["pdf"] == found["worker"] == found["given up"] == ""
    assert "PORTAL_SMTP_URL" in found["mail"]
    assert "Connection" in examine(replace(config, smtp_url="smtp://127.0.0.1:1"), storage)["mail"]


def test_the_doctor_sees_that_mail_waits(app: Flask, world: World, storage: Storage) -> None:
    for name in ("one", "two"):
        notify([Receiver(world.expert.id, world.expert.email, "en")], Notification("account.known", {}, "/"), name)
    old = calendars.now() - timedelta(hours=1)
    session.execute(update(Message).where(Message.idempotency_key.startswith("one")).values(next_try_at=old))
    session.execute(update(Message).where(Message.idempotency_key.startswith("two")).values(next_try_at=None))
    session.commit()
    found = examine(app.config["PORTAL"], storage)
    assert "worker" in found["worker"] and found["given up"].startswith("1 mail")


def test_names_stored_by_an_older_version_are_found_once_their_words_are_renewed(
    app: Flask, world: World, storage: Storage
) -> None:
    exchange = make_exchange(world, storage, "submit")
    session.execute(delete(ExchangeWord))
    session.execute(update(Person).where(Person.id == world.expert.id).values(found_by="", name="Seán O'Neil"))
    session.commit()
    result = app.test_cli_runner().invoke(args=["reindex"])
    assert result.exit_code == 0 and result.output.startswith("1 exchanges and ")
    words = session.scalars(select(ExchangeWord.word).where(ExchangeWord.exchange_id == exchange.id))
    assert set(words) == search_words(
        exchange.reference, exchange.person_name, exchange.document_name, exchange.unit_name
    )
    found_by = session.scalar(select(Person.found_by).where(Person.id == world.expert.id))
    assert found_by == f"sean o'neil {world.expert.email} sean oneil"
