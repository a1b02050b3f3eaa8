"""What processes keep of the reference tables is read again as soon as anybody has written to one of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import text

from portal import calendars
from portal.accounts.models import Person
from portal.accounts.queries import agency_names
from portal.db import db, reading, session
from portal.exchanges.models import Clocks
from portal.reference_data import TOKEN
from portal.units.queries import unit_choices
from tests.factories import World
from tests.pages import Browser

CLOSED = "INSERT INTO calendar_override (id, country, day, closed, note) VALUES (9, 'TR', '2027-05-10', true, '')"
CHANGES = {
    "agency": "UPDATE agency SET city = 'Ankara'",
    "calendar_override": CLOSED,
    "call": "UPDATE call SET places = 3",
    "clocks": "UPDATE clocks SET decision = 6",
    "heading": "UPDATE heading SET active = false WHERE number = 11",
    "host_unit": "UPDATE host_unit SET capacity = 3",
    "stay_rule": "UPDATE stay_rule SET days = 91",
}


def elsewhere(statement: str) -> None:
    """What another process or a person with a database client does: on a connection of its own, committed."""
    session.commit()
    with db.engine.begin() as connection:
        connection.execute(text(statement))


def token() -> str | None:
    session.rollback()
    return session.scalar(TOKEN)


@pytest.mark.parametrize("table", CHANGES)
def test_a_change_of_a_watched_table_renews_the_token(world: World, table: str) -> None:
    world.call()
    session.add(Clocks())
    session.commit()
    before = token()
    elsewhere(CHANGES[table])
    assert token() != before is not None


def test_inserting_and_deleting_renew_the_token_and_reading_does_not(world: World) -> None:
    session.commit()
    before = token()
    elsewhere(CLOSED)
    inserted = token()
    elsewhere("DELETE FROM calendar_override")
    deleted = token()
    elsewhere("SELECT * FROM calendar_override")
    assert len({before, inserted, deleted}) == 3 and token() == deleted


def test_a_change_by_another_process_is_seen_at_the_next_request(
    world: World, as_person: Callable[[Person], Browser]
) -> None:
    browser, unit = as_person(world.manager), world.units[0]
    choice = f'select[name=unit] option[value="{unit.id}"]'
    assert browser.open("/exchanges").select(choice)[0].text == unit.name_own
    elsewhere(f"UPDATE host_unit SET name_own = 'Renamed unit' WHERE id = {unit.id}")
    assert browser.open("/exchanges").select(choice)[0].text == "Renamed unit"


def test_a_second_request_reads_nothing_that_has_not_changed(
    world: World, as_person: Callable[[Person], Browser], statements: list[str]
) -> None:
    browser = as_person(world.manager)
    browser.open("/exchanges")
    statements.clear()
    browser.open("/exchanges")
    assert not [
        sent for sent in statements if "FROM host_unit" in sent or "FROM heading" in sent or "FROM call" in sent
    ]
    assert len([sent for sent in statements if "FROM reference_token" in sent]) == 1


def test_a_writing_transaction_sees_its_own_changes(app: Flask) -> None:
    assert calendars.overrides() == {}
    session.execute(text(CLOSED))
    assert len(calendars.overrides()) == 1
    session.rollback()
    with reading():
        assert calendars.overrides() == {}, "what was taken back was not kept"


def test_cached_results_depend_on_the_arguments(world: World) -> None:
    session.commit()
    with reading():
        assert sorted(unit_choices("tr")) == sorted(unit_choices("az"))
        assert unit_choices("tr", world.kosgeb.id) != unit_choices("tr")
        assert [agency.code for agency in agency_names().values()] == ["KOBIA", "KOSGEB"]
        session.rollback()
