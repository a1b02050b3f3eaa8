"""Figures shown before a decision equal those after it."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from portal import calendars
from portal.applications import service as applications
from portal.applications.queries import of_exchange
from portal.approvals import service as approvals
from portal.approvals.service import OUTCOMES, Verdict
from portal.bookings.occupancy import MOST_WEEKS, occupancy, with_days
from portal.calls.models import Call
from portal.db import session
from portal.exchanges.models import Exchange
from portal.exchanges.queries import locked
from portal.findings import RuleViolation
from portal.hosting import queries
from portal.hosting import service as hosting
from portal.hosting.comparison import rows
from portal.policy import Actor, Role
from portal.storage import Storage
from portal.visits import figures, service
from portal.visits.plan_forms import limits
from portal.visits.service import Proposal
from portal.workflows.exchange import EXCHANGE
from portal.workflows.exchange_terms import ENDED, Action, Party
from tests.factories import World, actor, person
from tests.narrowing import found
from tests.scenarios import make_exchange, old_call

MONDAY = date(2027, 4, 5)
TERMS = {"working_language": "az", "travel": "home", "lodging": "host", "insurance": "home"}
AGREEING = {"agree-expert": Action.EXPERT_APPROVE_PLAN, "agree-home": Action.HOME_APPROVE_PLAN}
AGREE = frozenset(AGREEING.values())
ASK = {Action.EXPERT_REQUEST_CHANGES, Action.HOME_REQUEST_CHANGES, Action.HOST_REQUEST_CHANGES}
NOT_TAKEN = {Action.UNIT_RECORD_ARRIVAL, Action.HOST_UNDO_ACCEPT, Action.HOST_RETURN}
DECISIONS = int(os.environ.get("PORTAL_DECISIONS", "150"))  # a thousand by hand: PORTAL_DECISIONS=1000


class Deciders:
    """Takes any step of an exchange, as those who may."""

    def __init__(self, world: World, call: Call, chance: random.Random) -> None:
        self.world, self.call, self.chance = world, call, chance
        self.by = {Party.HOME: actor(world.manager), Party.HOST: actor(world.host_manager)}

    def dates(self) -> figures.Dates:
        start = MONDAY + timedelta(days=self.chance.randrange(40))
        end = start + timedelta(days=self.chance.randrange(4, 14))
        return figures.Dates(start, end, start - timedelta(days=self.chance.choice([1, 2])), None)

    def actor_of(self, action: Action, exchange: Exchange) -> Actor:
        party = Party(EXCHANGE.by_action[action].by)
        if party is Party.EXPERT:
            return Actor(exchange.expert_id)
        return self.by.get(party) or actor(self.world.coordinator)

    def take(self, exchange: Exchange, action: Action, dates: figures.Dates | None) -> None:
        by, version = self.actor_of(action, exchange), exchange.version
        if action in OUTCOMES:
            approvals.decide(exchange, Verdict(action, version, "In words."), by=by)
        elif action is Action.HOST_PLACE:
            hosting.place(exchange, self.chance.choice(self.world.units[:2]).id, TERMS, version=version, by=by)
        elif action is Action.UNIT_CONFIRM:
            hosting.confirm(exchange, version=version, by=by)
        elif action is Action.UNIT_DECLINE:
            hosting.decline(exchange, "No desk.", version=version, by=by)
        elif action is Action.HOST_REPLACE:
            hosting.replace(exchange, "Too full.", version=version, by=by)
        elif dates is not None:
            plan = Proposal(dates.start, dates.end, dates.travel_out, dates.travel_back, "", [], [])
            service.schedule(exchange, plan, limits(self.call), version=version, by=by)
        elif action in AGREE:
            service.agree(exchange, action, version=version, by=by)
        elif action in ASK:
            service.ask_change(exchange, action, "Later.", version=version, by=by)
        else:
            applications.withdraw(exchange, version=version, reason="", by=by)


def test_random_decisions_lead_to_the_figures_that_were_shown(world: World, storage: Storage) -> None:
    """Places of the call, the unit's weeks, days of the stay and closed days. What ends an exchange is undone."""
    chance = random.Random(1)
    call = old_call(world, places=4)
    world.units[0].capacity = 2
    experts = [person(f"e{n}@kosgeb.example", f"Uzman {n}", world.kosgeb, Role.EXPERT) for n in range(6)]
    ids = [make_exchange(world, storage, "endorse", call=call, expert=one, start=MONDAY).id for one in experts]
    deciders, compared, refused = Deciders(world, call, chance), 0, 0
    while compared < DECISIONS:
        exchange = locked(chance.choice(ids))
        possible = [Action(name) for name in EXCHANGE.possible(exchange.state) if name not in NOT_TAKEN]
        action = chance.choice(possible)
        dates = deciders.dates() if action is Action.HOST_SCHEDULE else None
        said = figures.after(exchange, call, action, dates)
        with session.begin_nested() as savepoint:
            try:
                deciders.take(exchange, action, dates)
            except RuleViolation:
                refused += 1
                savepoint.rollback()
                continue
            exchange = locked(exchange.id)
            came = figures.present(exchange, call)
            if action in (Action.HOST_PLACE, Action.UNIT_DECLINE, Action.HOST_REPLACE):
                assert said.places == came.places, action
            else:
                assert said == came, (action, exchange.reference)
            compared += 1
            if exchange.status in ENDED:
                savepoint.rollback()
    assert refused < compared, "most of what was tried was possible"


@pytest.mark.parametrize(
    ("days", "parts"), [(1, 1), (7, 1), (8, 2), (MOST_WEEKS * 7, MOST_WEEKS), (MOST_WEEKS * 7 + 1, 4)]
)
def test_a_short_time_is_told_by_weeks_and_a_long_one_by_months(days: int, parts: int) -> None:
    last = MONDAY + timedelta(days=days - 1)
    told = occupancy(MONDAY, last, {}, 1)
    assert (len(told), told[0].first, told[-1].last) == (parts, MONDAY, last)


def test_a_week_is_as_full_as_its_fullest_day() -> None:
    taken = {MONDAY: 1, MONDAY + timedelta(days=2): 2, MONDAY + timedelta(days=7): 1}
    first, second = occupancy(MONDAY, MONDAY + timedelta(days=13), taken, 2, [(MONDAY + timedelta(13),) * 2])
    assert (first.taken, first.free, first.full, first.blocked) == (2, 0, True, False)
    assert (second.taken, second.free, second.full, second.blocked) == (1, 0, True, True)
    assert occupancy(MONDAY, MONDAY, taken, 2)[0].free == 1


def test_days_that_move_are_counted_once() -> None:
    tuesday = MONDAY + timedelta(days=1)
    assert with_days({MONDAY: 2}, [MONDAY], [tuesday]) == {MONDAY: 1, tuesday: 1}
    assert with_days({MONDAY: 2}, [MONDAY], [MONDAY]) == {MONDAY: 2}


As = Callable[[Any], Any]


def test_the_proposal_shows_the_units_weeks_the_stay_and_closed_days(
    world: World, storage: Storage, as_person: As
) -> None:
    exchange = make_exchange(world, storage, "confirm", start=MONDAY)
    browser = as_person(world.host_manager)
    browser.open(f"/exchanges/{exchange.reference}/schedule")
    words = browser.text
    assert "1 of 1 seats taken" in words and "of 90 days without a visa in Azerbaijan are used" in words


@pytest.mark.parametrize(("who", "page"), [("expert", "agree-expert"), ("manager", "agree-home")])
def test_who_agrees_sees_the_same_figures_as_who_proposed(
    world: World, storage: Storage, as_person: As, who: str, page: str
) -> None:
    calendars.except_day("AZ", MONDAY + timedelta(days=1), closed=True, note="Decree")
    exchange = make_exchange(world, storage, "schedule", start=MONDAY)
    browser = as_person(getattr(world, who))
    browser.open(f"/exchanges/{exchange.reference}/{page}")
    words = browser.text_of("[aria-labelledby=figures]")
    ahead = figures.after(exchange, session.get_one(Call, exchange.call_id), AGREEING[page])
    assert [f"{period.taken} of {period.seats} seats taken" in words for period in ahead.unit] == [True]
    used = found(ahead.stay).used
    assert f"{used} of 90 days without a visa in Azerbaijan are used" in " ".join(words.split())
    assert "Decree" in words and browser.text.count("Decree") == 2, "among the figures, and at its day in the agenda"


def test_the_comparison_tells_of_each_unit_what_the_unit_itself_is_told(world: World, storage: Storage) -> None:
    """Where the wished dates are, before and after it was asked."""
    make_exchange(world, storage, "schedule", start=MONDAY)
    guest = person("guest@kosgeb.example", "Oya Er", world.kosgeb, Role.EXPERT)
    call = old_call(world, idempotency_key="another call")
    asked = make_exchange(world, storage, "accept", call=call, expert=guest, start=MONDAY)
    application, unit = found(of_exchange(asked.id)), world.units[0]
    compared = {row.unit.id: row.weeks for row in rows(asked, application)}[unit.id]
    assert compared == queries.weeks(unit, application) and compared[0].full
