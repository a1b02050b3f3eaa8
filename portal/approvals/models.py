"""The decisions of the two agencies, each on a version."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Agency, Person
from portal.db import Base, enum_type


class Outcome(StrEnum):
    ENDORSED = "endorsed"
    ACCEPTED = "accepted"
    WAITLISTED = "waitlisted"
    RETURNED = "returned"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


class Decision(Base):
    """One agency's decision on one version; a unique key refuses a second one."""

    __tablename__ = "decision"

    exchange_id: Mapped[int] = mapped_column(ForeignKey("exchange.id"))
    version: Mapped[int]  # of the exchange that was read
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    outcome: Mapped[Outcome] = mapped_column(enum_type(Outcome))
    reason: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(String(2), default="")  # in which it was written
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]

    agency: Mapped[Agency] = relationship(lazy="raise_on_sql")
    by: Mapped[Person] = relationship(lazy="raise_on_sql")
    __table_args__ = (UniqueConstraint("exchange_id", "version", "agency_id"),)
