"""The host units that hang on an agency, and the terms that name a person, before one of these is changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, or_, select

from portal.accounts.models import Person
from portal.db import session
from portal.exchanges.dependents import found
from portal.exchanges.models import Exchange
from portal.hosting.models import Placement
from portal.policy import Actor
from portal.registry import DEPENDENTS_SHOWN, Dependent, Dependents
from portal.units.models import HostUnit
from portal.web.language import spoken


def of_agency(agency_id: int, _reader: Actor) -> Sequence[Dependents]:
    """Its units that take experts."""
    columns: tuple[Any, ...] = (HostUnit.id, HostUnit.name_own, HostUnit.city, func.count().over().label("total"))
    units = select(*columns).where(HostUnit.agency_id == agency_id, HostUnit.active.is_(True))
    rows = session.execute(units.order_by(HostUnit.by_name(spoken()), HostUnit.id).limit(DEPENDENTS_SHOWN)).all()
    count = rows[0].total if rows else 0
    label = ngettext("%(num)s host unit takes experts", "%(num)s host units take experts", count)
    shown = [Dependent(row.name_own, row.city, f"/units/{row.id}") for row in rows]
    return [Dependents(50, label, _("They stay as they are."), count, shown)]


def of_person(person_id: int, reader: Actor) -> Sequence[Dependents]:
    """Exchanges that this person's agency hosts and whose terms name them."""
    person = select(Person.name).where(Person.id == person_id).scalar_subquery()
    agency = select(Person.agency_id).where(Person.id == person_id).scalar_subquery()
    naming = select(Placement.exchange_id).where(Placement.declined_at.is_(None), Placement.replaced_at.is_(None))
    return [
        found(
            25,
            lambda n: ngettext(
                "%(num)s exchange names them as counterpart or supervisor",
                "%(num)s exchanges name them as counterpart or supervisor",
                n,
            ),
            _("Their terms keep the name, unless it is handed over."),
            reader,
            Exchange.host_id == agency,
            Exchange.id.in_(naming.where(or_(Placement.counterpart == person, Placement.supervisor == person))),
        )
    ]
