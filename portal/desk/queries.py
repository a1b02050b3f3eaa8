"""Queries of the desk: tasks, lists with filters, this week; each in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select, union_all
from sqlalchemy.orm import aliased

from portal import calendars
from portal.accounts.models import Agency, Person
from portal.calls.models import Call, CallState
from portal.db import session
from portal.desk import exchange_tasks
from portal.exchanges.list_planner import Condition, bounded, equals, list_plan, row_condition, without_index
from portal.exchanges.models import Exchange
from portal.exchanges.queries import found_by, visible_to
from portal.policy import Actor
from portal.reference_data import kept
from portal.registry import Task, registry
from portal.subjects.models import Event
from portal.workflows.exchange_terms import Status, Turn

COUNTED = 1_000  # beyond it the desk says "more than"
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
# the orders of a list: column, and whether it is descending; "-name" reverses an order
SORTS: dict[str, tuple[Any, bool]] = {
    "updated": (Exchange.updated_at, True),
    "name": (None, False),  # the column depends on the reader's language
    "start": (Exchange.start, True),
    "due": (Exchange.due_on, False),
}
ORDERS = frozenset(SORTS) | {f"-{name}" for name in SORTS}
DATED = frozenset({"start", "due"})  # orders without the rows that have no such date, so that an index can be used


def tasks(actor: Actor) -> list[Task]:
    """The tasks of this person, of every kind, the most overdue first."""
    found = [task for source in registry.tasks for task in source.first(actor, SHOWN)]
    return sorted(found, key=lambda task: (task.due_on is None, task.due_on or date.max))[:SHOWN]


def task_counts(actor: Actor, today: date) -> tuple[int, int]:
    """How many tasks wait, and how many of them are overdue; both counted up to COUNTED + 1."""
    waiting = [ids for source in registry.tasks for ids in source.waiting(actor)]
    late = [ids for source in registry.tasks for ids in source.overdue(actor, today)]
    count, overdue = session.execute(
        select(bounded(union_all(*waiting), COUNTED), bounded(union_all(*late), COUNTED))
    ).one()
    return count, overdue


def own_exchanges(actor: Actor) -> list[Row[Any]]:
    """An expert's own exchanges, the newest first."""
    statement = select(*COLUMNS).where(Exchange.expert_id == actor.id)
    return list(session.execute(statement.order_by(Exchange.updated_at.desc()).limit(SHOWN)))


@dataclass(frozen=True)
class Filter:
    """The filter of a list; empty values mean all. `sort` is one of ORDERS."""

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

    @property
    def dated(self) -> bool:
        """Whether the order leaves out rows without the date."""
        return self.sort.removeprefix("-") in DATED

    @property
    def more(self) -> bool:
        """Whether anything beside text, status and the two checkboxes is set."""
        return any((self.kind, self.home, self.call, self.heading, self.unit, self.first, self.last))

    @property
    def narrowed(self) -> bool:
        """Whether any filter is set."""
        return self != Filter(sort=self.sort)


def listed(
    actor: Actor, wanted: Filter, agencies: Mapping[str, int], today: date, language: str
) -> tuple[Select[Any], Select[Any]]:
    """The list that this person may see, and a statement for counting it. Names sort as in `language`."""
    conditions = [*found_by(wanted.text), *_conditions(wanted, agencies)]
    if wanted.mine:
        ways = [ids.subquery() for ids in exchange_tasks.waiting(actor)]
        ids = select(union_all(*(select(way.c.id) for way in ways)).subquery().c.id)
        conditions.append(Condition(ids, exchange_tasks.waiting_for(actor)))
    if wanted.late:
        conditions.append(
            row_condition(Exchange.due_on < today, without_index(Exchange.due_on) < today)
        )  # an ended exchange is not due
    found = list_plan(conditions, by_change=wanted.sort.removeprefix("-") == "updated")
    column, last_first = SORTS[wanted.sort.removeprefix("-")]
    column = Exchange.by_name(language) if column is None else column
    seen = [visible_to(actor), *([column.is_not(None)] if wanted.dated else [])]
    if wanted.status is Status.DRAFT:
        seen.append(Exchange.expert_id == actor.id)  # nobody else may see a draft
    falls = last_first != wanted.sort.startswith("-")
    order = (column.desc(), Exchange.id.desc()) if falls else (column, Exchange.id)
    rows = select(*COLUMNS).where(*seen, *found.listed).order_by(*order)
    return rows, select(Exchange.id).where(*seen, *found.counted)


def _conditions(wanted: Filter, agencies: Mapping[str, int]) -> list[Condition]:
    equal: dict[Any, Any] = {
        Exchange.status: wanted.status,
        Exchange.kind: wanted.kind,
        Exchange.call_id: wanted.call,
        Exchange.heading: wanted.heading,
        Exchange.unit_id: wanted.unit,
    }
    conditions = [equals(column, value) for column, value in equal.items() if value]
    if wanted.home:
        conditions.append(
            row_condition(
                Exchange.home_id == agencies[wanted.home], without_index(Exchange.home_id) == agencies[wanted.home]
            )
        )
    if wanted.first:
        conditions.append(row_condition(Exchange.end >= wanted.first, without_index(Exchange.end) >= wanted.first))
    if wanted.last:
        conditions.append(row_condition(Exchange.start <= wanted.last, without_index(Exchange.start) <= wanted.last))
    return conditions


@dataclass(frozen=True)
class WeekRow:
    """Something that happens soon: `what` is "arrives", "leaves" or "closes". A deadline has a moment and a zone."""

    day: date
    what: str
    name: str
    home_id: int
    host_id: int
    unit: str
    url_id: str
    at: datetime | None = None
    zone: str = ""


def this_week(actor: Actor, today: date, language: str) -> list[WeekRow]:
    """Arrivals, departures and ends of calls in the coming seven days, the next first, ten at most."""
    until = today + timedelta(days=7)
    agreed = and_(Exchange.status == Status.SCHEDULED, Exchange.turn == Turn.UNIT)
    arriving = _coming(actor, Exchange.start, agreed, today, until)
    leaving = _coming(actor, Exchange.end, or_(agreed, Exchange.status == Status.UNDER_WAY), today, until)
    rows = [_visit(row.start, "arrives", row) for row in arriving] + [_visit(row.end, "leaves", row) for row in leaving]
    return sorted([*rows, *_closing(until, language)], key=lambda row: (row.day, row.what))[:10]


def _coming(actor: Actor, column: Any, expected: ColumnElement[bool], first: date, last: date) -> list[Row[Any]]:
    """Visits whose `column` is between these days."""
    statement = select(*COLUMNS).where(visible_to(actor), column.between(first, last), expected)
    return list(session.execute(statement.order_by(column, Exchange.id).limit(10)))


def _visit(day: date, what: str, row: Row[Any]) -> WeekRow:
    return WeekRow(day, what, row.person_name, row.home_id, row.host_id, row.unit_name, row.reference)


def _closing(until: date, language: str) -> list[WeekRow]:
    """Deadlines up to `until`, each on its day in the call's time zone."""
    end = datetime.combine(until + timedelta(days=1), datetime.min.time(), UTC)
    statement = select(Call).where(Call.state == CallState.PUBLISHED, Call.deadline.between(calendars.now(), end))
    return [
        WeekRow(
            day, "closes", call.title(language), call.home_id, call.host_id, "", str(call.id), call.deadline, call.zone
        )
        for call in session.scalars(statement.order_by(Call.deadline).limit(5))
        if (day := calendars.day_of(call.deadline, call.zone)) <= until
    ]


@kept
def calls_to_choose(language: str) -> list[tuple[int, str]]:
    """Calls for the list's filter as (number, title, direction and year), the newest first."""
    titles = {"tr": Call.title_tr, "az": Call.title_az}
    title = func.coalesce(func.nullif(titles.get(language, Call.title_en), ""), Call.title_en)
    home, host = aliased(Agency), aliased(Agency)
    statement = select(Call.id, title, home.short_name, host.short_name, Call.opens).where(
        Call.state != CallState.DRAFT
    )
    statement = statement.join(home, home.id == Call.home_id).join(host, host.id == Call.host_id)
    newest = session.execute(statement.order_by(Call.opens.desc(), Call.id.desc()).limit(60))
    return [(number, f"{words} ({goes} → {takes}, {opens:%Y})") for number, words, goes, takes, opens in newest]


def history(until: date | None = None, reference: str = "") -> Select[Any]:
    """All exchanges' events, newest first, for the administrator: who did what when, no personal data of experts.
    `until` is the last day, in Ankara, that is shown."""
    columns: tuple[Any, ...] = (
        Event.at,
        Event.what,
        Event.side,
        Event.number,
        Exchange.reference,
        Person.name,
        Agency.short_name,
    )
    statement = select(*columns).join(Exchange, Exchange.id == Event.subject_id)
    statement = statement.outerjoin(Person, Person.id == Event.actor_id).outerjoin(
        Agency, Agency.id == Person.agency_id
    )
    if until:
        end = datetime.combine(until, datetime.min.time(), ZoneInfo(calendars.ZONES["TR"])) + timedelta(days=1)
        statement = statement.where(Event.at < end)
    if reference:
        statement = statement.where(Exchange.reference == reference)
    return statement.order_by(Event.at.desc(), Event.id.desc())
