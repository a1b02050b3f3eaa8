"""What becomes of exchanges when a person leaves: who takes over is told, and the history says so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from portal.accounts.models import CAN_SIGN_IN, Person, RoleGrant
from portal.accounts.queries import agency_names
from portal.db import new_idempotency_key, session
from portal.exchanges.models import Exchange
from portal.exchanges.queries import WITH_PEOPLE
from portal.findings import Finding, warning
from portal.messages.service import Notification, Receiver, notify
from portal.policy import Actor, Role, Side
from portal.registry import Departure
from portal.subjects import service as subjects
from portal.subjects.notifications import without
from portal.subjects.recipients import Recipients
from portal.units.queries import names_of_units
from portal.workflows.exchange_terms import ENDED, Turn

EXPERTS = (Turn.EXPERT, Turn.EXPERT_AND_HOME)
OPEN = Exchange.status.not_in(ENDED)


def hand_on(departure: Departure, by: Actor) -> None:
    """Tells those who take over what waited for a person, once each, and writes into the history of the exchanges that
    an expert's account was closed, or that a unit has nobody left. To be called after the change."""
    recipients = Recipients()
    receivers = _in_place_of_expert(departure, recipients) if departure.closed else []
    held = Actor(departure.person_id, frozenset(departure.lost))
    not_own = Exchange.expert_id != departure.person_id  # what waited could have been done by this person
    for agency in held.decides_for:
        receivers += recipients.agency(agency) if _any(decided_by(agency), not_own) else []
    for unit in held.units:
        receivers += _in_place_of_coordinator(unit, not_own, recipients)
    _write_down(departure, held, by)
    told = Notification("handed_on", {"name": departure.name}, "/desk")
    notify(without(receivers, by.id), told, f"handed_on:{new_idempotency_key()}")


def to_mind(departure: Departure) -> list[Finding]:
    """What whoever takes roles away, or closes an account, is told first; the page lists the exchanges."""
    held = Actor(departure.person_id, frozenset(departure.lost))
    own, not_own = Exchange.expert_id == departure.person_id, Exchange.expert_id != departure.person_id
    found = []
    if departure.closed and (count := _count(own)):
        found.append(warning("own_open", "active", count=count))
    if held.units and (alone := _left_alone(departure.person_id, held)):
        there = _count(Exchange.unit_id.in_(alone), not_own)
        found.append(warning("last_coordinator", "units", units=sorted(alone.values()), count=there))
    for agency in sorted(held.decides_for):
        if count := _count(decided_by(agency), not_own):
            found.append(warning("decisions_wait", "roles", count=count, agency=agency_names()[agency].short_name))
    return found


def _left_alone(person_id: int, held: Actor) -> Mapping[int, str]:
    """The names of those host units that nobody else coordinates, by their ids."""
    return names_of_units([unit for unit in units_alone(person_id) if unit in held.units])


def units_alone(person_id: int) -> list[int]:
    """The host units that this person coordinates and nobody else who can sign in."""
    others = select(RoleGrant.unit_id).join(Person).where(CAN_SIGN_IN, RoleGrant.role == Role.HOST)
    elsewhere = others.where(RoleGrant.person_id != person_id, RoleGrant.unit_id.is_not(None))
    own = select(RoleGrant.unit_id).where(RoleGrant.person_id == person_id, RoleGrant.role == Role.HOST)
    units = session.scalars(own.where(RoleGrant.unit_id.is_not(None), RoleGrant.unit_id.not_in(elsewhere)))
    return [unit for unit in units if unit is not None]


def _count(*rules: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count(Exchange.id)).where(OPEN, *rules)) or 0


def _in_place_of_expert(departure: Departure, recipients: Recipients) -> list[Receiver]:
    waiting = select(Exchange.home_id).where(Exchange.expert_id == departure.person_id, Exchange.turn.in_(EXPERTS))
    return [receiver for home in session.scalars(waiting.distinct()) for receiver in recipients.agency(home)]


def _in_place_of_coordinator(unit_id: int, not_own: ColumnElement[bool], recipients: Recipients) -> list[Receiver]:
    """Who answers for a unit now, if something waits for it."""
    waits = (Exchange.unit_id == unit_id, Exchange.turn == Turn.UNIT, not_own)
    host_id = session.scalar(select(Exchange.host_id).where(*waits).limit(1))
    return [] if host_id is None else recipients.unit(unit_id) or recipients.agency(host_id)


def _any(*rules: ColumnElement[bool]) -> bool:
    return bool(session.scalar(select(exists().where(*rules))))


def decided_by(agency_id: int) -> ColumnElement[bool]:
    """What waits for a decision of an agency, also where it stands in for an expert or a host unit."""
    turn, home, host = Exchange.turn, Exchange.home_id == agency_id, Exchange.host_id == agency_id
    return or_(
        and_(home, turn.in_([Turn.HOME, Turn.EXPERT_AND_HOME])),
        and_(home, turn == Turn.EXPERT, Exchange.expert_gone),
        and_(host, turn == Turn.HOST),
        and_(host, turn == Turn.UNIT, ~Exchange.unit_staffed),
    )


def stuck(most: int) -> tuple[int, list[str]]:
    """How many open exchanges wait for somebody who cannot sign in, with nobody to stand in; the first references."""
    at_home, at_host = _somebody_at(Exchange.home_id), _somebody_at(Exchange.host_id)
    waits_for_nobody = or_(
        and_(Exchange.turn == Turn.HOME, ~at_home),
        and_(Exchange.turn == Turn.HOST, ~at_host),
        and_(Exchange.turn == Turn.UNIT, ~Exchange.unit_staffed, ~at_host),
        and_(Exchange.turn.in_(EXPERTS), Exchange.expert_gone, ~at_home),
    )
    found = select(Exchange.reference, func.count().over()).where(OPEN, waits_for_nobody)
    rows = session.execute(found.order_by(Exchange.id).limit(most)).all()
    return (rows[0][1] if rows else 0), [reference for reference, _count in rows]


def _somebody_at(agency: Any) -> ColumnElement[bool]:
    """Whether an agency has a manager or a deputy, other than the expert, who can sign in."""
    seats = (RoleGrant.agency_id == agency, RoleGrant.role.in_([Role.MANAGER, Role.DEPUTY]))
    able = (Person.id == RoleGrant.person_id, CAN_SIGN_IN, Person.id != Exchange.expert_id)
    return exists().where(*seats, *able).correlate(Exchange)


def _write_down(departure: Departure, held: Actor, by: Actor) -> None:
    own = Exchange.expert_id == departure.person_id
    if departure.closed or departure.opened:
        _record("account_closed" if departure.closed else "account_opened", by, own)
    if held.units:
        _record("unit_left", by, Exchange.unit_id.in_(held.units), ~Exchange.unit_staffed)


def _record(what: str, by: Actor, *rules: ColumnElement[bool]) -> None:
    """Into the history of every open exchange under these rules, locked in the order of their ids."""
    statement = WITH_PEOPLE.where(OPEN, *rules).order_by(Exchange.id).with_for_update(of=Exchange)
    for exchange in session.scalars(statement.execution_options(populate_existing=True)).all():
        subjects.record(exchange, what, by=by, side=Side.SYSTEM)
