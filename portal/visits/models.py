"""The visit: its dates and its plan. Its days are booked in `bookings`."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from portal.bookings.models import BookedDay
from portal.db import Base
from portal.units.models import HostUnit


class Visit(Base):
    """Dates and plan as last proposed; both agreements bind to `plan_version`."""

    __tablename__ = "visit"

    exchange_id: Mapped[int] = mapped_column(ForeignKey("exchange.id"), unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("host_unit.id"))
    start: Mapped[date]
    end: Mapped[date]
    travel_out: Mapped[date | None]
    travel_back: Mapped[date | None]
    plan_version: Mapped[int] = mapped_column(default=1)
    proposed_at: Mapped[datetime]
    expert_agreed_at: Mapped[datetime | None]
    home_agreed_at: Mapped[datetime | None]
    arrived_on: Mapped[date | None]
    departed_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)

    unit: Mapped[HostUnit] = relationship()
    agenda: Mapped[list[AgendaItem]] = relationship(
        cascade="all, delete-orphan", order_by="AgendaItem.day, AgendaItem.begins"
    )
    milestones: Mapped[list[Milestone]] = relationship(cascade="all, delete-orphan", order_by="Milestone.due")
    days: Mapped[list[BookedDay]] = relationship(
        primaryjoin=lambda: Visit.exchange_id == foreign(BookedDay.subject_id), order_by=BookedDay.day, viewonly=True
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012
    __table_args__ = (CheckConstraint('"end" >= start', name="order"), Index("ix_visit_start", "start"))


class AgendaItem(Base):
    """One item of a short visit's day; times are local to the place."""

    __tablename__ = "agenda_item"

    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id", ondelete="CASCADE"), index=True)
    day: Mapped[date]
    begins: Mapped[time]
    ends: Mapped[time]
    title: Mapped[str] = mapped_column(String(300))
    place: Mapped[str] = mapped_column(default="")
    who: Mapped[str] = mapped_column(default="")
    changed: Mapped[str] = mapped_column(Text, default="")  # what was different, written with the report

    __table_args__ = (CheckConstraint("ends > begins", name="order"),)


class Milestone(Base):
    """One milestone of a long stay's work plan."""

    __tablename__ = "milestone"

    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id", ondelete="CASCADE"), index=True)
    due: Mapped[date]
    title: Mapped[str] = mapped_column(String(300))
    output: Mapped[str] = mapped_column(Text, default="")
    indicator: Mapped[str] = mapped_column(Text, default="")
    result: Mapped[str] = mapped_column(Text, default="")
