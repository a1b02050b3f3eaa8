"""Handing over: what hangs on somebody who leaves passes to a named successor, in one commit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from portal import calendars
from portal.accounts.absences import absences_of, ask_anew
from portal.accounts.models import CAN_SIGN_IN, Absence, Person, actor_of
from portal.accounts.queries import actor as actor_at
from portal.accounts.queries import days_at, person_with_profile
from portal.administration import service as administration
from portal.db import new_idempotency_key, session
from portal.desk.queries import task_counts, tasks
from portal.exchanges.models import Exchange
from portal.exchanges.queries import locked
from portal.findings import Conflict, RuleViolation
from portal.hosting.models import Placement
from portal.messages.service import Notification, Receiver, notify
from portal.people.service import change_roles
from portal.policy import Actor, Permission, Role, require
from portal.registry import Task
from portal.units.queries import names_of_units
from portal.workflows.exchange_terms import ENDED, Status

PASSED_ON = (Role.MANAGER, Role.DEPUTY, Role.HOST)
OWN = select(Exchange.reference).where(Exchange.status.not_in(ENDED), Exchange.status != Status.DRAFT)


@dataclass(frozen=True)
class Holding:
    """What hangs on a person. `waiting` are the most urgent of the `count` things that wait for them; `named` are the
    exchanges whose terms name them as counterpart or supervisor; `own` their own as an expert, which stay theirs."""

    roles: list[Role]
    units: list[str]
    count: int
    waiting: list[Task]
    absences: list[Absence]
    named: list[str]
    own: list[str]

    @property
    def empty(self) -> bool:
        return not (self.roles or self.count or self.absences or self.named)


def holding(person: Person) -> Holding:
    """What hangs on a person today."""
    at = calendars.now()
    actor = actor_at(person.id, actor_of(person).grants, at)
    units = names_of_units([grant.unit_id for grant in person.grants if grant.unit_id])
    today = max(days_at(at).values())
    count, _late = task_counts(actor)
    return Holding(
        roles=sorted({grant.role for grant in person.grants if grant.role in PASSED_ON}),
        units=sorted(units.values()),
        count=count,
        waiting=tasks(actor),
        absences=absences_of(person.id, today),
        named=[reference for reference, _placement in _named(person)],
        own=list(session.scalars(OWN.where(Exchange.expert_id == person.id).order_by(Exchange.id).limit(50))),
    )


def _named(person: Person) -> Sequence[tuple[str, Placement]]:
    """The placements of exchanges that go on, in which this person is named, with the exchanges' references."""
    named = (Placement.counterpart == person.name) | (Placement.supervisor == person.name)
    statement = select(Exchange.reference, Placement).join(Exchange, Exchange.id == Placement.exchange_id)
    going_on = (Placement.declined_at.is_(None), Exchange.status.not_in(ENDED), Exchange.host_id == person.agency_id)
    return [(reference, row) for reference, row in session.execute(statement.where(named, *going_on))]


def successors(person: Person) -> list[Person]:
    """Who can take over: everybody else of the agency who can sign in."""
    others = select(Person).where(Person.agency_id == person.agency_id, Person.id != person.id)
    able = others.where(CAN_SIGN_IN, Person.agency_id.is_not(None))
    return list(session.scalars(able.order_by(Person.by_name(person.mail_language)).limit(300)))


def hand_over(person_id: int, version: int, successor_id: int, close: bool, *, by: Actor) -> Person:
    """Passes roles, host units, standing in and the places in which they are named to a successor, who is told; with
    `close` the account is closed too. Whoever is asked to stand in instead agrees anew.

    Raises Conflict, Denied, RuleViolation: "successor", "own_role" and what `change_roles` raises.
    """
    require(Permission.ADMINISTER, by)
    person = person_with_profile(person_id)
    if person.version != version:
        raise Conflict
    if by.id in (person_id, successor_id):
        raise RuleViolation("own_role")
    if successor_id not in {other.id for other in successors(person)}:
        raise RuleViolation("successor", field="successor")
    held, stood_in = holding(person), _stands_in(person)
    successor = person_with_profile(successor_id)
    _give(person, successor, by)
    _leave(person, close, by)
    for manager_id, first, last in stood_in:
        if manager_id != successor.id:
            ask_anew(manager_id, successor, first, last, by=by)
    _rename(person, successor)
    _record(person, successor, held, by)
    _tell(person, successor, held)
    return successor


def _stands_in(person: Person) -> list[tuple[int, date, date]]:
    coming = absences_of(person.id, max(days_at(calendars.now()).values()))
    return [(a.manager_id, a.first, a.last) for a in coming if a.deputy_id == person.id and a.declined_at is None]


def _rights(person: Person) -> tuple[set[Role], set[int]]:
    return {grant.role for grant in person.grants}, {grant.unit_id for grant in person.grants if grant.unit_id}


def _give(person: Person, successor: Person, by: Actor) -> None:
    """The successor's own roles and units stay, the leaver's come to them."""
    roles, units = _rights(person)
    theirs, their_units = _rights(successor)
    wanted = sorted(theirs | (roles & set(PASSED_ON)))
    change_roles(successor.id, successor.version, wanted, sorted(units | their_units), True, by=by)


def _leave(person: Person, close: bool, by: Actor) -> None:
    """An expert stays one, unless the account is closed: their own exchanges are not handed over."""
    kept = sorted(_rights(person)[0] - set(PASSED_ON))
    change_roles(person.id, person.version, kept, [], person.active and not close, by=by)


def _rename(person: Person, successor: Person) -> None:
    """The terms of visits that go on name the successor; written under the exchanges' locks, by rising number."""
    for exchange_id in sorted({placement.exchange_id for _reference, placement in _named(person)}):
        locked(exchange_id)
    for _reference, placement in _named(person):
        for name in ("counterpart", "supervisor"):
            if getattr(placement, name) == person.name:
                setattr(placement, name, successor.name)
    session.flush()


def _record(person: Person, successor: Person, held: Holding, by: Actor) -> None:
    facts = {"successor": (None, successor.id), "waiting": (held.count, 0), "named": (held.named, [])}
    about = ("person", person.id)
    administration.record("handed_over", about=about, by=by, agency_id=person.agency_id, facts=facts)


def _tell(person: Person, successor: Person, held: Holding) -> None:
    receiver = Receiver(successor.id, successor.email, successor.mail_language)
    facts = {"name": person.name, "count": held.count, "units": ", ".join(held.units)}
    notify([receiver], Notification("handover", facts, "/desk"), f"handover:{new_idempotency_key()}")
