"""What the desk shows: whose turn, lists with filters, this week. Plain rows, in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, false, func, or_, select

from portal import calendars
from portal.accounts.models import Agency, Person
from portal.calls.models import Call, CallState
from portal.db import session
from portal.exchanges.models import Event, Exchange
from portal.exchanges.queries import found_by, visible_to
from portal.policy import Actor, Role
from portal.workflow import ENDED, Status, Turn

SHOWN = 20  # rows of "your turn" on the desk; the list has the rest
COLUMNS: tuple[Any, ...] = (
    Exchange.id,
    Exchange.reference,
    Exchange.person_name,
    Exchange.kind,
    Exchange.status,
    Exchange.turn,
    Exchange.turn_since,
    Exchange.due_on,
    Exchange.home_id,
    Exchange.host_id,
    Exchange.unit_name,
    Exchange.start,
    Exchange.end,
    Exchange.updated_at,
    Exchange.call_id,
)
SORTS: dict[str, Any] = {
    "updated": Exchange.updated_at.desc(),
    "name": Exchange.name_key.asc(),
    "start": Exchange.start.desc(),
    "due": Exchange.due_on.asc(),
}


def waiting_for(actor: Actor) -> ColumnElement[bool]:
    """ "It is my turn" as SQL: what `page.is_turn_of` says of one exchange. A test proves that they agree."""
    deciding = actor.agencies(Role.MANAGER) | actor.stands_in
    escalated = actor.agencies(Role.DEPUTY) - deciding
    home_turn = Exchange.turn.in_([Turn.HOME, Turn.EXPERT_AND_HOME])
    mine: list[ColumnElement[bool]] = [
        and_(Exchange.expert_id == actor.id, Exchange.turn.in_([Turn.EXPERT, Turn.EXPERT_AND_HOME]))
    ]
    for agencies, more in ((deciding, None), (escalated, Exchange.escalated_at.is_not(None))):
        if agencies:
            home = and_(Exchange.home_id.in_(agencies), home_turn, Exchange.submitted_at.is_not(None))
            host = and_(Exchange.host_id.in_(agencies), Exchange.turn == Turn.HOST, Exchange.released_at.is_not(None))
            rule = and_(Exchange.expert_id != actor.id, or_(home, host))
            mine.append(rule if more is None else and_(rule, more))
    if actor.units:
        unit = and_(Exchange.unit_id.in_(actor.units), Exchange.turn == Turn.UNIT, Exchange.expert_id != actor.id)
        mine.append(unit)
    return or_(*mine) if actor.id else false()


def turns(actor: Actor) -> list[Row[Any]]:
    """What waits for this person, the most overdue first."""
    statement = select(*COLUMNS).where(waiting_for(actor), Exchange.status.not_in(ENDED))
    return list(session.execute(statement.order_by(*_nulls_last(Exchange.due_on), Exchange.id).limit(SHOWN)))


def turn_counts(actor: Actor, today: date) -> tuple[int, int]:
    """How many things wait, and how many of them are overdue."""
    late = func.sum(case((Exchange.due_on < today, 1), else_=0))
    statement = select(func.count(), late).where(waiting_for(actor), Exchange.status.not_in(ENDED))
    count, overdue = session.execute(statement).one()
    return count, overdue or 0


def own_exchanges(actor: Actor) -> list[Row[Any]]:
    """An expert's own exchanges, the newest first."""
    statement = select(*COLUMNS).where(Exchange.expert_id == actor.id)
    return list(session.execute(statement.order_by(Exchange.updated_at.desc()).limit(SHOWN)))


def _nulls_last(column: Any) -> tuple[Any, Any]:
    return case((column.is_(None), 1), else_=0), column


@dataclass(frozen=True)
class Filter:
    """What the list is asked for; empty means all. `sort` is a key of SORTS."""

    text: str = ""
    status: Status | None = None
    kind: str = ""
    home: str = ""  # the code of the agency whose experts go
    call: int | None = None
    heading: int | None = None
    unit: int | None = None
    first: date | None = None
    last: date | None = None
    mine: bool = False
    late: bool = False
    sort: str = "updated"


def listed(actor: Actor, wanted: Filter, agencies: Mapping[str, int], today: date) -> Select[Any]:
    """The list, as far as this person may see it."""
    statement = select(*COLUMNS).where(visible_to(actor), *found_by(wanted.text))
    for condition in _conditions(wanted, agencies):
        statement = statement.where(condition)
    if wanted.mine:
        statement = statement.where(waiting_for(actor))
    if wanted.late:
        statement = statement.where(Exchange.due_on < today, Exchange.status.not_in(ENDED))
    return statement.order_by(SORTS[wanted.sort], Exchange.id.desc())


def _conditions(wanted: Filter, agencies: Mapping[str, int]) -> list[ColumnElement[bool]]:
    equal = {
        Exchange.status: wanted.status,
        Exchange.kind: wanted.kind,
        Exchange.home_id: agencies.get(wanted.home),
        Exchange.call_id: wanted.call,
        Exchange.heading: wanted.heading,
        Exchange.unit_id: wanted.unit,
    }
    conditions: list[ColumnElement[bool]] = [column == value for column, value in equal.items() if value]
    if wanted.first:
        conditions.append(Exchange.end >= wanted.first)
    if wanted.last:
        conditions.append(Exchange.start <= wanted.last)
    return conditions


@dataclass(frozen=True)
class WeekRow:
    """Something that happens soon: `what` is arrives, leaves or closes."""

    day: date
    what: str
    name: str
    home_id: int
    host_id: int
    unit: str
    url_id: str


def this_week(actor: Actor, today: date) -> list[WeekRow]:
    """Arrivals, departures and deadlines of calls in the coming seven days, the next first, ten at most."""
    until = today + timedelta(days=7)
    visits = select(*COLUMNS).where(
        visible_to(actor),
        or_(Exchange.start.between(today, until), Exchange.end.between(today, until)),
        Exchange.status.in_([Status.SCHEDULED, Status.UNDER_WAY]),
    )
    rows = []
    for row in session.execute(visits.order_by(Exchange.start).limit(10)):
        arrives = row.start >= today
        day = row.start if arrives else row.end
        what = "arrives" if arrives else "leaves"
        rows.append(WeekRow(day, what, row.person_name, row.home_id, row.host_id, row.unit_name, row.reference))
    return sorted(rows + _closing(until), key=lambda row: row.day)[:10]


def _closing(until: date) -> list[WeekRow]:
    """Deadlines still to come, each on the day that it has in its call's own zone."""
    end = datetime.combine(until + timedelta(days=1), datetime.min.time(), UTC)
    statement = select(Call).where(Call.state == CallState.PUBLISHED, Call.deadline.between(calendars.now(), end))
    return [
        WeekRow(day, "closes", call.title_en, call.home_id, call.host_id, "", str(call.id))
        for call in session.scalars(statement.order_by(Call.deadline).limit(5))
        if (day := calendars.day_of(call.deadline, call.zone)) <= until
    ]


def calls_to_choose(actor: Actor) -> list[tuple[int, str]]:
    """Calls for the list's filter, newest first."""
    statement = select(Call.id, Call.title_en).where(Call.state != CallState.DRAFT).order_by(Call.id.desc()).limit(60)
    return [(number, title) for number, title in session.execute(statement)]


def history() -> Select[Any]:
    """All exchanges' events, newest first, for the administrator: who did what when, no personal data of experts."""
    columns: tuple[Any, ...] = (
        Event.at,
        Event.what,
        Event.side,
        Event.number,
        Exchange.reference,
        Person.name,
        Agency.short_name,
    )
    statement = select(*columns).join(Exchange, Exchange.id == Event.exchange_id)
    statement = statement.outerjoin(Person, Person.id == Event.actor_id).outerjoin(
        Agency, Agency.id == Person.agency_id
    )
    return statement.order_by(Event.id.desc())
