"""Registers the tab of hosting, and what can be administered of host units."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from portal.administration.labels import NOTHING, a_day, one_of, words, yes_no
from portal.hosting import dependents
from portal.hosting.models import Placement
from portal.registry import Administered, Fact, Registry, Stored, Tab, TopicUse
from portal.units import queries
from portal.units.models import UnitTopic
from portal.web.formats import LANGUAGES
from portal.workflows.exchange import EXCHANGE


def _periods(value: Any) -> str:
    """Blocked periods, stored as [first, last, why]."""
    said = (f"{a_day(first)} – {a_day(last)}{f' ({why})' if why else ''}" for first, last, why in value)
    return "; ".join(said) or NOTHING


UNIT = {"unit_created": _l("Host unit added"), "unit_changed": _l("Host unit changed")}
UNIT_FACTS = {
    "name_own": Fact(_l("Name in the agency’s language"), words),
    "name_en": Fact(_l("Name in English"), words),
    "name_tr": Fact(_l("Name in Turkish"), words),
    "name_az": Fact(_l("Name in Azerbaijani"), words),
    "city": Fact(_l("City"), words),
    "address": Fact(_l("Address"), words),
    "phone": Fact(_l("Telephone"), words),
    "topics": Fact(_l("Topics"), words, of="topic"),
    "languages": Fact(_l("Working languages"), one_of(LANGUAGES)),
    "offers": Fact(_l("What the unit offers"), words),
    "capacity": Fact(_l("How many experts at once"), words),
    "active": Fact(_l("Takes experts"), yes_no),
    "blocked": Fact(_l("Blocked periods"), _periods),
}


def register(registry: Registry) -> None:
    registry.stored.append(
        Stored(
            Placement,
            _l("Terms"),
            lambda ids: Placement.exchange_id.in_(ids),
            (
                "counterpart",
                "counterpart_phone",
                "supervisor",
                "duties",
                "expected_results",
                "facilities",
                "confidentiality",
                "intellectual_property",
            ),
            deletes=False,
        )
    )
    registry.add_tabs(EXCHANGE.name, Tab("host", "placing.host_tab", _l("Host"), 50))
    registry.add_event_labels({"terms_changed": _l("Terms of the placement changed")})
    unit = Administered("unit", _l("Host unit"), UNIT, UNIT_FACTS, queries.names_of_units, "/units/{}".format)
    registry.add_administered(unit)
    registry.topic_uses.append(
        TopicUse("units", UnitTopic, "unit_id", lambda n: ngettext("%(num)s host unit", "%(num)s host units", n))
    )
    registry.dependents["agency"].append(dependents.of_agency)
    registry.dependents["person"].append(dependents.of_person)
