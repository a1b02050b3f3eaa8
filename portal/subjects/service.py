"""The only module that moves subjects: `advance()` takes a step, `record()` appends to the history."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from portal import calendars
from portal.db import session
from portal.findings import AlreadyDone, Conflict, RuleViolation
from portal.policy import SIDES, Actor, Side, require
from portal.registry import SubjectKind, registry
from portal.subjects import notifications, queries, undoing
from portal.subjects.models import Event, Reason, ReferenceCounter, Subject, WorkflowSubject
from portal.workflow import State, Step, Workflow

OPPOSITE = {Side.HOME: Side.HOST, Side.HOST: Side.HOME}


def new_reference(prefix: str, year: int) -> str:
    """The next reference of a year, KX-2026-0042; its counter row stays locked until the commit."""
    counter = (ReferenceCounter.prefix == prefix, ReferenceCounter.year == year)
    taken = session.execute(update(ReferenceCounter).where(*counter).values(last=ReferenceCounter.last + 1))
    if taken.rowcount == 0:  # type: ignore[attr-defined]
        _begin_year(prefix, year)
        return new_reference(prefix, year)
    last = session.scalar(select(ReferenceCounter.last).where(*counter))
    return f"{prefix}-{year}-{last:04d}"


def _begin_year(prefix: str, year: int) -> None:
    """Adds the year's counter; two may try at once, and the unique key lets only one of them add it."""
    try:
        with session.begin_nested():
            session.execute(insert(ReferenceCounter).values(prefix=prefix, year=year, last=0))
    except IntegrityError:
        pass


def new_subject(workflow: Workflow, prefix: str, year: int) -> Subject:
    """The identity of a new subject, with the next reference of the year, which is that of the place where it is begun;
    the row of its kind copies both."""
    subject = Subject(kind=workflow.name, reference=new_reference(prefix, year))
    session.add(subject)
    session.flush()
    return subject


def advance(
    subject: WorkflowSubject,
    action: StrEnum,
    *,
    by: Actor,
    version: int,
    reason: str = "",
    facts: dict[str, Any] | None = None,
    values: Mapping[str, Any] | None = None,
    typed: Mapping[str, Any] | None = None,
) -> Event:
    """Takes one step of the subject's workflow, for `by`, on the version that they read.

    `values` are columns of the subject that this step sets (the visit's first and last day); `typed` are the answers
    with which it was taken, where `facts` do not hold them. Locks the row, asks the policy, refuses a stale version,
    writes status, turn and due date, appends the event and stores the messages. A step that takes another one back
    restores the state before that one (`undoing`). Raises Denied, Conflict (AlreadyDone where the same person did just
    this, with the same answers), RuleViolation "reason", "both_sides", and the codes of `undoing.refusal`.
    """
    kind = registry.kinds[subject.workflow.name]
    subject = kind.lock(subject.id)
    if subject.version == version or not queries.acted_for(subject.id, by.id):
        require(action, by, subject)  # else a step just taken may have ended their right to this one: a conflict, too
    target = kind.workflow.follow(subject.state, action)
    said = _digest(facts if typed is None else typed, reason)
    if subject.version != version or target is None:
        raise _conflict(subject, action, by, version, said)
    step = kind.workflow.by_action[action]
    if step.needs_reason and not reason.strip():
        raise RuleViolation("reason", field="reason")
    _require_one_side(subject, action, by)
    if step.undoes is not None:
        _restore(subject, former(subject, step, by), values or {})
    else:
        if action in kind.workflow.undone_by:
            facts = (facts or {}) | {undoing.FORMER: undoing.kept(subject)}
        _move(kind, subject, action, target, values or {})
    event = _append(subject, action.value, by=by, side=SIDES[action], facts=(facts or {}) | said, reason=reason)
    _react(kind, subject, action, target)
    notifications.notify_step(kind, subject, step, event, by)
    session.flush()
    return event


def _react(kind: SubjectKind, subject: WorkflowSubject, action: StrEnum, target: State) -> None:
    """Lets later stages do what a step, or an early end, means for their own rows."""
    for react in registry.when_taken[action.value]:
        react(subject)
    if target.status in kind.workflow.ended_early:
        for release in registry.when_ended_early[kind.workflow.name]:
            release(subject)


def _digest(typed: Mapping[str, Any] | None, reason: str) -> dict[str, str]:
    """A fact for the history by which the same answers are known again, without holding them; none for no answers."""
    answers = {name: value for name, value in (typed or {}).items() if value}
    if not answers and not reason.strip():
        return {}
    text = json.dumps([answers, reason.strip()], sort_keys=True, default=str)
    return {"typed": hashlib.sha256(text.encode()).hexdigest()[:16]}


def _conflict(subject: WorkflowSubject, action: StrEnum, by: Actor, version: int, said: Mapping[str, str]) -> Conflict:
    """AlreadyDone for the same step by the same person on the same version, with the same answers (a double click),
    else Conflict: the answers of a second tab must not seem to count."""
    did = queries.after_version(subject.id, version)
    same = did is not None and (did.actor_id, did.what, did.facts.get("typed")) == (by.id, action, said.get("typed"))
    if same:
        return AlreadyDone(subject.reference)
    return Conflict(subject.reference)


def _require_one_side(subject: WorkflowSubject, action: StrEnum, by: Actor) -> None:
    """Refuses a person who has acted for the other agency on this subject."""
    other = OPPOSITE.get(SIDES[action])
    if other is not None and other.value in queries.acted_for(subject.id, by.id):
        raise RuleViolation("both_sides")


def former(subject: WorkflowSubject, step: Step, by: Actor) -> dict[str, Any]:
    """The columns to which this step takes the subject back. Raises RuleViolation: the codes of `undoing.refusal`."""
    events = queries.events(subject.id)
    against = undoing.refusal(subject.workflow, step, events, by.id, calendars.now())
    undone = undoing.step_taken(subject.workflow, events)
    if against or undone is None:
        raise RuleViolation(against)
    return undoing.former(subject.workflow, undone)


def _restore(subject: WorkflowSubject, columns: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    for name, value in {**columns, **values}.items():
        setattr(subject, name, value)
    subject.updated_at = calendars.now()
    subject.version += 1


def _move(
    kind: SubjectKind, subject: WorkflowSubject, action: StrEnum, target: State, values: Mapping[str, Any]
) -> None:
    at = calendars.now()
    for name, value in values.items():
        setattr(subject, name, value)
    subject.status, subject.turn = target.status, target.turn
    subject.turn_since = subject.updated_at = at
    subject.escalated_at = None
    with session.no_autoflush:  # its queries would write half of the step, and the rest in a second UPDATE
        kind.moved(subject, action, at)
    subject.version += 1


def record(
    subject: WorkflowSubject,
    what: str,
    *,
    by: Actor | None,
    side: Side,
    facts: dict[str, Any] | None = None,
    reason: str = "",
) -> Event:
    """Appends one event, chained to the one before by its hash. `facts` hold ids and dates, never personal data.

    Locks the subject and reads it anew, so that the event says how it stands, and continues the newest one, whatever
    was done at the same moment. Whoever first asks something of the subject locks it before that.
    """
    subject = registry.kinds[subject.workflow.name].lock(subject.id)
    return _append(subject, what, by=by, side=side, facts=facts, reason=reason)


def _append(
    subject: WorkflowSubject,
    what: str,
    *,
    by: Actor | None,
    side: Side,
    facts: dict[str, Any] | None = None,
    reason: str = "",
) -> Event:
    """The same for a subject that is locked already."""
    before = queries.last_event(subject.id)
    event = Event(
        subject_id=subject.id,
        number=before.number + 1 if before else 1,
        at=calendars.now(),
        actor_id=by.id if by else None,
        side=side,
        what=what,
        status=str(subject.status),
        version=subject.version,
        facts=facts or {},
        hash="",
    )
    event.hash = chain(before.hash if before else "", event)
    session.add(event)
    session.flush()
    if reason:
        session.add(Reason(event_id=event.id, text=reason, language=by.language if by else ""))
    return event


def escalate(subject: WorkflowSubject) -> Event | None:
    """Records that the turn is long overdue; from now on deputies of the deciding agency may take it too. None where a
    step was taken since the subject was read, so that it is another turn."""
    read = subject.version
    subject = registry.kinds[subject.workflow.name].lock(subject.id)
    if subject.version != read or subject.escalated:
        return None
    subject.escalated_at = calendars.now()
    return _append(subject, "escalated", by=None, side=Side.SYSTEM)


def chain(before: str, event: Event) -> str:
    """SHA-256, in hex, of the previous hash and this event, so that a changed or missing row can be detected."""
    at: datetime = event.at
    parts: Iterable[Any] = (event.subject_id, event.number, at.isoformat(), event.actor_id, event.side.value)
    text = json.dumps([before, *parts, event.what, event.status, event.version, event.facts], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
