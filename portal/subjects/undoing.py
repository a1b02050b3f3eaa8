"""Taking a step back: by the same person, for a while, and only as long as nobody else has acted. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from portal.subjects.models import Event, WorkflowSubject
from portal.workflow import Step, Workflow

HARMLESS = frozenset({"note_written"})  # what others may do meanwhile
FORMER = "undo"  # the fact of a step's event that holds the state before it


def step_taken(workflow: Workflow, events: Sequence[Event]) -> Event | None:
    """The event of the last step; None where none was taken yet."""
    return next((event for event in reversed(events) if event.what in workflow.by_action), None)


def refusal(workflow: Workflow, step: Step, events: Sequence[Event], by_id: int, at: datetime) -> str:
    """Why this person cannot take the step back at this moment, as the code of a finding; empty where they can.

    "undo_nothing": it is not the last one; "undo_other": somebody else took it; "undo_late": it is too long ago;
    "undo_acted": somebody else has acted since.
    """
    last = step_taken(workflow, events)
    if last is None or last.what != step.undoes or FORMER not in last.facts:
        return "undo_nothing"
    if last.actor_id != by_id:
        return "undo_other"
    if at - last.at > step.within:
        return "undo_late"
    since = [event for event in events if event.number > last.number and event.what not in HARMLESS]
    return "undo_acted" if any(event.actor_id != by_id for event in since) else ""


def kept(subject: WorkflowSubject) -> dict[str, Any]:
    """The state of a subject as facts of the event that will leave it."""
    return {
        "status": str(subject.status),
        "turn": str(subject.turn),
        "turn_since": subject.turn_since.isoformat(),
        "due_on": subject.due_on.isoformat() if subject.due_on else None,
        "escalated_at": subject.escalated_at.isoformat() if subject.escalated_at else None,
    }


def former(workflow: Workflow, event: Event) -> dict[str, Any]:
    """The columns of the subject as they were before the step of this event."""
    said = event.facts[FORMER]
    state = workflow.state(said["status"], said["turn"])
    return {
        "status": state.status,
        "turn": state.turn,
        "turn_since": datetime.fromisoformat(said["turn_since"]),
        "due_on": date.fromisoformat(said["due_on"]) if said["due_on"] else None,
        "escalated_at": datetime.fromisoformat(said["escalated_at"]) if said["escalated_at"] else None,
    }
