"""Who may, written by hand from the domain brief: what tests/test_policy.py and tests/test_routes.py expect.

Nothing here is computed from portal/policy.py. A new permission or step needs a row here, with the people it is for.
"""

from __future__ import annotations

from typing import NamedTuple

from portal.policy import Permission
from portal.workflows.exchange_terms import Action

# The people, each named after the relation to the exchange (or call, announcement, unit) in question.
OUTSIDE = {"visitor", "disabled person"}  # a disabled person's session counts for nothing
EXPERTS = {  # the same person, who applied for this exchange, with other roles besides
    "expert",
    "expert who lost the role",
    "expert who is home manager",
    "expert who is host manager",
    "expert who is deputy acting on both sides",
    "expert who coordinates the unit",
}
HOME_DECIDES = {"home manager", "home deputy acting", "home deputy, escalated"}
HOST_DECIDES = {"host manager", "host deputy acting", "host deputy, escalated"}
HOME_READS = {*HOME_DECIDES, "home deputy"}
HOST_READS = {*HOST_DECIDES, "host deputy"}
OTHERS = {
    "other expert",
    "expert of the host agency",
    "home unit coordinator",
    "other unit coordinator",
    "coordinator without a unit",
    "manager of a third agency",
    "administrator",
    "person without a role",
}
EVERYBODY = {*OUTSIDE, *EXPERTS, *HOME_READS, *HOST_READS, *OTHERS, "unit coordinator"}
SIGNED_IN = EVERYBODY - OUTSIDE
NOBODY: set[str] = set()


class OfExchange(NamedTuple):
    """Who may while the application is written, once it is handed in, once it is endorsed, once a unit was asked."""

    draft: set[str]
    submitted: set[str]
    endorsed: set[str]
    placed: set[str]


class OfRecord(NamedTuple):
    """Who may where the home agency owns the record, and where the host agency does."""

    of_home: set[str]
    of_host: set[str]


EXPERT_ONLY = OfExchange(EXPERTS, EXPERTS, EXPERTS, EXPERTS)
HOME_ONLY = OfExchange(NOBODY, HOME_DECIDES, HOME_DECIDES, HOME_DECIDES)
HOST_ONLY = OfExchange(NOBODY, NOBODY, HOST_DECIDES, HOST_DECIDES)
UNIT_ONLY = OfExchange(NOBODY, NOBODY, NOBODY, {"unit coordinator"})
HOST_OR_UNIT = OfExchange(NOBODY, NOBODY, HOST_DECIDES, {*HOST_DECIDES, "unit coordinator"})
READERS = OfExchange(
    EXPERTS,
    {*EXPERTS, *HOME_READS},
    {*EXPERTS, *HOME_READS, *HOST_READS},
    {*EXPERTS, *HOME_READS, *HOST_READS, "unit coordinator"},
)
PUBLISHERS = OfRecord(
    {"home manager", "home deputy acting", "expert who is home manager", "administrator",
     "expert who is deputy acting on both sides"},
    {"host manager", "host deputy acting", "expert who is host manager", "administrator",
     "expert who is deputy acting on both sides"},
)  # fmt: skip

RUNS_CALLS = {  # a deputy who acts for a manager does what the manager may
    "home manager",
    "home deputy acting",
    "host manager",
    "host deputy acting",
    "manager of a third agency",
    "expert who is home manager",
    "expert who is host manager",
    "expert who is deputy acting on both sides",
    "administrator",
}

ANYWHERE: dict[Permission, set[str]] = {
    Permission.PUBLIC: EVERYBODY,
    Permission.SIGNED_IN: SIGNED_IN,
    Permission.APPLY: (EXPERTS - {"expert who lost the role"}) | {"other expert", "expert of the host agency"},
    Permission.LIST_EXCHANGES: SIGNED_IN - {"administrator", "person without a role", "expert who lost the role"},
    Permission.NAME_DEPUTY: {
        "home manager",
        "host manager",
        "manager of a third agency",
        "expert who is home manager",
        "expert who is host manager",
    },
    Permission.STAND_IN: {
        *HOME_READS,
        *HOST_READS,
        "manager of a third agency",
        "expert who is home manager",
        "expert who is host manager",
        "expert who is deputy acting on both sides",
    },
    Permission.CREATE_CALL: RUNS_CALLS,
    Permission.EDIT_TOPICS: RUNS_CALLS,
    Permission.ANNOUNCE: RUNS_CALLS,
    Permission.ADMINISTER: {"administrator"},
}
RECORDS: dict[Permission, OfRecord] = {
    Permission.EDIT_CALL: PUBLISHERS,
    Permission.EDIT_ANNOUNCEMENT: PUBLISHERS,
    Permission.EDIT_UNIT: OfRecord(
        {*PUBLISHERS.of_home, "home unit coordinator"},
        {*PUBLISHERS.of_host, "unit coordinator", "expert who coordinates the unit"},
    ),
}
EXCHANGES: dict[Permission | Action, OfExchange] = {
    Permission.READ_EXCHANGE: READERS,
    Permission.READ_DECISIONS: READERS,
    Permission.WRITE_MESSAGE: READERS,
    Permission.WITHDRAW_CONSENT: EXPERT_ONLY,
    Permission.WRITE_APPLICATION: EXPERT_ONLY,
    Permission.READ_CONTACTS: OfExchange(
        EXPERTS, EXPERTS, {*EXPERTS, *HOST_DECIDES}, {*EXPERTS, *HOST_DECIDES, "unit coordinator"}
    ),
    Permission.WRITE_TERMS: HOST_OR_UNIT,
    Permission.WRITE_AGENDA: HOST_OR_UNIT,
    Permission.RECORD_DAYS: UNIT_ONLY,
    Permission.WRITE_REPORT: EXPERT_ONLY,
    Permission.COMMENT_REPORT: HOST_OR_UNIT,
    Permission.EVALUATE_HOST: EXPERT_ONLY,
    Permission.EVALUATE_EXPERT: HOST_OR_UNIT,
    Permission.FOLLOW_UP: OfExchange(
        NOBODY, HOME_DECIDES, {*HOME_DECIDES, *HOST_DECIDES}, {*HOME_DECIDES, *HOST_DECIDES}
    ),
    Action.EXPERT_SUBMIT: EXPERT_ONLY,
    Action.EXPERT_WITHDRAW: EXPERT_ONLY,
    Action.HOME_ENDORSE: HOME_ONLY,
    Action.HOME_RETURN: HOME_ONLY,
    Action.HOME_REJECT: HOME_ONLY,
    Action.HOST_ACCEPT: HOST_ONLY,
    Action.HOST_UNDO_ACCEPT: HOST_ONLY,
    Action.UNIT_UNDO_ARRIVAL: UNIT_ONLY,
    Action.UNIT_UNDO_DEPARTURE: UNIT_ONLY,
    Action.HOST_UNDO_ACCEPT_REPORT: HOST_ONLY,
    Action.HOST_WAITLIST: HOST_ONLY,
    Action.HOST_RETURN: HOST_ONLY,
    Action.HOST_REJECT: HOST_ONLY,
    Action.HOST_PLACE: HOST_ONLY,
    Action.HOST_REPLACE: HOST_ONLY,
    Action.UNIT_CONFIRM: UNIT_ONLY,
    Action.UNIT_DECLINE: UNIT_ONLY,
    Action.HOST_SCHEDULE: HOST_ONLY,
    Action.EXPERT_APPROVE_PLAN: EXPERT_ONLY,
    Action.HOME_APPROVE_PLAN: HOME_ONLY,
    Action.EXPERT_REQUEST_CHANGES: EXPERT_ONLY,
    Action.HOME_REQUEST_CHANGES: HOME_ONLY,
    Action.HOST_REQUEST_CHANGES: HOST_OR_UNIT,
    Action.UNIT_RECORD_ARRIVAL: UNIT_ONLY,
    Action.UNIT_RECORD_DEPARTURE: UNIT_ONLY,
    Action.EXPERT_SUBMIT_REPORT: EXPERT_ONLY,
    Action.HOST_ACCEPT_REPORT: HOST_ONLY,
    Action.HOME_ACCEPT_REPORT: HOME_ONLY,
    Action.HOST_RETURN_REPORT: HOST_ONLY,
    Action.HOME_RETURN_REPORT: HOME_ONLY,
    Action.HOME_CANCEL: HOME_ONLY,
    Action.HOST_CANCEL: HOST_ONLY,
}

# What falls to whom where a unit has no coordinator (beside those above), and where the expert's account is closed
UNSTAFFED: dict[Permission | Action, OfExchange] = dict.fromkeys(
    (
        Permission.RECORD_DAYS,
        Action.UNIT_CONFIRM,
        Action.UNIT_DECLINE,
        Action.UNIT_RECORD_ARRIVAL,
        Action.UNIT_RECORD_DEPARTURE,
        Action.UNIT_UNDO_ARRIVAL,
        Action.UNIT_UNDO_DEPARTURE,
    ),
    OfExchange(NOBODY, NOBODY, NOBODY, HOST_DECIDES),
)
EXPERT_GONE: dict[Permission | Action, OfExchange] = {
    **dict.fromkeys(
        (Permission.WRITE_REPORT, Action.EXPERT_SUBMIT_REPORT),
        OfExchange(HOME_DECIDES, HOME_DECIDES, HOME_DECIDES, HOME_DECIDES),
    ),
    **dict.fromkeys(
        (Permission.READ_EXCHANGE, Permission.READ_DECISIONS, Permission.WRITE_MESSAGE),
        OfExchange(HOME_READS, NOBODY, NOBODY, NOBODY),
    ),
    **dict.fromkeys(
        (
            Permission.FOLLOW_UP,
            Action.HOME_ENDORSE,
            Action.HOME_RETURN,
            Action.HOME_REJECT,
            Action.HOME_APPROVE_PLAN,
            Action.HOME_REQUEST_CHANGES,
            Action.HOME_ACCEPT_REPORT,
            Action.HOME_RETURN_REPORT,
            Action.HOME_CANCEL,
        ),
        OfExchange(HOME_DECIDES, NOBODY, NOBODY, NOBODY),  # in a draft only cancelling is a step
    ),
}
