"""Every step of an exchange from every state, by hand: what the table allows, and nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.workflow import State
from portal.workflows import exchange_states as at
from portal.workflows.exchange import EXCHANGE
from portal.workflows.exchange_terms import TAKES_PLACE, Action, Status

AGREEING = "scheduled/expert_and_home scheduled/expert scheduled/home"
WITH_UNIT = f"placed/host {AGREEING} scheduled/unit"
BEFORE_VISIT = f"accepted/host placed/unit {WITH_UNIT}"
BEFORE_DECISION = "submitted/home returned/expert endorsed/host waitlisted/host"

# action: from where to where, "status/turn"; two rows where the way depends on who agreed before
TABLE: list[tuple[Action, str, str]] = [
    (Action.EXPERT_SUBMIT, "draft/expert returned/expert", "submitted/home"),
    (Action.HOME_ENDORSE, "submitted/home", "endorsed/host"),
    (Action.HOME_RETURN, "submitted/home", "returned/expert"),
    (Action.HOME_REJECT, "submitted/home", "rejected/nobody"),
    (Action.HOST_ACCEPT, "endorsed/host waitlisted/host", "accepted/host"),
    (Action.HOST_WAITLIST, "endorsed/host", "waitlisted/host"),
    (Action.HOST_RETURN, "endorsed/host", "returned/expert"),
    (Action.HOST_REJECT, "endorsed/host waitlisted/host", "rejected/nobody"),
    (Action.HOST_PLACE, "accepted/host", "placed/unit"),
    (Action.UNIT_CONFIRM, "placed/unit", "placed/host"),
    (Action.UNIT_DECLINE, f"placed/unit {WITH_UNIT}", "accepted/host"),
    (Action.HOST_REPLACE, f"placed/unit {WITH_UNIT}", "accepted/host"),
    (Action.HOST_SCHEDULE, f"placed/host {AGREEING} scheduled/unit", "scheduled/expert_and_home"),
    (Action.EXPERT_APPROVE_PLAN, "scheduled/expert_and_home", "scheduled/home"),
    (Action.EXPERT_APPROVE_PLAN, "scheduled/expert", "scheduled/unit"),
    (Action.HOME_APPROVE_PLAN, "scheduled/expert_and_home", "scheduled/expert"),
    (Action.HOME_APPROVE_PLAN, "scheduled/home", "scheduled/unit"),
    (Action.EXPERT_REQUEST_CHANGES, "scheduled/expert_and_home scheduled/expert", "placed/host"),
    (Action.HOME_REQUEST_CHANGES, "scheduled/expert_and_home scheduled/home", "placed/host"),
    (Action.HOST_REQUEST_CHANGES, f"{AGREEING} scheduled/unit", "placed/host"),
    (Action.UNIT_RECORD_ARRIVAL, "scheduled/unit", "under_way/unit"),
    (Action.UNIT_RECORD_DEPARTURE, "under_way/unit", "completed/expert"),
    (Action.EXPERT_SUBMIT_REPORT, "completed/expert", "reported/host"),
    (Action.HOST_ACCEPT_REPORT, "reported/host", "reported/home"),
    (Action.HOME_ACCEPT_REPORT, "reported/home", "closed/nobody"),
    (Action.HOST_RETURN_REPORT, "reported/host", "completed/expert"),
    (Action.HOME_RETURN_REPORT, "reported/home", "completed/expert"),
    (Action.HOST_UNDO_ACCEPT, "accepted/host", "endorsed/host"),  # or the waiting list, if that is where it was
    (Action.UNIT_UNDO_ARRIVAL, "under_way/unit", "scheduled/unit"),
    (Action.UNIT_UNDO_DEPARTURE, "completed/expert", "under_way/unit"),
    (Action.HOST_UNDO_ACCEPT_REPORT, "reported/home", "reported/host"),
    (
        Action.EXPERT_WITHDRAW,
        f"draft/expert {BEFORE_DECISION} {BEFORE_VISIT} under_way/unit completed/expert reported/host reported/home",
        "withdrawn/nobody",
    ),
    (
        Action.HOME_CANCEL,
        f"draft/expert returned/expert endorsed/host waitlisted/host {BEFORE_VISIT} under_way/unit",
        "cancelled/nobody",
    ),
    (Action.HOST_CANCEL, f"{BEFORE_VISIT} under_way/unit", "cancelled/nobody"),
]
LEADS = {(action, source): target for action, sources, target in TABLE for source in sources.split()}
UNDO = {
    Action.HOST_UNDO_ACCEPT, Action.UNIT_UNDO_ARRIVAL, Action.UNIT_UNDO_DEPARTURE, Action.HOST_UNDO_ACCEPT_REPORT,
}  # fmt: skip
NOT_AWAITED = {
    Action.EXPERT_WITHDRAW, Action.HOME_CANCEL, Action.HOST_CANCEL, Action.HOST_REPLACE, Action.HOST_REQUEST_CHANGES,
    *UNDO,
}  # fmt: skip


def name(state: State | None) -> str | None:
    return f"{state.status.value}/{state.turn.value}" if state else None


def test_the_states_are_those_of_the_table() -> None:
    assert {name(state) for state in EXCHANGE.states} == {"draft/expert", *LEADS.values()}


@pytest.mark.parametrize("action", Action)
def test_a_step_leads_from_each_state_where_the_table_says_or_nowhere(action: Action) -> None:
    for state in EXCHANGE.states:
        assert name(EXCHANGE.follow(state, action)) == LEADS.get((action, str(name(state)))), state


@pytest.mark.parametrize("state", sorted(EXCHANGE.states, key=str), ids=str)
def test_who_ends_it_early_or_proposes_anew_is_not_waited_for(state: State) -> None:
    possible = {action for action, source in LEADS if source == name(state)}
    anew = set() if name(state) == "placed/host" else {Action.HOST_SCHEDULE}
    anew |= set() if name(state) == "placed/unit" else {Action.UNIT_DECLINE}
    assert set(EXCHANGE.possible(state)) == possible
    assert EXCHANGE.awaited(state) == possible - NOT_AWAITED - anew


def test_what_takes_a_step_back_leads_to_where_that_step_began() -> None:
    """By the same party, within the hour."""
    assert {step.action for step in EXCHANGE.steps if step.undoes} == UNDO
    for undo in (step for step in EXCHANGE.steps if step.undoes):
        step = EXCHANGE.by_action[undo.undoes or ""]
        assert EXCHANGE.undone_by[step.action] is undo and undo.by is step.by and undo.within == timedelta(hours=1)
        assert {move.target for move in undo.moves} == {source for move in step.moves for source in move.sources}
        assert {source for move in undo.moves for source in move.sources} == {move.target for move in step.moves}


def test_a_reason_is_shown_where_it_is_needed_or_where_it_ends() -> None:
    no = ("return", "reject", "decline", "request", "cancel", "withdraw", "replace")
    shown = {action for action in Action if action.value.partition("_")[2].startswith(no)}
    assert {step.action for step in EXCHANGE.steps if step.reason_matters} == shown


def test_a_status_is_found_by_its_first_state() -> None:
    first = {status: name(EXCHANGE.of_status(status)) for status in Status}
    assert first[Status.PLACED] == "placed/unit" and first[Status.SCHEDULED] == "scheduled/expert_and_home"
    assert first[Status.DRAFT] == "draft/expert" and first[Status.REPORTED] == "reported/host"


def test_places_are_taken_from_the_acceptance_to_the_end() -> None:
    none = "draft submitted returned endorsed waitlisted rejected withdrawn cancelled"
    assert {status.value for status in set(Status) - TAKES_PLACE} == set(none.split())


def test_whoever_writes_is_led_to_the_page_by_a_button() -> None:
    writing = {state.writing for state in EXCHANGE.states if state.writing}
    assert writing == {
        ("applications.show", "Go on with your application"),
        ("applications.show", "Make the changes"),
        ("attendance.record", "Record attendance"),
        ("reports.report_tab", "Write the report"),
    }


def test_the_history_has_a_line_for_each_fact_and_none_for_others() -> None:
    assert set(at.FACTS) == {
        "begin",
        "escalated",
        "call_cancelled",
        "call_moved",
        "call_changed",
        "call_outside",
        "account_closed",
        "account_opened",
        "unit_left",
        "note_written",
    }
    assert EXCHANGE.history("begin") == "Application begun" and EXCHANGE.history("home_endorse")
    assert EXCHANGE.history("nothing of ours") == ""
