"""Proposing, agreeing and carrying out a visit. Its days are rows; the database refuses double booking."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.attributes import flag_modified

from portal import calendars
from portal.db import hold, session
from portal.exchanges import service as exchanges
from portal.exchanges.models import Exchange, Kind
from portal.hosting.models import HostUnit
from portal.hosting.queries import unit as unit_by_id
from portal.policy import Actor, Permission, Side, require
from portal.refusals import Refused, Stale
from portal.visits import queries
from portal.visits.checks import Item, Limits, Notice, Plan, Weight, notices, span
from portal.visits.models import AgendaItem, DayKind, Milestone, Visit, VisitDay
from portal.workflow import Action, Status

EARLY = timedelta(days=3)  # an expert may arrive that much before the first day


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

    @property
    def travel(self) -> list[date]:
        return [day for day in (self.travel_out, self.travel_back) if day is not None]


@dataclass(frozen=True)
class CallLimits:
    """The call's limits: visits from `earliest` to `latest`, stays of `least` to `most` days."""

    earliest: date
    latest: date
    least: int
    most: int


def check(exchange: Exchange, proposal: Proposal, call: CallLimits) -> list[Notice]:
    """What speaks against a proposal, the gravest first; shown before it is made, and held to when it is."""
    visit = queries.visit_of(exchange.id)
    but = visit.id if visit else None
    unit = unit_by_id(exchange.unit_id or 0)
    assert unit is not None, "a placed exchange has a unit"
    first, last = min([proposal.start, *proposal.travel]), max([proposal.end, *proposal.travel])
    exceptions = calendars.overrides()
    country = exchange.host.country
    short = exchange.kind is Kind.SHORT
    days = (
        calendars.working_days(proposal.start, proposal.end, country, exceptions)
        if short
        else len(span(proposal.start, proposal.end))
    )
    taken = queries.seats_taken(unit.id, proposal.start, proposal.end, but)
    closed = calendars.closed_days(proposal.start, proposal.end, (country,), exceptions)
    limits = Limits(
        **vars(call),
        days=days,
        unit_blocked=[(period.first, period.last) for period in unit.blocked],
        full=[day for day, seats in taken.items() if len(seats) >= unit.capacity],
        elsewhere=queries.elsewhere(exchange.expert_id, first, last, but),
        closed=[(day.day, day.name, day.half) for day in closed],
    )
    items = [Item(a.day, a.begins, a.ends, a.title) for a in proposal.agenda]
    plan = Plan(proposal.start, proposal.end, proposal.travel, items, [m.due for m in proposal.milestones])
    return notices(plan, limits)


def schedule(exchange: Exchange, proposal: Proposal, call: CallLimits, *, version: int, by: Actor) -> Visit:
    """Proposes dates and plan, or other ones: whatever had been agreed must be agreed anew.

    Raises Refused with the code of the first blocking notice, "unit_full" or "elsewhere" where somebody was faster;
    Stale, Denied.
    """
    hold(f"unit:{exchange.unit_id}")
    hold(f"person:{exchange.expert_id}")
    require(Action.SCHEDULE, by, exchange)
    blocked = [notice for notice in check(exchange, proposal, call) if notice.level is Weight.BLOCKED]
    if blocked:
        raise Refused(blocked[0].code, field="start", **blocked[0].facts)
    visit = queries.visit_of(exchange.id)
    before = {"start": visit.start.isoformat(), "end": visit.end.isoformat()} if visit else {}
    facts = {"start": proposal.start.isoformat(), "end": proposal.end.isoformat(), "before": before}
    dates = (proposal.start, proposal.end)
    exchanges.advance(exchange, Action.SCHEDULE, by=by, version=version, facts=facts, dates=dates)
    visit = _write_visit(visit, exchange, proposal)
    _book(visit, exchange, proposal)
    return visit


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
    """One row for each day. The unique keys have the last word; here they become words beside the field."""
    session.execute(delete(VisitDay).where(VisitDay.visit_id == visit.id))
    unit = session.get_one(HostUnit, visit.unit_id)
    days = span(visit.start, visit.end)
    seats = choose_seats(days, queries.seats_taken(unit.id, visit.start, visit.end, visit.id), unit.capacity)
    exceptions = calendars.overrides()
    rows = [
        VisitDay(
            day=day, seat=seats[day], kind=_kind(day, exchange.host.country, exceptions), **_whose(visit, exchange)
        )
        for day in days
    ]
    rows += [VisitDay(day=day, seat=None, kind=DayKind.TRAVEL, **_whose(visit, exchange)) for day in proposal.travel]
    try:
        with session.begin_nested():
            session.add_all(rows)
            session.flush()
    except IntegrityError as error:
        code = "elsewhere" if "person_id" in str(error.orig) else "unit_full"
        raise Refused(code, field="start", first=visit.start, days=len(days)) from None
    session.expire(visit, ["days"])


def _whose(visit: Visit, exchange: Exchange) -> dict[str, int]:
    return {"visit_id": visit.id, "person_id": exchange.expert_id, "unit_id": visit.unit_id}


def _kind(day: date, country: str, exceptions: calendars.Overrides) -> DayKind:
    return DayKind.WORK if calendars.is_working(day, country, exceptions) else DayKind.REST


def choose_seats(days: Sequence[date], taken: Mapping[date, Collection[int]], capacity: int) -> dict[date, int]:
    """A seat for each day: the same one throughout where possible, else the lowest free of each day.

    Raises Refused("unit_full") where a day has none.
    """
    for seat in range(1, capacity + 1):
        if all(seat not in taken.get(day, ()) for day in days):
            return dict.fromkeys(days, seat)
    chosen = {}
    for day in days:
        free = next((seat for seat in range(1, capacity + 1) if seat not in taken.get(day, ())), None)
        if free is None:
            raise Refused("unit_full", field="start", first=day, days=1)
        chosen[day] = free
    return chosen


def agree(exchange: Exchange, action: Action, *, version: int, by: Actor) -> None:
    """The expert or the home agency agrees to the proposal that was read."""
    exchanges.advance(exchange, action, by=by, version=version)
    visit = _visit(exchange)
    if action is Action.AGREE_EXPERT:
        visit.expert_agreed_at = calendars.now()
    else:
        visit.home_agreed_at = calendars.now()
    session.flush()


def ask_change(exchange: Exchange, action: Action, reason: str, *, version: int, by: Actor) -> None:
    """Other dates or another plan, please; the proposal stays as the base of the next one."""
    exchanges.advance(exchange, action, by=by, version=version, reason=reason)
    visit = _visit(exchange)
    visit.expert_agreed_at = visit.home_agreed_at = None
    session.flush()


def correct(exchange: Exchange, words: Mapping[int, tuple[str, str, str]], version: int, *, by: Actor) -> None:
    """Corrects words only: title, place and people of items, by their ids. Days and hours stay, so agreements stay."""
    require(Permission.WRITE_AGENDA, by, exchange)
    visit = _visit(exchange)
    if visit.version != version:
        raise Stale(exchange.reference)
    if exchange.status not in (Status.SCHEDULED, Status.UNDER_WAY):
        raise Refused("not_now")
    for item in visit.agenda:
        if item.id in words:
            item.title, item.place, item.who = words[item.id]
    flag_modified(visit, "note")  # the items carry no version of their own
    exchanges.record(exchange, "plan_corrected", by=by, side=Side.HOST)


def arrive(exchange: Exchange, on: date, *, version: int, by: Actor) -> None:
    """The expert is here. Raises Refused: "arrival_early", "future", "arrival_late"."""
    visit = _visit(exchange)
    today = calendars.today(exchange.host.zone)
    if on > today:
        raise Refused("future", field="on")
    if on < visit.start - EARLY:
        raise Refused("arrival_early", field="on", first=visit.start)
    if on > visit.end:
        raise Refused("arrival_late", field="on", last=visit.end)
    exchanges.advance(exchange, Action.ARRIVE, by=by, version=version, facts={"on": on.isoformat()})
    visit.arrived_on = on
    session.flush()


def record_days(exchange: Exchange, present: Collection[date], version: int, *, by: Actor) -> None:
    """Who was there on which working day up to today. Raises Stale, Refused("not_now"), Denied."""
    require(Permission.RECORD_DAYS, by, exchange)
    visit = _visit(exchange)
    if exchange.status is not Status.UNDER_WAY:
        raise Refused("not_now")
    if visit.version != version:
        raise Stale(exchange.reference)
    today = calendars.today(exchange.host.zone)
    for day in visit.days:
        if day.kind is DayKind.WORK and day.day <= today:
            day.present = day.day in present
    flag_modified(visit, "note")  # the days carry no version of their own
    session.flush()
    exchanges.record(exchange, "days_recorded", by=by, side=Side.HOST, facts={"present": len(present)})


def depart(exchange: Exchange, on: date, *, version: int, by: Actor) -> None:
    """The visit is over; days after it are released. Raises Refused: "future", "depart_order"."""
    visit = _visit(exchange)
    if on > calendars.today(exchange.host.zone):
        raise Refused("future", field="on")
    if visit.arrived_on is None or on < visit.arrived_on:
        raise Refused("depart_order", field="on", first=visit.arrived_on or visit.start)
    dates = (visit.start, max(visit.start, min(on, visit.end)))
    exchanges.advance(exchange, Action.DEPART, by=by, version=version, facts={"on": on.isoformat()}, dates=dates)
    visit.departed_on = on
    release(visit, on)


def release(visit: Visit, after: date) -> None:
    """Gives back the days after `after`: the seat and the expert are free again."""
    session.flush()
    later = (VisitDay.visit_id == visit.id, VisitDay.day > after, VisitDay.kind != DayKind.TRAVEL)
    session.execute(delete(VisitDay).where(*later))
    session.expire(visit, ["days"])


def release_days(exchange: Exchange) -> None:
    """An exchange has ended early: days that were lived stay, the others are given back."""
    visit = queries.visit_of(exchange.id)
    if visit is None:
        return
    lived = calendars.today(exchange.host.zone) if visit.arrived_on else date.min
    session.execute(delete(VisitDay).where(VisitDay.visit_id == visit.id, VisitDay.day > lived))
    session.expire(visit, ["days"])


def _visit(exchange: Exchange) -> Visit:
    visit = queries.visit_of(exchange.id)
    if visit is None:
        raise Stale(exchange.reference)
    return visit


exchanges.ON_END.append(release_days)
