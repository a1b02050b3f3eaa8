"""Consents given and withdrawn, what each agency says of itself as the controller, and the log of clearings."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, ScalarSelect, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, append_only, enum_type


class ConsentKind(StrEnum):
    """A notice is taken note of, a consent is given; the law wants them apart (KVKK, communiqué 30356, article 5)."""

    NOTICE = "notice"
    CONSENT = "consent"


class ConsentAct(StrEnum):
    GIVEN = "given"
    WITHDRAWN = "withdrawn"


class Ground(StrEnum):
    """On what a transfer to the other country rests (KVKK, article 9 as amended by Law 7499)."""

    CONSENT = "consent"
    AGREEMENT = "agreement"
    CONTRACT = "contract"
    PERMISSION = "permission"


@append_only
class Consent(Base):
    """A person gave or withdrew a consent, or took note of a notice, for one subject. The newest row of a kind counts.

    `version` names the file of `texts/`; "0" are words from before there were versions. Holds facts only: the words,
    in which the person is named, stand in `consent_words`, so that they can be destroyed.
    """

    __tablename__ = "consent"

    subject_id: Mapped[int] = mapped_column(ForeignKey("subject.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[ConsentKind] = mapped_column(enum_type(ConsentKind))
    act: Mapped[ConsentAct] = mapped_column(enum_type(ConsentAct))
    version: Mapped[str] = mapped_column(String(8))
    language: Mapped[str] = mapped_column(String(2))
    at: Mapped[datetime]

    words: Mapped[ConsentWords | None] = relationship(lazy="raise_on_sql", viewonly=True)
    __table_args__ = (Index("ix_consent_subject", "subject_id", "kind", "id"),)


def newest(what: Any, subject_id: Any, kind: ConsentKind) -> ScalarSelect[Any]:
    """`what` of the newest row of a kind, for the subject of an enclosing statement."""
    rows = select(what).where(Consent.subject_id == subject_id, Consent.kind == kind)
    return rows.order_by(Consent.id.desc()).limit(1).correlate_except(Consent).scalar_subquery()


class ConsentWords(Base):
    """The words that were consented to, as they were shown."""

    __tablename__ = "consent_words"

    consent_id: Mapped[int] = mapped_column(ForeignKey("consent.id"), unique=True)
    text: Mapped[str] = mapped_column(Text)


class DataController(Base):
    """What an agency says of itself as the controller of personal data; without a row it has said nothing yet."""

    __tablename__ = "data_controller"

    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), unique=True)
    legal_name: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")  # postal
    contact: Mapped[str] = mapped_column(default="")
    ground: Mapped[Ground] = mapped_column(enum_type(Ground), default=Ground.CONSENT)
    basis: Mapped[str] = mapped_column(default="")  # number and day of the agreement, contract or permission
    lawyer: Mapped[str] = mapped_column(String(120), default="")  # who confirmed the ground
    confirmed_on: Mapped[date | None]


class Clearing(Base):
    """One half-yearly clearing of an agency; unfinished while `finished_at` is null. Kept for three years."""

    __tablename__ = "clearing"

    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    half: Mapped[date]  # the first day of the half-year
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("agency_id", "half"),)


class Cleared(Base):
    """What one clearing destroyed: of which kind, of which reference, how many rows and files. No personal data."""

    __tablename__ = "cleared"

    clearing_id: Mapped[int] = mapped_column(ForeignKey("clearing.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(24))  # a key of the retention table
    reference: Mapped[str] = mapped_column(String(16), default="")  # of an exchange; empty for others
    count: Mapped[int]  # rows deleted or blanked
    files: Mapped[int] = mapped_column(default=0)
    at: Mapped[datetime]

    clearing: Mapped[Clearing] = relationship(lazy="raise_on_sql")
