"""Subjects of workflows, of any kind, and the history that all kinds share."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from portal.accounts.models import Person
from portal.db import Base, BigId, append_only, enum_type
from portal.policy import Side
from portal.workflow import State, Workflow


class Subject(Base):
    """The identity of everything that a workflow moves, whatever its kind: history, documents and messages point here.

    A kind's own table (`exchange`) has the same id, so that ids are unique over all kinds.
    """

    __tablename__ = "subject"

    kind: Mapped[str] = mapped_column(String(24))  # the name of its workflow
    reference: Mapped[str] = mapped_column(String(16), unique=True)  # KX-2026-0042


class WorkflowSubject(Base):
    """Base of the table of one kind. Only `subjects.service.advance()` writes status, turn and version."""

    __abstract__ = True
    workflow: ClassVar[Workflow]

    id: Mapped[int] = mapped_column(BigId, ForeignKey("subject.id"), primary_key=True, autoincrement=False)
    reference: Mapped[str] = mapped_column(String(16), unique=True)
    turn_since: Mapped[datetime]
    due_on: Mapped[date | None]  # the day by which the present turn should be taken
    escalated_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    if TYPE_CHECKING:  # columns of each kind's own words
        status: Mapped[Any]
        turn: Mapped[Any]

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version, "version_id_generator": False}

    @property
    def state(self) -> State:
        return self.workflow.state(self.status, self.turn)

    @property
    def escalated(self) -> bool:
        return self.escalated_at is not None


@append_only
class Event(Base):
    """What happened, by whom, when: history and audit in one, append-only, each row holding the hash of the one before.

    It holds ids and facts, no personal data;
    texts that people wrote are in the tables `reason`, `decision` and `section_comment`.
    """

    __tablename__ = "event"

    subject_id: Mapped[int] = mapped_column(ForeignKey("subject.id"))
    number: Mapped[int]  # 1, 2, 3 … within the subject
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    side: Mapped[Side] = mapped_column(enum_type(Side))
    what: Mapped[str] = mapped_column(String(40))  # an action's value, or a fact such as "document_added"
    status: Mapped[str] = mapped_column(String(24))  # after it
    version: Mapped[int]  # of the subject after it
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    hash: Mapped[str] = mapped_column(String(64))

    actor: Mapped[Person | None] = relationship(lazy="raise_on_sql")
    __table_args__ = (UniqueConstraint("subject_id", "number"), Index("ix_event_at", "at"))


class Reason(Base):
    """The text given with an event: why something was returned, rejected, declined or cancelled."""

    __tablename__ = "reason"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), unique=True)
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(2), default="")  # in which it was written


class ReferenceCounter(Base):
    """The last number given in a year under a prefix; locked while the next is taken, so that none is given twice."""

    __tablename__ = "reference_counter"

    prefix: Mapped[str] = mapped_column(String(4))
    year: Mapped[int]
    last: Mapped[int]

    __table_args__ = (UniqueConstraint("prefix", "year"),)
