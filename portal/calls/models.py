"""Calls, the headings of the action plan that they belong to, and announcements."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import calendars
from portal.accounts.models import Agency, Level, Person
from portal.db import Base, enum_type
from portal.documents.models import DocumentKind
from portal.exchanges.models import Kind
from portal.names import in_language
from portal.reference_data import watched
from portal.topics.models import Topic


class CallState(StrEnum):
    """Published calls are upcoming, open or closed by their dates; cancelled ones take no applications."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


class Phase(StrEnum):
    """The state of a call at a moment, which follows from `CallState` and its dates."""

    DRAFT = "draft"
    UPCOMING = "upcoming"
    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Standing(StrEnum):
    """The state of an announcement on a day; only its editors see drafts and those that are yet to come."""

    DRAFT = "draft"
    COMING = "coming"
    CURRENT = "current"
    PAST = "past"


@watched
class Heading(Base):
    """One of the eleven headings of the action plan of 2 March 2020; `number` is its position there."""

    __tablename__ = "heading"

    number: Mapped[int] = mapped_column(unique=True)
    title: Mapped[str] = mapped_column(String(300))  # as signed, in English
    title_tr: Mapped[str] = mapped_column(String(300), default="")
    title_az: Mapped[str] = mapped_column(String(300), default="")
    purpose: Mapped[str] = mapped_column(Text, default="")  # in English
    purpose_tr: Mapped[str] = mapped_column(Text, default="")
    purpose_az: Mapped[str] = mapped_column(Text, default="")
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    def in_language(self, name: str, language: str) -> tuple[str, str]:
        """The (text, language) of title or purpose for a reader."""
        others = {code: getattr(self, f"{name}_{code}") for code in ("tr", "az")}
        return in_language({"en": getattr(self, name)} | others, language)

    def named(self, language: str) -> str:
        return self.in_language("title", language)[0]


@watched
class Call(Base):
    """An invitation to apply. Limits are days; `deadline` is a moment, shown in the call's own `zone`."""

    __tablename__ = "call"

    title_en: Mapped[str]
    title_tr: Mapped[str] = mapped_column(default="")
    title_az: Mapped[str] = mapped_column(default="")
    description: Mapped[str] = mapped_column(Text, default="")  # in English
    description_tr: Mapped[str] = mapped_column(Text, default="")
    description_az: Mapped[str] = mapped_column(Text, default="")
    who_can_apply: Mapped[str] = mapped_column(Text, default="")
    who_can_apply_tr: Mapped[str] = mapped_column(Text, default="")
    who_can_apply_az: Mapped[str] = mapped_column(Text, default="")
    kind: Mapped[Kind] = mapped_column(enum_type(Kind))
    home_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))  # whose experts apply
    host_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))  # who runs the call
    heading: Mapped[int] = mapped_column(ForeignKey("heading.number"))
    places: Mapped[int]
    opens: Mapped[datetime]
    deadline: Mapped[datetime]
    zone: Mapped[str] = mapped_column(String(40))
    earliest: Mapped[date]
    latest: Mapped[date]
    min_days: Mapped[int]
    max_days: Mapped[int]
    min_years: Mapped[int | None]  # of experience; null: none are asked for
    # a Level in the language of the host agency, empty where none is asked for; a word, so that the migration adds it
    # without making this watched table anew
    language_level: Mapped[str] = mapped_column(String(2), default=Level.B1.value)
    required_documents: Mapped[str] = mapped_column(default="cv")  # DocumentKind values, separated by spaces
    costs: Mapped[str] = mapped_column(Text, default="")
    costs_tr: Mapped[str] = mapped_column(Text, default="")
    costs_az: Mapped[str] = mapped_column(Text, default="")
    contact: Mapped[str] = mapped_column(default="")
    state: Mapped[CallState] = mapped_column(enum_type(CallState), default=CallState.DRAFT)
    published_at: Mapped[datetime | None]
    idempotency_key: Mapped[str] = mapped_column(String(40), unique=True)
    version: Mapped[int] = mapped_column(default=1)

    home: Mapped[Agency] = relationship(foreign_keys=[home_id])
    host: Mapped[Agency] = relationship(foreign_keys=[host_id])
    agency: Mapped[Agency] = relationship(foreign_keys=[agency_id])
    topics: Mapped[list[Topic]] = relationship(secondary="call_topic", order_by=Topic.id)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012
    __table_args__ = (
        CheckConstraint("home_id <> host_id", name="two_agencies"),
        CheckConstraint("places >= 1", name="places"),
        CheckConstraint("min_days >= 1 and max_days >= min_days", name="days"),
        CheckConstraint("latest >= earliest", name="visit_dates"),
        CheckConstraint("deadline > opens", name="deadline"),
        Index("ix_call_state", "state", "deadline"),
    )

    @property
    def documents(self) -> tuple[DocumentKind, ...]:
        return tuple(DocumentKind(word) for word in self.required_documents.split())

    @property
    def level(self) -> Level | None:
        """The level that is asked for in the language of the host agency."""
        return Level(self.language_level) if self.language_level else None

    def title(self, language: str) -> str:
        """The title for a reader of this language."""
        return self.in_language("title", language)[0]

    def in_language(self, name: str, language: str) -> tuple[str, str]:
        """The (text, language) of title, description, who_can_apply or costs for a reader; see `in_language`."""
        english = self.title_en if name == "title" else getattr(self, name)
        others = {code: getattr(self, f"{name}_{code}") for code in ("tr", "az")}
        return in_language({"en": english} | others, language)

    def phase(self, at: datetime) -> Phase:
        """The call's phase at this moment; through the minute of the deadline it is still open."""
        if self.state is not CallState.PUBLISHED:
            return Phase(self.state.value)
        if at < self.opens:
            return Phase.UPCOMING
        return Phase.OPEN if calendars.minute(at) <= self.deadline else Phase.CLOSED


class CallTopic(Base):
    __tablename__ = "call_topic"

    call_id: Mapped[int] = mapped_column(ForeignKey("call.id", ondelete="CASCADE"))
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id"), index=True)

    __table_args__ = (UniqueConstraint("call_id", "topic_id"),)


class Announcement(Base):
    """An announcement of an agency, in at least one language. It is current from `first` to `last`, days at the agency,
    and can be read afterwards too. Withdrawn, it is a draft again."""

    __tablename__ = "announcement"

    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    title_en: Mapped[str] = mapped_column(default="")
    title_tr: Mapped[str] = mapped_column(default="")
    title_az: Mapped[str] = mapped_column(default="")
    text_en: Mapped[str] = mapped_column(Text, default="")
    text_tr: Mapped[str] = mapped_column(Text, default="")
    text_az: Mapped[str] = mapped_column(Text, default="")
    first: Mapped[date]
    last: Mapped[date | None]
    published: Mapped[bool] = mapped_column(default=True)
    created_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    idempotency_key: Mapped[str] = mapped_column(String(40), unique=True)
    version: Mapped[int] = mapped_column(default=1)

    agency: Mapped[Agency] = relationship()
    created_by: Mapped[Person] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012
    __table_args__ = (
        CheckConstraint("last >= first", name="order"),
        Index("ix_announcement_published", "published", "first", "id"),
    )

    def title(self, language: str) -> str:
        return self.in_language("title", language)[0]

    def in_language(self, name: str, language: str) -> tuple[str, str]:
        """The (text, language) of title or text for a reader; both are in the same language."""
        return in_language({code: getattr(self, f"{name}_{code}") for code in ("en", "tr", "az")}, language)

    def standing(self, at: datetime) -> Standing:
        """Its state at this moment; days begin at midnight in the agency's time zone."""
        if not self.published:
            return Standing.DRAFT
        today = calendars.day_of(at, self.agency.zone)
        if today < self.first:
            return Standing.COMING
        return Standing.PAST if self.last is not None and self.last < today else Standing.CURRENT
