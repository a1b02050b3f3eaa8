"""Proposes and agrees visits, and corrects their plans. Days are rows; the database refuses double bookings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, time
from typing import Any

from sqlalchemy.orm.attributes import flag_modified

from portal import calendars
from portal.bookings import service as bookings
from portal.bookings.models import DayKind
from portal.bookings.queries import taken
from portal.bookings.service import Booking
from portal.calendars import Overrides
from portal.db import session
from portal.exchanges.models import Exchange, Kind
from portal.exchanges.queries import locked
from portal.findings import Conflict, Finding, RuleViolation, settle
from portal.policy import Actor, Permission, Side, require
from portal.subjects import service as subjects
from portal.units.models import HostUnit
from portal.units.queries import unit as unit_by_id
from portal.visits import plan_drafts, queries
from portal.visits.models import AgendaItem, Milestone, Visit
from portal.visits.plan_checks import Closed, Item, Limits, Plan, findings, slip, span
from portal.workflows.exchange_terms import Action, Status


@dataclass(frozen=True)
class AgendaAnswer:
    day: date
    begins: time
    ends: time
    title: str
    place: str
    who: str


@dataclass(frozen=True)
class MilestoneAnswer:
    due: date
    title: str
    output: str
    indicator: str


@dataclass(frozen=True)
class Proposal:
    """Dates, travel days and plan: an agenda for short visits, milestones for long ones."""

    start: date
    end: date
    travel_out: date | None
    travel_back: date | None
    note: str
    agenda: Sequence[AgendaAnswer]
    milestones: Sequence[MilestoneAnswer]
    language: str = ""  # in which plan and note are written; the writer's where it is not said

    @property
    def travel(self) -> list[date]:
        return [day for day in (self.travel_out, self.travel_back) if day is not None]


@dataclass(frozen=True)
class CallLimits:
    """The call's limits: visits from `earliest` to `latest`, stays of `least` to `most` days. They only warn where the
    application lies outside of them itself, since the call was changed after it was handed in."""

    earliest: date
    latest: date
    least: int
    most: int
    binding: bool = True


def check(
    exchange: Exchange, proposal: Proposal, call: CallLimits, visit: Visit | None, exceptions: Overrides | None = None
) -> list[Finding]:
    """Findings about a proposal, errors first; shown before it is made, and errors refuse it.

    `visit` is the previous proposal, if any, whose own days do not count as booked.
    """
    items = [Item(a.day, a.begins, a.ends, a.title) for a in proposal.agenda]
    due, long = [m.due for m in proposal.milestones], exchange.kind is Kind.LONG
    plan = Plan(proposal.start, proposal.end, proposal.travel_out, proposal.travel_back, items, due, long)
    known = calendars.overrides() if exceptions is None else exceptions
    return findings(plan, _limits(exchange, proposal, call, visit, known))


def _limits(
    exchange: Exchange, proposal: Proposal, call: CallLimits, visit: Visit | None, exceptions: Overrides
) -> Limits:
    unit = visit.unit if visit and visit.unit_id == exchange.unit_id else unit_by_id(exchange.unit_id or 0)
    assert unit is not None, "a placed exchange has a unit"
    days, there = span(proposal.start, proposal.end), exchange.host.country
    first, last = min([proposal.start, *proposal.travel]), max([proposal.end, *proposal.travel])
    working = [day for day in days if calendars.is_working(day, there, exceptions)]
    others = taken(exchange.expert_id, unit.id, first, last, but_subject=exchange.id)
    closed = calendars.closed_days(proposal.start, proposal.end, (there, exchange.home.country), exceptions)
    return Limits(
        **vars(call),
        days=len(working if exchange.kind is Kind.SHORT else days),
        asked=calendars.stay_days(proposal.start, proposal.end, exchange.kind is Kind.SHORT),
        unit_blocked=[(period.first, period.last) for period in unit.blocked],
        full=[day for day in days if len(others.seats.get(day, ())) >= unit.capacity],
        elsewhere=others.elsewhere,
        closed=[Closed(day.day, day.country, day.why, day.half, day.country == there) for day in closed],
        working=working,
        today=calendars.today(exchange.host.zone),
    )


def schedule(
    exchange: Exchange,
    proposal: Proposal,
    call: CallLimits,
    *,
    version: int,
    by: Actor,
    draft: int | None = None,
    confirmed: str | None = None,
) -> Visit:
    """Proposes dates and plan, or changes them, in which case both must agree again.

    Raises RuleViolation with all errors, or with warnings that are not `confirmed` (`findings.settle`), "unit_full" or
    "elsewhere" (somebody else was faster); EditConflict where the plan's draft is no longer the version that was read
    (`draft`); Conflict, Denied.
    """
    exchange = locked(exchange.id)
    require(Action.HOST_SCHEDULE, by, exchange)
    current = exchange.version == version and exchange.unit_id is not None
    if current:
        bookings.hold(unit_id=exchange.unit_id or 0, person_id=exchange.expert_id)
    visit = queries.visit_now(exchange.id)
    if current:
        settle(check(exchange, proposal, call, visit), confirmed)
    facts, values = _facts(visit, proposal), {"start": proposal.start, "end": proposal.end}
    subjects.advance(
        exchange, Action.HOST_SCHEDULE, by=by, version=version, facts=facts, values=values, typed=asdict(proposal)
    )
    plan_drafts.finish(exchange, draft)
    visit = _write_visit(visit, exchange, proposal)
    visit.language = proposal.language or by.language
    _book(visit, exchange, proposal)
    return visit


def _facts(visit: Visit | None, proposal: Proposal) -> dict[str, Any]:
    """The facts of a proposal for the history: its dates, the previous ones, the numbers of new and removed items."""
    facts: dict[str, Any] = {"start": proposal.start.isoformat(), "end": proposal.end.isoformat()}
    facts |= {"items": len(proposal.agenda), "before": {}}
    if visit is not None:
        old = {(i.day, i.begins, i.ends, i.title, i.place) for i in visit.agenda} | {
            (m.due, m.title) for m in visit.milestones
        }
        new = {(i.day, i.begins, i.ends, i.title, i.place) for i in proposal.agenda} | {
            (m.due, m.title) for m in proposal.milestones
        }
        facts["before"] = {"start": visit.start.isoformat(), "end": visit.end.isoformat()}
        facts |= {"new": len(new - old), "gone": len(old - new)}
    return facts


def _write_visit(visit: Visit | None, exchange: Exchange, proposal: Proposal) -> Visit:
    if visit is None:
        visit = Visit(exchange_id=exchange.id, plan_version=0)
        session.add(visit)
    assert exchange.unit_id is not None
    visit.unit_id = exchange.unit_id
    visit.start, visit.end = proposal.start, proposal.end
    visit.travel_out, visit.travel_back, visit.note = proposal.travel_out, proposal.travel_back, proposal.note
    visit.plan_version += 1
    visit.proposed_at = calendars.now()
    visit.expert_agreed_at = visit.home_agreed_at = None
    visit.agenda = [AgendaItem(**vars(answer), changed="") for answer in proposal.agenda]
    visit.milestones = [Milestone(**vars(answer), result="") for answer in proposal.milestones]
    session.flush()
    return visit


def _book(visit: Visit, exchange: Exchange, proposal: Proposal) -> None:
    """One row for each day: working days and days of rest there, and the days of travel."""
    days = kinds(span(visit.start, visit.end), exchange) | dict.fromkeys(proposal.travel, DayKind.TRAVEL)
    unit = session.get_one(HostUnit, visit.unit_id)
    try:
        bookings.book(Booking(exchange.id, exchange.expert_id, unit.id), days, unit.capacity)
    except RuleViolation as refusal:
        raise RuleViolation(refusal.code, field="start", **refusal.facts) from None
    session.expire(visit, ["days"])


def kinds(days: Sequence[date], exchange: Exchange) -> dict[date, DayKind]:
    """Which of these days the host's country works on, and which are days of rest."""
    exceptions, country = calendars.overrides(), exchange.host.country
    return {d: DayKind.WORK if calendars.is_working(d, country, exceptions) else DayKind.REST for d in days}


def agree(exchange: Exchange, action: Action, *, version: int, by: Actor) -> None:
    """The expert or the home agency agrees to the proposal that was read. Raises Denied, Conflict."""
    subjects.advance(exchange, action, by=by, version=version)
    visit = visit_of(exchange)
    if action is Action.EXPERT_APPROVE_PLAN:
        visit.expert_agreed_at = calendars.now()
    else:
        visit.home_agreed_at = calendars.now()
    session.flush()


def ask_change(exchange: Exchange, action: Action, reason: str, *, version: int, by: Actor) -> None:
    """Asks for other dates or another plan; the next proposal starts from this one. Raises Denied, Conflict,
    RuleViolation: "reason"."""
    subjects.advance(exchange, action, by=by, version=version, reason=reason)
    visit = visit_of(exchange)
    visit.expert_agreed_at = visit.home_agreed_at = None
    session.flush()


def correct(exchange: Exchange, words: Mapping[int, tuple[str, str, str]], version: int, *, by: Actor) -> None:
    """Corrects slips in words only, by the rows' ids: title, place and people of agenda items; title, output and
    indicator of milestones. Days and hours stay, so agreements stay.

    Raises RuleViolation: "another" (a text that is no correction of what was agreed), "not_now"; Conflict, Denied.
    """
    exchange = locked(exchange.id)
    require(Permission.WRITE_AGENDA, by, exchange)
    visit = visit_of(exchange)
    if exchange.status not in (Status.SCHEDULED, Status.UNDER_WAY):
        raise RuleViolation("not_now")
    names = ("title", "place", "who") if exchange.kind is Kind.SHORT else ("title", "output", "indicator")
    rows: Sequence[AgendaItem | Milestone] = visit.agenda if exchange.kind is Kind.SHORT else visit.milestones
    changed = [
        (row, name, said)
        for row in rows
        for name, said in zip(names, words.get(row.id, ()), strict=False)
        if getattr(row, name) != said
    ]
    if not changed:
        return  # the same press once more
    if visit.version != version:
        raise Conflict(exchange.reference)
    for row, name, said in changed:
        if not slip(getattr(row, name), said):
            raise RuleViolation("another", before=getattr(row, name), after=said)
        setattr(row, name, said)
    flag_modified(visit, "note")  # the rows carry no version of their own
    subjects.record(exchange, "plan_corrected", by=by, side=Side.HOST)


def visit_of(exchange: Exchange) -> Visit:
    """The visit of a locked exchange, as it is now. Raises Conflict: there is none (any more)."""
    visit = queries.visit_now(exchange.id)
    if visit is None:
        raise Conflict(exchange.reference)
    return visit
