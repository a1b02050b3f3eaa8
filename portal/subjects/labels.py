"""The history's lines."""

from __future__ import annotations

from flask_babel import gettext as _

from portal.registry import registry
from portal.workflows import WORKFLOWS


def event_label(what: str) -> str:
    """What happened, as one line. Raises KeyError for an event that neither a workflow nor a stage has named."""
    for workflow in WORKFLOWS.values():
        line = workflow.history(what)
        if line:
            return _(line)
    return str(registry.event_labels[what])
