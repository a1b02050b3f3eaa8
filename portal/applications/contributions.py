"""What applications contribute: their parts of the page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import select

from portal.applications import dependents, outside
from portal.applications.models import (
    Application,
    ApplicationLanguage,
    ApplicationTopic,
    HandedIn,
    SectionComment,
    Window,
    WishedUnit,
)
from portal.registry import Registry, Stored, Tab, TopicUse
from portal.workflows.exchange import EXCHANGE


def register(registry: Registry) -> None:
    texts = ("name", "document_name", "post", "unit_name", "other_topics", "situation", "aim", "results", "activities")
    more = ("benefit_home", "benefit_host", "earlier", "replacement", "needs")
    registry.stored += [
        Stored(
            Application,
            _l("Application"),
            lambda ids: Application.exchange_id.in_(ids),
            ("years", "days", *texts, *more),
            deletes=False,
        ),
        *(
            Stored(model, label, _of_application(model), columns)
            for model, label, columns in (
                (ApplicationLanguage, _l("Languages"), ("code", "level")),
                (ApplicationTopic, _l("Topics"), ("topic_id",)),
                (Window, _l("Wished dates"), ("first", "last")),
                (WishedUnit, _l("Wished host units"), ("unit_id",)),
            )
        ),
        Stored(SectionComment, _l("Remarks"), lambda ids: SectionComment.exchange_id.in_(ids), ("by_id", "text")),
        Stored(HandedIn, _l("What was handed in"), lambda ids: HandedIn.exchange_id.in_(ids), ("answers",)),
    ]
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


def _of_application(model: Any) -> Callable[[Any], Any]:
    """The rows of a table that belong to an application."""
    return lambda ids: model.application_id.in_(select(Application.id).where(Application.exchange_id.in_(ids)))
