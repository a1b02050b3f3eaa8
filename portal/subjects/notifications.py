"""Messages after a step: to those whose turn it is now, and to those who are only informed."""

from __future__ import annotations

from collections.abc import Iterable

from portal.messages.service import Notification, Receiver, message_rows, store
from portal.policy import Actor
from portal.registry import SubjectKind
from portal.subjects.models import Event, WorkflowSubject
from portal.workflow import Step


def notify_step(kind: SubjectKind, subject: WorkflowSubject, step: Step, event: Event, by: Actor) -> None:
    """Stores "your turn" for the next people, and the news for all others whom the step concerns, except `by`."""
    idempotency_key = f"event:{event.id}"
    facts = kind.facts(subject) | {"action": step.action.value, "workflow": kind.workflow.name}
    path, owner_id = kind.path(subject), kind.owner_id(subject)
    next_desk = without(kind.turn_receivers(subject), by.id)
    turn = Notification(f"turn.{subject.status}", facts | {"turn": str(subject.turn)}, path, subject.id)
    rows = message_rows(next_desk, turn, idempotency_key)
    told = {receiver.person_id for receiver in next_desk} | {by.id}
    for receiver in kind.informed(subject):
        if receiver.person_id not in told:
            news = facts | {"yours": receiver.person_id == owner_id}
            rows += message_rows(
                [receiver], Notification(f"news.{step.action}", news, path, subject.id), idempotency_key
            )
    store(rows)


def without(receivers: Iterable[Receiver], person_id: int) -> list[Receiver]:
    """Each receiver once, all but this person."""
    return [receiver for receiver in dict.fromkeys(receivers) if receiver.person_id != person_id]
