"""Host units, and when they take nobody."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from portal.accounts.models import Agency
from portal.db import Alphabetical, Base
from portal.names import in_language
from portal.reference_data import watched
from portal.topics.models import Topic


@watched
class HostUnit(Alphabetical, Base):
    """A directorate, SME house or department that can host experts; `capacity` is how many on one day."""

    __tablename__ = "host_unit"

    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), index=True)
    name_own: Mapped[str]  # in the agency's own language
    name_en: Mapped[str] = mapped_column(default="")
    name_tr: Mapped[str] = mapped_column(default="")
    name_az: Mapped[str] = mapped_column(default="")
    city: Mapped[str] = mapped_column(String(60))
    address: Mapped[str] = mapped_column(Text, default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    languages: Mapped[str] = mapped_column(default="")  # codes, separated by spaces
    offers: Mapped[str] = mapped_column(Text, default="")  # desk, interpreter, transfer …
    capacity: Mapped[int] = mapped_column(default=1)
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)

    agency: Mapped[Agency] = relationship()
    topics: Mapped[list[Topic]] = relationship(secondary="unit_topic", order_by=Topic.id)
    blocked: Mapped[list[BlockedPeriod]] = relationship(cascade="all, delete-orphan", order_by="BlockedPeriod.first")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012
    __table_args__ = (CheckConstraint("capacity between 1 and 50", name="capacity"),)

    def translated(self, language: str) -> tuple[str, str]:
        """The (name, its language) to show to a reader beside the unit's own name, which always stands first; empty
        where that is what they read best."""
        names = {code: getattr(self, f"name_{code}") for code in ("tr", "az", "en")}
        words, given = in_language(names | {self.agency.language: self.name_own}, language)
        return (words, given) if words != self.name_own else ("", given)

    @validates("name_own")
    def _named(self, _column: str, name: str) -> str:
        return self.keyed(name)


class UnitTopic(Base):
    __tablename__ = "unit_topic"

    unit_id: Mapped[int] = mapped_column(ForeignKey("host_unit.id", ondelete="CASCADE"))
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id"), index=True)

    __table_args__ = (UniqueConstraint("unit_id", "topic_id"),)


class BlockedPeriod(Base):
    __tablename__ = "blocked_period"

    unit_id: Mapped[int] = mapped_column(ForeignKey("host_unit.id", ondelete="CASCADE"))
    first: Mapped[date]
    last: Mapped[date]
    why: Mapped[str] = mapped_column(default="")

    __table_args__ = (
        CheckConstraint("last >= first", name="order"),
        Index("ix_blocked_period_unit", "unit_id", "first"),
    )
