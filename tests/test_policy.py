"""Who may: the one table, asked for everybody in every status."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product

import pytest

from portal.policy import (
    GENERAL,
    OF_ANNOUNCEMENT,
    OF_CALL,
    OF_EXCHANGE,
    OF_UNIT,
    Actor,
    Denied,
    Grant,
    Permission,
    Role,
    allows,
    require,
)
from portal.workflow import Action, Status

HOME, HOST, UNIT, OTHER_UNIT = 1, 2, 11, 12
DECISIONS = {
    "home": {
        Action.HOME_ENDORSE,
        Action.HOME_RETURN,
        Action.HOME_REJECT,
        Action.HOME_APPROVE_PLAN,
        Action.HOME_REQUEST_CHANGES,
        Action.HOME_ACCEPT_REPORT,
        Action.HOME_RETURN_REPORT,
        Action.HOME_CANCEL,
    },
    "host": {
        Action.HOST_ACCEPT,
        Action.HOST_WAITLIST,
        Action.HOST_RETURN,
        Action.HOST_REJECT,
        Action.HOST_PLACE,
        Action.HOST_SCHEDULE,
        Action.HOST_ACCEPT_REPORT,
        Action.HOST_RETURN_REPORT,
        Action.HOST_CANCEL,
    },
    "unit": {Action.UNIT_CONFIRM, Action.UNIT_DECLINE, Action.UNIT_RECORD_ARRIVAL, Action.UNIT_RECORD_DEPARTURE},
    "expert": {
        Action.EXPERT_SUBMIT,
        Action.EXPERT_WITHDRAW,
        Action.EXPERT_APPROVE_PLAN,
        Action.EXPERT_REQUEST_CHANGES,
        Action.EXPERT_SUBMIT_REPORT,
    },
}


@dataclass(frozen=True)
class Case:
    expert_id: int = 5
    home_id: int = HOME
    host_id: int = HOST
    unit_id: int | None = UNIT
    status: Status = Status.SCHEDULED
    handed_in: bool = True
    released: bool = True
    escalated: bool = False


def someone(
    number: int, *grants: tuple[Role, int | None], unit: int | None = None, acting_for: int | None = None
) -> Actor:
    made = frozenset(Grant(role, agency, unit if role is Role.HOST else None) for role, agency in grants)
    return Actor(number, made, frozenset({acting_for} if acting_for else ()))


EXPERT = someone(5, (Role.EXPERT, HOME))
PEOPLE = {
    "expert": EXPERT,
    "home": someone(20, (Role.MANAGER, HOME)),
    "host": someone(30, (Role.MANAGER, HOST)),
    "unit": someone(40, (Role.HOST, HOST), unit=UNIT),
    "other unit": someone(41, (Role.HOST, HOST), unit=OTHER_UNIT),
    "other expert": someone(6, (Role.EXPERT, HOME)),
    "home deputy": someone(50, (Role.DEPUTY, HOME)),
    "host deputy": someone(51, (Role.DEPUTY, HOST)),
    "home stand-in": someone(52, (Role.DEPUTY, HOME), acting_for=HOME),
    "host stand-in": someone(53, (Role.DEPUTY, HOST), acting_for=HOST),
    "administrator": someone(60, (Role.ADMIN, None)),
    "nobody": Actor(0),
}
MAY = {
    "home": "home",
    "host": "host",
    "unit": "unit",
    "expert": "expert",
    "home stand-in": "home",
    "host stand-in": "host",
}


@pytest.mark.parametrize("who", PEOPLE)
def test_each_step_belongs_to_one_side(who: str) -> None:
    may = {action for action in Action if allows(action, PEOPLE[who], Case())}
    assert may == DECISIONS.get(MAY.get(who, ""), set())


def test_a_deputy_decides_once_the_matter_is_escalated() -> None:
    late = Case(escalated=True)
    assert allows(Action.HOME_ENDORSE, PEOPLE["home deputy"], late)
    assert not allows(Action.HOME_ENDORSE, PEOPLE["host deputy"], late)
    assert not allows(Action.HOME_ENDORSE, PEOPLE["home deputy"], Case())


@pytest.mark.parametrize("role", [Role.MANAGER, Role.DEPUTY, Role.HOST])
def test_nobody_decides_on_their_own_exchange(role: Role) -> None:
    grants = [(role, HOME), (role, HOST)]
    actor = replace(someone(5, *grants, unit=UNIT), acting_for=frozenset({HOME, HOST}))
    deciding = set().union(*(DECISIONS[side] for side in ("home", "host", "unit")))
    assert [action for action in deciding if allows(action, actor, Case(escalated=True))] == []


@pytest.mark.parametrize("status", Status)
def test_an_administrator_decides_nothing(status: Status) -> None:
    admin = PEOPLE["administrator"]
    assert [p for p in OF_EXCHANGE if allows(p, admin, Case(status=status, escalated=True))] == []


def test_before_handing_in_only_the_expert_sees_it() -> None:
    draft = Case(handed_in=False, released=False, unit_id=None, status=Status.DRAFT)
    readers = [who for who, actor in PEOPLE.items() if allows(Permission.READ_EXCHANGE, actor, draft)]
    assert readers == ["expert"]


def test_before_the_endorsement_the_host_side_sees_nothing() -> None:
    """By Turkish law a foreign user's view of personal data is a transfer abroad: the endorsement releases it."""
    submitted = Case(released=False, unit_id=None, status=Status.SUBMITTED)
    for permission, actor in product(OF_EXCHANGE, (PEOPLE["host"], PEOPLE["host deputy"], PEOPLE["unit"])):
        assert not allows(permission, actor, submitted), permission
    assert allows(Permission.READ_EXCHANGE, PEOPLE["home deputy"], submitted)


def test_only_the_placed_unit_reads() -> None:
    assert allows(Permission.READ_EXCHANGE, PEOPLE["unit"], Case())
    assert not allows(Permission.READ_EXCHANGE, PEOPLE["other unit"], Case())
    assert not allows(Permission.READ_EXCHANGE, PEOPLE["other expert"], Case())


def test_every_permission_stands_in_exactly_one_table() -> None:
    tables = [set(GENERAL), set(OF_CALL), set(OF_ANNOUNCEMENT), set(OF_UNIT), set(OF_EXCHANGE)]
    assert sum(len(table) for table in tables) == len(set().union(*tables))
    assert set().union(*tables) == set(Permission) | set(Action)


def test_a_permission_without_its_record_is_no_yes() -> None:
    assert not allows(Permission.READ_EXCHANGE, EXPERT)
    with pytest.raises(Denied):
        require(Action.HOME_ENDORSE, EXPERT, Case())


@dataclass(frozen=True)
class Owned:
    agency_id: int
    id: int = UNIT


def test_calls_announcements_and_units_are_kept_by_their_own_people() -> None:
    keep_call = {who for who, actor in PEOPLE.items() if allows(Permission.EDIT_CALL, actor, Owned(HOST))}
    announce = {who for who, actor in PEOPLE.items() if allows(Permission.EDIT_ANNOUNCEMENT, actor, Owned(HOST))}
    keep_unit = {who for who, actor in PEOPLE.items() if allows(Permission.EDIT_UNIT, actor, Owned(HOST))}
    assert keep_call == announce == {"host", "host stand-in", "administrator"}
    assert keep_unit == keep_call | {"unit"}
