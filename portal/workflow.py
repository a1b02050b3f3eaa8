"""What can follow: the statuses of an exchange, whose turn it is, and the one table of steps between them.

Pure: no database, no web. Buttons, desks, tests and the diagram in the docs read `STEPS`.
Source of the statuses and turns: the domain brief, "The exchange, from call to follow-up".
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Status(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ENDORSED = "endorsed"
    WAITLISTED = "waitlisted"
    ACCEPTED = "accepted"
    PLACED = "placed"
    SCHEDULED = "scheduled"
    UNDER_WAY = "under_way"
    COMPLETED = "completed"
    REPORTED = "reported"
    CLOSED = "closed"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"


class Turn(StrEnum):
    """Whose desk it is on. The unit belongs to the host agency, but is a desk of its own."""

    EXPERT = "expert"
    HOME = "home"
    HOST = "host"
    UNIT = "unit"
    EXPERT_AND_HOME = "expert_and_home"
    NOBODY = "nobody"


class Action(StrEnum):
    EXPERT_SUBMIT = "expert_submit"
    EXPERT_WITHDRAW = "expert_withdraw"
    HOME_ENDORSE = "home_endorse"
    HOME_RETURN = "home_return"
    HOME_REJECT = "home_reject"
    HOST_ACCEPT = "host_accept"
    HOST_WAITLIST = "host_waitlist"
    HOST_RETURN = "host_return"
    HOST_REJECT = "host_reject"
    HOST_PLACE = "host_place"
    UNIT_CONFIRM = "unit_confirm"
    UNIT_DECLINE = "unit_decline"
    HOST_SCHEDULE = "host_schedule"
    EXPERT_APPROVE_PLAN = "expert_approve_plan"
    HOME_APPROVE_PLAN = "home_approve_plan"
    EXPERT_REQUEST_CHANGES = "expert_request_changes"
    HOME_REQUEST_CHANGES = "home_request_changes"
    UNIT_RECORD_ARRIVAL = "unit_record_arrival"
    UNIT_RECORD_DEPARTURE = "unit_record_departure"
    EXPERT_SUBMIT_REPORT = "expert_submit_report"
    HOST_ACCEPT_REPORT = "host_accept_report"
    HOME_ACCEPT_REPORT = "home_accept_report"
    HOST_RETURN_REPORT = "host_return_report"
    HOME_RETURN_REPORT = "home_return_report"
    HOME_CANCEL = "home_cancel"
    HOST_CANCEL = "host_cancel"


class State(NamedTuple):
    """A status and whose turn it is in it; the two change only together, in `advance()`."""

    status: Status
    turn: Turn


@dataclass(frozen=True)
class Step:
    action: Action
    source: State
    target: State


START = State(Status.DRAFT, Turn.EXPERT)
_SUBMITTED = State(Status.SUBMITTED, Turn.HOME)
_RETURNED = State(Status.RETURNED, Turn.EXPERT)
_ENDORSED = State(Status.ENDORSED, Turn.HOST)
_WAITLISTED = State(Status.WAITLISTED, Turn.HOST)
_ACCEPTED = State(Status.ACCEPTED, Turn.HOST)
_PROPOSED = State(Status.PLACED, Turn.UNIT)
_PLACED = State(Status.PLACED, Turn.HOST)
_TO_AGREE = State(Status.SCHEDULED, Turn.EXPERT_AND_HOME)
_EXPERT_TO_AGREE = State(Status.SCHEDULED, Turn.EXPERT)
_HOME_TO_AGREE = State(Status.SCHEDULED, Turn.HOME)
_AGREED = State(Status.SCHEDULED, Turn.UNIT)
_UNDER_WAY = State(Status.UNDER_WAY, Turn.UNIT)
_COMPLETED = State(Status.COMPLETED, Turn.EXPERT)
_REPORTED = State(Status.REPORTED, Turn.HOST)
_HOST_ACCEPTED = State(Status.REPORTED, Turn.HOME)
_CLOSED = State(Status.CLOSED, Turn.NOBODY)
_REJECTED = State(Status.REJECTED, Turn.NOBODY)
_WITHDRAWN = State(Status.WITHDRAWN, Turn.NOBODY)
_CANCELLED = State(Status.CANCELLED, Turn.NOBODY)

_AGREEING = (_TO_AGREE, _EXPERT_TO_AGREE, _HOME_TO_AGREE)
_BEFORE_DECISION = (_SUBMITTED, _RETURNED, _ENDORSED, _WAITLISTED)
_BEFORE_VISIT = (_ACCEPTED, _PROPOSED, _PLACED, *_AGREEING, _AGREED)


def _steps(action: Action, sources: tuple[State, ...], target: State) -> tuple[Step, ...]:
    return tuple(Step(action, source, target) for source in sources)


STEPS: tuple[Step, ...] = (
    *_steps(Action.EXPERT_SUBMIT, (START, _RETURNED), _SUBMITTED),
    *_steps(Action.HOME_ENDORSE, (_SUBMITTED,), _ENDORSED),
    *_steps(Action.HOME_RETURN, (_SUBMITTED,), _RETURNED),
    *_steps(Action.HOME_REJECT, (_SUBMITTED,), _REJECTED),
    *_steps(Action.HOST_ACCEPT, (_ENDORSED, _WAITLISTED), _ACCEPTED),
    *_steps(Action.HOST_WAITLIST, (_ENDORSED,), _WAITLISTED),
    *_steps(Action.HOST_RETURN, (_ENDORSED,), _RETURNED),
    *_steps(Action.HOST_REJECT, (_ENDORSED, _WAITLISTED), _REJECTED),
    *_steps(Action.HOST_PLACE, (_ACCEPTED,), _PROPOSED),
    *_steps(Action.UNIT_CONFIRM, (_PROPOSED,), _PLACED),
    *_steps(Action.UNIT_DECLINE, (_PROPOSED,), _ACCEPTED),
    *_steps(Action.HOST_SCHEDULE, (_PLACED, *_AGREEING, _AGREED), _TO_AGREE),
    *_steps(Action.EXPERT_APPROVE_PLAN, (_TO_AGREE,), _HOME_TO_AGREE),
    *_steps(Action.EXPERT_APPROVE_PLAN, (_EXPERT_TO_AGREE,), _AGREED),
    *_steps(Action.HOME_APPROVE_PLAN, (_TO_AGREE,), _EXPERT_TO_AGREE),
    *_steps(Action.HOME_APPROVE_PLAN, (_HOME_TO_AGREE,), _AGREED),
    *_steps(Action.EXPERT_REQUEST_CHANGES, (_TO_AGREE, _EXPERT_TO_AGREE), _PLACED),
    *_steps(Action.HOME_REQUEST_CHANGES, (_TO_AGREE, _HOME_TO_AGREE), _PLACED),
    *_steps(Action.UNIT_RECORD_ARRIVAL, (_AGREED,), _UNDER_WAY),
    *_steps(Action.UNIT_RECORD_DEPARTURE, (_UNDER_WAY,), _COMPLETED),
    *_steps(Action.EXPERT_SUBMIT_REPORT, (_COMPLETED,), _REPORTED),
    *_steps(Action.HOST_ACCEPT_REPORT, (_REPORTED,), _HOST_ACCEPTED),
    *_steps(Action.HOME_ACCEPT_REPORT, (_HOST_ACCEPTED,), _CLOSED),
    *_steps(Action.HOST_RETURN_REPORT, (_REPORTED,), _COMPLETED),
    *_steps(Action.HOME_RETURN_REPORT, (_HOST_ACCEPTED,), _COMPLETED),
    *_steps(Action.EXPERT_WITHDRAW, (START, *_BEFORE_DECISION, *_BEFORE_VISIT), _WITHDRAWN),
    *_steps(Action.HOME_CANCEL, (_ENDORSED, _WAITLISTED, *_BEFORE_VISIT, _UNDER_WAY), _CANCELLED),
    *_steps(Action.HOST_CANCEL, (*_BEFORE_VISIT, _UNDER_WAY), _CANCELLED),
)

_TABLE = {(step.action, step.source): step.target for step in STEPS}
STATES = frozenset({START} | {step.target for step in STEPS})

NEEDS_REASON = frozenset(
    {
        Action.HOME_RETURN,
        Action.HOST_RETURN,
        Action.HOME_REJECT,
        Action.HOST_REJECT,
        Action.UNIT_DECLINE,
        Action.EXPERT_REQUEST_CHANGES,
        Action.HOME_REQUEST_CHANGES,
        Action.HOST_RETURN_REPORT,
        Action.HOME_RETURN_REPORT,
        Action.HOME_CANCEL,
        Action.HOST_CANCEL,
    }
)
ENDED_EARLY = frozenset({Status.REJECTED, Status.WITHDRAWN, Status.CANCELLED})
ENDED = ENDED_EARLY | {Status.CLOSED}
TAKES_PLACE = frozenset(
    {
        Status.ACCEPTED,
        Status.PLACED,
        Status.SCHEDULED,
        Status.UNDER_WAY,
        Status.COMPLETED,
        Status.REPORTED,
        Status.CLOSED,
    }
)  # statuses that use up one of a call's places


def follow(state: State, action: Action) -> State | None:
    """Where `action` leads from `state`; None where the table has no such step."""
    return _TABLE.get((action, state))


def possible(state: State) -> tuple[Action, ...]:
    """The actions that the table allows from `state`, in the table's order, whoever asks."""
    return tuple(action for action, source in _TABLE if source == state)
