"""The labels of events in the history."""

from __future__ import annotations

from flask_babel import gettext as _

from portal.registry import registry
from portal.workflows import WORKFLOWS


def event_label(what: str) -> str:
    """The label of an event. Raises KeyError: neither a workflow nor a stage has a label for it."""
    for workflow in WORKFLOWS.values():
        line = workflow.history(what)
        if line:
            return _(line)
    return str(registry.event_labels[what])
