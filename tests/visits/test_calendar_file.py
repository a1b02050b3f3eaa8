"""The visit as a calendar file: its days, its state and its sequence."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from icalendar import Calendar

from portal.accounts.models import Person
from portal.db import session
from portal.exchanges.models import Exchange
from portal.hosting.service import decline
from portal.storage import Storage
from portal.visits import service
from tests.factories import World, actor
from tests.pages import Browser
from tests.scenarios import make_exchange
from tests.visits.carrying_out import MONDAY, there, visit_of

As = Callable[[Person], Browser]
FRIDAY = MONDAY + timedelta(days=4)


def calendar_of(world: World, as_person: As, exchange: Exchange) -> Any:
    return Calendar.from_ical(
        as_person(world.host_manager).ask("GET", f"/exchanges/{exchange.reference}/visit.ics").text
    )


def vevents(world: World, as_person: As, exchange: Exchange) -> list[Any]:
    return list(calendar_of(world, as_person, exchange).walk("VEVENT"))


def test_an_all_day_event_ends_on_the_day_after_the_last(agreed: Exchange, world: World, as_person: As) -> None:
    """RFC 5545: the end is not part of the event."""
    whole, *items = vevents(world, as_person, agreed)
    assert (whole["DTSTART"].dt, whole["DTEND"].dt) == (MONDAY, FRIDAY + timedelta(days=1))
    assert [(item["DTSTART"].dt.date(), item["DTSTART"].dt.hour) for item in items[:1]] == [(MONDAY, 9)]
    assert all(item["DTEND"].dt > item["DTSTART"].dt for item in items)
    assert [str(event["UID"]).split("-")[-1] for event in items] == [f"{n}@korpu" for n in range(1, len(items) + 1)]


def test_the_sequence_grows_with_each_step_and_with_each_corrected_word(
    agreed: Exchange, world: World, as_person: As
) -> None:
    def sequence() -> int:
        return min(int(event["SEQUENCE"]) for event in vevents(world, as_person, agreed))

    first = sequence()
    item = visit_of(agreed).agenda[0]
    words = {item.id: (f"{item.title}.", item.place, item.who)}
    service.correct(agreed, words, visit_of(agreed).version, by=actor(world.coordinator))
    corrected = sequence()
    there(agreed, world)
    assert first < corrected < sequence()


@pytest.mark.parametrize(
    ("step", "ending", "state"),
    [
        ("schedule", None, "TENTATIVE"),
        ("home_approve_plan", None, "CONFIRMED"),
        ("arrive", None, "CONFIRMED"),
        ("depart", None, "CONFIRMED"),
        ("schedule", "host_cancel", "CANCELLED"),
    ],
)
def test_a_visit_is_tentative_until_both_have_agreed(
    world: World, storage: Storage, as_person: As, step: str, ending: str | None, state: str
) -> None:
    exchange = make_exchange(world, storage, step, ending)
    assert {str(event["STATUS"]) for event in vevents(world, as_person, exchange)} == {state}


def test_a_visit_that_its_unit_gave_back_is_cancelled(agreed: Exchange, world: World, as_person: As) -> None:
    decline(agreed, "The unit moves.", version=agreed.version, by=actor(world.coordinator))
    session.commit()
    assert {str(event["STATUS"]) for event in vevents(world, as_person, agreed)} == {"CANCELLED"}


def test_a_file_of_the_same_plan_cancels_nothing(agreed: Exchange, world: World, as_person: As) -> None:
    assert len(vevents(world, as_person, agreed)) == len(visit_of(agreed).agenda) + 1


@pytest.mark.parametrize(
    ("ending", "method", "contact", "organizer"),
    [
        (None, "PUBLISH", "exchange@kobia.example", "mailto:exchange@kobia.example"),
        ("host_cancel", "CANCEL", "exchange@kobia.example", "mailto:exchange@kobia.example"),
        (None, "PUBLISH", "Room 12, second floor", "mailto:no-reply@korpu.example"),
    ],
)
def test_every_event_names_who_organises_it(
    world: World, storage: Storage, as_person: As, ending: str | None, method: str, contact: str, organizer: str
) -> None:
    world.kobia.contact = contact
    exchange = make_exchange(world, storage, "home_approve_plan", ending, start=MONDAY)
    calendar = calendar_of(world, as_person, exchange)
    assert calendar["METHOD"] == method
    assert {str(event["ORGANIZER"]) for event in calendar.walk("VEVENT")} == {organizer}
    assert {event["ORGANIZER"].params["CN"] for event in calendar.walk("VEVENT")} == {"KOBİA"}


def test_a_file_tells_the_offset_of_the_visits_year_only(agreed: Exchange, world: World, as_person: As) -> None:
    (zone,) = calendar_of(world, as_person, agreed).walk("VTIMEZONE")
    assert (zone["TZID"], len(zone.subcomponents)) == ("Asia/Baku", 1)
    (standard,) = zone.walk("STANDARD")
    assert standard["DTSTART"].dt.year == MONDAY.year
    assert standard["TZOFFSETFROM"].td == standard["TZOFFSETTO"].td == timedelta(hours=4)
