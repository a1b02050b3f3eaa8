"""What applications contribute: their parts of the page."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from portal.applications import dependents, outside
from portal.applications.models import ApplicationTopic
from portal.registry import Registry, Tab, TopicUse
from portal.workflows.exchange import EXCHANGE


def register(registry: Registry) -> None:
    registry.dependents["unit"].append(dependents.of_unit)
    registry.outside_call.append(outside.outside_call)
    registry.topic_uses.append(
        TopicUse(
            "applications",
            ApplicationTopic,
            "application_id",
            lambda n: ngettext("%(num)s application", "%(num)s applications", n),
        )
    )
    registry.add_tabs(
        EXCHANGE.name,
        Tab("application", "applications.show", _l("Application"), 20),
        Tab("documents", "applications.documents_tab", _l("Documents"), 30),
    )
