"""The calls that hang on an agency, before it is changed."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, or_, select

from portal import calendars
from portal.calls.models import Call, CallState
from portal.db import session
from portal.policy import Actor
from portal.registry import DEPENDENTS_SHOWN, Dependent, Dependents
from portal.web.formats import moment
from portal.web.language import spoken


def of_agency(agency_id: int, _reader: Actor) -> Sequence[Dependents]:
    """Published calls that take applications now or later, from its experts or for its units."""
    current = (Call.state == CallState.PUBLISHED, Call.deadline >= calendars.minute(calendars.now()))
    statement = select(Call, func.count().over()).where(
        *current, or_(Call.home_id == agency_id, Call.host_id == agency_id)
    )
    rows = session.execute(statement.order_by(Call.deadline, Call.id).limit(DEPENDENTS_SHOWN)).all()
    count = rows[0][1] if rows else 0
    label = ngettext("%(num)s call takes applications", "%(num)s calls take applications", count)
    becomes = _("They show the new names at once. Their own contacts stay as they are.")
    return [Dependents(30, label, becomes, count, [_shown(call) for call, _total in rows])]


def _shown(call: Call) -> Dependent:
    return Dependent(call.title(spoken()), moment(call.deadline, call.zone), f"/calls/{call.id}")
