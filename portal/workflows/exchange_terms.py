"""The enumerations of an exchange's workflow: statuses, turns, actions and parties.

Source of the statuses and turns: the domain brief, "The exchange, from call to follow-up".
"""

from __future__ import annotations

from enum import StrEnum


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
    """Whose turn it is. The host unit belongs to the host agency but has turns of its own."""

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
    HOST_REPLACE = "host_replace"
    UNIT_CONFIRM = "unit_confirm"
    UNIT_DECLINE = "unit_decline"
    HOST_SCHEDULE = "host_schedule"
    EXPERT_APPROVE_PLAN = "expert_approve_plan"
    HOME_APPROVE_PLAN = "home_approve_plan"
    EXPERT_REQUEST_CHANGES = "expert_request_changes"
    HOME_REQUEST_CHANGES = "home_request_changes"
    HOST_REQUEST_CHANGES = "host_request_changes"
    UNIT_RECORD_ARRIVAL = "unit_record_arrival"
    UNIT_RECORD_DEPARTURE = "unit_record_departure"
    EXPERT_SUBMIT_REPORT = "expert_submit_report"
    HOST_ACCEPT_REPORT = "host_accept_report"
    HOME_ACCEPT_REPORT = "home_accept_report"
    HOST_RETURN_REPORT = "host_return_report"
    HOME_RETURN_REPORT = "home_return_report"
    HOST_UNDO_ACCEPT = "host_undo_accept"
    UNIT_UNDO_ARRIVAL = "unit_undo_arrival"
    UNIT_UNDO_DEPARTURE = "unit_undo_departure"
    HOST_UNDO_ACCEPT_REPORT = "host_undo_accept_report"
    HOME_CANCEL = "home_cancel"
    HOST_CANCEL = "host_cancel"


class Party(StrEnum):
    """Who takes a step; the coordinators of the unit act for the host side. Where a party has nobody left, its agency
    steps in: the host agency for a unit without a coordinator, the home agency for an expert whose account is closed.
    """

    EXPERT = "expert"
    HOME = "home"
    HOST = "host"
    UNIT = "unit"
    HOSTING = "hosting"  # the host agency or the unit


HOSTING = (Turn.HOST, Turn.UNIT)  # turns of the host agency's people
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
