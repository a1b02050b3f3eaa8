"""Writes, submits, accepts and returns the final report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal import calendars
from portal.db import session
from portal.exchanges import queries as exchange_queries
from portal.exchanges.models import Exchange
from portal.findings import Conflict, EditConflict, Finding, RuleViolation, settle
from portal.names import LANGUAGES
from portal.policy import Actor, Permission, Side, require
from portal.reports import queries
from portal.reports.changes import digests
from portal.reports.completeness import doubts, missing
from portal.reports.models import Met, Objective, Priority, Recommendation, Report
from portal.sealing import service as sealing
from portal.subjects import service as subjects
from portal.visits.models import AgendaItem, Milestone
from portal.workflows.exchange_terms import Action, Status, Turn

REPORT = "report"  # the name of the document that is sealed
BEFORE_DEPARTURE = frozenset(
    {Status.ACCEPTED, Status.PLACED, Status.SCHEDULED, Status.UNDER_WAY}
)  # statuses from which a departure is still to come
WRITABLE = frozenset(
    {Status.UNDER_WAY, Status.COMPLETED}
)  # can be begun during the visit; submitted after the departure


@dataclass(frozen=True)
class ObjectiveAnswer:
    text: str
    met: Met | None
    note: str


@dataclass(frozen=True)
class RecommendationAnswer:
    """Owner and horizon may be missing while the report is being written."""

    text: str
    owner_id: int | None
    horizon: date | None
    priority: Priority


def begin(exchange: Exchange, objectives: Sequence[str], language: str, by: Actor) -> Report:
    """The report of an exchange, begun with the application's expected results as its objectives and with the days
    that the host recorded (enter once). Raises Denied, RuleViolation: "not_now"."""
    exchange = exchange_queries.locked(exchange.id)
    require(Permission.WRITE_REPORT, by, exchange)
    known = queries.report_of(exchange.id)
    if known is not None:
        return known
    if exchange.status not in WRITABLE:
        raise RuleViolation("not_now")
    report = Report(exchange_id=exchange.id, language=language, saved_at=calendars.now())
    report.objectives = [Objective(number=n, text=text, met=None) for n, text in enumerate(objectives, start=1)]
    if exchange.status is Status.COMPLETED:
        report.days_worked = queries.days_present(exchange.id)
    session.add(report)
    session.flush()
    return report


def forget_recorded_days(exchange: Exchange) -> None:
    """While a departure is being taken back: a report in which its days stand asks for them anew after the next one.
    Another number was meant by whoever wrote it, and stays."""
    report = queries.report_of(exchange.id)  # whoever writes in it locks the exchange first
    if report is not None and report.days_worked == queries.days_present(exchange.id):
        report.days_worked = None


def _writable(exchange: Exchange, version: int, by: Actor) -> Report:
    """The report, locked, to be written in. Raises Denied, RuleViolation("not_now", "handed_in"), EditConflict."""
    exchange = exchange_queries.locked(exchange.id)
    require(Permission.WRITE_REPORT, by, exchange)
    report = queries.locked(exchange.id)
    if report is None:
        raise RuleViolation("not_now")
    if exchange.status not in WRITABLE:
        raise RuleViolation("handed_in")
    if report.version != version:
        raise EditConflict(exchange.reference)
    return report


def save_text(exchange: Exchange, version: int, answers: Mapping[str, Any], *, by: Actor) -> Report:
    """Saves plain answers of one section by their column names.

    Raises Denied, EditConflict, RuleViolation: "not_now", "handed_in".
    """
    report = _writable(exchange, version, by)
    for name, value in answers.items():
        setattr(report, name, value)
    return _saved(report)


def save_objectives(exchange: Exchange, version: int, answers: Sequence[ObjectiveAnswer], *, by: Actor) -> Report:
    """Replaces the objectives and how far each was met.

    Raises Denied, EditConflict, RuleViolation: "not_now", "handed_in".
    """
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
    """Replaces the recommendations.

    Raises Denied, EditConflict, RuleViolation: "not_now", "handed_in", "owner" (an agency that is no party).
    """
    report = _writable(exchange, version, by)
    if any(answer.owner_id not in (None, exchange.home_id, exchange.host_id) for answer in answers):
        raise RuleViolation("owner")
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
    """What was different from the plan: in general, and by agenda item or milestone (by its id).

    Raises Denied, EditConflict, RuleViolation: "not_now", "handed_in".
    """
    report = _writable(exchange, version, by)
    visit = queries.visit_with_plan(exchange.id)
    assert visit is not None, "an exchange under way has a visit"
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


def hand_in(exchange: Exchange, version: int, *, by: Actor, confirmed: str | None = None) -> None:
    """Submits the report to the host agency. Raises RuleViolation: "not_departed", "incomplete", warnings that are not
    `confirmed` (`findings.settle`); Conflict, Denied."""
    exchange = exchange_queries.locked(exchange.id)
    require(Action.EXPERT_SUBMIT_REPORT, by, exchange)
    if exchange.status in BEFORE_DEPARTURE:
        raise RuleViolation("not_departed")
    report = queries.locked(exchange.id)
    if exchange.status is Status.COMPLETED and (report is None or missing(report)):
        raise RuleViolation("incomplete")
    if report is not None and exchange.version == version:
        settle(_to_mind(exchange, report), confirmed)
    facts = {"sections": digests(report, queries.visit_with_plan(exchange.id))} if report is not None else None
    subjects.advance(exchange, Action.EXPERT_SUBMIT_REPORT, by=by, version=version, facts=facts)
    assert report is not None, "a completed exchange without a report was refused above"
    report.submitted_at = calendars.now()
    session.flush()


def _to_mind(exchange: Exchange, report: Report) -> list[Finding]:
    """The warnings about a complete report."""
    periods = queries.open_periods(exchange, queries.progress_reports(exchange.id))
    return doubts(report, queries.days_present(exchange.id), len(periods), calendars.today(exchange.home.zone))


def comment_as_host(exchange: Exchange, text: str, version: int, *, by: Actor) -> None:
    """The host's comment, printed with the report; until the host agency accepts it, so that the home agency decides
    on what it read. `version` is the report's. Raises Denied, RuleViolation("not_now"), Conflict."""
    exchange = exchange_queries.locked(exchange.id)
    require(Permission.COMMENT_REPORT, by, exchange)
    report = queries.locked(exchange.id)
    if report is None or exchange.status is not Status.REPORTED or exchange.turn is not Turn.HOST:
        raise RuleViolation("not_now")
    if report.host_comment == text:
        return  # the same press once more
    if report.version != version:
        raise Conflict(exchange.reference)
    report.host_comment, report.host_language = text, by.language
    subjects.record(exchange, "host_commented", by=by, side=Side.HOST)


@dataclass(frozen=True)
class HostComment:
    """The host's comment as it is to be printed; `version` is that of the report which was read."""

    text: str
    version: int

    def misses(self, report: Report) -> bool:
        """Whether another comment has been saved since."""
        return report.version != self.version and report.host_comment != self.text


def accept(
    exchange: Exchange,
    action: Action,
    version: int,
    wanted: Sequence[str] = (),
    *,
    by: Actor,
    comment: HostComment | None = None,
) -> None:
    """The host agency, with its comment, or the home agency accepts the report. After the second the `wanted` versions,
    or all of them, wait for the worker, which makes and seals them.

    Raises Denied, Conflict, RuleViolation: "other_comment" (another was saved since).
    """
    exchange = exchange_queries.locked(exchange.id)
    require(action, by, exchange)
    report = queries.locked(exchange.id)
    if exchange.version == version and report is not None and comment is not None and comment.misses(report):
        raise RuleViolation("other_comment", field="comment")
    subjects.advance(exchange, action, by=by, version=version)
    assert report is not None, "a report was handed in"
    if comment is not None and report.host_comment != comment.text:
        report.host_comment, report.host_language = comment.text, by.language
    if action is Action.HOST_ACCEPT_REPORT:
        report.host_accepted_at = calendars.now()
    else:
        report.home_accepted_at = calendars.now()
        sealing.want(exchange, REPORT, wanted or versions(exchange))
    session.flush()


def undo_accept(exchange: Exchange, *, version: int, by: Actor) -> None:
    """Takes the host agency's acceptance back, before the home agency has decided; the comment stays, to be changed.

    Raises Denied, Conflict, RuleViolation: "undo_nothing", "undo_other", "undo_late", "undo_acted".
    """
    exchange = exchange_queries.locked(exchange.id)
    require(Action.HOST_UNDO_ACCEPT_REPORT, by, exchange)
    report = queries.locked(exchange.id)
    subjects.advance(exchange, Action.HOST_UNDO_ACCEPT_REPORT, by=by, version=version)
    assert report is not None, "a report was accepted"
    report.host_accepted_at = None
    session.flush()


def versions(exchange: Exchange) -> tuple[str, ...]:
    """The versions of a report: in each language of the portal, and in both agencies' own beside each other."""
    return (*LANGUAGES, both_languages(exchange))


def both_languages(exchange: Exchange) -> str:
    """az-tr: home's language first."""
    return f"{exchange.home.language}-{exchange.host.language}"


def send_back(exchange: Exchange, action: Action, version: int, reason: str, *, by: Actor) -> None:
    """Returns the report to the expert with comments; both acceptances are needed again. Raises Denied, Conflict,
    RuleViolation: "reason"."""
    subjects.advance(exchange, action, by=by, version=version, reason=reason)
    report = queries.locked(exchange.id)
    assert report is not None
    report.host_accepted_at = report.home_accepted_at = report.submitted_at = None
    session.flush()
