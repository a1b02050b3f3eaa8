"""What came of it: the final report, progress reports, evaluations and recommendations."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Agency
from portal.db import Base, append_only, enum_type


class Met(StrEnum):
    """How far an objective was met."""

    MET = "met"
    PARTLY = "partly"
    NOT_MET = "not_met"


class Priority(StrEnum):
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Progress(StrEnum):
    """Where a recommendation stands at the six-month follow-up, or a milestone at the end of a period."""

    DONE = "done"
    UNDER_WAY = "under_way"
    NOT_STARTED = "not_started"
    DROPPED = "dropped"


class Report(Base):
    """The expert's final report; one an exchange, written in sections."""

    __tablename__ = "report"

    exchange_id: Mapped[int] = mapped_column(ForeignKey("exchange.id"), unique=True)
    language: Mapped[str] = mapped_column(String(2), default="en")
    days_worked: Mapped[int | None]
    agenda_changes: Mapped[str] = mapped_column(Text, default="")
    people_met: Mapped[str] = mapped_column(Text, default="")  # one a line
    findings: Mapped[str] = mapped_column(Text, default="")
    lessons: Mapped[str] = mapped_column(Text, default="")
    materials: Mapped[str] = mapped_column(Text, default="")
    risks: Mapped[str] = mapped_column(Text, default="")
    next_steps: Mapped[str] = mapped_column(Text, default="")
    publish: Mapped[bool | None]
    host_comment: Mapped[str] = mapped_column(Text, default="")
    host_language: Mapped[str] = mapped_column(String(2), default="")  # of that comment
    submitted_at: Mapped[datetime | None]
    host_accepted_at: Mapped[datetime | None]
    home_accepted_at: Mapped[datetime | None]
    saved_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    objectives: Mapped[list[Objective]] = relationship(cascade="all, delete-orphan", order_by="Objective.number")
    recommendations: Mapped[list[Recommendation]] = relationship(
        cascade="all, delete-orphan", order_by="Recommendation.number"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Objective(Base):
    __tablename__ = "objective"

    report_id: Mapped[int] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"))
    number: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    met: Mapped[Met | None] = mapped_column(enum_type(Met))  # null: not said yet
    note: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (UniqueConstraint("report_id", "number"),)


class Recommendation(Base):
    """What should follow; `owner` is the agency that carries it out, `horizon` the day by which; null while they are
    not said yet: a report is handed in only when they are."""

    __tablename__ = "recommendation"

    report_id: Mapped[int] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"))
    number: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"), index=True)
    horizon: Mapped[date | None]
    priority: Mapped[Priority] = mapped_column(enum_type(Priority))

    owner: Mapped[Agency | None] = relationship()
    __table_args__ = (UniqueConstraint("report_id", "number"),)


@append_only
class FollowUpEntry(Base):
    """Where a recommendation stood when one agency said so. The newest entry of each agency counts, none is changed.

    `agency_id` and `by_id` are null only where an answer from before there were entries has no event in the history.
    """

    __tablename__ = "follow_up_entry"

    recommendation_id: Mapped[int] = mapped_column(ForeignKey("recommendation.id"))
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    progress: Mapped[Progress] = mapped_column(enum_type(Progress))
    at: Mapped[datetime]
    idempotency_key: Mapped[str] = mapped_column(String(40))

    agency: Mapped[Agency | None] = relationship(lazy="raise_on_sql")
    evidence: Mapped[FollowUpEvidence | None] = relationship(lazy="raise_on_sql")
    __table_args__ = (UniqueConstraint("recommendation_id", "idempotency_key"),)


class FollowUpEvidence(Base):
    """The words that went with an entry. Like an event's reason they have a row of their own, so that a person's words
    can be erased while the entry stays."""

    __tablename__ = "follow_up_evidence"

    entry_id: Mapped[int] = mapped_column(ForeignKey("follow_up_entry.id"), unique=True)
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(2), default="")  # in which it was written


class ProgressReport(Base):
    """A long-term expert's report on one period of three months, due within the month after."""

    __tablename__ = "progress_report"

    exchange_id: Mapped[int] = mapped_column(ForeignKey("exchange.id"))
    first: Mapped[date]
    last: Mapped[date]
    text: Mapped[str] = mapped_column(Text)
    difficulties: Mapped[str] = mapped_column(Text, default="")
    next: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(String(2), default="")  # in which it was written
    submitted_at: Mapped[datetime]
    idempotency_key: Mapped[str] = mapped_column(String(40), unique=True)

    milestones: Mapped[list[MilestoneProgress]] = relationship(
        cascade="all, delete-orphan", order_by="MilestoneProgress.number"
    )

    __table_args__ = (UniqueConstraint("exchange_id", "first"), CheckConstraint("last >= first", name="order"))


class ProgressDraft(Base):
    """A progress report while it is written, complete or not; handing it in ends it. `rows` are those of the form: a
    milestone's id, where it stands, and what was done for it."""

    __tablename__ = "progress_draft"

    exchange_id: Mapped[int] = mapped_column(ForeignKey("exchange.id", ondelete="CASCADE"), unique=True)
    first: Mapped[date | None]
    last: Mapped[date | None]
    text: Mapped[str] = mapped_column(Text, default="")
    difficulties: Mapped[str] = mapped_column(Text, default="")
    next: Mapped[str] = mapped_column(Text, default="")
    rows: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    version: Mapped[int] = mapped_column(default=1)
    saved_at: Mapped[datetime]


class MilestoneProgress(Base):
    """Where one milestone stood when the period was reported on; due date and title as they were then."""

    __tablename__ = "milestone_progress"

    progress_report_id: Mapped[int] = mapped_column(ForeignKey("progress_report.id", ondelete="CASCADE"))
    number: Mapped[int]
    due: Mapped[date]
    title: Mapped[str] = mapped_column(String(300))
    language: Mapped[str] = mapped_column(String(2), default="")  # of that title, the plan's
    progress: Mapped[Progress] = mapped_column(enum_type(Progress))
    note: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (UniqueConstraint("progress_report_id", "number"),)


class Evaluation(Base):
    """Five marks (1-5) and a comment, by the expert on the host (`on_host`) or by the host on the expert."""

    __tablename__ = "evaluation"

    exchange_id: Mapped[int] = mapped_column(ForeignKey("exchange.id"))
    on_host: Mapped[bool]
    marks: Mapped[str] = mapped_column(String(20))  # five digits, in the order of the form
    comment: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(String(2), default="")  # in which it was written
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("exchange_id", "on_host"),)
