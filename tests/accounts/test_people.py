"""The administrator's people, agencies and closed days: found, changed, and what an administrator may not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select

from portal import calendars
from portal.accounts.models import Agency, Person
from portal.accounts.queries import told_apart
from portal.db import session
from portal.messages.models import Message
from portal.policy import Role
from portal.storage import Storage
from tests.factories import World, person
from tests.narrowing import found
from tests.pages import Browser
from tests.query_counter import counting
from tests.scenarios import make_exchange

As = Callable[[Person], Browser]


def names(browser: Browser, address: str) -> list[str]:
    return [row.get_text(strip=True) for row in browser.open(address).select("tbody th")]


@pytest.mark.parametrize("typed", ["isil", "IŞIL", "ışıl yıld", "YILDIRIM", "expert@kosgeb"])
def test_people_are_found_however_they_are_typed(world: World, as_person: As, typed: str) -> None:
    assert names(as_person(world.admin), f"/admin/people?q={typed}") == [world.expert.name]


@pytest.mark.parametrize("typed", ["%", "_", "nobody at all"])
def test_sql_wildcards_in_a_search_find_nobody(world: World, as_person: As, typed: str) -> None:
    browser = as_person(world.admin)
    browser.client.get("/admin/people", query_string={"q": typed})
    assert "Nobody found" in browser.open(f"/admin/people?q={typed.replace('%', '%25')}").get_text()


def test_pages_of_people_sort_by_name_in_a_fixed_number_of_statements(world: World, as_person: As) -> None:
    browser, costs = as_person(world.admin), []
    for first, more in ((0, 0), (0, 2), (2, 40)):
        for number in range(first, first + more):
            person(f"p{number}@kosgeb.example", f"Çınar {number:03}", world.kosgeb, Role.EXPERT)
        with counting() as statements:
            found = names(browser, "/admin/people")
        costs.append(len(statements))
    assert (
        len(found) == 25
        and len(names(browser, "/admin/people?page=3")) == len(session.scalars(select(Person)).all()) - 50
    )
    assert costs[0] == costs[1] and costs[2] <= costs[0] + 1, "counting what does not fit the page is one more"
    assert names(browser, "/admin/people?role=admin") == [world.admin.name]


def test_a_changed_name_is_found_by_the_new_one(world: World, as_person: As) -> None:
    world.expert.name = "Şəbnəm Öz"
    session.commit()
    assert names(as_person(world.admin), "/admin/people?q=sebnem") == ["Şəbnəm Öz"]


def test_a_stale_page_of_roles_changes_nothing(world: World, as_person: As) -> None:
    first, second = as_person(world.admin), as_person(world.admin)
    address = f"/admin/people/{world.expert.id}"
    first.open(address)
    second.open(address)
    second.send(address, {"roles": ["expert", "manager"], "active": "y"}, having="version")
    first.send(address, {"roles": ["admin"], "active": "y"}, having="version")
    assert first.status == 409


def test_an_administrator_gets_404_for_exchanges_but_sees_the_history(
    world: World, as_person: As, storage: Storage
) -> None:
    exchange = make_exchange(world, storage, "submit")
    admin = as_person(world.admin)
    for part in ("", "/endorse", "/application", "/history"):
        admin.open(f"/exchanges/{exchange.reference}{part}", 404)
    assert exchange.reference in admin.open("/admin/history").get_text(), "but sees that it happened"


def test_a_new_domain_of_an_agency_lets_its_addresses_register(world: World, as_person: As) -> None:
    admin = as_person(world.admin)
    admin.open("/admin/agencies/KOBIA")
    admin.send("/admin/agencies/KOBIA", {"domains": "kobia.example smb.example"}, having="domains")
    assert admin.status == 302, admin.problems
    browser = Browser(admin.client.application.test_client())
    browser.open("/register")
    browser.send(
        "/register", {"name": "A B", "email": "a@smb.example", "password": "seven calm words"}, having="password"
    )
    assert session.scalar(select(Message.address).where(Message.kind == "account.confirm")) == "a@smb.example"
    assert session.scalar(select(Agency.domains).where(Agency.code == "KOBIA")) == "kobia.example smb.example"


@pytest.mark.parametrize("domains", ["", "not a domain", "kosgeb.example"])
def test_a_domain_that_cannot_be_is_refused(world: World, as_person: As, domains: str) -> None:
    admin = as_person(world.admin)
    admin.open("/admin/agencies/KOBIA")
    admin.send("/admin/agencies/KOBIA", {"domains": domains}, having="domains")
    assert admin.status == (302 if not domains else 422)


def test_a_closed_day_is_skipped_until_it_is_removed(world: World, as_person: As) -> None:
    admin, day = as_person(world.admin), date(2027, 5, 11)
    before = calendars.add_working_days(date(2027, 5, 10), 1, "AZ", calendars.overrides())
    admin.open("/admin/days")
    admin.send(
        "/admin/days", {"country": "AZ", "day": "2027-05-11", "kind": "closed", "note": "Sərəncam"}, having="day"
    )
    assert admin.status == 302, admin.problems
    assert before == day and calendars.add_working_days(date(2027, 5, 10), 1, "AZ", calendars.overrides()) > day
    admin.open("/admin/days")
    admin.send(str(admin.form(action="/remove")["action"]), action="/remove")
    assert calendars.overrides() == {}


@pytest.mark.parametrize(("who", "address"), [("manager", "/desk/absences"), ("admin", "/admin/days")])
def test_required_fields_are_not_marked_optional(world: World, as_person: As, who: str, address: str) -> None:
    browser = as_person(getattr(world, who))
    optional = {found(mark.parent).get_text(" ", strip=True) for mark in browser.open(address).select(".optional")}
    assert optional <= {"Why (optional)"}
    browser.send(address, having="day" if who == "admin" else "first")
    assert browser.status == 422 and browser.problems


def test_people_of_the_same_name_are_told_apart_by_their_addresses(world: World) -> None:
    twins = [person(f"{n}@kosgeb.example", "Ayşe Kaya", world.kosgeb, Role.MANAGER) for n in ("one", "two")]
    assert told_apart([*twins, world.deputy]) == [
        (twins[0].id, "Ayşe Kaya (one@kosgeb.example)"),
        (twins[1].id, "Ayşe Kaya (two@kosgeb.example)"),
        (world.deputy.id, world.deputy.name),
    ]
