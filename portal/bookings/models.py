"""Bookings: one row for each person and day."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, enum_type


class DayKind(StrEnum):
    WORK = "work"
    REST = "rest"  # weekend or holiday within the stay
    TRAVEL = "travel"


class BookedDay(Base):
    """One person on one day in one seat of one unit: the database refuses a second place or a full unit.

    Travel days take no seat (`seat` null), but the person is still in one place at a time.
    """

    __tablename__ = "booked_day"

    subject_id: Mapped[int] = mapped_column(ForeignKey("subject.id"), index=True)  # for which they are booked
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("host_unit.id"))
    day: Mapped[date]
    seat: Mapped[int | None]  # 1 … the unit's capacity
    kind: Mapped[DayKind] = mapped_column(enum_type(DayKind))
    present: Mapped[bool | None]  # null: not recorded

    __table_args__ = (
        UniqueConstraint("person_id", "day"),
        UniqueConstraint("unit_id", "day", "seat"),
        # without a seat a day would pass the unit's key unseen: only travelling takes none
        CheckConstraint("(kind = 'travel') = (seat IS NULL)", name="seat"),
    )
