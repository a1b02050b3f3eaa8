"""Services ask the policy themselves: whoever calls one past its page is denied all the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from portal.accounts import absences, agencies, registration
from portal.accounts.models import Person
from portal.applications import documents
from portal.applications import service as applications
from portal.applications.sections import Section
from portal.applications.service import Answers
from portal.approvals import service as approvals
from portal.calls import announcement_service as announcements
from portal.calls import service as calls
from portal.calls.models import Call
from portal.db import session
from portal.documents.queries import of_subject as documents_of
from portal.exchanges import service as exchanges
from portal.exchanges.models import Exchange
from portal.hosting import service as hosting
from portal.people import service as roles
from portal.policy import Actor, Denied
from portal.reports import evaluations, follow_up, progress_drafts, progress_reports
from portal.reports import service as reports
from portal.reports.models import Progress
from portal.storage import Storage
from portal.visits import attendance
from portal.visits import service as visits
from portal.visits.plan_forms import limits
from tests.factories import World, actor
from tests.form_data import cv
from tests.scenarios import make_exchange

DAY = date(2027, 4, 5)
CLOCKS = dict.fromkeys(calls.CLOCK_NAMES, 5) | {"escalation": 6}
PLAN = visits.Proposal(DAY, DAY, None, None, "", [], [])
ANSWER = follow_up.Answer(Progress.DONE, "x")
PERIOD = progress_reports.PeriodAnswer(DAY, DAY, {"text": "Done."})

# what anybody might call for an exchange, by its name; `by` may do none of it
OF_EXCHANGE: dict[str, Callable[[Exchange, Actor, Storage], Any]] = {
    "save": lambda e, by, s: applications.save(e, Section.PLAN, Answers({"aim": "x"}), version=1, by=by),
    "submit": lambda e, by, s: applications.submit(e, version=e.version, by=by),
    "withdraw": lambda e, by, s: applications.withdraw(e, version=e.version, reason="x", by=by),
    "add a document": lambda e, by, s: documents.add(e, cv(), idempotency_key="a document", by=by, storage=s),
    "remove a document": lambda e, by, s: documents.remove(e, documents_of(e.id)[0], by=by, storage=s),
    "write a note": lambda e, by, s: exchanges.write_note(e, "x", idempotency_key="a note", by=by),
    "place": lambda e, by, s: hosting.place(e, e.unit_id or 0, {}, version=e.version, by=by),
    "schedule": lambda e, by, s: visits.schedule(e, PLAN, limits(call_of(e)), version=e.version, by=by),
    "correct": lambda e, by, s: visits.correct(e, {}, 1, by=by),
    "arrive": lambda e, by, s: attendance.arrive(e, DAY, version=e.version - 1, by=by),
    "record days": lambda e, by, s: attendance.record_days(e, [DAY], 1, by=by),
    "depart": lambda e, by, s: attendance.depart(e, DAY, version=e.version - 1, by=by),
    "take an acceptance back": lambda e, by, s: approvals.undo_accept(e, version=e.version, by=by),
    "take an acceptance of a report back": lambda e, by, s: reports.undo_accept(e, version=e.version, by=by),
    "take an arrival back": lambda e, by, s: attendance.undo_arrival(e, version=e.version, by=by),
    "take a departure back": lambda e, by, s: attendance.undo_departure(e, version=e.version, by=by),
    "begin a report": lambda e, by, s: reports.begin(e, [], "en", by),
    "write a report": lambda e, by, s: reports.save_text(e, 1, {"findings": "x"}, by=by),
    "write objectives": lambda e, by, s: reports.save_objectives(e, 1, [], by=by),
    "write recommendations": lambda e, by, s: reports.save_recommendations(e, 1, [], by=by),
    "write results": lambda e, by, s: reports.save_plan_results(e, 1, "x", {}, by=by),
    "hand in a report": lambda e, by, s: reports.hand_in(e, e.version, by=by),
    "comment a report": lambda e, by, s: reports.comment_as_host(e, "x", 1, by=by),
    "keep a progress report": lambda e, by, s: progress_drafts.save(e, {"rows": []}, version=1, by=by),
    "report progress": lambda e, by, s: progress_reports.hand_in(e, PERIOD, "a report", by=by),
    "evaluate the host": lambda e, by, s: evaluations.evaluate(e, True, [5] * 5, "", by=by),
    "evaluate the expert": lambda e, by, s: evaluations.evaluate(e, False, [5] * 5, "", by=by),
    "follow up": lambda e, by, s: follow_up.record(e, 1, ANSWER, "an answer", by=by),
}

# the same for what is not about an exchange
OF_WORLD: dict[str, Callable[[World, Actor], Any]] = {
    "change roles": lambda w, by: roles.change_roles(w.expert.id, 1, [], [], True, by=by),
    "name a deputy": lambda w, by: absences.name_deputy(w.manager, w.deputy.id, DAY, DAY, by=by),
    "agree to stand in": lambda w, by: absences.agree(1, by=by),
    "decline to stand in": lambda w, by: absences.decline(1, by=by),
    "end an absence": lambda w, by: absences.end_absence(1, by=by),
    "change an agency": lambda w, by: agencies.change_agency(w.kobia, {"contact": "x"}, by=by),
    "close a day": lambda w, by: agencies.except_day("AZ", DAY, True, "", by=by),
    "forget a closed day": lambda w, by: agencies.forget_exception(1, by=by),
    "invite": lambda w, by: registration.invite("new@kosgeb.example", "Yeni Uzman", w.kosgeb, [], by=by),
    "apply": lambda w, by: applications.begin_application(w.call(), by=by),
    "create a call": lambda w, by: calls.create_call(w.call_facts(), idempotency_key="a new call", by=by),
    "edit a call": lambda w, by: calls.edit_call(w.call().id, w.call_facts(), version=1, by=by),
    "publish a call": lambda w, by: calls.publish_call(w.call().id, version=1, by=by),
    "cancel a call": lambda w, by: calls.cancel_call(w.call().id, version=1, by=by),
    "edit a heading": lambda w, by: calls.edit_heading(2, {}, active=True, version=1, by=by),
    "set the default clocks": lambda w, by: calls.set_clocks(CLOCKS, by=by),
    "set a call's clocks": lambda w, by: calls.set_clocks(CLOCKS, by=by, call=w.call()),
    "use default clocks": lambda w, by: calls.use_default_clocks(w.call(), by=by),
    "announce": lambda w, by: announcements.announce(w.announcement_facts(), idempotency_key="news", by=by),
    "change an announcement": lambda w, by: announcements.change(
        w.announcement().id, w.announcement_facts(), version=1, by=by
    ),
    "take an announcement back": lambda w, by: announcements.take_back(w.announcement().id, version=1, by=by),
    "save a unit": lambda w, by: hosting.save_unit(w.units[0], 1, {"capacity": 2}, [], by=by),
    "make a unit": lambda w, by: hosting.new_unit(w.kobia.id, "Yeni", "Bakı", by=by),
}


OWN = {  # what these may do where it is their own
    ("coordinator", "save a unit"),
    ("deputy", "agree to stand in"),
    ("deputy", "decline to stand in"),
    ("deputy", "end an absence"),
}


def call_of(exchange: Exchange) -> Call:
    return session.get_one(Call, exchange.call_id)


VISITING = ("correct", "arrive", "record days", "depart", "take an arrival back", "take a departure back")


@pytest.mark.parametrize("stage", ["submit", "depart"])
def test_a_stranger_is_denied_every_service_of_an_exchange(world: World, storage: Storage, stage: str) -> None:
    exchange = make_exchange(world, storage, stage)
    stranger = actor(world.colleague)
    for name, service in OF_EXCHANGE.items():
        if stage == "submit" and name in VISITING:
            continue  # there is no visit yet
        with session.begin_nested() as savepoint:
            with pytest.raises(Denied):
                service(exchange, stranger, storage)
                pytest.fail(f"{name} was granted")
            savepoint.rollback()


@pytest.mark.parametrize("name", OF_WORLD)
@pytest.mark.parametrize("who", ["coordinator", "deputy"])
def test_who_works_beside_it_is_denied_what_the_role_does_not_hold(world: World, name: str, who: str) -> None:
    """A coordinator of the host agency's unit, and a deputy who is not acting; a unit is its coordinator's own."""
    person: Person = getattr(world, who)
    if (who, name) in OWN:
        return
    with pytest.raises(Denied):
        OF_WORLD[name](world, actor(person))


@pytest.mark.parametrize(
    ("who", "on_host"),
    [("manager", True), ("host_manager", True), ("coordinator", True), ("expert", False), ("manager", False)],
)
def test_each_side_evaluates_the_other_and_nobody_else_does(
    world: World, storage: Storage, who: str, on_host: bool
) -> None:
    exchange = make_exchange(world, storage, "depart")
    with pytest.raises(Denied):
        evaluations.evaluate(exchange, on_host, [5] * 5, "", by=actor(getattr(world, who)))
    allowed = world.expert if on_host else world.coordinator
    evaluations.evaluate(exchange, on_host, [5] * 5, "", by=actor(allowed))
