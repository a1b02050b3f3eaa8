"""Writing the report, handing it in, accepting it or sending it back; progress, evaluations and follow-up."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from portal import calendars
from portal.db import hold, session
from portal.exchanges import service as exchanges
from portal.exchanges.models import Exchange
from portal.policy import Actor, Permission, Side, require
from portal.refusals import Refused, Stale
from portal.reports import queries
from portal.reports.models import (
    Evaluation,
    Met,
    Objective,
    Priority,
    Progress,
    ProgressReport,
    Recommendation,
    Report,
    SealedPdf,
)
from portal.visits.models import AgendaItem, Milestone
from portal.workflow import Action, Status

CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that are read for another
CODE_LENGTH = 12  # 30 ** 12: not to be guessed
REQUIRED = ("days_worked", "people_met", "findings", "lessons")


@dataclass(frozen=True)
class ObjectiveAnswer:
    text: str
    met: Met
    note: str


@dataclass(frozen=True)
class RecommendationAnswer:
    text: str
    owner_id: int
    horizon: date
    priority: Priority


def begin(exchange: Exchange, objectives: Sequence[str], language: str, by: Actor) -> Report:
    """The report of an exchange, begun with the application's expected results as its objectives (enter once)."""
    known = queries.report_of(exchange.id)
    if known is not None:
        return known
    require(Permission.WRITE_REPORT, by, exchange)
    report = Report(exchange_id=exchange.id, language=language, saved_at=calendars.now())
    report.objectives = [Objective(number=n, text=text, met=Met.PARTLY) for n, text in enumerate(objectives, start=1)]
    session.add(report)
    session.flush()
    return report


def _writable(exchange: Exchange, version: int, by: Actor) -> Report:
    """The report, to be written in. Raises Denied, Refused("not_now"), Stale."""
    require(Permission.WRITE_REPORT, by, exchange)
    report = queries.report_of(exchange.id)
    if report is None or exchange.status is not Status.COMPLETED:
        raise Refused("not_now")
    if report.version != version:
        raise Stale(exchange.reference)
    return report


def save_text(exchange: Exchange, version: int, answers: Mapping[str, Any], *, by: Actor) -> Report:
    """Saves plain answers of one section by their column names."""
    report = _writable(exchange, version, by)
    for name, value in answers.items():
        setattr(report, name, value)
    return _saved(report)


def save_objectives(exchange: Exchange, version: int, answers: Sequence[ObjectiveAnswer], *, by: Actor) -> Report:
    """Replaces the objectives and how far each was met."""
    report = _writable(exchange, version, by)
    report.objectives.clear()
    session.flush()
    report.objectives = [
        Objective(number=n, text=a.text, met=a.met, note=a.note) for n, a in enumerate(answers, start=1)
    ]
    return _saved(report)


def save_recommendations(
    exchange: Exchange, version: int, answers: Sequence[RecommendationAnswer], *, by: Actor
) -> Report:
    """Replaces the recommendations. Raises Refused("owner") for an agency that is no party."""
    report = _writable(exchange, version, by)
    if any(answer.owner_id not in (exchange.home_id, exchange.host_id) for answer in answers):
        raise Refused("owner")
    report.recommendations.clear()
    session.flush()
    report.recommendations = [
        Recommendation(number=n, text=a.text, owner_id=a.owner_id, horizon=a.horizon, priority=a.priority)
        for n, a in enumerate(answers, start=1)
    ]
    return _saved(report)


def save_plan_results(
    exchange: Exchange, version: int, changes: str, results: Mapping[int, str], *, by: Actor
) -> Report:
    """What was different from the plan: in general, and by agenda item or milestone (by its id)."""
    report = _writable(exchange, version, by)
    visit = queries.visit_with_plan(exchange.id)
    assert visit is not None, "a completed exchange had a visit"
    items: list[AgendaItem | Milestone] = [*visit.milestones, *visit.agenda]
    for item in items:
        if isinstance(item, Milestone):
            item.result = results.get(item.id, item.result)
        else:
            item.changed = results.get(item.id, item.changed)
    report.agenda_changes = changes
    return _saved(report)


def _saved(report: Report) -> Report:
    report.saved_at = calendars.now()
    session.flush()
    return report


def problems(report: Report) -> list[str]:
    """What is missing before it can be handed in, as codes for `forms.MESSAGES`."""
    missing = [f"missing_{name}" for name in REQUIRED if not getattr(report, name)]
    if not report.objectives:
        missing.append("missing_objectives")
    if not report.recommendations:
        missing.append("missing_recommendations")
    if report.publish is None:
        missing.append("missing_publish")
    return missing


def hand_in(exchange: Exchange, version: int, *, by: Actor) -> None:
    """Hands the report in to the host agency. Raises Refused("incomplete"), Stale, Denied."""
    report = queries.report_of(exchange.id)
    if report is not None and exchange.status is Status.COMPLETED and problems(report):
        raise Refused("incomplete")
    exchanges.advance(exchange, Action.REPORT, by=by, version=version)
    assert report is not None
    report.submitted_at = calendars.now()
    session.flush()


def comment_as_host(exchange: Exchange, text: str, *, by: Actor) -> None:
    """The host's comment, printed with the report; until both agencies accepted it."""
    require(Permission.COMMENT_REPORT, by, exchange)
    report = queries.report_of(exchange.id)
    if report is None or exchange.status is not Status.REPORTED:
        raise Refused("not_now")
    report.host_comment = text
    exchanges.record(exchange, "host_commented", by=by, side=Side.HOST)


def accept(exchange: Exchange, action: Action, version: int, languages: Sequence[str], *, by: Actor) -> None:
    """The host or home agency accepts the report. After the second the PDF in each of `languages` is wanted;
    the worker makes and seals it."""
    exchanges.advance(exchange, action, by=by, version=version)
    report = queries.report_of(exchange.id)
    assert report is not None
    if action is Action.ACCEPT_REPORT_HOST:
        report.host_accepted_at = calendars.now()
    else:
        report.home_accepted_at = calendars.now()
        session.add_all(
            SealedPdf(exchange_id=exchange.id, language=language, code=new_code(), wanted_at=calendars.now())
            for language in languages
        )
    session.flush()


def new_code() -> str:
    """Twelve letters and digits that nobody guesses or misreads."""
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))


def send_back(exchange: Exchange, action: Action, version: int, reason: str, *, by: Actor) -> None:
    """Back to the expert with comments; both acceptances are needed anew."""
    exchanges.advance(exchange, action, by=by, version=version, reason=reason)
    report = queries.report_of(exchange.id)
    assert report is not None
    report.host_accepted_at = report.home_accepted_at = report.submitted_at = None
    session.flush()


def hand_in_progress(
    exchange: Exchange, first: date, last: date, answers: Mapping[str, str], once: str, *, by: Actor
) -> ProgressReport:
    """One period of a long stay. Raises Refused: "not_now", "order", "period_future", "period_known"."""
    require(Permission.WRITE_REPORT, by, exchange)
    hold(once)
    known = session.scalars(select(ProgressReport).where(ProgressReport.once == once)).one_or_none()
    if known is not None:
        return known
    if exchange.status not in (Status.UNDER_WAY, Status.COMPLETED):
        raise Refused("not_now")
    if last < first:
        raise Refused("order", field="last")
    if last > calendars.today():
        raise Refused("period_future", field="last")
    if any(p.first <= last and p.last >= first for p in queries.progress_reports(exchange.id)):
        raise Refused("period_known", field="first")
    row = ProgressReport(
        exchange_id=exchange.id, first=first, last=last, once=once, submitted_at=calendars.now(), **answers
    )
    session.add(row)
    exchanges.record(exchange, "progress_report", by=by, side=Side.EXPERT, facts={"first": first.isoformat()})
    return row


def evaluate(exchange: Exchange, on_host: bool, marks: Sequence[int], comment: str, *, by: Actor) -> None:
    """Five marks of 1 to 5 and a comment, once from each side; a second time corrects the first."""
    require(Permission.EVALUATE_HOST if on_host else Permission.EVALUATE_EXPERT, by, exchange)
    if exchange.status not in (Status.COMPLETED, Status.REPORTED, Status.CLOSED):
        raise Refused("not_now")
    hold(f"evaluation:{exchange.id}:{on_host}")
    row = queries.evaluations(exchange.id).get(on_host)
    if row is None:
        row = Evaluation(exchange_id=exchange.id, on_host=on_host)
        session.add(row)
    row.marks, row.comment, row.by_id, row.at = "".join(map(str, marks)), comment, by.id, calendars.now()
    what = "evaluated_host" if on_host else "evaluated_expert"
    exchanges.record(exchange, what, by=by, side=Side.EXPERT if on_host else Side.HOST)


def follow_up(exchange: Exchange, number: int, progress: Progress, evidence: str, *, by: Actor) -> None:
    """Where one recommendation stands; by either agency, after the report is closed."""
    require(Permission.FOLLOW_UP, by, exchange)
    report = queries.report_of(exchange.id)
    found = next((r for r in report.recommendations if r.number == number), None) if report else None
    if found is None or exchange.status is not Status.CLOSED:
        raise Refused("not_now")
    found.progress, found.evidence, found.followed_up_at = progress, evidence, calendars.now()
    side = Side.HOME if exchange.home_id in by.agencies(*{g.role for g in by.grants}) else Side.HOST
    exchanges.record(exchange, "followed_up", by=by, side=side, facts={"recommendation": number})
