"""The people who hang on an agency, before it is changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select

from portal.accounts.models import Person
from portal.db import session
from portal.policy import Actor
from portal.registry import DEPENDENTS_SHOWN, Dependent, Dependents
from portal.web.language import spoken


def of_agency(agency_id: int, _reader: Actor) -> Sequence[Dependents]:
    """Those who belong to it and whose account is open, also where they have not accepted the invitation yet."""
    columns: tuple[Any, ...] = (Person.id, Person.name, Person.email, func.count().over().label("total"))
    people = select(*columns).where(Person.agency_id == agency_id, Person.active.is_(True))
    rows = session.execute(people.order_by(Person.by_name(spoken()), Person.id).limit(DEPENDENTS_SHOWN)).all()
    count = rows[0].total if rows else 0
    label = ngettext("%(num)s person belongs to it", "%(num)s people belong to it", count)
    becomes = _("They stay, also where their address is of a domain that is taken away.")
    return [Dependents(40, label, becomes, count, [_shown(row) for row in rows])]


def _shown(row: Any) -> Dependent:
    return Dependent(row.name, row.email, f"/admin/people/{row.id}")
