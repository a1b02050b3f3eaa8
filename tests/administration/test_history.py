"""The history of administration: who changed what, before and after, in words; nobody alters it or gives themselves a
role."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from datetime import date

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from portal.accounts import agencies, registration
from portal.accounts.models import Person, actor_of
from portal.administration import labels, service
from portal.administration.models import AdministrationEvent, AdministrationWords
from portal.calls import announcement_service
from portal.calls import service as calls
from portal.db import session
from portal.findings import RuleViolation
from portal.hosting import service as hosting
from portal.people.service import change_roles
from portal.policy import Role
from portal.registry import registry
from tests.factories import World, actor, person
from tests.narrowing import found
from tests.pages import Browser
from tests.query_counter import counting

As = Callable[[Person], Browser]


def last() -> AdministrationEvent:
    return found(session.scalars(select(AdministrationEvent).order_by(AdministrationEvent.id.desc()).limit(1)).first())


def whats() -> list[str]:
    return list(session.scalars(select(AdministrationEvent.what).order_by(AdministrationEvent.id)))


def test_whatever_is_stored_of_a_record_has_its_words(world: World) -> None:
    """The tables of words are total over what the services compare."""
    kinds = registry.administered
    assert set(calls.COLUMNS) | set(calls.CLOCK_NAMES) == set(kinds["call"].facts)
    assert set(calls.CLOCK_NAMES) == set(kinds["clocks"].facts)
    assert {*hosting.FIELDS, "languages", "topics", "blocked"} == set(kinds["unit"].facts)
    announced = {field.name for field in fields(announcement_service.AnnouncementFacts)}
    assert announced == set(kinds["announcement"].facts)
    assert set(registration.rights_of(world.expert)) <= set(kinds["person"].facts)


def test_a_change_without_words_is_refused(world: World) -> None:
    for what, facts in (("unheard_of", {}), ("roles_changed", {"colour": (1, 2)})):
        with pytest.raises(LookupError):
            service.record(what, about=("person", 1), by=None, facts=facts)
    assert whats() == []


@pytest.mark.parametrize(
    "statement", ["UPDATE administration_event SET what = 'x'", "DELETE FROM administration_event"]
)
def test_the_history_cannot_be_altered(world: World, statement: str) -> None:
    service.record("roles_changed", about=("person", world.expert.id), by=actor(world.admin))
    with pytest.raises(DBAPIError, match="append-only"):
        session.execute(text(statement))
    session.rollback()


def test_what_differs_is_told_from_both_states() -> None:
    assert service.changed({"a": 1, "b": 2}, {"b": 3, "c": 4}) == {"a": (1, None), "b": (2, 3), "c": (None, 4)}
    assert service.changed({"a": 1}, {"a": 1}) == {}
    assert service.plain({Role.HOST, Role.EXPERT}) == ["expert", "host"]
    assert service.plain((date(2027, 1, 4), None)) == ["2027-01-04", None]


def test_values_are_written_out(world: World) -> None:
    assert [labels.words(value) for value in (None, "", [], "x", 0, True, ["a", 2])] == [
        "—", "—", "—", "x", "0", "Yes", "a, 2",
    ]  # fmt: skip
    assert (labels.a_day(None), labels.a_day("2027-01-04")) == ("—", "4 January 2027")
    assert labels.a_moment("2027-01-04T15:00:00+00:00").endswith("18:00 Ankara")
    assert labels.one_of({"a": "A"})(["a", "b", None]) == "A, b" and labels.one_of({})(None) == "—"


def test_roles_are_told_before_and_after(world: World) -> None:
    change_roles(world.expert.id, world.expert.version, [Role.EXPERT, Role.MANAGER], [], False, by=actor(world.admin))
    event = last()
    assert (event.what, event.about_kind, event.about_id) == ("roles_changed", "person", world.expert.id)
    assert event.facts == {"roles": [["expert"], ["expert", "manager"]], "active": [True, False]}
    assert event.actor_id == world.admin.id and event.agency_id == world.kosgeb.id


@pytest.mark.parametrize("roles", [[Role.ADMIN], [Role.ADMIN, Role.MANAGER], []])
def test_nobody_changes_their_own_roles(world: World, roles: list[Role]) -> None:
    """Not even to what they are: another administrator does it, and the history names both."""
    with pytest.raises(RuleViolation, match="own_role"):
        change_roles(world.admin.id, world.admin.version, roles, [], True, by=actor(world.admin))
    assert whats() == []


def test_ones_own_page_of_roles_says_who_can_change_them(world: World, as_person: As) -> None:
    page = as_person(world.admin).open(f"/admin/people/{world.admin.id}")
    assert "Nobody changes their own roles" in page.get_text() and not page.select("[name=roles]")
    other = person("other@korpu.example", "İkinci Yönetici", None, Role.ADMIN)
    session.commit()
    assert as_person(other).open(f"/admin/people/{world.admin.id}").select("[name=roles]")


def test_agencies_days_headings_limits_calls_and_units_are_told(world: World) -> None:
    admin, manager = actor(world.admin), actor_of(world.manager)
    agencies.change_agency(world.kobia, {"contact": "new@kobia.example", "domains": world.kobia.domains}, by=admin)
    assert last().facts == {"contact": ["exchange@kobia.example", "new@kobia.example"]}
    agencies.except_day("AZ", date(2027, 5, 11), True, "Sərəncam", by=admin)
    number = last().about_id
    agencies.except_day("AZ", date(2027, 5, 11), True, "Sərəncam", by=admin)
    agencies.forget_exception(number, by=admin)
    agencies.forget_exception(number, by=admin)
    limits = dict.fromkeys(calls.CLOCK_NAMES, 5) | {"escalation": 6}
    calls.set_clocks(limits, by=admin)
    calls.edit_heading(2, {"title": "New", "purpose": ""}, active=True, version=1, by=admin)
    call = calls.create_call(world.call_facts(), idempotency_key="a new call", by=manager)
    same = {"opens": call.opens, "deadline": call.deadline}
    calls.edit_call(call.id, world.call_facts(places=5, **same), version=call.version, by=manager)
    assert last().facts == {"places": [2, 5]}
    calls.publish_call(call.id, version=call.version, by=manager)
    calls.set_clocks(limits, by=manager, call=call)
    calls.use_default_clocks(call, by=manager)
    calls.cancel_call(call.id, version=call.version, by=manager)
    unit = hosting.new_unit(world.kosgeb.id, "Yeni birim", "Bursa", by=manager)
    answers = {name: getattr(unit, name) for name in hosting.FIELDS} | {"languages": "tr", "capacity": 3}
    hosting.save_unit(unit, unit.version, answers, [(date(2027, 1, 4), date(2027, 1, 5), "")], by=manager)
    assert last().facts == {
        "capacity": [1, 3],
        "languages": [[], ["tr"]],
        "blocked": [[], [["2027-01-04", "2027-01-05", ""]]],
    }
    assert whats() == [
        "agency_changed", "day_excepted", "day_forgotten", "clocks_changed", "heading_changed", "call_created",
        "call_changed", "call_published", "clocks_changed", "clocks_default", "call_cancelled", "unit_created",
        "unit_changed",
    ]  # fmt: skip


def test_announcements_are_told(world: World) -> None:
    made = world.announcement()
    facts, by = world.announcement_facts(title_en="Another"), actor_of(world.manager)
    announcement_service.change(made.id, facts, version=made.version, by=by)
    announcement_service.take_back(made.id, version=made.version, by=by)
    announcement_service.take_back(made.id, version=made.version, by=by)
    assert whats()[-3:] == ["announcement_written", "announcement_changed", "announcement_taken_back"]


def test_names_and_addresses_can_be_erased_the_event_stays(world: World) -> None:
    registration.invite("new@kosgeb.example", "Yeni Uzman", world.kosgeb, [Role.EXPERT], by=actor(world.admin))
    event = last()
    words = found(session.scalars(select(AdministrationWords)).one_or_none())
    assert words.facts == {"name": [None, "Yeni Uzman"], "email": [None, "new@kosgeb.example"]}
    assert "Yeni" not in str(event.facts) and event.facts["roles"] == [None, ["expert"]]
    session.delete(words)
    session.flush()


@pytest.mark.parametrize("language", ["en", "tr", "az"])
def test_the_pages_tell_everything_in_words(world: World, as_person: As, language: str) -> None:
    world.admin.language = language
    test_agencies_days_headings_limits_calls_and_units_are_told(world)
    test_announcements_are_told(world)
    hosts = [unit.id for unit in world.units[:2]]
    registration.invite(
        "new@kobia.example", "Yeni Uzman", world.kobia, [Role.HOST], unit_ids=hosts, by=actor(world.admin)
    )
    session.commit()
    browser = as_person(world.admin)
    page = browser.open("/admin/changes")
    assert len(page.select("tbody tr")) == 17 and "Yeni Uzman" in page.get_text()
    assert world.units[0].name_own in page.get_text(), "ids are shown by their names"
    known = {str(what) for kind in registry.administered.values() for what in kind.whats}
    assert not known & set(page.get_text(" ", strip=True).split()), "no code is shown instead of its words"
    for event in session.scalars(select(AdministrationEvent.id)):
        browser.open(f"/admin/changes/{event}")


def test_a_fact_that_nobody_knows_any_more_is_shown_all_the_same(world: World, as_person: As) -> None:
    """Of an earlier or later version of the portal."""
    row = AdministrationEvent(
        at=world.admin.created_at, what="mended", about_kind="bridge", about_id=3, facts={"arches": [1, 2]}
    )
    odd = AdministrationEvent(
        at=world.admin.created_at, what="mended", about_kind="person", about_id=999, facts={"arches": [1, 2]}
    )
    session.add_all([row, odd])
    session.commit()
    assert "arches" in as_person(world.admin).open("/admin/changes").get_text()


def test_changes_are_found_by_what_and_by_whom_in_a_fixed_number_of_statements(world: World, as_person: As) -> None:
    browser, costs = as_person(world.admin), []
    other = person("other@korpu.example", world.admin.name, None, Role.ADMIN)
    for more in (1, 30):
        for number in range(more):
            roles = [Role.EXPERT, Role.DEPUTY] if number % 2 else [Role.EXPERT, Role.MANAGER]
            who = world.admin if number else other
            change_roles(world.expert.id, world.expert.version, roles, [], True, by=actor(who))
        agencies.change_agency(world.kobia, {"contact": f"c{more}"}, by=actor(world.admin))
        session.commit()
        with counting() as statements:
            browser.open("/admin/changes")
        costs.append(len(statements))
    assert costs[1] <= costs[0] + 1, "counting what does not fit the page is one more"
    assert len(browser.open("/admin/changes?kind=agency").select("tbody tr")) == 2
    assert len(browser.open(f"/admin/changes?who={other.id}").select("tbody tr")) == 1
    chosen = browser.text_of(f'#who option[value="{other.id}"]')
    assert chosen == f"{other.name} (other@korpu.example)", "two of the same name are told apart"
    assert len(browser.open(f"/admin/changes?kind=person&about={world.expert.id}&page=2").select("tbody tr")) == 5
    assert "Nothing was changed" in browser.open("/admin/changes?kind=unit&who=²").get_text()
    assert len(browser.open("/admin/changes?kind=odd&who=99999999999").select("tbody tr")) == 25
