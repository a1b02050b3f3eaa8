"""The people of an agency or a host unit who receive messages on a day."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import ColumnElement, false, or_, select

from portal.accounts.models import CAN_SIGN_IN, Absence, Person, RoleGrant
from portal.accounts.queries import acting, days_at
from portal.calendars import now
from portal.db import session
from portal.messages.service import Receiver
from portal.policy import Role

PERSON: tuple[Any, ...] = (Person.id, Person.email, Person.mail_language.label("language"))


class Recipients:
    """Finds receivers by one statement each, as a single step needs them."""

    def agency(self, agency_id: int, with_deputies: bool = False) -> list[Receiver]:
        """An agency's managers, the deputies who act for them today or, `with_deputies`, all its deputies."""
        roles = [Role.MANAGER, Role.DEPUTY] if with_deputies else [Role.MANAGER]
        in_agency = select(RoleGrant.person_id).where(RoleGrant.agency_id == agency_id)
        granted, managing = in_agency.where(RoleGrant.role.in_(roles)), in_agency.where(RoleGrant.role == Role.MANAGER)
        standing_in = acting(days_at(now()), Absence.deputy_id).where(Absence.agency_id == agency_id)
        return _receivers(or_(Person.id.in_(granted), Person.id.in_(standing_in)), Person.id.not_in(managing))

    def unit(self, unit_id: int) -> list[Receiver]:
        """The coordinators of a host unit."""
        granted = select(RoleGrant.person_id).where(RoleGrant.unit_id == unit_id, RoleGrant.role == Role.HOST)
        return _receivers(Person.id.in_(granted))


def _receivers(condition: ColumnElement[bool], deputy: ColumnElement[bool] | None = None) -> list[Receiver]:
    statement = select(*PERSON, false() if deputy is None else deputy).where(condition, CAN_SIGN_IN)
    rows = session.execute(statement.order_by(Person.id))
    return [Receiver(*row[:3], deputy=bool(row[3])) for row in rows]


def administrators() -> list[Receiver]:
    """Everybody who administers the portal."""
    return _receivers(Person.id.in_(select(RoleGrant.person_id).where(RoleGrant.role == Role.ADMIN)))


class AllRecipients(Recipients):
    """The same, with everybody read in two statements, for runs over many subjects."""

    def __init__(self) -> None:
        self._seats: dict[tuple[Role, int], set[Receiver]] = defaultdict(set)
        self._standing_in: dict[int, set[Receiver]] = defaultdict(set)
        granted = select(RoleGrant.role, RoleGrant.agency_id, RoleGrant.unit_id, *PERSON)
        roles = (Role.MANAGER, Role.DEPUTY, Role.HOST)
        staff = granted.join(Person).where(CAN_SIGN_IN, RoleGrant.role.in_(roles))
        for row in session.execute(staff):
            place = row.unit_id if row.role is Role.HOST else row.agency_id
            deputy = row.role is Role.DEPUTY
            self._seats[row.role, place].add(Receiver(row.id, row.email, row.language, deputy=deputy))
        away = acting(days_at(now()), Absence.agency_id, *PERSON).join(Person, Person.id == Absence.deputy_id)
        for row in session.execute(away):
            self._standing_in[row.agency_id].add(Receiver(row.id, row.email, row.language, deputy=True))

    def agency(self, agency_id: int, with_deputies: bool = False) -> list[Receiver]:
        deputies = self._seats[Role.DEPUTY, agency_id] if with_deputies else set()
        return _in_order(self._seats[Role.MANAGER, agency_id] | self._standing_in[agency_id] | deputies)

    def unit(self, unit_id: int) -> list[Receiver]:
        return _in_order(self._seats[Role.HOST, unit_id])


def _in_order(people: set[Receiver]) -> list[Receiver]:
    return sorted(people, key=lambda person: person.person_id or 0)
