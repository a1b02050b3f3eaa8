"""Managers write, publish and cancel calls; administrators edit headings and time limits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from threading import Barrier, Thread
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import calendars
from portal.accounts.models import Person
from portal.applications import service as applications
from portal.calls import places, queries, service
from portal.calls.models import Call, CallState
from portal.db import session
from portal.exchanges import queries as exchange_queries
from portal.exchanges.models import Exchange, Kind
from portal.findings import Conflict, RuleViolation
from portal.policy import Denied
from portal.workflows.exchange_terms import Status, Turn
from tests.factories import World, actor
from tests.narrowing import found
from tests.pages import Browser

As = Callable[[Person], Browser]
YEAR = calendars.today().year + 5
ANSWERS = {
    "title_en": "SME houses",
    "kind": "short",
    "heading": "2",
    "description": "Ten cases.",
    "who_can_apply": "Experts.",
    "places": "2",
    "opens_day": "2026-12-01",
    "opens_time": "09:00",
    "deadline_day": f"{YEAR}-01-31",
    "deadline_time": "23:59",
    "zone": "Asia/Baku",
    "earliest": f"{YEAR}-03-01",
    "latest": f"{YEAR}-06-30",
    "min_days": "5",
    "max_days": "15",
    "required_documents": ["cv", "motivation"],
    "contact": "a@kosgeb.example",
}


def answers(world: World, **changes: object) -> dict[str, object]:
    direction = {"direction": f"{world.kosgeb.id}-{world.kobia.id}", "agency_id": str(world.kosgeb.id)}
    return ANSWERS | direction | changes


def test_a_call_speaks_three_languages_and_keeps_them_when_it_is_changed(world: World, as_person: As) -> None:
    """What is missing in a language is said in the nearest and marked so."""
    manager = as_person(world.manager)
    said = {
        "title_tr": "KOB evleri",
        "costs_tr": "Yol",
        "description_az": "On iş.",
        "who_can_apply_az": "Mütəxəssislər.",
    }
    manager.open("/calls/new")
    manager.send("/calls/new", answers(world, **said))
    call = session.scalars(select(Call)).one()
    for _try in range(2):
        assert {name: getattr(call, name) for name in said} == said
        manager.open(f"/calls/{call.id}/edit")
        manager.send(f"/calls/{call.id}/edit", manager.answers(manager.form("version")) | {"places": "7"})
        session.refresh(call)
    assert call.places == 7
    manager.send("/language", {"to_language": "az"})
    manager.open(f"/calls/{call.id}")
    assert "Mütəxəssislər." in manager.text and "On iş." in manager.text
    assert manager.text_of("h1 [lang=tr]") == "KOB evleri"


def test_a_manager_writes_publishes_and_cancels_a_call(world: World, as_person: As, browser: Browser) -> None:
    manager = as_person(world.manager)
    manager.open("/calls/new")
    manager.send("/calls/new", answers(world))
    assert manager.status == 302
    call = session.scalars(select(Call)).one()
    assert call.state is CallState.DRAFT
    assert call.deadline.isoformat() == f"{YEAR}-01-31T19:59:00+00:00"
    browser.open(f"/calls/{call.id}", 404)  # a draft is nobody's but theirs
    manager.open(f"/calls/{call.id}/publish")
    manager.send(f"/calls/{call.id}/publish")
    browser.open(f"/calls/{call.id}")
    manager.open(f"/calls/{call.id}/cancel")
    manager.send(f"/calls/{call.id}/cancel")
    browser.open(f"/calls/{call.id}")
    assert "This call was cancelled" in browser.text


def test_a_new_call_sent_twice_is_made_once(world: World, as_person: As) -> None:
    manager = as_person(world.manager)
    manager.open("/calls/new")
    for _time in range(3):
        manager.send("/calls/new", answers(world))
    assert session.scalar(select(func.count(Call.id))) == 1


BAD = {
    "deadline before opening": ({"deadline_day": "2026-11-30"}, "The deadline must come after the opening."),
    "latest before earliest": ({"latest": f"{YEAR}-02-28"}, "The latest day must not come before the earliest."),
    "short stay of 31 days": ({"max_days": "31"}, "2 to 30 working days"),
    "long stay of 5 days": ({"kind": "long", "max_days": "90"}, "31 to 365 calendar days"),
    "longest below shortest": ({"max_days": "4"}, "The longest stay must not be shorter"),
    "no room": ({"latest": f"{YEAR}-03-03"}, "no room for a stay of 5 working days"),
    "no places": ({"places": "0"}, "Number must be between 1 and 500."),
    "no title": ({"title_en": "  "}, "This field is required."),
    "title too long": ({"title_en": "x" * 201}, "200"),
    "description too long": ({"description": "x" * 20_000}, "4000"),
    "far future": ({"latest": "9999-12-31"}, "Enter a day between"),
    "no day": ({"earliest": f"{YEAR}-02-31"}, "Not a valid date"),
    "unknown heading": ({"heading": "99"}, "Not a valid choice."),
    "same agency": ({"direction": "1-1"}, "Not a valid choice."),
    "number out of range": ({"places": str(10**30)}, "between 1 and 500"),
    "unknown zone": ({"zone": "Mars/Olympus"}, "Not a valid choice."),
}


@pytest.mark.parametrize("case", BAD)
def test_contradictions_are_refused_beside_their_field(world: World, as_person: As, case: str) -> None:
    changes, words = BAD[case]
    manager = as_person(world.manager)
    manager.open("/calls/new")
    manager.send("/calls/new", answers(world, **changes))
    assert manager.status == 422
    assert any(words in problem for problem in manager.problems), manager.problems
    assert session.scalar(select(func.count(Call.id))) == 0
    if "title_en" not in changes:
        assert manager.attribute("#title_en", "value") == "SME houses"  # nothing typed is lost


def test_a_manager_cannot_run_a_call_for_the_other_agency(world: World, as_person: As) -> None:
    manager = as_person(world.manager)
    manager.open("/calls/new")
    manager.send("/calls/new", answers(world, agency_id=str(world.kobia.id)))
    assert manager.status == 422
    with pytest.raises(Denied):
        service.create_call(
            world.call_facts(agency_id=world.kobia.id), idempotency_key="x" * 14, by=actor(world.manager)
        )
    call = world.call()
    session.commit()
    as_person(world.host_manager).open(f"/calls/{call.id}/edit", 403)
    as_person(world.expert).open("/calls/new", 403)


def test_text_with_nul_and_lone_surrogates_is_cleaned(world: World, as_person: As) -> None:
    manager = as_person(world.manager)
    manager.open("/calls/new")
    manager.send("/calls/new", answers(world, title_en="SME\x00 houses", description="a\x00b‮c"))
    assert manager.status == 302
    assert session.scalars(select(Call.description)).one() == "abc"


def test_a_call_that_was_changed_meanwhile_is_not_overwritten(world: World, as_person: As) -> None:
    call = world.call()
    session.commit()
    one, other = as_person(world.manager), as_person(world.admin)
    address = f"/calls/{call.id}/edit"
    one.open(address)
    other.open(address)
    other.send(address, {"places": "7"})
    assert other.status == 302
    one.send(address, {"places": "9", "contact": "mine@kosgeb.example"})
    assert one.status == 409
    assert "Places: 7" in one.text
    assert one.attribute("#contact", "value") == "mine@kosgeb.example"
    one.send(address)  # having read it, they save on purpose
    assert one.status == 302
    session.expire_all()
    assert session.get_one(Call, call.id).places == 9


def test_with_applications_direction_kind_and_heading_stay(world: World) -> None:
    call = world.call()
    applications.begin_application(call, by=actor(world.expert))
    for change in ({"kind": Kind.LONG, "min_days": 40, "max_days": 60}, {"heading": 3}):
        with pytest.raises(RuleViolation, match="fixed"):
            facts = world.call_facts(**change)
            service.edit_call(call.id, facts, version=call.version, by=actor(world.manager))
    service.edit_call(call.id, world.call_facts(places=5), version=call.version, by=actor(world.manager))
    assert call.places == 5


def test_a_later_deadline_reaches_the_drafts(world: World) -> None:
    call = world.call()
    exchange = applications.begin_application(call, by=actor(world.expert))
    later = call.deadline + timedelta(days=10)
    service.edit_call(call.id, world.call_facts(deadline=later), version=call.version, by=actor(world.manager))
    session.refresh(exchange)
    assert exchange.due_on == later.astimezone(ZoneInfo(call.zone)).date()


def test_places_cannot_go_below_those_taken_nor_be_exceeded(world: World) -> None:
    call = world.call(places=1)
    exchange = applications.begin_application(call, by=actor(world.expert))
    assert places.lock_places(call.id) is call
    places.require_place(call)
    exchange.status, exchange.turn = Status.ACCEPTED, Turn.HOST
    session.flush()
    assert queries.places_taken(call.id) == 1
    with pytest.raises(RuleViolation, match="no_place"):
        places.require_place(call)


def test_concurrent_acceptances_give_the_last_place_once(app: Flask, world: World) -> None:
    call = world.call(places=1)
    exchanges = [applications.begin_application(call, by=actor(who)).id for who in (world.expert,)]
    second = world.colleague
    second.grants[0].agency_id = world.kosgeb.id
    session.flush()
    exchanges.append(applications.begin_application(call, by=actor(second)).id)
    call_id, start, given = call.id, Barrier(2), []
    session.commit()

    def accept(exchange_id: int) -> None:
        with app.app_context():
            start.wait()
            try:
                places.require_place(places.lock_places(call_id))
            except RuleViolation:
                session.rollback()
                return
            exchange_queries.locked(exchange_id).status = Status.ACCEPTED
            session.commit()
            given.append(exchange_id)

    threads = [Thread(target=accept, args=(number,)) for number in exchanges]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    session.rollback()
    accepted = session.scalar(select(func.count(Exchange.id)).where(Exchange.status == Status.ACCEPTED))
    assert (len(given), accepted) == (1, 1)


def test_publishing_checks_what_readers_need(world: World) -> None:
    by = actor(world.manager)
    call = service.create_call(world.call_facts(contact=""), idempotency_key="no contact at all", by=by)
    with pytest.raises(RuleViolation, match="incomplete_call"):
        service.publish_call(call.id, version=call.version, by=by)


def test_a_call_is_published_until_the_end_of_the_minute_of_its_deadline(world: World) -> None:
    by = actor(world.manager)
    deadline = calendars.minute(calendars.now()) - timedelta(hours=1)
    facts = world.call_facts(deadline=deadline)
    late, last, early = (service.create_call(facts, idempotency_key=f"a call, {n}", by=by) for n in range(3))
    with calendars.at(deadline + timedelta(minutes=1)):
        with pytest.raises(RuleViolation, match="deadline_past"):
            service.publish_call(late.id, version=late.version, by=by)
        with pytest.raises(Conflict):
            service.publish_call(late.id, version=late.version + 5, by=by)
    with calendars.at(deadline + timedelta(seconds=59)):
        assert service.publish_call(last.id, version=last.version, by=by).published_at
    with calendars.at(deadline - timedelta(seconds=1)):
        assert service.publish_call(early.id, version=early.version, by=by).published_at


def test_time_limits_of_a_call_and_defaults(world: World, as_person: As) -> None:
    call = world.call()
    session.commit()
    manager, admin = as_person(world.manager), as_person(world.admin)
    manager.open(f"/calls/{call.id}/clocks")
    manager.send(f"/calls/{call.id}/clocks", {"report": "45"})
    assert exchange_queries.clocks_for(call.id).report == 45
    admin.open("/admin/clocks")
    admin.send("/admin/clocks", {"decision": "7", "report": "20"})
    assert (exchange_queries.clocks_for(0).decision, exchange_queries.clocks_for(call.id).report) == (7, 45)
    manager.open(f"/calls/{call.id}/clocks")
    manager.send(f"/calls/{call.id}/clocks", {"defaults": "1"})
    session.expire_all()
    assert exchange_queries.clocks_for(call.id).report == 20
    admin.open("/admin/clocks")
    admin.send("/admin/clocks", {"escalation": "3"})
    assert (admin.status, len(admin.problems)) == (422, 1)
    manager.open("/admin/clocks", 403)


def test_headings_are_edited_by_administrators(world: World, as_person: As) -> None:
    admin = as_person(world.admin)
    page = admin.open("/admin/headings")
    assert len(page.select("tbody tr")) == 11
    admin.open("/admin/headings/3")
    stale = admin.answers(admin.form("title"))
    admin.send("/admin/headings/3", {"title": "Business development", "active": None})
    renamed = found(queries.heading(3))
    assert renamed.title == "Business development" and not renamed.active
    admin.open("/admin/headings/3")
    admin.send("/admin/headings/3", stale)
    assert admin.status == 409
    assert "Business development" in admin.text_of(".banner.problem li:first-child")
    admin.open("/admin/headings/12", 404)
    as_person(world.manager).open("/admin/headings", 403)


def test_loading_the_headings_again_adds_nothing(world: World) -> None:
    assert service.load_headings() == 0
    assert [heading.number for heading in queries.headings()] == list(range(1, 12))


def test_dates_of_a_call_are_read_back_as_dates(world: World) -> None:
    assert world.call().earliest == date(2027, 3, 1)
