"""Races: several people press at the same moment, each in a thread, through the pages; then it is looked at what became
of it. `script/races` runs hundreds of them, `tests/test_races.py` a few."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from threading import Barrier, Thread
from time import time
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from portal.accounts.models import Person
from portal.accounts.service import open_sign_in
from portal.bookings.models import BookedDay
from portal.db import session
from portal.exchanges.models import Exchange, ExchangeNote
from portal.messages.models import Message
from portal.policy import Role
from portal.reports import service as reports
from portal.storage import Storage
from portal.subjects import queries
from portal.subjects.models import Event
from portal.subjects.service import chain
from portal.units.models import HostUnit
from portal.workflows.exchange import EXCHANGE
from portal.workflows.exchange_terms import Action
from tests.factories import World, actor, person
from tests.pages import Browser
from tests.scenarios import make_exchange, old_call

REASON = {"reason": "A reason in words that both can read."}
STEPS = frozenset(EXCHANGE.by_action)


@dataclass(frozen=True)
class Press:
    """One person opens a page and sends the form of it that has this field, to `to`."""

    who: Person
    page: str
    fields: dict[str, Any] = field(default_factory=dict)
    having: str = "version"
    to: str = ""


class Ground:
    """The world, in which each race has an exchange, an expert and a host unit of its own."""

    def __init__(self, app: Flask, world: World) -> None:
        self.app, self.world, self.count = app, world, 0
        self.storage: Storage = app.extensions["storage"]
        self.second = person("second@kobia.example", "Oqtay Bəyli", world.kobia, Role.MANAGER)
        self.call = old_call(world, places=5_000)
        session.commit()

    def exchange(self, last: str, **more: Any) -> Exchange:
        """An exchange after its step `last`; `unit` and `call` may be shared by several."""
        self.count += 1
        expert = person(f"e{self.count}@kosgeb.example", f"Deniz Ay {self.count}", self.world.kosgeb, Role.EXPERT)
        more = {"unit": more.pop("unit", None) or self.unit(), "call": more.pop("call", self.call)} | more
        return make_exchange(self.world, self.storage, last, expert=expert, **more)

    def unit(self) -> HostUnit:
        """A host unit with one seat, of the usual coordinator."""
        self.count += 1
        unit = HostUnit(agency_id=self.world.kobia.id, name_own=f"KOB evi {self.count}", city="Bakı", capacity=1)
        session.add(unit)
        session.flush()
        grant = type(self.world.coordinator.grants[0])
        self.world.coordinator.grants.append(grant(role=Role.HOST, agency_id=self.world.kobia.id, unit_id=unit.id))
        session.flush()
        return unit


Kind = Callable[[Ground], Sequence[Press]]
KINDS: dict[str, Kind] = {}


def kind(make: Kind) -> Kind:
    KINDS[make.__name__] = make
    return make


def at(exchange: Exchange, part: str) -> str:
    return f"/exchanges/{exchange.reference}/{part}"


def note(who: Person, exchange: Exchange) -> Press:
    return Press(who, at(exchange, "messages"), {"text": "Is this still so?"}, "idempotency_key")


@kind
def endorse_or_withdraw(ground: Ground) -> list[Press]:
    e = ground.exchange("submit")
    return [Press(ground.world.manager, at(e, "endorse")), Press(e.expert, at(e, "withdraw"), REASON)]


@kind
def accept_or_cancel(ground: Ground) -> list[Press]:
    e = ground.exchange("endorse")
    return [
        Press(ground.world.host_manager, at(e, "accept")),
        Press(ground.world.manager, at(e, "cancel-home"), REASON),
    ]


@kind
def waitlist_or_withdraw(ground: Ground) -> list[Press]:
    e = ground.exchange("endorse")
    return [Press(ground.world.host_manager, at(e, "waitlist")), Press(e.expert, at(e, "withdraw"), REASON)]


@kind
def two_decide(ground: Ground) -> list[Press]:
    e, one, two = ground.exchange("endorse"), ground.world.host_manager, ground.second
    return [Press(one, at(e, "accept")), Press(two, at(e, "reject-host"), REASON), Press(one, at(e, "waitlist"))]


@kind
def the_last_place(ground: Ground) -> list[Press]:
    ground.count += 1
    call = old_call(ground.world, places=1, idempotency_key=f"the call number {ground.count}")
    rivals = [ground.exchange("endorse", call=call) for _ in range(3)]
    people = [ground.world.host_manager, ground.second, ground.second]
    return [Press(who, at(e, "accept")) for who, e in zip(people, rivals, strict=True)]


@kind
def messages_beside_a_decision(ground: Ground) -> list[Press]:
    e, manager = ground.exchange("submit"), ground.world.manager
    return [note(e.expert, e), Press(manager, at(e, "endorse")), note(manager, e), note(e.expert, e)]


@kind
def a_double_press(ground: Ground) -> list[Press]:
    e = ground.exchange("submit")
    return [Press(ground.world.manager, at(e, "endorse"))] * 3


@kind
def place_or_cancel(ground: Ground) -> list[Press]:
    e, unit = ground.exchange("accept"), ground.unit()
    return [
        Press(ground.world.host_manager, at(e, "place"), {"unit": str(unit.id)}),
        Press(ground.second, at(e, "cancel-host"), REASON),
        Press(e.expert, at(e, "withdraw"), REASON),
    ]


@kind
def confirm_or_decline(ground: Ground) -> list[Press]:
    e, unit = ground.exchange("place"), ground.world.coordinator
    return [Press(unit, at(e, "confirm")), Press(unit, at(e, "decline"), REASON), note(e.expert, e)]


@kind
def the_last_seat(ground: Ground) -> list[Press]:
    unit, start = ground.unit(), date(2027, 4, 5)
    rivals = [ground.exchange("confirm", unit=unit, start=start) for _ in range(2)]
    days = {"start": "2027-04-05", "end": "2027-04-09", "travel_out": "", "travel_back": ""}
    people = [ground.world.host_manager, ground.second]
    return [Press(who, at(e, "schedule"), days) for who, e in zip(people, rivals, strict=True)]


@kind
def schedule_or_withdraw(ground: Ground) -> list[Press]:
    e = ground.exchange("confirm")
    days = {"start": "2027-04-05", "end": "2027-04-09", "travel_out": "", "travel_back": ""}
    return [Press(ground.world.host_manager, at(e, "schedule"), days), Press(e.expert, at(e, "withdraw"), REASON)]


@kind
def agree_or_ask_for_change(ground: Ground) -> list[Press]:
    e, manager = ground.exchange("schedule"), ground.world.manager
    return [
        Press(e.expert, at(e, "agree-expert")),
        Press(manager, at(e, "agree-home")),
        Press(manager, at(e, "ask-change-home"), REASON),
    ]


@kind
def attendance_beside_departure(ground: Ground) -> list[Press]:
    e, unit = ground.exchange("attend"), ground.world.coordinator
    return [
        Press(unit, at(e, "attendance"), {"present": []}),
        Press(unit, at(e, "depart")),
        Press(unit, at(e, "attendance")),
        Press(ground.world.manager, at(e, "cancel-home"), REASON),
    ]


@kind
def the_report_in_two_tabs(ground: Ground) -> list[Press]:
    e = ground.exchange("report")
    reports.send_back(e, Action.HOST_RETURN_REPORT, e.version, REASON["reason"], by=actor(ground.second))
    rest = {"lessons": "What came at the same moment."}
    return [
        Press(e.expert, at(e, "report/check")),
        Press(e.expert, at(e, "report/write/rest"), rest),
        Press(e.expert, at(e, "report/write/findings")),
    ]


@kind
def accept_the_report_beside_a_comment(ground: Ground) -> list[Press]:
    e, one, two = ground.exchange("report"), ground.world.host_manager, ground.second
    return [
        Press(one, at(e, "report/accept-host")),
        Press(two, at(e, "report/send-back-host"), REASON),
        note(e.expert, e),
    ]


@kind
def follow_up_by_both(ground: Ground) -> list[Press]:
    e, home, host = ground.exchange("accept_home"), ground.world.manager, ground.world.host_manager
    to, said = at(e, "report/follow-up/1"), {"progress": "done", "evidence": "It is done."}
    return [Press(who, at(e, "report"), said, "progress", to) for who in (home, host, home)]


@kind
def hand_in_beside_saving(ground: Ground) -> list[Press]:
    e = ground.exchange("submit", ending="home_return")
    return [
        Press(e.expert, at(e, "check")),
        Press(e.expert, at(e, "application/plan"), {"aim": "Another aim, written in another tab."}),
        note(e.expert, e),
    ]


@kind
def a_deputy_named_twice(ground: Ground) -> list[Press]:
    ground.count += 1
    first = date(2027, 1, 1) + timedelta(days=10 * ground.count)
    days = {"first": first.isoformat(), "last": (first + timedelta(days=2)).isoformat()}
    given = days | {"deputy": str(ground.world.host_deputy.id)}
    return [Press(ground.world.host_manager, "/desk/absences", given, "first")] * 2


@dataclass
class Result:
    """The statuses of the answers, in the order of the presses, and what is wrong."""

    statuses: list[int]
    wrong: list[str]


def signed_in(app: Flask, who: Person) -> Browser:
    """A browser of this person; the sign-in is opened without the work that a password makes."""
    browser = Browser(app.test_client())
    token = open_sign_in(who, "races")
    with browser.client.session_transaction() as cookie:
        cookie.update({"_user_id": token, "_fresh": True, "seen": int(time())})
    return browser


def run(ground: Ground, make: Kind) -> Result:
    """Opens all the pages, presses all the buttons at once, and looks at what became of it."""
    before = session.scalar(select(func.max(Event.id))) or 0
    told = session.scalar(select(func.max(Message.id))) or 0
    presses = make(ground)
    session.commit()
    browsers = [signed_in(ground.app, press.who) for press in presses]
    for press, browser in zip(presses, browsers, strict=True):
        browser.open(press.page)
    start, statuses = Barrier(len(presses)), [0] * len(presses)

    def push(number: int) -> None:
        press, browser = presses[number], browsers[number]
        with ground.app.app_context():
            start.wait()
            browser.insist(press.to or press.page, press.fields, having=press.having)
            statuses[number] = browser.status

    threads = [Thread(target=push, args=(number,)) for number in range(len(presses))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    session.expire_all()
    session.rollback()
    return Result(statuses, look(statuses, before, told))


def look(statuses: Sequence[int], event: int, message: int) -> list[str]:
    """What is wrong after a race, of what came after these numbers."""
    wrong = [f"answered {status}" for status in statuses if status not in (200, 302, 303, 409, 422)]
    for subject_id in session.scalars(select(Event.subject_id).where(Event.id > event).distinct()):
        wrong += history(subject_id)
    told = select(Message.person_id, Message.kind, Message.idempotency_key).where(Message.id > message)
    rows = [tuple(row) for row in session.execute(told)]
    wrong += [f"told twice: {row}" for row, times in Counter((p, key) for p, _k, key in rows).items() if times > 1]
    full = select(BookedDay.unit_id, BookedDay.day).join(HostUnit, HostUnit.id == BookedDay.unit_id)
    counted = full.where(BookedDay.seat.is_not(None)).group_by(BookedDay.unit_id, BookedDay.day, HostUnit.capacity)
    wrong += [f"overfull: {row}" for row in session.execute(counted.having(func.count() > HostUnit.capacity))]
    named = [row for row in rows if row[1] == "deputy"]
    return wrong + (["a deputy was told twice"] if len(named) > 1 else [])


def history(subject_id: int) -> list[str]:
    """What is wrong with one history: its chain, its numbers, the status after each event, two outcomes at once."""
    wrong, before, version, status = [], "", 0, ""
    exchange = session.get_one(Exchange, subject_id)
    events = queries.events(subject_id)
    for number, one in enumerate(events, start=1):
        if one.number != number or one.hash != chain(before, one):
            wrong.append(f"chain of {exchange.reference} at {number}")
        moved = one.what in STEPS or number == 1
        if moved and one.version != version + 1:
            wrong.append(f"two outcomes: {one.what} of {exchange.reference}")
        if not moved and (one.status, one.version) != (status, version):
            wrong.append(
                f"{one.what} of {exchange.reference} says {one.status} {one.version}, it was {status} {version}"
            )
        before, version, status = one.hash, one.version, one.status
    if (exchange.status, exchange.version) != (status, version):
        wrong.append(f"{exchange.reference} is {exchange.status}, its history says {status}")
    notes = session.scalar(select(func.count(ExchangeNote.id)).where(ExchangeNote.exchange_id == subject_id))
    if notes != sum(event.what == "note_written" for event in events):
        wrong.append(f"{notes} messages of {exchange.reference}")
    booked = session.scalar(select(func.count(BookedDay.id)).where(BookedDay.subject_id == subject_id))
    if exchange.status in EXCHANGE.ended_early and booked and exchange.status != "cancelled":
        wrong.append(f"{exchange.reference} is over and keeps its days")
    return wrong
