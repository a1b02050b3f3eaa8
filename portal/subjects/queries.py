"""Queries of the history of subjects."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload

from portal.accounts.models import Person
from portal.db import session
from portal.subjects.models import Event, Reason

OF_SUBJECT = Event.subject_id == bindparam("subject_id")
EVENTS = select(Event).where(OF_SUBJECT).order_by(Event.number).options(joinedload(Event.actor).load_only(Person.name))
WITH_LANGUAGE = select(Reason.event_id, Reason.text, Reason.language)
REASONS = WITH_LANGUAGE.join(Event, Event.id == Reason.event_id).where(OF_SUBJECT)
LAST_EVENT = select(Event).where(OF_SUBJECT).order_by(Event.number.desc()).limit(1)


def last_event(subject_id: int) -> Event | None:
    """The newest event, whose number and hash the next one continues."""
    return session.scalars(LAST_EVENT, {"subject_id": subject_id}).first()


def after_version(subject_id: int, version: int) -> Event | None:
    """The step that was taken on this version, if one was."""
    statement = select(Event).where(Event.subject_id == subject_id, Event.version == version + 1)
    return session.scalars(statement.order_by(Event.number).limit(1)).first()


def acted_for(subject_id: int, person_id: int) -> set[str]:
    """The sides for which this person has acted on this subject."""
    statement = select(Event.side).where(Event.subject_id == subject_id, Event.actor_id == person_id).distinct()
    return {side.value for side in session.scalars(statement)}


def events(subject_id: int) -> list[Event]:
    """What happened, oldest first, each with the name of who did it."""
    return list(session.scalars(EVENTS, {"subject_id": subject_id}))


def reasons(subject_id: int) -> dict[int, tuple[str, str]]:
    """The reasons of a subject's events, each with its language, by the event's id."""
    rows = session.execute(REASONS, {"subject_id": subject_id})
    return {number: (words, language) for number, words, language in rows}


class GivenReason(NamedTuple):
    """Why something was done, in which language that is said, and what was done."""

    what: str
    text: str
    language: str


def last_reason(subject_id: int, *whats: str) -> GivenReason:
    """The words that went with the newest of these events; empty where there are none. Not everybody who reads a
    subject may read all reasons: ask `policy.reads_reason()` before they are shown."""
    statement = select(Event.what, Reason.text, Reason.language).join(Event, Event.id == Reason.event_id)
    newest = statement.where(Event.subject_id == subject_id, Event.what.in_(whats)).order_by(Event.number.desc())
    row = session.execute(newest.limit(1)).first()
    return GivenReason(*row) if row else GivenReason("", "", "")


def last_version(subject_id: int, *whats: str) -> int | None:
    """The subject's version after the newest of these events; None where there are none."""
    statement = select(Event.version).where(Event.subject_id == subject_id, Event.what.in_(whats))
    return session.scalar(statement.order_by(Event.number.desc()).limit(1))
