"""The workflow of exchanges: every status is reached, every turn ends, the transitions are those of the brief."""

from __future__ import annotations

import pytest

from portal.exchanges.header import BANKS
from portal.policy import OF_EXCHANGE, SIDES, Permission
from portal.workflow import State
from portal.workflows import WORKFLOWS
from portal.workflows.exchange import EXCHANGE
from portal.workflows.exchange_terms import ENDED, ENDED_EARLY, TAKES_PLACE, Action, Status, Turn

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
def test_every_transition_of_the_brief_is_in_the_workflow(
    status: Status, turn: Turn, action: Action, target: Status
) -> None:
    led = EXCHANGE.follow(State(status, turn), action)
    assert led is not None
    assert led.status is target


def test_every_status_is_reached_and_only_ended_ones_are_nobodys_turn() -> None:
    assert {state.status for state in EXCHANGE.states} == set(Status)
    assert {state.status for state in EXCHANGE.states if state.turn is Turn.NOBODY} == ENDED


def test_every_state_but_the_ended_ones_has_a_possible_step() -> None:
    for state in EXCHANGE.states:
        assert bool(EXCHANGE.possible(state)) == (state.status not in ENDED), state


def test_closed_can_be_reached_from_every_state_that_has_not_ended_early() -> None:
    """From each state that has not ended early some path reaches `closed`."""
    leads = {state for state in EXCHANGE.states if state.status is Status.CLOSED}
    while more := {source for _action, source, target in EXCHANGE.arrows() if target in leads} - leads:
        leads |= more
    assert leads == {state for state in EXCHANGE.states if state.status not in ENDED_EARLY}


def test_both_sides_agree_in_either_order() -> None:
    proposed = State(Status.SCHEDULED, Turn.EXPERT_AND_HOME)
    for first, second in (
        (Action.EXPERT_APPROVE_PLAN, Action.HOME_APPROVE_PLAN),
        (Action.HOME_APPROVE_PLAN, Action.EXPERT_APPROVE_PLAN),
    ):
        halfway = EXCHANGE.follow(proposed, first)
        assert halfway is not None and EXCHANGE.follow(halfway, first) is None
        assert EXCHANGE.follow(halfway, second) == State(Status.SCHEDULED, Turn.UNIT)


def test_a_new_proposal_needs_both_approvals_again() -> None:
    agreed = State(Status.SCHEDULED, Turn.UNIT)
    assert EXCHANGE.follow(agreed, Action.HOST_SCHEDULE) == State(Status.SCHEDULED, Turn.EXPERT_AND_HOME)


def test_withdrawing_is_possible_at_any_time_until_the_exchange_ends() -> None:
    """Consent can be withdrawn at any time; an exchange cannot go on without it."""
    able = {state for state in EXCHANGE.states if EXCHANGE.follow(state, Action.EXPERT_WITHDRAW)}
    assert able == {state for state in EXCHANGE.states if state.status not in ENDED}


def test_the_host_side_can_do_nothing_before_the_endorsement() -> None:
    before = (EXCHANGE.start, State(Status.SUBMITTED, Turn.HOME), State(Status.RETURNED, Turn.EXPERT))
    assert {SIDES[action] for state in before for action in EXCHANGE.possible(state)} == {"expert", "home"}


def test_only_exchanges_from_acceptance_on_take_a_place() -> None:
    assert not TAKES_PLACE & (ENDED_EARLY | {Status.DRAFT, Status.SUBMITTED, Status.ENDORSED, Status.WAITLISTED})
    assert {Status.ACCEPTED, Status.CLOSED} <= TAKES_PLACE


def test_only_refusing_steps_need_a_reason() -> None:
    no = {
        action
        for action in Action
        if action.value.partition("_")[2].startswith(("return", "reject", "decline", "request", "cancel", "replace"))
    }
    assert no == {step.action for step in EXCHANGE.steps if step.needs_reason}


def test_every_step_has_one_row_with_its_rule_page_and_texts() -> None:
    assert [step.action for step in EXCHANGE.steps] == list(dict.fromkeys(step.action for step in EXCHANGE.steps))
    assert set(EXCHANGE.by_action) == set(Action) == set(SIDES)
    assert set(Action) <= set(OF_EXCHANGE)
    for step in EXCHANGE.steps:
        assert step.button and step.history and "." in step.endpoint, step.action
        heard = any(move.target.status in HEARD for move in step.moves)
        assert step.news or not heard, f"{step.action} is told to people who have nothing to do"


# statuses whose steps are told to everybody involved, not only to those who have to act
HEARD = ENDED | {Status.SCHEDULED, Status.UNDER_WAY}


def test_no_two_workflows_share_an_action() -> None:
    actions = [action for workflow in WORKFLOWS.values() for action in workflow.by_action]
    assert len(actions) == len(set(actions))
    assert not set(actions) & {permission.value for permission in Permission}


def test_every_state_has_its_texts_and_asks_for_something_while_it_is_somebodys_turn() -> None:
    for state in EXCHANGE.states:
        assert state.label and state.to_owner and state.to_others, state
        assert bool(state.task) == bool(state.mail or state.mail_to_owner) == (state.turn is not Turn.NOBODY), state
        assert bool(state.phase) == (state.status not in ENDED_EARLY), state


def test_somebody_is_waited_for_in_every_state_that_is_somebodys_turn() -> None:
    """Withdrawing, cancelling and a new proposal of dates are possible, but nobody waits for them."""
    for state in EXCHANGE.states:
        awaited = EXCHANGE.awaited(state)
        assert bool(awaited) == (state.turn is not Turn.NOBODY), state
        assert awaited <= set(EXCHANGE.possible(state))
    agreed = State(Status.SCHEDULED, Turn.UNIT)
    assert EXCHANGE.awaited(agreed) == {Action.UNIT_RECORD_ARRIVAL}
    assert Action.HOST_SCHEDULE in EXCHANGE.possible(agreed)
    assert EXCHANGE.awaited(State(Status.PLACED, Turn.HOST)) == {Action.HOST_SCHEDULE}


def test_every_phase_of_the_progress_line_is_completed_by_some_step() -> None:
    """The date under a passed step of the drawing is that of the step which completes its phase."""
    completed = {phase for step in EXCHANGE.steps for phase in step.completes}
    assert completed == set(BANKS) == {state.phase for state in EXCHANGE.states} - {""}
    for step in EXCHANGE.steps:
        for move in step.moves:
            if step.completes and move.target.phase != move.sources[0].phase:
                assert move.sources[0].phase in step.completes, step.action
