"""Who may do what: a table from permission to rule. Pure: works on plain values, without database and web.

Views ask by `@permit`, templates by `can()`, services by `require()`. Whether a step is possible in the present state
is decided by the workflow; whether this person may take it at all is decided here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from portal.workflows.exchange import EXCHANGE
from portal.workflows.exchange_terms import Action, Party, Status


class Role(StrEnum):
    EXPERT = "expert"
    MANAGER = "manager"
    DEPUTY = "deputy"
    HOST = "host"
    ADMIN = "admin"


class Side(StrEnum):
    """The side for which a person acted in an exchange; the unit belongs to the host side."""

    EXPERT = "expert"
    HOME = "home"
    HOST = "host"
    SYSTEM = "system"


class Permission(StrEnum):
    """Permissions other than steps of a workflow, whose permission is their action."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    APPLY = "apply"
    LIST_EXCHANGES = "list_exchanges"
    NAME_DEPUTY = "name_deputy"
    STAND_IN = "stand_in"
    CREATE_CALL = "create_call"
    EDIT_TOPICS = "edit_topics"
    EDIT_CALL = "edit_call"
    ANNOUNCE = "announce"
    EDIT_ANNOUNCEMENT = "edit_announcement"
    EDIT_UNIT = "edit_unit"
    ADMINISTER = "administer"
    READ_EXCHANGE = "read_exchange"
    WRITE_APPLICATION = "write_application"
    WITHDRAW_CONSENT = "withdraw_consent"
    READ_DECISIONS = "read_decisions"
    READ_CONTACTS = "read_contacts"
    WRITE_TERMS = "write_terms"
    WRITE_AGENDA = "write_agenda"
    RECORD_DAYS = "record_days"
    WRITE_REPORT = "write_report"
    COMMENT_REPORT = "comment_report"
    WRITE_MESSAGE = "write_message"
    EVALUATE_HOST = "evaluate_host"
    EVALUATE_EXPERT = "evaluate_expert"
    FOLLOW_UP = "follow_up"


@dataclass(frozen=True)
class Grant:
    """One role of a person: for an agency (manager, deputy, expert), for a unit (host), for the portal (admin)."""

    role: Role
    agency_id: int | None = None
    unit_id: int | None = None


@dataclass(frozen=True)
class Actor:
    """The person who asks. `acting_for` are the agencies in which this deputy acts for a manager today."""

    id: int
    grants: frozenset[Grant] = frozenset()
    acting_for: frozenset[int] = frozenset()
    language: str = field(default="", compare=False)  # of the page on which they write; stored with their texts

    def has(self, role: Role) -> bool:
        """In whichever agency."""
        return any(g.role is role for g in self.grants)

    def agencies(self, *roles: Role) -> frozenset[int]:
        """The agencies in which this person has one of `roles`."""
        return frozenset(g.agency_id for g in self.grants if g.role in roles and g.agency_id is not None)

    @property
    def applies_from(self) -> frozenset[int]:
        """The agencies whose calls are open to this person as an expert."""
        return self.agencies(Role.EXPERT)

    @property
    def oversees(self) -> frozenset[int]:
        """The agencies whose exchanges this person may see."""
        return self.agencies(Role.MANAGER, Role.DEPUTY)

    @property
    def decides_for(self) -> frozenset[int]:
        """The agencies for which this person decides today."""
        return self.agencies(Role.MANAGER) | self.acting_for

    @property
    def decides_late(self) -> frozenset[int]:
        """The agencies for which this person decides after an escalation."""
        return self.agencies(Role.DEPUTY) - self.decides_for

    @property
    def units(self) -> frozenset[int]:
        """The host units that this person coordinates."""
        return frozenset(g.unit_id for g in self.grants if g.role is Role.HOST and g.unit_id is not None)


NOBODY = Actor(0)


class Case(Protocol):
    """The facts of an exchange that the rules need."""

    @property
    def expert_id(self) -> int: ...
    @property
    def home_id(self) -> int: ...
    @property
    def host_id(self) -> int: ...
    @property
    def unit_id(self) -> int | None: ...
    @property
    def status(self) -> Status: ...
    @property
    def handed_in(self) -> bool: ...
    @property
    def released(self) -> bool: ...
    @property
    def escalated(self) -> bool: ...
    @property
    def expert_gone(self) -> bool: ...  # the expert's account is closed
    @property
    def unit_staffed(self) -> bool: ...  # somebody other than the expert coordinates the unit


class Owned(Protocol):
    """A record that belongs to an agency: a call, an announcement, a unit."""

    @property
    def agency_id(self) -> int: ...


class Unit(Owned, Protocol):
    @property
    def id(self) -> int: ...


class Denied(PermissionError):
    """The policy does not grant this permission."""


def _is_expert(actor: Actor, case: Case) -> bool:
    return actor.id == case.expert_id


def _decides_for(actor: Actor, agency_id: int, case: Case) -> bool:
    """A manager, a deputy who acts for one today, or a deputy after an escalation; never on one's own exchange."""
    if _is_expert(actor, case):
        return False
    return agency_id in actor.decides_for or (case.escalated and agency_id in actor.decides_late)


def _home(actor: Actor, case: Case) -> bool:
    """Nobody else sees a draft, unless its writer has left."""
    return (case.handed_in or case.expert_gone) and _decides_for(actor, case.home_id, case)


def _host(actor: Actor, case: Case) -> bool:
    return case.released and _decides_for(actor, case.host_id, case)


def _coordinates(actor: Actor, case: Case) -> bool:
    return case.released and case.unit_id in actor.units and not _is_expert(actor, case)


def _unit(actor: Actor, case: Case) -> bool:
    """The unit's coordinators; the host agency for a unit that has none."""
    unstaffed = case.unit_id is not None and not case.unit_staffed
    return _coordinates(actor, case) or (unstaffed and _host(actor, case))


def _host_or_unit(actor: Actor, case: Case) -> bool:
    return _host(actor, case) or _coordinates(actor, case)


def _writes_report(actor: Actor, case: Case) -> bool:
    """The expert; the home agency where the expert has left, since the report is owed to the other agency."""
    return _is_expert(actor, case) or (case.expert_gone and _home(actor, case))


def _home_reads(actor: Actor, case: Case) -> bool:
    """As what the home agency may decide on: a draft only where its writer has left."""
    return (case.handed_in or case.expert_gone) and case.home_id in actor.oversees


def _reads(actor: Actor, case: Case) -> bool:
    host = case.released and case.host_id in actor.oversees
    return host or any(rule(actor, case) for rule in (_is_expert, _home_reads, _coordinates))


def _publishes_any(actor: Actor) -> bool:
    return bool(actor.decides_for) or actor.has(Role.ADMIN)


def _publishes(actor: Actor, record: Owned) -> bool:
    return record.agency_id in actor.decides_for or actor.has(Role.ADMIN)


def _edits_unit(actor: Actor, record: Unit) -> bool:
    return record.id in actor.units or _publishes(actor, record)


Rule = Callable[[Actor, Case], bool]

GENERAL: dict[StrEnum, Callable[[Actor], bool]] = {
    Permission.PUBLIC: lambda actor: True,
    Permission.SIGNED_IN: lambda actor: actor.id != 0,
    Permission.APPLY: lambda actor: actor.has(Role.EXPERT),
    Permission.LIST_EXCHANGES: lambda actor: any(map(actor.has, (Role.EXPERT, Role.MANAGER, Role.DEPUTY, Role.HOST))),
    Permission.NAME_DEPUTY: lambda actor: actor.has(Role.MANAGER),
    Permission.STAND_IN: lambda actor: actor.has(Role.MANAGER) or actor.has(Role.DEPUTY),
    **dict.fromkeys((Permission.CREATE_CALL, Permission.ANNOUNCE, Permission.EDIT_TOPICS), _publishes_any),
    Permission.ADMINISTER: lambda actor: actor.has(Role.ADMIN),
}
OF_CALL: dict[StrEnum, Callable[[Actor, Owned], bool]] = {Permission.EDIT_CALL: _publishes}
OF_ANNOUNCEMENT: dict[StrEnum, Callable[[Actor, Owned], bool]] = {Permission.EDIT_ANNOUNCEMENT: _publishes}
OF_UNIT: dict[StrEnum, Callable[[Actor, Unit], bool]] = {Permission.EDIT_UNIT: _edits_unit}
# who belongs to each party of an exchange, and the side for which they act
PARTIES: dict[StrEnum, tuple[Rule, Side]] = {
    Party.EXPERT: (_is_expert, Side.EXPERT),
    Party.HOME: (_home, Side.HOME),
    Party.HOST: (_host, Side.HOST),
    Party.UNIT: (_unit, Side.HOST),
    Party.HOSTING: (_host_or_unit, Side.HOST),
}
BY_EXPERT = {Permission.WRITE_APPLICATION, Permission.WITHDRAW_CONSENT, Permission.EVALUATE_HOST}
BY_HOST_SIDE = {Permission.WRITE_TERMS, Permission.WRITE_AGENDA, Permission.COMMENT_REPORT, Permission.EVALUATE_EXPERT}
OF_EXCHANGE: dict[StrEnum, Rule] = {
    Permission.READ_CONTACTS: lambda actor, case: _is_expert(actor, case) or _host_or_unit(actor, case),
    **dict.fromkeys((Permission.READ_EXCHANGE, Permission.READ_DECISIONS, Permission.WRITE_MESSAGE), _reads),
    **dict.fromkeys(BY_EXPERT, _is_expert),
    **dict.fromkeys(BY_HOST_SIDE, _host_or_unit),
    Permission.RECORD_DAYS: _unit,
    Permission.WRITE_REPORT: _writes_report,
    Permission.FOLLOW_UP: lambda actor, case: _home(actor, case) or _host(actor, case),
}
OF_EXCHANGE |= {step.action: PARTIES[step.by][0] for step in EXCHANGE.steps}
OF_EXCHANGE[Action.EXPERT_SUBMIT_REPORT] = _writes_report
SIDES: dict[StrEnum, Side] = {step.action: PARTIES[step.by][1] for step in EXCHANGE.steps}
TABLES: tuple[Mapping[StrEnum, Callable[..., bool]], ...] = (OF_EXCHANGE, OF_CALL, OF_ANNOUNCEMENT, OF_UNIT)
# every permission and step by its name, as templates ask for them
NAMED: dict[str, StrEnum] = {permission.value: permission for table in (GENERAL, *TABLES) for permission in table}


def allows(permission: StrEnum, actor: Actor, record: object = None) -> bool:
    """Whether `actor` may, on `record` (an exchange, a unit …) where the permission is about one. Raises KeyError: no
    table has the permission, so that a forgotten row is an error and not an answer."""
    if permission in GENERAL:
        return GENERAL[permission](actor)
    for table in TABLES:
        if permission in table:
            return record is not None and table[permission](actor, record)
    raise KeyError(permission)


# who belongs to each party as a reader, whether they decide or not
READERS: dict[StrEnum, Rule] = {
    Party.EXPERT: _is_expert,
    Party.HOME: lambda actor, case: _home_reads(actor, case) and not _is_expert(actor, case),
    Party.HOST: lambda actor, case: case.released and case.host_id in actor.oversees and not _is_expert(actor, case),
    Party.UNIT: _unit,
}


def reads_reason(what: str, actor: Actor, case: Case) -> bool:
    """Whether this reader may read why a step was taken, too: what an agency says to its own expert, or a unit to its
    own agency, is not for the other side."""
    step = EXCHANGE.by_action.get(what)
    parties = step.reason_for if step else ()
    return _reads(actor, case) and (not parties or any(READERS[party](actor, case) for party in parties))


def require(permission: StrEnum, actor: Actor, record: object = None) -> None:
    """Raises Denied unless the policy grants it."""
    if not allows(permission, actor, record):
        raise Denied(permission)
