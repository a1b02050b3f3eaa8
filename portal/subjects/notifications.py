"""Messages after a step: to those whose turn it is now, and to those who are only informed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from portal.calendars import now
from portal.messages import service as messages
from portal.messages.service import Notification, Receiver, message_rows, store
from portal.policy import Actor
from portal.registry import SubjectKind, registry
from portal.subjects.models import Event, WorkflowSubject
from portal.workflow import Step

TURN = "turn"  # what a message asks for that is settled by the next step, whoever takes it


@dataclass(frozen=True)
class Addressed:
    """Who hears of a step: those whose turn it becomes, and those who are only informed; never who took it.
    `own`: whether it becomes the turn of who took it."""

    acting: Sequence[Receiver]
    informed: Sequence[Receiver]
    own: bool


def addressed(kind: SubjectKind, subject: Any, step: Step, by: Actor) -> Addressed:
    """Who hears of the step that led to this state of the subject, or of its preview."""
    turn = kind.turn_receivers(subject)
    acting = without(turn, by.id)
    others = kind.involved(subject) if step.tells_all else kind.informed(subject)
    informed = [receiver for receiver in without(others, by.id) if receiver not in acting]
    return Addressed(acting, informed, own=by.id in {receiver.person_id for receiver in turn})


def notify_step(kind: SubjectKind, subject: WorkflowSubject, step: Step, event: Event, by: Actor) -> None:
    """Stores "your turn" for the next people, the news for all others whom the step concerns, except `by`, and `by`'s
    receipt. What was asked before the step is done."""
    _settle(kind, subject, by)
    idempotency_key = f"event:{event.id}"
    facts = kind.facts(subject) | {"action": step.action.value, "workflow": kind.workflow.name}
    facts |= {"status": str(subject.status), "turn": str(subject.turn)}
    facts |= more_facts(kind, [subject]).get(subject.id, {})
    heard, owner_id = addressed(kind, subject, step, by), kind.owner_id(subject)
    turn = Notification(f"turn.{subject.status}", facts, kind.turn_path(subject), subject.id, asks=TURN)
    rows = message_rows(heard.acting, turn, idempotency_key)
    news = Notification(f"news.{step.action}", facts, kind.path(subject), subject.id)
    for receiver in heard.informed:
        yours = {"yours": receiver.person_id == owner_id}
        rows += message_rows([receiver], replace(news, facts=facts | yours), idempotency_key)
    store(rows + _receipt(kind, subject, step, by, news, idempotency_key))


def _settle(kind: SubjectKind, subject: WorkflowSubject, by: Actor) -> None:
    """Nothing is asked of anybody any more where the subject has ended early; else only the turn is over."""
    if subject.status in kind.workflow.ended_early:
        messages.settle(subject.id)
    else:
        messages.settle(subject.id, TURN)
    messages.mark_read(by.id, subject_id=subject.id)


def _receipt(
    kind: SubjectKind, subject: WorkflowSubject, step: Step, by: Actor, news: Notification, idempotency_key: str
) -> list[dict[str, Any]]:
    """The person whom it is about gets what they have done as a mail, and as a message that is read already; or, where
    it was the last thing that was waited for, what all have reached."""
    if by.id != kind.owner_id(subject):
        return []
    owner = [receiver for receiver in kind.informed(subject) if receiver.person_id == by.id]
    if step.done:
        rows = message_rows(owner, replace(news, kind=f"done.{step.action}"), idempotency_key)
        return [row | {"read_at": now()} for row in rows]
    reached = kind.workflow.state(subject.status, subject.turn).reached
    return message_rows([one for one in owner if one.party in reached], news, idempotency_key)


def more_facts(kind: SubjectKind, subjects: Sequence[Any]) -> dict[int, dict[str, Any]]:
    """What higher stages know of these subjects, by their ids."""
    found: dict[int, dict[str, Any]] = {}
    for facts_of in registry.message_facts[kind.workflow.name]:
        for number, facts in facts_of(subjects).items():
            found.setdefault(number, {}).update(facts)
    return found


def without(receivers: Iterable[Receiver], person_id: int) -> list[Receiver]:
    """Each receiver once, all but this person."""
    return [receiver for receiver in dict.fromkeys(receivers) if receiver.person_id != person_id]
