"""A slip is taken back: by whoever made it, within the hour, and the exchange is again as it was."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from portal.accounts.models import Person
from portal.approvals import service as approvals
from portal.approvals.models import Decision
from portal.approvals.service import Verdict
from portal.bookings.models import BookedDay
from portal.calls.models import Call
from portal.db import session
from portal.exchanges.models import Exchange
from portal.exchanges.queries import locked
from portal.exchanges.service import write_note
from portal.findings import RuleViolation
from portal.messages.models import Message
from portal.policy import Role, Side
from portal.registry import registry
from portal.reports import queries as report_queries
from portal.reports import service as reports
from portal.reports.models import Report
from portal.storage import Storage
from portal.subjects import queries
from portal.subjects.labels import event_label
from portal.subjects.notifications import addressed
from portal.subjects.preview import after
from portal.subjects.service import record
from portal.visits import attendance
from portal.workflows.exchange import EXCHANGE
from portal.workflows.exchange_terms import Action
from tests.factories import World, actor, person
from tests.pages import Browser
from tests.scenarios import make_exchange
from tests.visits.carrying_out import MONDAY, there, visit_of

As = Callable[[Person], Browser]
MOMENT = datetime(2027, 4, 7, 8, tzinfo=UTC)  # noon in Bakı on Wednesday of the visit's week
UNDO = {
    Action.HOST_ACCEPT: (Action.HOST_UNDO_ACCEPT, "undo-accept", approvals.undo_accept),
    Action.UNIT_RECORD_ARRIVAL: (Action.UNIT_UNDO_ARRIVAL, "undo-arrival", attendance.undo_arrival),
    Action.UNIT_RECORD_DEPARTURE: (Action.UNIT_UNDO_DEPARTURE, "undo-departure", attendance.undo_departure),
    Action.HOST_ACCEPT_REPORT: (Action.HOST_UNDO_ACCEPT_REPORT, "report/undo-accept", reports.undo_accept),
}
BEFORE = [
    ("endorse", None, Action.HOST_ACCEPT),
    ("endorse", "host_waitlist", Action.HOST_ACCEPT),
    ("home_approve_plan", None, Action.UNIT_RECORD_ARRIVAL),
    ("arrive", None, Action.UNIT_RECORD_DEPARTURE),
    ("report", None, Action.HOST_ACCEPT_REPORT),
]
BY_AGENCY = {Action.HOST_ACCEPT, Action.HOST_ACCEPT_REPORT}


def at(moment: datetime) -> time_machine.travel:
    return time_machine.travel(moment, tick=False)


def who_takes(action: Action, world: World) -> Person:
    return world.host_manager if action in BY_AGENCY else world.coordinator


def prepared(world: World, storage: Storage, last: str, ending: str | None) -> Exchange:
    """Just before the step; with attendance recorded, where the visit is under way."""
    step = "home_approve_plan" if last == "arrive" else last
    exchange = make_exchange(world, storage, step, ending, start=None if step == "report" else MONDAY)
    if last == "arrive":
        there(exchange, world)
        with at(MOMENT - timedelta(hours=3)):
            days, by = [MONDAY, MONDAY + timedelta(days=2)], actor(world.coordinator)
            attendance.record_days(exchange, days, visit_of(exchange).version, by=by)
    session.commit()
    return locked(exchange.id)


def take(exchange: Exchange, action: Action, world: World) -> None:
    """The step, with a day that changes bookings: a late arrival, an early departure."""
    by, version = actor(who_takes(action, world)), exchange.version
    if action is Action.HOST_ACCEPT:
        approvals.decide(exchange, Verdict(action, version), by=by)
    elif action is Action.HOST_ACCEPT_REPORT:
        reports.accept(exchange, action, version, by=by)
    elif action is Action.UNIT_RECORD_ARRIVAL:
        attendance.arrive(exchange, MONDAY + timedelta(days=2), version=version, by=by)
    else:
        attendance.depart(exchange, MONDAY + timedelta(days=1), version=version, by=by)
    session.commit()


def facts(exchange: Exchange) -> dict[str, Any]:
    """Everything that a step may change, but for the version and the moment of the last change."""
    session.expire_all()
    exchange = locked(exchange.id)
    names = ("status", "turn", "turn_since", "due_on", "escalated_at", "start", "end", "unit_id", "released_at")
    days = session.scalars(select(BookedDay).where(BookedDay.subject_id == exchange.id).order_by(BookedDay.day))
    booked = [(day.day, day.kind, day.seat, day.present) for day in days]
    visit = visit_facts(exchange)
    outcomes = session.scalars(select(Decision.outcome).where(Decision.exchange_id == exchange.id)).all()
    accepted = session.scalars(select(Report.host_accepted_at).where(Report.exchange_id == exchange.id)).all()
    found = {"days": booked, "visit": visit, "decided": outcomes, "accepted": accepted}
    return {name: getattr(exchange, name) for name in names} | found


def visit_facts(exchange: Exchange) -> tuple[Any, ...] | None:
    if exchange.start is None:
        return None
    visit = visit_of(exchange)
    return visit.arrived_on, visit.departed_on, visit.travel_out, visit.travel_back


def told(exchange: Exchange, what: str) -> set[int | None]:
    """Who got a mail of the last event of this kind."""
    event = next(e for e in reversed(queries.events(exchange.id)) if e.what == what)
    of_event = Message.idempotency_key.startswith(f"event:{event.id}:")
    return set(session.scalars(select(Message.person_id).where(of_event)))


@pytest.mark.parametrize(("last", "ending", "action"), BEFORE)
def test_all_is_as_it_was_and_the_history_shows_both(
    world: World, storage: Storage, last: str, ending: str | None, action: Action
) -> None:
    undo, _path, service = UNDO[action]
    exchange = prepared(world, storage, last, ending)
    before = facts(exchange)
    by = actor(who_takes(action, world))
    with at(MOMENT):
        take(exchange, action, world)
        assert facts(exchange) != before
        exchange = locked(exchange.id)
        ahead, step = after(exchange, undo, {}, by), EXCHANGE.by_action[undo]
        heard = addressed(registry.kinds[EXCHANGE.name], ahead, step, by)
        service(exchange, version=exchange.version, by=by)
        session.commit()
    assert facts(exchange) == before
    assert [event.what for event in queries.events(exchange.id)][-2:] == [action, undo]
    informed = told(exchange, undo)
    assert told(exchange, action) - {None} <= informed, "whoever was told is told of the undoing"
    assert informed == {receiver.person_id for receiver in (*heard.acting, *heard.informed)}, "as the page has said"


@pytest.mark.parametrize(("minutes", "refused"), [(59, ""), (60, ""), (61, "undo_late")])
@pytest.mark.parametrize(("last", "ending", "action"), BEFORE[1:])
def test_it_is_possible_within_the_hour(
    world: World, storage: Storage, last: str, ending: str | None, action: Action, minutes: int, refused: str
) -> None:
    _undo, _path, service = UNDO[action]
    exchange = prepared(world, storage, last, ending)
    with at(MOMENT):
        take(exchange, action, world)
    exchange = locked(exchange.id)
    with at(MOMENT + timedelta(minutes=minutes)):
        try:
            service(exchange, version=exchange.version, by=actor(who_takes(action, world)))
        except RuleViolation as violation:
            assert violation.code == refused
        else:
            assert refused == ""


def test_only_whoever_took_the_step_takes_it_back(world: World, storage: Storage) -> None:
    colleague = person("second@kobia.example", "Leyla Həsənova", world.kobia, Role.MANAGER)
    exchange = prepared(world, storage, "endorse", None)
    with at(MOMENT):
        take(exchange, Action.HOST_ACCEPT, world)
        exchange = locked(exchange.id)
        with pytest.raises(RuleViolation, match="undo_other"):
            approvals.undo_accept(exchange, version=exchange.version, by=actor(colleague))


def test_not_after_somebody_else_has_acted_but_a_message_is_no_act(world: World, storage: Storage) -> None:
    exchange = prepared(world, storage, "endorse", None)
    by = actor(world.host_manager)
    with at(MOMENT):
        take(exchange, Action.HOST_ACCEPT, world)
        exchange = locked(exchange.id)
        write_note(exchange, "Thank you!", idempotency_key="a note of thanks", by=actor(world.expert))
        with session.begin_nested() as savepoint:
            approvals.undo_accept(exchange, version=exchange.version, by=by)
            savepoint.rollback()
        session.refresh(exchange)
        record(exchange, "document_added", by=actor(world.expert), side=Side.EXPERT, facts={"document": 1})
        with pytest.raises(RuleViolation, match="undo_acted"):
            approvals.undo_accept(exchange, version=exchange.version, by=by)


def test_a_report_loses_the_days_of_a_departure_that_was_taken_back_but_no_others(
    world: World, storage: Storage
) -> None:
    """Both were recorded present before the departure; the day after it was recorded away."""
    exchange = prepared(world, storage, "arrive", None)
    expert, unit = actor(world.expert), actor(world.coordinator)
    with at(MOMENT):
        for typed, left in ((None, None), (4, 4)):
            take(exchange, Action.UNIT_RECORD_DEPARTURE, world)
            report = reports.begin(locked(exchange.id), [], "tr", expert)
            if typed is not None:
                report = reports.save_text(exchange, report.version, {"days_worked": typed}, by=expert)
            else:
                assert report.days_worked == report_queries.days_present(exchange.id) == 1
            exchange = locked(exchange.id)
            attendance.undo_departure(exchange, version=exchange.version, by=unit)
            session.commit()
            assert session.scalars(select(Report.days_worked)).one() == left


def test_not_where_the_released_days_were_given_away(world: World, storage: Storage, as_person: As) -> None:
    exchange = prepared(world, storage, "arrive", None)
    guest = person("guest@kosgeb.example", "Oya Er", world.kosgeb, Role.EXPERT)
    call = session.get_one(Call, exchange.call_id)
    reference = exchange.reference
    with at(MOMENT):
        take(exchange, Action.UNIT_RECORD_DEPARTURE, world)
        browser = as_person(world.coordinator)
        browser.open(f"/exchanges/{reference}/undo-departure")
        make_exchange(world, storage, "schedule", call=call, expert=guest, start=MONDAY + timedelta(days=2))
        browser.send(f"/exchanges/{reference}/undo-departure", having="version")
        assert browser.status == 422 and "given to somebody else meanwhile" in " ".join(browser.problems)


@pytest.mark.parametrize(("last", "ending", "action"), BEFORE[1:])
def test_the_page_says_what_happens_and_is_offered_as_long_as_it_works(
    world: World, storage: Storage, as_person: As, last: str, ending: str | None, action: Action
) -> None:
    undo, path, _service = UNDO[action]
    exchange = prepared(world, storage, last, ending)
    base = f"/exchanges/{exchange.reference}"
    with at(MOMENT):
        take(exchange, action, world)
        browser = as_person(who_takes(action, world))
        assert browser.open(base).select(f"a[href='{base}/{path}']")
        browser.open(f"{base}/{path}")
        assert "The exchange is then" in browser.text_of("[aria-labelledby=outlook]")
        browser.send(f"{base}/{path}", having="version")
        assert (browser.status, browser.location) == (302, base)
        history = browser.open(f"{base}/history").get_text()
        names = {"host": world.kobia.short_name}
        assert event_label(action, names) in history and event_label(undo, names) in history
        assert not browser.open(base).select(f"a[href='{base}/{path}']"), "it is taken back"


def test_too_late_the_page_leads_back_and_says_so(world: World, storage: Storage, as_person: As) -> None:
    exchange = prepared(world, storage, "endorse", None)
    base = f"/exchanges/{exchange.reference}"
    with at(MOMENT):
        take(exchange, Action.HOST_ACCEPT, world)
    with at(MOMENT + timedelta(minutes=61)):
        browser = as_person(world.host_manager)
        assert not browser.open(base).select(f"a[href='{base}/undo-accept']")
        browser.open(f"{base}/undo-accept", 302)
        browser.open(base)
        assert "within an hour" in browser.text
