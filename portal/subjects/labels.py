"""The labels of events in the history."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog
from flask_babel import gettext as _

from portal.registry import registry
from portal.workflows import WORKFLOWS

log = structlog.get_logger()
NAMES = ("name", "home", "host", "unit")  # of a subject, which its history may mention


def event_label(what: str, names: Mapping[str, Any]) -> str:
    """The label of an event, with the names of those whom it is about. One that nobody has described is put in general
    words and logged, so that the rest of a history can still be read."""
    try:
        return str(_template(what)) % {**dict.fromkeys(NAMES, ""), **names}
    except (LookupError, ValueError, TypeError) as error:
        log.error("event_without_words", what=what, error=repr(error))
        return _("Something was recorded")


def _template(what: str) -> Any:
    for workflow in WORKFLOWS.values():
        line = workflow.history(what)
        if line:
            return _(line)
    return registry.event_labels[what]
