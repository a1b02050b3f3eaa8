"""The table of steps: every status is reached, every turn ends, and the table says what the domain brief says."""

from __future__ import annotations

import pytest

from portal.exchanges.header import PRESENT
from portal.exchanges.labels import HISTORY, PLAIN, SAID, STATUS, STEP, TASK
from portal.exchanges.step_endpoints import ENDPOINTS
from portal.policy import OF_EXCHANGE, SIDES
from portal.workflow import (
    ENDED,
    ENDED_EARLY,
    NEEDS_REASON,
    START,
    STATES,
    STEPS,
    TAKES_PLACE,
    Action,
    State,
    Status,
    Turn,
    follow,
    possible,
)

# from the brief, "The exchange, from call to follow-up": status, what ends it, and where that leads
BRIEF: tuple[tuple[Status, Turn, Action, Status], ...] = (
    (Status.DRAFT, Turn.EXPERT, Action.EXPERT_SUBMIT, Status.SUBMITTED),
    (Status.SUBMITTED, Turn.HOME, Action.HOME_ENDORSE, Status.ENDORSED),
    (Status.SUBMITTED, Turn.HOME, Action.HOME_RETURN, Status.RETURNED),
    (Status.SUBMITTED, Turn.HOME, Action.HOME_REJECT, Status.REJECTED),
    (Status.RETURNED, Turn.EXPERT, Action.EXPERT_SUBMIT, Status.SUBMITTED),
    (Status.RETURNED, Turn.EXPERT, Action.EXPERT_WITHDRAW, Status.WITHDRAWN),
    (Status.ENDORSED, Turn.HOST, Action.HOST_ACCEPT, Status.ACCEPTED),
    (Status.ENDORSED, Turn.HOST, Action.HOST_WAITLIST, Status.WAITLISTED),
    (Status.ENDORSED, Turn.HOST, Action.HOST_RETURN, Status.RETURNED),
    (Status.ENDORSED, Turn.HOST, Action.HOST_REJECT, Status.REJECTED),
    (Status.WAITLISTED, Turn.HOST, Action.HOST_ACCEPT, Status.ACCEPTED),
    (Status.WAITLISTED, Turn.HOST, Action.HOST_REJECT, Status.REJECTED),
    (Status.ACCEPTED, Turn.HOST, Action.HOST_PLACE, Status.PLACED),
    (Status.PLACED, Turn.UNIT, Action.UNIT_CONFIRM, Status.PLACED),
    (Status.PLACED, Turn.UNIT, Action.UNIT_DECLINE, Status.ACCEPTED),
    (Status.PLACED, Turn.HOST, Action.HOST_SCHEDULE, Status.SCHEDULED),
    (Status.SCHEDULED, Turn.EXPERT_AND_HOME, Action.EXPERT_APPROVE_PLAN, Status.SCHEDULED),
    (Status.SCHEDULED, Turn.EXPERT_AND_HOME, Action.HOME_APPROVE_PLAN, Status.SCHEDULED),
    (Status.SCHEDULED, Turn.UNIT, Action.UNIT_RECORD_ARRIVAL, Status.UNDER_WAY),
    (Status.UNDER_WAY, Turn.UNIT, Action.UNIT_RECORD_DEPARTURE, Status.COMPLETED),
    (Status.COMPLETED, Turn.EXPERT, Action.EXPERT_SUBMIT_REPORT, Status.REPORTED),
    (Status.REPORTED, Turn.HOST, Action.HOST_ACCEPT_REPORT, Status.REPORTED),
    (Status.REPORTED, Turn.HOST, Action.HOST_RETURN_REPORT, Status.COMPLETED),
    (Status.REPORTED, Turn.HOME, Action.HOME_ACCEPT_REPORT, Status.CLOSED),
    (Status.REPORTED, Turn.HOME, Action.HOME_RETURN_REPORT, Status.COMPLETED),
)


@pytest.mark.parametrize(("status", "turn", "action", "target"), BRIEF)
def test_the_table_leads_where_the_brief_says(status: Status, turn: Turn, action: Action, target: Status) -> None:
    led = follow(State(status, turn), action)
    assert led is not None
    assert led.status is target


def test_every_status_is_reached_and_only_ended_ones_are_nobodys_turn() -> None:
    assert {state.status for state in STATES} == set(Status)
    assert {state.status for state in STATES if state.turn is Turn.NOBODY} == ENDED


def test_every_turn_leads_on_and_an_ended_exchange_nowhere() -> None:
    for state in STATES:
        assert bool(possible(state)) == (state.status not in ENDED), state


def test_the_end_is_reached_from_everywhere() -> None:
    """No corner of the table is a trap: from each state some path leads to `closed`, unless it has ended early."""
    leads = {state for state in STATES if state.status is Status.CLOSED}
    while more := {step.source for step in STEPS if step.target in leads} - leads:
        leads |= more
    assert leads == {state for state in STATES if state.status not in ENDED_EARLY}


def test_both_sides_agree_in_either_order() -> None:
    proposed = State(Status.SCHEDULED, Turn.EXPERT_AND_HOME)
    for first, second in (
        (Action.EXPERT_APPROVE_PLAN, Action.HOME_APPROVE_PLAN),
        (Action.HOME_APPROVE_PLAN, Action.EXPERT_APPROVE_PLAN),
    ):
        halfway = follow(proposed, first)
        assert halfway is not None and follow(halfway, first) is None
        assert follow(halfway, second) == State(Status.SCHEDULED, Turn.UNIT)


def test_a_new_proposal_asks_both_anew() -> None:
    agreed = State(Status.SCHEDULED, Turn.UNIT)
    assert follow(agreed, Action.HOST_SCHEDULE) == State(Status.SCHEDULED, Turn.EXPERT_AND_HOME)


def test_withdrawing_ends_with_the_start_of_the_visit() -> None:
    able = {state.status for state in STATES if follow(state, Action.EXPERT_WITHDRAW)}
    assert able == set(Status) - ENDED - {Status.UNDER_WAY, Status.COMPLETED, Status.REPORTED}


def test_the_host_side_can_do_nothing_before_the_endorsement() -> None:
    before = (START, State(Status.SUBMITTED, Turn.HOME), State(Status.RETURNED, Turn.EXPERT))
    assert {SIDES[action] for state in before for action in possible(state)} == {"expert", "home"}


def test_what_takes_a_place_begins_with_acceptance() -> None:
    assert not TAKES_PLACE & (ENDED_EARLY | {Status.DRAFT, Status.SUBMITTED, Status.ENDORSED, Status.WAITLISTED})
    assert {Status.ACCEPTED, Status.CLOSED} <= TAKES_PLACE


def test_saying_no_needs_a_reason_and_saying_yes_does_not() -> None:
    no = {
        action
        for action in Action
        if action.value.partition("_")[2].startswith(("return", "reject", "decline", "request", "cancel"))
    }
    assert no == NEEDS_REASON


def test_every_step_has_its_policy_page_and_words() -> None:
    for table in (OF_EXCHANGE, SIDES, ENDPOINTS, STEP, HISTORY):
        assert set(Action) <= set(table)
    assert set(STATUS) == set(Status)
    assert set(PRESENT) == set(Status) - ENDED_EARLY


def test_every_state_is_told_in_plain_words_with_its_task() -> None:
    assert set(PLAIN) == set(SAID) == STATES
    assert set(TASK) == {state for state in STATES if state.turn is not Turn.NOBODY}
