"""The exchanges that wait for a person, as the desk's tasks."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, false, not_, or_, select, union_all

from portal.accounts.queries import agency_places
from portal.applications.models import Application, Window
from portal.calendars import overrides
from portal.calls.models import Call
from portal.db import session
from portal.exchanges import lateness
from portal.exchanges.eve import Starts, begins_on, starts_today
from portal.exchanges.left_behind import asked_of, left_behind
from portal.exchanges.models import Exchange
from portal.policy import Actor
from portal.registry import Task
from portal.workflows.exchange import EXCHANGE
from portal.workflows.exchange_terms import Party, Turn

PEOPLE = 64  # for whom the statements are kept: building them takes longer than what they ask for
COLUMNS: tuple[Any, ...] = (
    Exchange.reference,
    Exchange.person_name,
    Exchange.status,
    Exchange.turn,
    Exchange.turn_since,
    Exchange.due_on,
    Exchange.home_id,
    Exchange.host_id,
    Exchange.unit_name,
    Exchange.start,
    Exchange.end,
    Exchange.expert_gone.label("expert_gone"),
    Exchange.kind,
    Exchange.expert_id,
    Call.title_en,
    Call.title_tr,
    Call.title_az,
    Window.first.label("wished_first"),
    Window.last.label("wished_last"),
)


def _ways(actor: Actor) -> list[ColumnElement[bool]]:
    """The conditions under which a turn is this person's, each for one side and turn, hence one range of an index."""
    not_own = Exchange.expert_id != actor.id
    ways = [and_(Exchange.expert_id == actor.id, Exchange.turn == turn) for turn in (Turn.EXPERT, Turn.EXPERT_AND_HOME)]
    for agency in sorted(actor.decides_for | actor.decides_late):
        more = [not_own] if agency in actor.decides_for else [not_own, Exchange.escalated_at.is_not(None)]
        sent = Exchange.submitted_at.is_not(None)
        for turn in (Turn.HOME, Turn.EXPERT_AND_HOME):
            ways.append(and_(Exchange.home_id == agency, Exchange.turn == turn, sent, *more))
        ways.append(and_(Exchange.home_id == agency, Exchange.turn == Turn.EXPERT, Exchange.expert_gone, *more))
        released = Exchange.released_at.is_not(None)
        ways.append(and_(Exchange.host_id == agency, Exchange.turn == Turn.HOST, released, *more))
        ways.append(and_(Exchange.host_id == agency, Exchange.turn == Turn.UNIT, ~Exchange.unit_staffed, *more))
    ways += [and_(Exchange.unit_id == unit, Exchange.turn == Turn.UNIT, not_own) for unit in sorted(actor.units)]
    return ways if actor.id else [false()]


def _later(starts: Starts) -> ColumnElement[bool]:
    """The turns that do not count yet, because the visit's eve has not begun: what `eve.is_later` says of one."""
    state = next(state for state in EXCHANGE.states if state.eve)
    ahead = or_(*(and_(Exchange.host_id == agency, Exchange.start > start) for agency, start in starts))
    return and_(Exchange.status == state.status, Exchange.turn == state.turn, ahead)


def waiting_for(actor: Actor) -> ColumnElement[bool]:
    """ "It is my turn" as SQL: what `header.is_turn_of` says of one exchange. A test proves that they agree."""
    return and_(or_(*_ways(actor)), not_(_later(starts_today())))


def waiting(actor: Actor) -> list[Select[int]]:
    """The ids of the exchanges that wait for this person, one SELECT for each condition."""
    return _waiting(actor, starts_today())


@lru_cache(PEOPLE)
def _waiting(actor: Actor, starts: Starts) -> list[Select[int]]:
    return [select(Exchange.id).where(way, not_(_later(starts))) for way in _ways(actor)]


def overdue(actor: Actor, days: lateness.Days) -> list[Select[int]]:
    """The ids of those whose due date has passed."""
    late = lateness.overdue(days)
    return [ids.where(late) for ids in waiting(actor)]


@lru_cache(PEOPLE)
def _first(actor: Actor, most: int, starts: Starts) -> Select[Any]:
    firsts = [ids.order_by(Exchange.due_on, Exchange.id).limit(most).subquery() for ids in _waiting(actor, starts)]
    ids = union_all(*(select(first.c.id) for first in firsts))
    return _rows().where(Exchange.id.in_(ids)).order_by(Exchange.due_on, Exchange.id).limit(most)


def _rows() -> Select[Any]:
    first_wish = and_(Window.application_id == Application.id, Window.rank == 1)
    rows = select(*COLUMNS).join(Call, Call.id == Exchange.call_id)
    return rows.outerjoin(Application, Application.exchange_id == Exchange.id).outerjoin(Window, first_wish)


@lru_cache(PEOPLE)
def _coming(actor: Actor, most: int, starts: Starts) -> Select[Any]:
    coming = _rows().where(or_(*_ways(actor)), _later(starts))
    return coming.order_by(Exchange.start, Exchange.id).limit(most)


def first(actor: Actor, most: int) -> list[Task]:
    """The first `most` tasks, the most overdue first; reads only so many for each condition."""
    return [_task(row, actor) for row in session.execute(_first(actor, most, starts_today()))]


def later(actor: Actor, most: int) -> list[Task]:
    """The tasks that will be this person's from the eve of a visit, the next first."""
    countries, known = {number: country for number, country, _zone in agency_places()}, overrides()
    return [
        replace(_task(row, actor), from_on=begins_on(row.start, countries[row.host_id], known))
        for row in session.execute(_coming(actor, most, starts_today()))
    ]


def _task(row: Row[Any], actor: Actor) -> Task:
    return Task(
        text=asked_of(row, actor.id),
        name=row.person_name,
        endpoint=_page(row, actor),
        about="desk.overview",
        reference=row.reference,
        call={"en": row.title_en, "tr": row.title_tr, "az": row.title_az},
        kind=row.kind,
        home_id=row.home_id,
        host_id=row.host_id,
        place=row.unit_name,
        first=row.start or row.wished_first,
        last=row.end or row.wished_last,
        wished=row.start is None,
        since=row.turn_since,
        due_on=row.due_on,
        zone=lateness.due_zone(row),
    )


def _page(row: Row[Any], actor: Actor) -> str:
    """The page on which the turn is taken: that of what is being written, else of the step that is expected first."""
    state = EXCHANGE.state(row.status, row.turn)
    if left_behind(row) and row.expert_id != actor.id:
        return "desk.overview"  # which shows what can be done in the place of somebody who has left
    if state.writing:
        return state.writing[0]
    others = Party.HOME if row.turn is Turn.EXPERT_AND_HOME else Party(row.turn.value)
    step = EXCHANGE.main_step(state, Party.EXPERT if row.expert_id == actor.id else others)
    return step.endpoint if step else "desk.overview"
