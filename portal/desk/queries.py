"""Queries of the desk: tasks and lists with filters; each in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, Select, and_, case, or_, select, union_all
from sqlalchemy.orm import aliased

from portal import calendars
from portal.accounts.models import Agency, Person
from portal.applications.models import Application, Window
from portal.calls.models import Call, CallState
from portal.db import session
from portal.desk import exchange_tasks
from portal.desk.exchange_tasks import PEOPLE
from portal.exchanges import lateness
from portal.exchanges.eve import Starts, starts_today
from portal.exchanges.lateness import Days
from portal.exchanges.list_planner import Condition, ListPlan, bounded, equals, list_plan, row_condition, without_index
from portal.exchanges.models import Exchange
from portal.exchanges.queries import found_by, visible_to
from portal.names import in_language
from portal.policy import Actor
from portal.reference_data import kept
from portal.registry import Task, TaskSource, registry
from portal.subjects.models import Event
from portal.workflows.exchange_terms import Status

COUNTED = 1_000  # beyond it desk and list say "more than"
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
ROWS = select(*COLUMNS)
ABOUT: tuple[Any, ...] = (Exchange.id, Call.title_en, Call.title_tr, Call.title_az, Window.first, Window.last)
BRIEF = (
    select(*ABOUT)
    .join(Call, Call.id == Exchange.call_id)
    .outerjoin(Application, Application.exchange_id == Exchange.id)
    .outerjoin(Window, and_(Window.application_id == Application.id, Window.rank == 1))
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


def later(actor: Actor) -> list[Task]:
    """What will be this person's turn, but is nobody's yet; the next first."""
    found = [task for source in registry.tasks for task in source.later(actor, SHOWN)]
    return sorted(found, key=lambda task: task.from_on or date.max)[:SHOWN]


def task_counts(actor: Actor) -> tuple[int, int]:
    """How many tasks wait, and how many of them are overdue; both counted up to COUNTED + 1."""
    count, overdue = session.execute(_task_counts(tuple(registry.tasks), actor, lateness.days(), starts_today())).one()
    return count, overdue


@lru_cache(PEOPLE)
def _task_counts(sources: Sequence[TaskSource], actor: Actor, days: Days, _starts: Starts) -> Select[int, int]:
    """Kept for the day, and for the visits whose eve has begun (`_starts`): a closed day may change these."""
    waiting = [ids for source in sources for ids in source.waiting(actor)]
    late = [ids for source in sources for ids in source.overdue(actor, days)]
    return select(bounded(union_all(*waiting), COUNTED), bounded(union_all(*late), COUNTED))


def in_brief(rows: Sequence[Row[Any]]) -> dict[int, Row[Any]]:
    """What the rows of one page are about, by their exchange: the call's titles and the wished days."""
    statement = BRIEF.where(Exchange.id.in_([row.id for row in rows]))
    return {row.id: row for row in session.execute(statement)} if rows else {}


def own_exchanges(actor: Actor) -> list[Row[Any]]:
    """An expert's own exchanges, the newest first."""
    statement = ROWS.where(Exchange.expert_id == actor.id)
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


def listed(actor: Actor, wanted: Filter, agencies: Mapping[str, int], language: str) -> tuple[Select[Any], Select[int]]:
    """The list that this person may see, and a statement that counts it. Names sort as in `language`."""
    if not wanted.narrowed:
        return _whole_list(actor, wanted, language)
    conditions = [*found_by(wanted.text), *_conditions(wanted, agencies)]
    if wanted.mine:
        ways = [ids.subquery() for ids in exchange_tasks.waiting(actor)]
        ids = select(union_all(*(select(way.c.id) for way in ways)).subquery().c.id)
        conditions.append(Condition(ids, exchange_tasks.waiting_for(actor)))
    if wanted.late:
        late = lateness.days()
        unaided = lateness.overdue(late, without_index(Exchange.due_on))
        conditions.append(row_condition(lateness.overdue(late), unaided))  # an ended exchange is not due
    found = list_plan(conditions, by_change=wanted.sort.removeprefix("-") == "updated")
    return _in_order(actor, wanted, found, language)


def references(actor: Actor, text: str, most: int = 2) -> list[str]:
    """The references of the first `most` exchanges that a person may see and that these words find."""
    found = list_plan(found_by(text), by_change=True)
    statement = select(Exchange.reference).where(visible_to(actor), *found.listed)
    return list(session.scalars(statement.order_by(Exchange.updated_at.desc(), Exchange.id.desc()).limit(most)))


@lru_cache(PEOPLE)
def _whole_list(actor: Actor, wanted: Filter, language: str) -> tuple[Select[Any], Select[int]]:
    """The list that is opened most often, which asks for nothing but an order."""
    return _in_order(actor, wanted, ListPlan(), language)


def _in_order(actor: Actor, wanted: Filter, found: ListPlan, language: str) -> tuple[Select[Any], Select[int]]:
    column, last_first = SORTS[wanted.sort.removeprefix("-")]
    column = Exchange.by_name(language) if column is None else column
    seen = [visible_to(actor), *([column.is_not(None)] if wanted.dated else [])]
    if wanted.status is Status.DRAFT:
        seen.append(or_(Exchange.expert_id == actor.id, Exchange.expert_gone))  # nobody else sees other drafts
    falls = last_first != wanted.sort.startswith("-")
    order = (column.desc(), Exchange.id.desc()) if falls else (column, Exchange.id)
    rows = ROWS.where(*seen, *found.listed).order_by(*order)
    return rows, select(bounded(select(Exchange.id).where(*seen, *found.counted), COUNTED))


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
        from_home = without_index(Exchange.home_id) == agencies[wanted.home]
        conditions.append(Condition(select(Exchange.id).where(from_home), from_home, leads=False))
    if wanted.first:
        conditions.append(row_condition(Exchange.end >= wanted.first, without_index(Exchange.end) >= wanted.first))
    if wanted.last:
        conditions.append(row_condition(Exchange.start <= wanted.last, without_index(Exchange.start) <= wanted.last))
    return conditions


@kept
def calls_to_choose(language: str) -> tuple[tuple[int, str], ...]:
    """Calls for the list's filter as (number, title, direction and year), the newest first."""
    home, host = aliased(Agency), aliased(Agency)
    columns = (Call.title_en, Call.title_tr, Call.title_az, home.short_name, host.short_name, Call.opens, Call.zone)
    statement = select(Call.id, *columns).where(Call.state != CallState.DRAFT)
    statement = statement.join(home, home.id == Call.home_id).join(host, host.id == Call.host_id)
    newest = session.execute(statement.order_by(Call.opens.desc(), Call.id.desc()).limit(60))
    return tuple(
        (number, f"{_title(texts, language)} ({goes} → {takes}, {calendars.day_of(opens, zone).year})")
        for number, *texts, goes, takes, opens, zone in newest
    )


def _title(texts: Sequence[str], language: str) -> str:
    """Of a call's titles in English, Turkish and Azerbaijani, the reader's."""
    return in_language(dict(zip(("en", "tr", "az"), texts, strict=True)), language)[0]


def history(until: date | None = None, reference: str = "") -> Select[Any]:
    """All exchanges' events, newest first, for the administrator: who did what when, no personal data of experts.
    `until` is the last day, in Ankara, that is shown."""
    by_expert = Event.actor_id == Exchange.expert_id
    columns: tuple[Any, ...] = (
        Event.at,
        Event.what,
        Event.side,
        Event.number,
        Exchange.reference,
        Exchange.home_id,
        Exchange.host_id,
        Exchange.unit_name,
        by_expert.label("by_expert"),
        case((by_expert, None), else_=Person.name).label("name"),
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
