"""The applications that wish for a host unit, before it is closed."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from portal.applications.models import Application, WishedUnit
from portal.exchanges.dependents import found
from portal.exchanges.models import Exchange
from portal.policy import Actor
from portal.registry import Dependents


def of_unit(unit_id: int, reader: Actor) -> Sequence[Dependents]:
    """Open exchanges that have no unit yet and wish for this one."""
    wishing = select(Application.exchange_id).join(WishedUnit, WishedUnit.application_id == Application.id)
    return [
        found(
            40,
            lambda n: ngettext("%(num)s application wishes for it", "%(num)s applications wish for it", n),
            _("If the unit closes, it can no longer be chosen for them."),
            reader,
            Exchange.unit_id.is_(None),
            Exchange.id.in_(wishing.where(WishedUnit.unit_id == unit_id)),
        )
    ]
