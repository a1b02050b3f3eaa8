"""The eve of a visit: what unit and expert need to meet, on desk, page and in one mail, for those who may know it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from portal.accounts.models import Person
from portal.applications.queries import of_exchange
from portal.db import session
from portal.desk.reminders import remind
from portal.exchanges.models import Exchange
from portal.hosting import queries as hosting
from portal.messages.delivery import compose
from portal.messages.models import Message
from portal.storage import Storage
from portal.visits import receiving
from tests.factories import World, actor
from tests.narrowing import found
from tests.pages import Browser
from tests.scenarios import make_exchange
from tests.visits.carrying_out import MONDAY

As = Callable[[Person], Browser]
BEFORE, EVE = "2027-03-30T08:00:00Z", "2027-03-31T08:00:00Z"  # Wednesday is three working days before Monday
NEEDS = "Vegetarian food; a room without stairs"


@pytest.fixture
def coming(world: World, storage: Storage) -> Exchange:
    exchange = make_exchange(world, storage, "home_approve_plan", start=MONDAY)
    found(of_exchange(exchange.id)).needs = NEEDS
    world.expert.phone, world.coordinator.phone = "+90 312 595 28 00", "+994 50 211 00 11"
    world.units[0].phone, world.units[0].address = "+994 22 256 00 00", "Nizami küç. 12"
    said = found(hosting.current(exchange.id))
    said.counterpart, said.counterpart_phone = "Aysel Əliyeva", "+994 55 300 00 30"
    session.commit()
    return exchange


def mails() -> list[Message]:
    return list(session.scalars(select(Message).where(Message.kind == "eve").order_by(Message.id)))


def text_of(message: Message, app: Flask) -> str:
    mail = compose(message, app.config["PORTAL"])
    return str(found(mail.get_body(("plain",))).get_content())


@pytest.mark.parametrize(("at", "told"), [(BEFORE, 0), (EVE, 2), ("2027-04-02T08:00:00Z", 2)])
def test_both_sides_get_one_mail_from_three_working_days_before(
    coming: Exchange, world: World, at: str, told: int
) -> None:
    with time_machine.travel(at, tick=False):
        remind()
        remind()
        session.commit()
        assert {message.person_id for message in mails()} == (
            {world.expert.id, world.coordinator.id} if told else set()
        )
        assert len(mails()) == told


def test_the_mail_holds_what_its_receiver_needs_in_their_language(coming: Exchange, world: World, app: Flask) -> None:
    world.expert.language, world.coordinator.language = "tr", "az"
    session.commit()
    with time_machine.travel(EVE, tick=False):
        remind()
        session.commit()
        texts = {message.person_id: text_of(message, app) for message in mails()}
    unit, expert = texts[world.coordinator.id], texts[world.expert.id]
    for text in (unit, expert):
        assert NEEDS in text and "Nizami küç. 12" in text and "Aysel Əliyeva, +994 55 300 00 30" in text
        assert "09:30–" in text and "(08:30 Ankara)" in text, "the hours of the place, and those at home"
    assert "+90 312 595 28 00" in unit and "Mütəxəssisin telefonu" in unit
    assert "+90 312 595 28 00" not in expert and "Birimin telefonu" in expert
    assert NEEDS not in str([message.facts for message in mails()]), "needs are not stored once more"


def test_dates_that_are_agreed_anew_are_told_anew(coming: Exchange, world: World) -> None:
    with time_machine.travel(EVE, tick=False):
        remind()
        coming.turn_since, coming.version = coming.turn_since.replace(year=2028), coming.version + 1
        session.commit()
        remind()
        assert len(mails()) == 4


@pytest.mark.parametrize(("at", "shown"), [(BEFORE, False), (EVE, True)])
def test_desk_and_page_show_it_from_the_eve(
    coming: Exchange, world: World, as_person: As, at: str, shown: bool
) -> None:
    with time_machine.travel(at, tick=True):
        for who in (world.coordinator, world.expert):
            browser = as_person(who)
            for address in ("/desk", f"/exchanges/{coming.reference}/visit"):
                assert (NEEDS in browser.open(address).get_text()) is shown, address
        page = as_person(world.coordinator).open(f"/exchanges/{coming.reference}").get_text()
        assert ("The visit begins on 5 April 2027" in page) is not shown
        assert ("Record the arrival" in page) is shown


def test_only_those_who_may_know_it_see_it(coming: Exchange, world: World, as_person: As) -> None:
    with time_machine.travel(EVE, tick=False):
        for who in (world.coordinator, world.host_manager, world.expert):
            assert receiving.meeting(coming, actor(who)) is not None
        for who in (world.manager, world.home_coordinator, world.admin, world.colleague):
            assert receiving.meeting(coming, actor(who)) is None
        world.coordinator.active = False
        session.flush()
        told = found(receiving.meeting(coming, actor(world.expert))).facts
    assert world.coordinator.phone not in str(told), "a closed account receives nobody"


@pytest.mark.parametrize(
    ("at", "days"),
    [
        (EVE, ["5 April"]),
        ("2027-04-05T08:00:00Z", ["5 April", "6 April"]),  # today, and tomorrow
        ("2027-04-09T08:00:00Z", ["9 April"]),
    ],
)
def test_the_next_day_is_told_and_today_while_it_lasts(
    coming: Exchange, world: World, at: str, days: list[str]
) -> None:
    with time_machine.travel(at, tick=False):
        told = found(receiving.meeting(coming, actor(world.coordinator))).facts
    planned = [label for label, text in told if "–" in text and "Ankara" in text]
    assert [any(day in label for day in days) for label in planned] == [True] * len(days)
    assert date(2027, 4, 5) == coming.start
