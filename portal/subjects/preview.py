"""A subject as a step would leave it, without touching its row: what a page shows before the press."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from portal import calendars
from portal.policy import Actor
from portal.registry import registry
from portal.subjects.models import WorkflowSubject
from portal.subjects.service import former


class Preview:
    """Answers like the subject, but for what the step would change; the subject's own rules are read of the preview."""

    def __init__(self, subject: Any, **changed: Any) -> None:
        self.__dict__.update(changed, _subject=subject)

    def __getattr__(self, name: str) -> Any:
        subject = self.__dict__["_subject"]
        rule = getattr(type(subject), name, None)
        if isinstance(rule, property) and rule.fget is not None:
            return rule.fget(self)
        return getattr(subject, name)


def after(subject: WorkflowSubject, action: StrEnum, values: Mapping[str, Any], by: Actor) -> Any:
    """The subject as this step of `by` would leave it now, with the columns that the step sets.

    Status, turn and due date follow the same rows and functions as in `service.advance()`. Raises KeyError: the
    workflow does not allow the step in the present state; RuleViolation: it cannot be taken back.
    """
    step = subject.workflow.by_action[action]
    if step.undoes is not None:
        return Preview(subject, **values, **former(subject, step, by))
    kind, at = registry.kinds[subject.workflow.name], calendars.now()
    target = kind.workflow.transitions[action, subject.state]
    ahead = Preview(subject, **values, status=target.status, turn=target.turn, turn_since=at, escalated_at=None)
    kind.moved(ahead, action, at)
    return ahead
