"""Messages after a step: to those whose turn it is now, and to those who are only informed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from portal.messages.service import Notification, Receiver, message_rows, store
from portal.policy import Actor
from portal.registry import SubjectKind
from portal.subjects.models import Event, WorkflowSubject
from portal.workflow import Step


@dataclass(frozen=True)
class Addressed:
    """Who hears of a step: those whose turn it becomes, and those who are only informed; never who took it."""

    acting: Sequence[Receiver]
    informed: Sequence[Receiver]


def addressed(kind: SubjectKind, subject: Any, by: Actor) -> Addressed:
    """Who hears of the step that led to this state of the subject, or of its preview."""
    acting = without(kind.turn_receivers(subject), by.id)
    informed = [receiver for receiver in without(kind.informed(subject), by.id) if receiver not in acting]
    return Addressed(acting, informed)


def notify_step(kind: SubjectKind, subject: WorkflowSubject, step: Step, event: Event, by: Actor) -> None:
    """Stores "your turn" for the next people, and the news for all others whom the step concerns, except `by`."""
    idempotency_key = f"event:{event.id}"
    facts = kind.facts(subject) | {"action": step.action.value, "workflow": kind.workflow.name}
    path, owner_id = kind.path(subject), kind.owner_id(subject)
    heard = addressed(kind, subject, by)
    turn = Notification(f"turn.{subject.status}", facts | {"turn": str(subject.turn)}, path, subject.id)
    rows = message_rows(heard.acting, turn, idempotency_key)
    for receiver in heard.informed:
        news = facts | {"yours": receiver.person_id == owner_id}
        rows += message_rows([receiver], Notification(f"news.{step.action}", news, path, subject.id), idempotency_key)
    store(rows)


def without(receivers: Iterable[Receiver], person_id: int) -> list[Receiver]:
    """Each receiver once, all but this person."""
    return [receiver for receiver in dict.fromkeys(receivers) if receiver.person_id != person_id]
