"""What an expert applies with: the snapshot of the person, the plan, wishes and languages."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, case
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from portal.accounts.models import Agency, Level
from portal.calls.models import Call
from portal.db import Base, enum_type
from portal.exchanges.models import Exchange
from portal.personal_data.models import Consent, ConsentAct, ConsentKind, newest
from portal.topics.models import Topic


def _ticked(subject_id: Mapped[int], kind: ConsentKind) -> Any:
    """When the person ticked what still stands: the newest row of this kind, if it was not withdrawn."""
    return newest(case((Consent.act == ConsentAct.GIVEN, Consent.at)), subject_id, kind)


class Application(Base):
    """One application, one exchange. The person's data are a copy, so that decisions refer to what was read.

    `version` guards drafts against a second tab; texts hold one entry a line where they are lists.
    """

    __tablename__ = "application"

    exchange_id: Mapped[int] = mapped_column(ForeignKey("exchange.id", ondelete="CASCADE"), unique=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    language: Mapped[str] = mapped_column(String(2), default="en")  # of the expert's texts
    name: Mapped[str] = mapped_column(String(120), default="")
    document_name: Mapped[str] = mapped_column(String(120), default="")
    post: Mapped[str] = mapped_column(default="")
    unit_name: Mapped[str] = mapped_column(default="")
    years: Mapped[int | None]
    other_topics: Mapped[str] = mapped_column(Text, default="")  # of a draft, not proposed for the list yet; one a line
    situation: Mapped[str] = mapped_column(Text, default="")
    aim: Mapped[str] = mapped_column(Text, default="")
    results: Mapped[str] = mapped_column(Text, default="")  # one a line
    activities: Mapped[str] = mapped_column(Text, default="")  # one a line
    benefit_home: Mapped[str] = mapped_column(Text, default="")
    benefit_host: Mapped[str] = mapped_column(Text, default="")
    earlier: Mapped[str] = mapped_column(Text, default="")
    days: Mapped[int | None]
    replacement: Mapped[str] = mapped_column(default="")
    needs: Mapped[str] = mapped_column(Text, default="")
    wishes_none: Mapped[bool] = mapped_column(default=False)  # "any host unit"
    declared_at: Mapped[datetime | None]
    saved_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    noticed_at: Mapped[datetime | None] = column_property(_ticked(exchange_id, ConsentKind.NOTICE))
    consented_at: Mapped[datetime | None] = column_property(_ticked(exchange_id, ConsentKind.CONSENT))
    exchange: Mapped[Exchange] = relationship()
    call: Mapped[Call] = relationship()
    topics: Mapped[list[Topic]] = relationship(secondary="application_topic", order_by=Topic.id)
    languages: Mapped[list[ApplicationLanguage]] = relationship(
        cascade="all, delete-orphan", order_by="ApplicationLanguage.id"
    )
    windows: Mapped[list[Window]] = relationship(cascade="all, delete-orphan", order_by="Window.rank")
    wishes: Mapped[list[WishedUnit]] = relationship(cascade="all, delete-orphan", order_by="WishedUnit.rank")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class ApplicationTopic(Base):
    __tablename__ = "application_topic"

    application_id: Mapped[int] = mapped_column(ForeignKey("application.id", ondelete="CASCADE"))
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id"), index=True)

    __table_args__ = (UniqueConstraint("application_id", "topic_id"),)


class ApplicationLanguage(Base):
    __tablename__ = "application_language"

    application_id: Mapped[int] = mapped_column(ForeignKey("application.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(3))
    level: Mapped[Level] = mapped_column(enum_type(Level))

    __table_args__ = (UniqueConstraint("application_id", "code"),)


class Window(Base):
    """Wished dates, up to three, ranked."""

    __tablename__ = "application_window"

    application_id: Mapped[int] = mapped_column(ForeignKey("application.id", ondelete="CASCADE"))
    rank: Mapped[int]
    first: Mapped[date]
    last: Mapped[date]

    __table_args__ = (
        UniqueConstraint("application_id", "rank"),
        CheckConstraint("last >= first", name="order"),
        CheckConstraint("rank between 1 and 3", name="rank"),
    )


class WishedUnit(Base):
    """Wished host units, ranked."""

    __tablename__ = "wished_unit"

    application_id: Mapped[int] = mapped_column(ForeignKey("application.id", ondelete="CASCADE"))
    rank: Mapped[int]
    unit_id: Mapped[int] = mapped_column(ForeignKey("host_unit.id"))

    __table_args__ = (UniqueConstraint("application_id", "rank"), UniqueConstraint("application_id", "unit_id"))


class SectionComment(Base):
    """What an agency asked to be changed in one section, on the version that it read.

    The newest version's comments are shown beside their sections while the application is returned.
    """

    __tablename__ = "section_comment"

    exchange_id: Mapped[int] = mapped_column(ForeignKey("exchange.id", ondelete="CASCADE"))
    version: Mapped[int]  # of the exchange that was read
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    section: Mapped[str] = mapped_column(String(20))  # a key of sections.SECTIONS
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(2), default="")  # in which it was written
    at: Mapped[datetime]

    agency: Mapped[Agency] = relationship()
    __table_args__ = (
        UniqueConstraint("exchange_id", "version", "agency_id", "section"),
        Index("ix_section_comment_exchange", "exchange_id", "version"),
    )


class HandedIn(Base):
    """What the application said at one handing in (`changes.snapshot`): whoever decides after a return reads what was
    changed since. Holds words of the expert, so it goes with the exchange."""

    __tablename__ = "handed_in"

    exchange_id: Mapped[int] = mapped_column(ForeignKey("exchange.id", ondelete="CASCADE"))
    version: Mapped[int]  # of the exchange after it
    answers: Mapped[dict[str, list[str]]] = mapped_column(JSON)

    __table_args__ = (UniqueConstraint("exchange_id", "version"),)
