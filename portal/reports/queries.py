"""Queries of reports, and the facts of one as a document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from portal.accounts.models import Agency
from portal.applications.models import Application
from portal.bookings.models import BookedDay, DayKind
from portal.db import session
from portal.exchanges.models import Exchange, Kind
from portal.hosting.models import Placement
from portal.reports.document import (
    Acceptance,
    AgencyFact,
    AgendaFact,
    AttendanceFact,
    MilestoneFact,
    MilestoneProgressFact,
    ObjectiveFact,
    ProgressFact,
    RecommendationFact,
    ReportDocument,
)
from portal.reports.models import Evaluation, FollowUpEntry, ProgressDraft, ProgressReport, Recommendation, Report
from portal.reports.periods import Period, unreported
from portal.sealing.seals import Seal
from portal.subjects.queries import GivenReason, last_reason
from portal.visits.models import Visit
from portal.workflows.exchange_terms import Action


def report_of(exchange_id: int) -> Report | None:
    """The report with objectives and recommendations (and the agencies that own them)."""
    owners = selectinload(Report.recommendations).joinedload(Recommendation.owner)
    statement = select(Report).where(Report.exchange_id == exchange_id)
    return session.scalars(statement.options(selectinload(Report.objectives), owners)).one_or_none()


def locked(exchange_id: int) -> Report | None:
    """The report as it is now, its row locked until the commit."""
    statement = select(Report).where(Report.exchange_id == exchange_id).with_for_update(key_share=True)
    lists = (selectinload(Report.objectives), selectinload(Report.recommendations))
    return session.scalars(statement.options(*lists).execution_options(populate_existing=True)).one_or_none()


def progress_reports(exchange_id: int) -> list[ProgressReport]:
    """A long stay's progress reports with their milestones, oldest first."""
    statement = select(ProgressReport).where(ProgressReport.exchange_id == exchange_id)
    statement = statement.options(selectinload(ProgressReport.milestones))
    return list(session.scalars(statement.order_by(ProgressReport.first)))


def progress_draft(exchange_id: int) -> ProgressDraft | None:
    """The progress report that is being written."""
    return session.scalars(select(ProgressDraft).where(ProgressDraft.exchange_id == exchange_id)).one_or_none()


def open_periods(exchange: Exchange, known: Sequence[ProgressReport]) -> list[Period]:
    """The periods of a long stay on which none of these reports."""
    if exchange.kind is not Kind.LONG or exchange.start is None or exchange.end is None:
        return []
    return unreported(exchange.start, exchange.end, [(row.first, row.last) for row in known])


def evaluations(exchange_id: int) -> dict[bool, Evaluation]:
    """By `on_host`: the expert's on the host, the host's on the expert."""
    rows = session.scalars(select(Evaluation).where(Evaluation.exchange_id == exchange_id))
    return {row.on_host: row for row in rows}


@dataclass(frozen=True)
class FollowUp:
    """What was said of one recommendation, the newest first: each agency's newest entry, and those before."""

    newest: Sequence[FollowUpEntry]
    earlier: Sequence[FollowUpEntry]

    def of(self, agency_id: int | None) -> FollowUpEntry | None:
        """An agency's newest entry."""
        return next((entry for entry in self.newest if entry.agency_id == agency_id), None)


def follow_up(report_id: int) -> dict[int, FollowUp]:
    """By the id of the recommendation; recommendations of which nothing was said yet are left out."""
    statement = (
        select(FollowUpEntry)
        .join(Recommendation, Recommendation.id == FollowUpEntry.recommendation_id)
        .where(Recommendation.report_id == report_id)
        .options(joinedload(FollowUpEntry.agency), joinedload(FollowUpEntry.evidence))
        .order_by(FollowUpEntry.recommendation_id, FollowUpEntry.at.desc(), FollowUpEntry.id.desc())
    )
    groups = groupby(session.scalars(statement), key=lambda entry: entry.recommendation_id)
    return {recommendation_id: _follow_up(list(entries)) for recommendation_id, entries in groups}


def _follow_up(entries: Sequence[FollowUpEntry]) -> FollowUp:
    newest: dict[int | None, FollowUpEntry] = {}
    for entry in entries:
        newest.setdefault(entry.agency_id, entry)
    shown = list(newest.values())
    return FollowUp(shown, [entry for entry in entries if entry not in shown])


def follow_up_entry(recommendation_id: int, idempotency_key: str) -> FollowUpEntry | None:
    """The entry that this press of the button has made already."""
    statement = select(FollowUpEntry).where(FollowUpEntry.recommendation_id == recommendation_id)
    return session.scalars(statement.where(FollowUpEntry.idempotency_key == idempotency_key)).one_or_none()


def visit_with_plan(exchange_id: int) -> Visit | None:
    """The visit with its plan, its days and its unit."""
    lists = (selectinload(Visit.agenda), selectinload(Visit.milestones), selectinload(Visit.days))
    plan = (*lists, joinedload(Visit.unit))
    return session.scalars(select(Visit).where(Visit.exchange_id == exchange_id).options(*plan)).one_or_none()


def sent_back(exchange_id: int) -> GivenReason:
    """The reason with which the report was last returned to the expert."""
    return last_reason(exchange_id, Action.HOST_RETURN_REPORT, Action.HOME_RETURN_REPORT)


def days_present(exchange_id: int) -> int | None:
    """On how many working days the host recorded that the expert was there; None where nothing was recorded."""
    visit = visit_with_plan(exchange_id)
    return sum(day.kind is DayKind.WORK and day.present is True for day in visit.days) or None if visit else None


def document(exchange: Exchange, language: str, seal: Seal | None = None) -> ReportDocument:
    """The report of an exchange as a document; a fixed number of statements."""
    report, visit = report_of(exchange.id), visit_with_plan(exchange.id)
    assert report is not None and visit is not None, "only written reports of carried out visits are printed"
    application = session.scalars(
        select(Application).where(Application.exchange_id == exchange.id).options(joinedload(Application.call))
    ).one()
    counterpart = session.scalar(
        select(Placement.counterpart).where(
            Placement.exchange_id == exchange.id, Placement.declined_at.is_(None), Placement.replaced_at.is_(None)
        )
    )
    call = application.call
    title, title_language = call.in_language("title", language)
    return ReportDocument(
        language=language,
        writer_language=report.language,
        reference=exchange.reference,
        title=title,
        title_language=title_language,
        home=agency_fact(exchange.home),
        host=agency_fact(exchange.host),
        long=bool(visit.milestones),
        expert_name=exchange.person_name,
        document_name=exchange.document_name,
        expert_post=application.post,
        expert_unit=application.unit_name,
        unit_name=visit.unit.name_own,
        counterpart=counterpart or "",
        start=exchange.start or visit.start,
        end=exchange.end or visit.end,
        days_worked=report.days_worked,
        publish=report.publish,
        zone=exchange.host.zone,
        place=visit.unit.city,
        progress=[_progress(p) for p in progress_reports(exchange.id)],
        acceptances=[
            Acceptance(agency_fact(exchange.host), report.host_accepted_at),
            Acceptance(agency_fact(exchange.home), report.home_accepted_at),
        ],
        seal=seal,
        **_written(report),
        **_planned(exchange, visit),
    )


def _progress(p: ProgressReport) -> ProgressFact:
    milestones = [MilestoneProgressFact(m.due, m.title, m.progress.value, m.note, m.language) for m in p.milestones]
    return ProgressFact(p.first, p.last, p.text, p.difficulties, p.next, milestones, p.language)


TEXTS = ("agenda_changes", "findings", "lessons", "materials", "risks", "next_steps")


def _written(report: Report) -> dict[str, Any]:
    return {
        "objectives": [
            ObjectiveFact(o.number, o.text, o.met.value if o.met else "", o.note) for o in report.objectives
        ],
        "people_met": [line.strip() for line in report.people_met.splitlines() if line.strip()],
        "recommendations": [
            RecommendationFact(r.number, r.text, agency_fact(r.owner) if r.owner else None, r.horizon, r.priority.value)
            for r in report.recommendations
        ],
        **{name: getattr(report, name) for name in (*TEXTS, "host_comment", "host_language")},
    }


def _planned(exchange: Exchange, visit: Visit) -> dict[str, Any]:
    """The plan as carried out: on the days on which the expert was there."""
    first, last = exchange.start or visit.start, exchange.end or visit.end
    held = [item for item in visit.agenda if first <= item.day <= last]
    return {
        "plan_language": visit.language,
        "agenda": [AgendaFact(a.day, a.begins, a.ends, a.title, a.place, a.who, a.changed) for a in held],
        "not_held": len(visit.agenda) - len(held),
        "attendance": attendance(visit.days, by_month=bool(visit.milestones)),
        "milestones": [MilestoneFact(m.due, m.title, m.output, m.indicator, m.result) for m in visit.milestones],
    }


def attendance(days: Sequence[BookedDay], by_month: bool) -> list[AttendanceFact]:
    """The working days of a visit, week by week or month by month."""
    working = [day for day in days if day.kind is DayKind.WORK]
    groups = groupby(working, key=lambda row: _month(row.day) if by_month else _week(row.day))
    return [_attended(list(rows)) for _period, rows in groups]


def _month(day: date) -> tuple[int, int]:
    return day.year, day.month


def _week(day: date) -> tuple[int, int]:
    year, week, _weekday = day.isocalendar()
    return year, week


def _attended(rows: Sequence[BookedDay]) -> AttendanceFact:
    return AttendanceFact(
        first=rows[0].day,
        last=rows[-1].day,
        working=len(rows),
        present=sum(row.present is True for row in rows),
        away=[row.day for row in rows if row.present is False],
        open=sum(row.present is None for row in rows),
    )


def agency_fact(agency: Agency) -> AgencyFact:
    return AgencyFact(agency.code, agency.short_name, agency.name_own, agency.language)
