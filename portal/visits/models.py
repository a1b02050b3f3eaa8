"""The visit: its dates and its plan, and the rules for stays. Its days are booked in `bookings`."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from portal.accounts.models import Person
from portal.bookings.models import BookedDay
from portal.db import Base, enum_type
from portal.reference_data import watched
from portal.units.models import HostUnit
from portal.visits.stay_rules import Rule, StayCode


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
    language: Mapped[str] = mapped_column(String(2), default="")  # in which plan and note were written
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


class PlanDraft(Base):
    """A plan while it is written, by the unit or the host agency, half-filled rows included; the proposal ends it.

    `rows` are those of the form: agenda items or milestones, each answer as text.
    """

    __tablename__ = "plan_draft"

    exchange_id: Mapped[int] = mapped_column(ForeignKey("exchange.id", ondelete="CASCADE"), unique=True)
    start: Mapped[date | None]
    end: Mapped[date | None]
    travel_out: Mapped[date | None]
    travel_back: Mapped[date | None]
    note: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(String(2), default="")
    rows: Mapped[list[dict[str, str]]] = mapped_column(JSON)
    version: Mapped[int] = mapped_column(default=1)
    saved_at: Mapped[datetime]
    saved_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))

    saved_by: Mapped[Person] = relationship(lazy="raise_on_sql")


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


@watched
class StayRule(Base):
    """One rule for staying in a country while it is in force, with where it is from. Never legal advice.

    The law may change it: then this row ends and another begins. What was wrong from the start is withdrawn: it
    is kept, but no longer told."""

    __tablename__ = "stay_rule"

    country: Mapped[str] = mapped_column(String(2))
    code: Mapped[StayCode] = mapped_column(enum_type(StayCode))
    days: Mapped[int | None]
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]  # its last day; none until further notice
    source: Mapped[str] = mapped_column(String(300))  # in English
    source_tr: Mapped[str] = mapped_column(String(300), default="")
    source_az: Mapped[str] = mapped_column(String(300), default="")
    address: Mapped[str] = mapped_column(String(300), default="")  # https://migration.gov.az
    checked_on: Mapped[date | None]  # when somebody last read the source; none: nobody has
    withdrawn_on: Mapped[date | None]

    __table_args__ = (
        UniqueConstraint("country", "code", "valid_from"),
        CheckConstraint("country in ('TR', 'AZ')", name="country"),
        CheckConstraint("valid_until >= valid_from", name="order"),
        CheckConstraint(
            "coalesce(days, 1) >= 1 and (days is not null or code in ('permit', 'identity_card', 'leaving', 'work'))",
            name="days",
        ),
    )

    def plain(self) -> Rule:
        """As a value, for the computation."""
        sources = {"en": self.source, "tr": self.source_tr, "az": self.source_az}
        dates = (self.valid_from, self.valid_until)
        return Rule(self.country, self.code, self.days, *dates, sources, self.address, self.checked_on)
