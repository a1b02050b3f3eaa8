"""Who sits at which desk on a day: the receivers of what is told about an exchange."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from sqlalchemy import select

from portal.accounts.models import Absence, Person, RoleGrant
from portal.db import session
from portal.exchanges.models import Exchange
from portal.exchanges.queries import agency_desk, unit_desk
from portal.messages.service import Receiver
from portal.policy import Role

PERSON: tuple[Any, ...] = (Person.id, Person.email, Person.mail_language.label("language"))


def expert(exchange: Exchange) -> list[Receiver]:
    """The exchange's expert, unless disabled."""
    person = exchange.expert
    return [Receiver(person.id, person.email, person.mail_language)] if person.active else []


class Recipients:
    """Desks asked one by one, as a single step needs them."""

    def __init__(self, today: date) -> None:
        self.today = today

    def agency(self, agency_id: int, with_deputies: bool = False) -> list[Receiver]:
        return agency_desk(agency_id, self.today, with_deputies)

    def unit(self, unit_id: int) -> list[Receiver]:
        return unit_desk(unit_id)


class AllRecipients(Recipients):
    """The same answers, everybody found in two statements: for rounds over many exchanges."""

    def __init__(self, today: date) -> None:
        super().__init__(today)
        self._seats: dict[tuple[Role, int], set[Receiver]] = defaultdict(set)
        self._standing_in: dict[int, set[Receiver]] = defaultdict(set)
        granted = select(RoleGrant.role, RoleGrant.agency_id, RoleGrant.unit_id, *PERSON)
        roles = (Role.MANAGER, Role.DEPUTY, Role.HOST)
        staff = granted.join(Person).where(Person.active.is_(True), RoleGrant.role.in_(roles))
        for row in session.execute(staff):
            place = row.unit_id if row.role is Role.HOST else row.agency_id
            self._seats[row.role, place].add(Receiver(row.id, row.email, row.language))
        away = select(Absence.agency_id, *PERSON).join(Person, Person.id == Absence.deputy_id)
        now = away.where(Person.active.is_(True), Absence.first <= today, Absence.last >= today)
        for row in session.execute(now):
            self._standing_in[row.agency_id].add(Receiver(row.id, row.email, row.language))

    def agency(self, agency_id: int, with_deputies: bool = False) -> list[Receiver]:
        deputies = self._seats[Role.DEPUTY, agency_id] if with_deputies else set()
        return _in_order(self._seats[Role.MANAGER, agency_id] | self._standing_in[agency_id] | deputies)

    def unit(self, unit_id: int) -> list[Receiver]:
        return _in_order(self._seats[Role.HOST, unit_id])


def _in_order(people: set[Receiver]) -> list[Receiver]:
    return sorted(people, key=lambda person: person.person_id or 0)
