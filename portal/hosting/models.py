"""The terms on which an expert is placed in a host unit."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, enum_type
from portal.units.models import HostUnit


class Bearer(StrEnum):
    """The agency or person that pays a cost."""

    HOME = "home"
    HOST = "host"
    EXPERT = "expert"


class Placement(Base):
    """The terms on which an expert is proposed to a unit. Those that were declined stay, so that nobody asks twice, and
    those that were replaced."""

    __tablename__ = "placement"

    exchange_id: Mapped[int] = mapped_column(ForeignKey("exchange.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("host_unit.id"), index=True)
    counterpart: Mapped[str] = mapped_column(String(120), default="")
    counterpart_phone: Mapped[str] = mapped_column(String(40), default="")
    supervisor: Mapped[str] = mapped_column(String(120), default="")
    duties: Mapped[str] = mapped_column(Text, default="")
    expected_results: Mapped[str] = mapped_column(Text, default="")
    working_language: Mapped[str] = mapped_column(String(3), default="")
    facilities: Mapped[str] = mapped_column(Text, default="")
    travel: Mapped[Bearer] = mapped_column(enum_type(Bearer, "travel"), default=Bearer.HOME)
    lodging: Mapped[Bearer] = mapped_column(enum_type(Bearer, "lodging"), default=Bearer.HOST)
    insurance: Mapped[Bearer] = mapped_column(enum_type(Bearer, "insurance"), default=Bearer.HOME)
    confidentiality: Mapped[str] = mapped_column(Text, default="")
    intellectual_property: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(String(2), default="")  # in which the terms were written
    proposed_at: Mapped[datetime]
    proposed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    declined_at: Mapped[datetime | None]
    replaced_at: Mapped[datetime | None]  # when the host agency took it back to look for another unit
    version: Mapped[int] = mapped_column(default=1)  # of the terms: a unit confirms those that it has read

    unit: Mapped[HostUnit] = relationship()
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012
