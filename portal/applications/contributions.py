"""What applications contribute: their parts of the page."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from portal.applications import dependents, outside
from portal.registry import Registry, Tab
from portal.workflows.exchange import EXCHANGE


def register(registry: Registry) -> None:
    registry.dependents["unit"].append(dependents.of_unit)
    registry.outside_call.append(outside.outside_call)
    registry.add_tabs(
        EXCHANGE.name,
        Tab("application", "applications.show", _l("Application"), 20),
        Tab("documents", "applications.documents_tab", _l("Documents"), 30),
    )
