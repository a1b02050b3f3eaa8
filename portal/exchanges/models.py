"""Exchanges, the messages on them, the words by which they are found, and the time limits."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, exists
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship, validates

from portal.accounts.models import CAN_SIGN_IN, Agency, Person, RoleGrant
from portal.db import Alphabetical, Base, Word, enum_type
from portal.policy import Role
from portal.reference_data import watched
from portal.subjects.models import WorkflowSubject
from portal.workflows.exchange import EXCHANGE
from portal.workflows.exchange_terms import Status, Turn


class Kind(StrEnum):
    SHORT = "short"
    LONG = "long"


class Exchange(Alphabetical, WorkflowSubject):
    """One expert's exchange.

    `call_id` and `unit_id` have foreign keys but no relationships here, because calls and host units are later stages.
    """

    __tablename__ = "exchange"
    workflow = EXCHANGE

    kind: Mapped[Kind] = mapped_column(enum_type(Kind))
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"))
    heading: Mapped[int]
    expert_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    home_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    host_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("host_unit.id"))
    unit_name: Mapped[str] = mapped_column(default="")  # as its agency writes it; for lists and search
    status: Mapped[Status] = mapped_column(enum_type(Status), default=EXCHANGE.start.status)
    turn: Mapped[Turn] = mapped_column(enum_type(Turn), default=EXCHANGE.start.turn)
    start: Mapped[date | None]  # of the visit, once scheduled
    end: Mapped[date | None]
    person_name: Mapped[str] = mapped_column(String(120))  # as applied; native form
    document_name: Mapped[str] = mapped_column(String(120), default="")  # as in the travel document
    submitted_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]  # when the home agency's endorsement gave the host agency access
    cleared_at: Mapped[datetime | None]  # when the personal data were destroyed

    expert_gone: Mapped[bool] = column_property(
        exists().where(Person.id == expert_id, Person.active.is_(False)).correlate_except(Person)
    )  # the expert's account is closed: what was theirs falls to the home agency
    unit_staffed: Mapped[bool] = column_property(
        exists()
        .where(RoleGrant.unit_id == unit_id, RoleGrant.role == Role.HOST, RoleGrant.person_id != expert_id)
        .where(Person.id == RoleGrant.person_id, CAN_SIGN_IN)
        .correlate_except(RoleGrant, Person)
    )  # somebody other than the expert coordinates the unit: else it falls to the host agency

    expert: Mapped[Person] = relationship(foreign_keys=[expert_id], lazy="raise_on_sql")
    home: Mapped[Agency] = relationship(foreign_keys=[home_id], lazy="raise_on_sql")
    host: Mapped[Agency] = relationship(foreign_keys=[host_id], lazy="raise_on_sql")

    __table_args__ = (
        CheckConstraint("home_id <> host_id", name="two_agencies"),
        CheckConstraint('"end" >= start', name="visit_order"),
        UniqueConstraint("call_id", "expert_id", "created_at"),
        Index("ix_exchange_updated", "updated_at"),
        Index("ix_exchange_name_tr", "name_key_tr"),
        Index("ix_exchange_name_az", "name_key_az"),
        Index("ix_exchange_name_en", "name_key_en"),
        Index("ix_exchange_status", "status", "updated_at"),
        Index("ix_exchange_call", "call_id", "status"),
        Index("ix_exchange_expert", "expert_id", "updated_at"),
        Index("ix_exchange_call_updated", "call_id", "updated_at"),
        Index("ix_exchange_kind", "kind", "updated_at"),
        Index("ix_exchange_unit", "unit_id", "turn"),
        Index("ix_exchange_unit_updated", "unit_id", "updated_at"),
        Index("ix_exchange_home_turn", "home_id", "turn", "due_on"),
        Index("ix_exchange_host_turn", "host_id", "turn", "due_on"),
        Index("ix_exchange_due", "due_on"),
        Index("ix_exchange_start", "start"),
        Index("ix_exchange_end", "end"),
        Index("ix_exchange_heading", "heading", "updated_at"),
    )

    @validates("person_name")
    def _named(self, _column: str, name: str) -> str:
        return self.keyed(name)

    @property
    def handed_in(self) -> bool:
        return self.submitted_at is not None

    @property
    def released(self) -> bool:
        return self.released_at is not None


class ExchangeNote(Base):
    """A message from one of the people who work on an exchange to the others."""

    __tablename__ = "exchange_note"

    exchange_id: Mapped[int] = mapped_column(ForeignKey("exchange.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(2), default="")  # in which it was written
    idempotency_key: Mapped[str] = mapped_column(String(40), unique=True)

    by: Mapped[Person] = relationship(lazy="raise_on_sql")


class ExchangeWord(Base):
    """The words of an exchange (name, reference, unit), folded; the search finds prefixes, alike on both engines."""

    __tablename__ = "exchange_word"

    exchange_id: Mapped[int] = mapped_column(ForeignKey("exchange.id", ondelete="CASCADE"), index=True)
    word: Mapped[str] = mapped_column(Word)

    __table_args__ = (Index("ix_exchange_word_word", "word", "exchange_id"),)


@watched
class Clocks(Base):
    """The time limits of turns. The row without a call has the defaults; a call can have its own row.

    Working days for decisions, calendar days for the rest. Sources: the domain brief, "Time limits".
    """

    __tablename__ = "clocks"

    call_id: Mapped[int | None] = mapped_column(ForeignKey("call.id", ondelete="CASCADE"), unique=True)
    decision: Mapped[int] = mapped_column(default=5)  # working days until the manager is reminded
    escalation: Mapped[int] = mapped_column(default=10)  # working days until the deputy may decide too
    changes: Mapped[int] = mapped_column(default=10)  # working days for the expert to answer a return
    plan_drafted: Mapped[int] = mapped_column(default=45)  # days before the start (MSCA staff exchange guide)
    plan_agreed: Mapped[int] = mapped_column(default=30)  # days before the start (same)
    evaluation: Mapped[int] = mapped_column(default=7)  # days after the end (Exchange of Experts in Civil Protection)
    report: Mapped[int] = mapped_column(default=30)  # days after the end (same)
    progress: Mapped[int] = mapped_column(default=3)  # months between progress reports (EU Twinning)
    follow_up: Mapped[int] = mapped_column(default=6)  # months after closing (Twinning)
