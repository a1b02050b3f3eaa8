"""Reading the history of subjects."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.db import session
from portal.subjects.models import Event, Reason


def last_event(subject_id: int) -> Event | None:
    """The newest event: the next one continues its number and hash."""
    statement = select(Event).where(Event.subject_id == subject_id).order_by(Event.number.desc()).limit(1)
    return session.scalars(statement).first()


def after_version(subject_id: int, version: int) -> Event | None:
    """The step that was taken on this version, if one was."""
    statement = select(Event).where(Event.subject_id == subject_id, Event.version == version + 1)
    return session.scalars(statement.order_by(Event.number).limit(1)).first()


def acted_for(subject_id: int, person_id: int) -> set[str]:
    """The sides for which this person has acted on this subject."""
    statement = select(Event.side).where(Event.subject_id == subject_id, Event.actor_id == person_id).distinct()
    return {side.value for side in session.scalars(statement)}


def events(subject_id: int) -> list[Event]:
    """What happened, oldest first, each with who did it."""
    statement = select(Event).where(Event.subject_id == subject_id).order_by(Event.number)
    return list(session.scalars(statement.options(joinedload(Event.actor))))


def reasons(subject_id: int) -> dict[int, str]:
    """The words that went with events, by the event's number in the database."""
    statement = select(Reason.event_id, Reason.text).join(Event, Event.id == Reason.event_id)
    return {number: words for number, words in session.execute(statement.where(Event.subject_id == subject_id))}


def last_reason(subject_id: int, *whats: str) -> str:
    """The words that went with the newest of these events; empty where there are none."""
    statement = select(Reason.text).join(Event, Event.id == Reason.event_id)
    newest = statement.where(Event.subject_id == subject_id, Event.what.in_(whats)).order_by(Event.number.desc())
    return session.scalar(newest.limit(1)) or ""
