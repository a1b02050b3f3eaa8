"""What the two agencies decided, on which version, and what they asked to be changed."""

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


class Decision(Base):
    """One agency's decision on one version: the database itself refuses a second one."""

    __tablename__ = "decision"

    exchange_id: Mapped[int] = mapped_column(ForeignKey("exchange.id"))
    version: Mapped[int]  # of the exchange that was read
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    outcome: Mapped[Outcome] = mapped_column(enum_type(Outcome))
    reason: Mapped[str] = mapped_column(Text, default="")
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]

    agency: Mapped[Agency] = relationship()
    by: Mapped[Person] = relationship()
    comments: Mapped[list[Comment]] = relationship(cascade="all, delete-orphan", order_by="Comment.id")
    __table_args__ = (UniqueConstraint("exchange_id", "version", "agency_id"),)


class Comment(Base):
    """What to change in one section of the application; shown beside that section while it is returned."""

    __tablename__ = "comment"

    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id", ondelete="CASCADE"), index=True)
    section: Mapped[str] = mapped_column(String(20))  # a section's key, see applications.sections
    text: Mapped[str] = mapped_column(Text)
