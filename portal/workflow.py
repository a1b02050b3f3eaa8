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
    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    ENDORSE = "endorse"
    RETURN_HOME = "return_home"
    REJECT_HOME = "reject_home"
    ACCEPT = "accept"
    WAITLIST = "waitlist"
    RETURN_HOST = "return_host"
    REJECT_HOST = "reject_host"
    PLACE = "place"
    CONFIRM = "confirm"
    DECLINE = "decline"
    SCHEDULE = "schedule"
    AGREE_EXPERT = "agree_expert"
    AGREE_HOME = "agree_home"
    ASK_CHANGE_EXPERT = "ask_change_expert"
    ASK_CHANGE_HOME = "ask_change_home"
    ARRIVE = "arrive"
    DEPART = "depart"
    REPORT = "report"
    ACCEPT_REPORT_HOST = "accept_report_host"
    ACCEPT_REPORT_HOME = "accept_report_home"
    SEND_BACK_HOST = "send_back_host"
    SEND_BACK_HOME = "send_back_home"
    CANCEL_HOME = "cancel_home"
    CANCEL_HOST = "cancel_host"


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
    *_steps(Action.SUBMIT, (START, _RETURNED), _SUBMITTED),
    *_steps(Action.ENDORSE, (_SUBMITTED,), _ENDORSED),
    *_steps(Action.RETURN_HOME, (_SUBMITTED,), _RETURNED),
    *_steps(Action.REJECT_HOME, (_SUBMITTED,), _REJECTED),
    *_steps(Action.ACCEPT, (_ENDORSED, _WAITLISTED), _ACCEPTED),
    *_steps(Action.WAITLIST, (_ENDORSED,), _WAITLISTED),
    *_steps(Action.RETURN_HOST, (_ENDORSED,), _RETURNED),
    *_steps(Action.REJECT_HOST, (_ENDORSED, _WAITLISTED), _REJECTED),
    *_steps(Action.PLACE, (_ACCEPTED,), _PROPOSED),
    *_steps(Action.CONFIRM, (_PROPOSED,), _PLACED),
    *_steps(Action.DECLINE, (_PROPOSED,), _ACCEPTED),
    *_steps(Action.SCHEDULE, (_PLACED, *_AGREEING, _AGREED), _TO_AGREE),
    *_steps(Action.AGREE_EXPERT, (_TO_AGREE,), _HOME_TO_AGREE),
    *_steps(Action.AGREE_EXPERT, (_EXPERT_TO_AGREE,), _AGREED),
    *_steps(Action.AGREE_HOME, (_TO_AGREE,), _EXPERT_TO_AGREE),
    *_steps(Action.AGREE_HOME, (_HOME_TO_AGREE,), _AGREED),
    *_steps(Action.ASK_CHANGE_EXPERT, (_TO_AGREE, _EXPERT_TO_AGREE), _PLACED),
    *_steps(Action.ASK_CHANGE_HOME, (_TO_AGREE, _HOME_TO_AGREE), _PLACED),
    *_steps(Action.ARRIVE, (_AGREED,), _UNDER_WAY),
    *_steps(Action.DEPART, (_UNDER_WAY,), _COMPLETED),
    *_steps(Action.REPORT, (_COMPLETED,), _REPORTED),
    *_steps(Action.ACCEPT_REPORT_HOST, (_REPORTED,), _HOST_ACCEPTED),
    *_steps(Action.ACCEPT_REPORT_HOME, (_HOST_ACCEPTED,), _CLOSED),
    *_steps(Action.SEND_BACK_HOST, (_REPORTED,), _COMPLETED),
    *_steps(Action.SEND_BACK_HOME, (_HOST_ACCEPTED,), _COMPLETED),
    *_steps(Action.WITHDRAW, (START, *_BEFORE_DECISION, *_BEFORE_VISIT), _WITHDRAWN),
    *_steps(Action.CANCEL_HOME, (_ENDORSED, _WAITLISTED, *_BEFORE_VISIT, _UNDER_WAY), _CANCELLED),
    *_steps(Action.CANCEL_HOST, (*_BEFORE_VISIT, _UNDER_WAY), _CANCELLED),
)

_TABLE = {(step.action, step.source): step.target for step in STEPS}
STATES = frozenset({START} | {step.target for step in STEPS})

NEEDS_REASON = frozenset(
    {
        Action.RETURN_HOME,
        Action.RETURN_HOST,
        Action.REJECT_HOME,
        Action.REJECT_HOST,
        Action.DECLINE,
        Action.ASK_CHANGE_EXPERT,
        Action.ASK_CHANGE_HOME,
        Action.SEND_BACK_HOST,
        Action.SEND_BACK_HOME,
        Action.CANCEL_HOME,
        Action.CANCEL_HOST,
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
