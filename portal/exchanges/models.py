"""The spine: an exchange, what happened to it, and the words by which it is found."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import DDL, JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from portal.accounts.models import Agency, Person
from portal.db import Alphabetical, Base, Word, enum_type
from portal.policy import Side
from portal.reference_data import watched
from portal.workflow import START, State, Status, Turn


class Kind(StrEnum):
    SHORT = "short"
    LONG = "long"


class Exchange(Alphabetical, Base):
    """One expert's exchange. Only `service.advance()` writes status, turn and version.

    `call_id` and `unit_id` point upwards in the house and have no relationship here; their foreign keys do hold.
    """

    __tablename__ = "exchange"

    reference: Mapped[str] = mapped_column(String(16), unique=True)  # KX-2026-0042
    kind: Mapped[Kind] = mapped_column(enum_type(Kind))
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"))
    heading: Mapped[int]
    expert_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    home_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    host_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("host_unit.id"))
    unit_name: Mapped[str] = mapped_column(default="")  # as its agency writes it; for lists and search
    status: Mapped[Status] = mapped_column(enum_type(Status), default=START.status)
    turn: Mapped[Turn] = mapped_column(enum_type(Turn), default=START.turn)
    turn_since: Mapped[datetime]
    due_on: Mapped[date | None]  # by when the present turn should be taken
    escalated_at: Mapped[datetime | None]
    start: Mapped[date | None]  # of the visit, once scheduled
    end: Mapped[date | None]
    person_name: Mapped[str] = mapped_column(String(120))  # as applied; native form
    document_name: Mapped[str] = mapped_column(String(120), default="")  # as in the travel document
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]  # the home agency's endorsement released the data to the host agency
    version: Mapped[int] = mapped_column(default=1)

    expert: Mapped[Person] = relationship(foreign_keys=[expert_id], lazy="raise_on_sql")
    home: Mapped[Agency] = relationship(foreign_keys=[home_id], lazy="raise_on_sql")
    host: Mapped[Agency] = relationship(foreign_keys=[host_id], lazy="raise_on_sql")

    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}  # noqa: RUF012
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
    def state(self) -> State:
        return State(self.status, self.turn)

    @property
    def handed_in(self) -> bool:
        return self.submitted_at is not None

    @property
    def released(self) -> bool:
        return self.released_at is not None

    @property
    def escalated(self) -> bool:
        return self.escalated_at is not None


class Event(Base):
    """What happened, by whom, when: history and audit in one, append-only, each row holding the hash of the one before.

    It holds ids and facts, no personal data; reasons in a person's words stand in `decision` and `comment` tables.
    """

    __tablename__ = "event"

    exchange_id: Mapped[int] = mapped_column(ForeignKey("exchange.id"))
    number: Mapped[int]  # 1, 2, 3 … within the exchange
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    side: Mapped[Side] = mapped_column(enum_type(Side))
    what: Mapped[str] = mapped_column(String(40))  # an Action's value, or a fact such as "agenda_changed"
    status: Mapped[Status] = mapped_column(enum_type(Status))  # after it
    version: Mapped[int]  # of the exchange after it
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    hash: Mapped[str] = mapped_column(String(64))

    actor: Mapped[Person | None] = relationship(lazy="raise_on_sql")
    __table_args__ = (UniqueConstraint("exchange_id", "number"), Index("ix_event_at", "at"))


class Reason(Base):
    """The words that went with an event: why it was returned, rejected, declined, cancelled."""

    __tablename__ = "reason"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), unique=True)
    text: Mapped[str] = mapped_column(Text)


class ExchangeNote(Base):
    """A message between those who work on an exchange."""

    __tablename__ = "exchange_note"

    exchange_id: Mapped[int] = mapped_column(ForeignKey("exchange.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    text: Mapped[str] = mapped_column(Text)
    idempotency_key: Mapped[str] = mapped_column(String(40), unique=True)

    by: Mapped[Person] = relationship(lazy="raise_on_sql")


class ExchangeWord(Base):
    """Folded words (name, reference, unit) by whose beginnings an exchange is found, alike on both engines."""

    __tablename__ = "exchange_word"

    exchange_id: Mapped[int] = mapped_column(ForeignKey("exchange.id", ondelete="CASCADE"), index=True)
    word: Mapped[str] = mapped_column(Word)

    __table_args__ = (Index("ix_exchange_word_word", "word", "exchange_id"),)


class ReferenceCounter(Base):
    """The last number given in a year; the row is locked while one is taken, so that no two are alike."""

    __tablename__ = "reference_counter"

    year: Mapped[int] = mapped_column(unique=True)
    last: Mapped[int]


@watched
class Clocks(Base):
    """By when each turn should be taken. Row without call: the defaults; a call can have its own row.

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


for engine, statements in {
    "sqlite": (
        "CREATE TRIGGER event_no_update BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, 'event is append-only'); END",
        "CREATE TRIGGER event_no_delete BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'event is append-only'); END",
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'event is append-only'; END $$",
        "CREATE TRIGGER event_no_change BEFORE UPDATE OR DELETE ON event FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    ),
}.items():
    for statement in statements:
        creation = DDL(statement)  # type: ignore[no-untyped-call]  # SQLAlchemy 2.1 gives DDL no types
        event.listen(Event.__table__, "after_create", creation.execute_if(dialect=engine))
