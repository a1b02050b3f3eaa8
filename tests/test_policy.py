"""Who may: every permission and every step, asked for everybody at every stage, against tests/permissions.py."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from portal import policy
from portal.policy import NOBODY, Actor, Denied, Grant, Permission, Role, Side, allows, reads_reason, require
from portal.workflows.exchange_terms import Action, Status
from tests import permissions

HOME, HOST, THIRD, UNIT, OTHER_UNIT, HOME_UNIT = 1, 2, 3, 11, 12, 13


@dataclass(frozen=True)
class Case:
    """An exchange from HOME to HOST by person 5, as the policy sees it."""

    handed_in: bool
    released: bool
    unit_id: int | None
    status: Status = Status.SCHEDULED
    escalated: bool = False
    expert_gone: bool = False
    unit_staffed: bool = True
    expert_id: int = 5
    home_id: int = HOME
    host_id: int = HOST


@dataclass(frozen=True)
class Owned:
    """A call, an announcement or a unit."""

    agency_id: int
    id: int


STAGES = {
    "draft": Case(handed_in=False, released=False, unit_id=None),
    "submitted": Case(handed_in=True, released=False, unit_id=None),
    "endorsed": Case(handed_in=True, released=True, unit_id=None),
    "placed": Case(handed_in=True, released=True, unit_id=UNIT),
}
RECORDS = {"of_home": Owned(HOME, HOME_UNIT), "of_host": Owned(HOST, UNIT)}
STEPS_AND_PERMISSIONS: list[Permission | Action] = [*Permission, *Action]


def someone(
    number: int, *grants: tuple[Role, int | None], unit: int | None = None, acting: tuple[int, ...] = ()
) -> Actor:
    """A coordinator coordinates `unit`; a deputy is `acting` for these agencies today."""
    made = frozenset(Grant(role, agency, unit if role is Role.HOST else None) for role, agency in grants)
    return Actor(number, made, frozenset(acting))


EXPERT = (Role.EXPERT, HOME)
PEOPLE = {
    "visitor": NOBODY,
    "disabled person": NOBODY,  # their session counts for nothing: tests/test_routes.py signs one in
    "expert": someone(5, EXPERT),
    "expert who lost the role": someone(5),
    "expert who is home manager": someone(5, EXPERT, (Role.MANAGER, HOME)),
    "expert who is host manager": someone(5, EXPERT, (Role.MANAGER, HOST)),
    "expert who is deputy acting on both sides": someone(
        5, EXPERT, (Role.DEPUTY, HOME), (Role.DEPUTY, HOST), acting=(HOME, HOST)
    ),
    "expert who coordinates the unit": someone(5, EXPERT, (Role.HOST, HOST), unit=UNIT),
    "other expert": someone(6, EXPERT),
    "expert of the host agency": someone(7, (Role.EXPERT, HOST)),
    "home manager": someone(20, (Role.MANAGER, HOME)),
    "home deputy": someone(21, (Role.DEPUTY, HOME)),
    "home deputy acting": someone(22, (Role.DEPUTY, HOME), acting=(HOME,)),
    "home deputy, escalated": someone(21, (Role.DEPUTY, HOME)),
    "host manager": someone(30, (Role.MANAGER, HOST)),
    "host deputy": someone(31, (Role.DEPUTY, HOST)),
    "host deputy acting": someone(32, (Role.DEPUTY, HOST), acting=(HOST,)),
    "host deputy, escalated": someone(31, (Role.DEPUTY, HOST)),
    "unit coordinator": someone(40, (Role.HOST, HOST), unit=UNIT),
    "other unit coordinator": someone(41, (Role.HOST, HOST), unit=OTHER_UNIT),
    "home unit coordinator": someone(42, (Role.HOST, HOME), unit=HOME_UNIT),
    "coordinator without a unit": someone(43, (Role.HOST, HOST)),
    "manager of a third agency": someone(44, (Role.MANAGER, THIRD)),
    "administrator": someone(60, (Role.ADMIN, None)),
    "person without a role": someone(61),
}


def who_may(permission: Permission | Action, record: object = None) -> set[str]:
    """The names of all whom the policy grants it; the two "escalated" deputies ask about an escalated exchange."""

    def asked(name: str) -> object:
        return replace(record, escalated=True) if isinstance(record, Case) and "escalated" in name else record

    return {name for name, actor in PEOPLE.items() if allows(permission, actor, asked(name))}


def test_the_expected_answers_name_every_permission_once_and_only_known_people() -> None:
    listed = [*permissions.ANYWHERE, *permissions.RECORDS, *permissions.EXCHANGES]
    assert len(listed) == len(set(listed))
    assert set(listed) == set(STEPS_AND_PERMISSIONS)
    assert set(PEOPLE) == permissions.EVERYBODY
    rows = [*permissions.RECORDS.values(), *permissions.EXCHANGES.values()]
    named = set().union(*permissions.ANYWHERE.values(), *(people for row in rows for people in row))
    assert named == permissions.EVERYBODY


@pytest.mark.parametrize("permission", permissions.ANYWHERE)
def test_a_general_permission_is_for_those_who_are_listed(permission: Permission) -> None:
    assert who_may(permission) == permissions.ANYWHERE[permission]


@pytest.mark.parametrize("permission", permissions.RECORDS)
@pytest.mark.parametrize("owner", RECORDS)
def test_calls_announcements_and_units_are_edited_by_those_who_are_listed(permission: Permission, owner: str) -> None:
    assert who_may(permission, RECORDS[owner]) == getattr(permissions.RECORDS[permission], owner)


@pytest.mark.parametrize("permission", permissions.EXCHANGES)
@pytest.mark.parametrize("stage", STAGES)
def test_a_permission_on_an_exchange_is_for_those_who_are_listed(permission: Permission | Action, stage: str) -> None:
    """In every status: whether a step is possible in it is the workflow's question, not the policy's."""
    expected = getattr(permissions.EXCHANGES[permission], stage)
    for status in Status:
        assert who_may(permission, replace(STAGES[stage], status=status)) == expected, status


@pytest.mark.parametrize(
    ("change", "more"),
    [({"unit_staffed": False}, permissions.UNSTAFFED), ({"expert_gone": True}, permissions.EXPERT_GONE)],
    ids=["no coordinator", "expert gone"],
)
@pytest.mark.parametrize("stage", STAGES)
def test_what_nobody_else_can_do_falls_to_the_agency_and_nothing_more(
    stage: str, change: dict[str, bool], more: dict[Permission | Action, permissions.OfExchange]
) -> None:
    for permission, row in permissions.EXCHANGES.items():
        expected = getattr(row, stage) | getattr(more.get(permission, row), stage)
        for status in Status:
            assert who_may(permission, replace(STAGES[stage], status=status, **change)) == expected, permission


@pytest.mark.parametrize("gone", [False, True])
@pytest.mark.parametrize("stage", STAGES)
def test_an_agency_reads_its_own_reasons_wherever_it_reads_the_exchange(stage: str, gone: bool) -> None:
    """What the home agency says to its own expert; and what a unit says to its own agency."""
    case = replace(STAGES[stage], expert_gone=gone)
    for what, agency in ((Action.HOME_RETURN, HOME), (Action.UNIT_DECLINE, HOST)):
        overseer = someone(77, (Role.MANAGER, agency))
        assert reads_reason(what, overseer, case) is allows(Permission.READ_EXCHANGE, overseer, case)


@pytest.mark.parametrize("stage", STAGES)
def test_escalation_changes_the_answer_for_deputies_only(stage: str) -> None:
    case = STAGES[stage]
    late = replace(case, escalated=True)
    for name, actor in PEOPLE.items():
        if name not in ("home deputy", "host deputy") and "escalated" not in name:
            for permission in permissions.EXCHANGES:
                assert allows(permission, actor, late) == allows(permission, actor, case), (name, permission)


@pytest.mark.parametrize("stage", STAGES)
def test_an_escalated_exchange_of_ones_own_is_still_not_decided_by_oneself(stage: str) -> None:
    """A deputy who is not acting, of both agencies, coordinator of the unit, and the expert."""
    grants = (EXPERT, (Role.DEPUTY, HOME), (Role.DEPUTY, HOST), (Role.HOST, HOST))
    own = someone(5, *grants, unit=UNIT)
    late = replace(STAGES[stage], escalated=True)
    granted = {permission for permission in permissions.EXCHANGES if allows(permission, own, late)}
    assert granted == {
        Permission.READ_EXCHANGE,
        Permission.READ_DECISIONS,
        Permission.READ_CONTACTS,
        Permission.WRITE_MESSAGE,
        Permission.WRITE_APPLICATION,
        Permission.WITHDRAW_CONSENT,
        Permission.WRITE_REPORT,
        Permission.EVALUATE_HOST,
        Action.EXPERT_SUBMIT,
        Action.EXPERT_WITHDRAW,
        Action.EXPERT_APPROVE_PLAN,
        Action.EXPERT_REQUEST_CHANGES,
        Action.EXPERT_SUBMIT_REPORT,
    }


def test_each_step_is_taken_for_the_side_in_its_name() -> None:
    """The unit acts for the host side."""
    for action in Action:
        side = action.value.partition("_")[0]
        assert policy.SIDES[action] is (Side.HOST if side == "unit" else Side(side)), action


@pytest.mark.parametrize("permission", [*permissions.RECORDS, *permissions.EXCHANGES])
def test_a_permission_about_a_record_is_refused_without_one(permission: Permission | Action) -> None:
    assert who_may(permission) == set()


def test_require_raises_what_allows_denies() -> None:
    require(Action.HOME_ENDORSE, PEOPLE["home manager"], STAGES["submitted"])
    with pytest.raises(Denied):
        require(Action.HOME_ENDORSE, PEOPLE["host manager"], STAGES["submitted"])


def test_an_unknown_permission_is_an_error_and_no_answer() -> None:
    with pytest.raises(KeyError):
        allows("open_the_door", PEOPLE["administrator"])  # type: ignore[arg-type]  # unknown on purpose


def test_every_permission_is_found_by_its_name() -> None:
    """Pages are given out by the names of permissions and steps."""
    assert {name: permission.value for name, permission in policy.NAMED.items()} == {
        permission.value: permission.value for permission in STEPS_AND_PERMISSIONS
    }
