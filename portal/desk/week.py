"""What happens in the coming seven days, as a person sees it on their desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Row, Select, and_, bindparam, or_, select
from sqlalchemy.orm import load_only

from portal import calendars
from portal.calls.models import Call, CallState
from portal.db import session
from portal.desk.exchange_tasks import PEOPLE
from portal.desk.queries import ROWS
from portal.exchanges.models import Exchange
from portal.exchanges.queries import visible_to
from portal.policy import Actor
from portal.workflows.exchange_terms import Status, Turn

CLOSING = (
    select(Call)
    .where(Call.state == CallState.PUBLISHED, Call.deadline.between(bindparam("now"), bindparam("end")))
    .order_by(Call.deadline)
    .limit(5)
    .options(
        load_only(Call.title_en, Call.title_tr, Call.title_az, Call.home_id, Call.host_id, Call.deadline, Call.zone),
    )
)


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
    arriving, leaving = (session.execute(ids, {"first": today, "last": until}) for ids in _coming(actor))
    rows = [_visit(row.start, "arrives", row) for row in arriving] + [_visit(row.end, "leaves", row) for row in leaving]
    return sorted([*rows, *_closing(actor, until, language)], key=lambda row: (row.day, row.what))[:10]


@lru_cache(PEOPLE)
def _coming(actor: Actor) -> tuple[Select[Any], Select[Any]]:
    """Visits that this person sees, which begin or end between the days `first` and `last`."""
    agreed = and_(Exchange.status == Status.SCHEDULED, Exchange.turn == Turn.UNIT)
    begin, end = (
        ROWS.where(visible_to(actor), column.between(bindparam("first"), bindparam("last")), expected)
        .order_by(column, Exchange.id)
        .limit(10)
        for column, expected in (
            (Exchange.start, agreed),
            (Exchange.end, or_(agreed, Exchange.status == Status.UNDER_WAY)),
        )
    )
    return begin, end


def _visit(day: date, what: str, row: Row[Any]) -> WeekRow:
    return WeekRow(day, what, row.person_name, row.home_id, row.host_id, row.unit_name, row.reference)


def _closing(actor: Actor, until: date, language: str) -> list[WeekRow]:
    """Deadlines up to `until`, each on its day in the call's time zone: of the calls to which this person may still
    apply, and of those of the agencies that they oversee."""
    end = datetime.combine(until + timedelta(days=1), datetime.min.time(), UTC)
    handed_in = and_(Exchange.expert_id == actor.id, Exchange.submitted_at.is_not(None))
    applied = select(Exchange.id).where(Exchange.call_id == Call.id, handed_in)
    concerned = or_(
        and_(Call.home_id.in_(actor.applies_from), ~applied.exists()),
        Call.home_id.in_(actor.oversees),
        Call.host_id.in_(actor.oversees),
    )
    calls = session.scalars(CLOSING.where(concerned), {"now": calendars.minute(calendars.now()), "end": end})
    return [
        WeekRow(
            day, "closes", call.title(language), call.home_id, call.host_id, "", str(call.id), call.deadline, call.zone
        )
        for call in calls
        if (day := calendars.day_of(call.deadline, call.zone)) <= until
    ]
