"""The final report as a document: frozen plain values, in the order in which they are printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from portal.sealing.seals import Seal


@dataclass(frozen=True)
class AgencyFact:
    code: str
    short_name: str
    name_own: str
    language: str


@dataclass(frozen=True)
class ObjectiveFact:
    number: int
    text: str
    met: str  # empty only in a draft
    note: str


@dataclass(frozen=True)
class AgendaFact:
    """One item as carried out; hours are local to the place."""

    day: date
    begins: time
    ends: time
    title: str
    place: str
    who: str
    changed: str


@dataclass(frozen=True)
class AttendanceFact:
    """A week of a short visit or a month of a long stay: its working days, on how many the expert was there, on which
    not, and how many nobody recorded."""

    first: date
    last: date
    working: int
    present: int
    away: Sequence[date]
    open: int


@dataclass(frozen=True)
class MilestoneFact:
    due: date
    title: str
    output: str
    indicator: str
    result: str


@dataclass(frozen=True)
class MilestoneProgressFact:
    due: date
    title: str
    progress: str
    note: str
    language: str = ""  # of the title: the plan's


@dataclass(frozen=True)
class ProgressFact:
    first: date
    last: date
    text: str
    difficulties: str
    next: str
    milestones: Sequence[MilestoneProgressFact] = ()
    language: str = ""


@dataclass(frozen=True)
class RecommendationFact:
    number: int
    text: str
    owner: AgencyFact | None  # none, and no date, only in a draft
    horizon: date | None
    priority: str


@dataclass(frozen=True)
class Acceptance:
    agency: AgencyFact
    on: datetime | None


@dataclass(frozen=True)
class ReportDocument:
    """One final report in one language; without `seal` it is a draft and marked so on every page."""

    language: str
    writer_language: str  # in which the expert wrote
    plan_language: str  # in which agenda or work plan were written
    host_language: str  # in which the host wrote the comment
    reference: str
    title: str
    title_language: str
    home: AgencyFact
    host: AgencyFact
    long: bool
    expert_name: str
    document_name: str  # as in the travel document; may be empty
    expert_post: str
    expert_unit: str
    unit_name: str
    counterpart: str
    start: date
    end: date
    days_worked: int | None
    zone: str
    place: str
    objectives: Sequence[ObjectiveFact]
    agenda: Sequence[AgendaFact]
    not_held: int  # items of the agenda after the expert had left, or before they arrived
    attendance: Sequence[AttendanceFact]
    milestones: Sequence[MilestoneFact]
    progress: Sequence[ProgressFact]
    people_met: Sequence[str]
    recommendations: Sequence[RecommendationFact]
    agenda_changes: str
    findings: str
    lessons: str
    materials: str
    risks: str
    next_steps: str
    host_comment: str
    acceptances: Sequence[Acceptance]
    publish: bool | None = None
    seal: Seal | None = None

    @property
    def recorded(self) -> tuple[int, int]:
        """On how many of how many working days the expert was there."""
        return sum(row.present for row in self.attendance), sum(row.working for row in self.attendance)
