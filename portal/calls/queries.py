"""Queries of calls, by their facts and phase, of headings and of announcements."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from portal import calendars
from portal.accounts.models import Agency
from portal.calls.models import Announcement, Call, CallState, Heading
from portal.db import session
from portal.exchanges.models import Clocks, Exchange, Kind
from portal.policy import Actor, Permission, allows
from portal.reference_data import kept
from portal.workflows.exchange_terms import TAKES_PLACE, Status

PAGE = 12
AGAIN = (Status.WITHDRAWN, Status.CANCELLED)  # after which a person may apply to the same call again


class When(StrEnum):
    """The phases that the list of calls can be filtered by."""

    CURRENT = "current"  # open and upcoming
    OPEN = "open"
    UPCOMING = "upcoming"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    DRAFT = "draft"  # only of the agencies whose calls the actor edits


@dataclass(frozen=True)
class CallFilter:
    """Kind, direction (codes of home and host agency), heading number; None means all."""

    when: When = When.CURRENT
    kind: Kind | None = None
    direction: tuple[str, str] | None = None
    heading: int | None = None


@dataclass(frozen=True)
class CallPage:
    """One page of a list: the calls, how many there are in all, which page this is."""

    calls: Sequence[Call]
    total: int
    number: int

    @property
    def more(self) -> bool:
        return self.number * PAGE < self.total


def _with_agencies() -> Select[Call]:
    return select(Call).options(joinedload(Call.home, innerjoin=True), joinedload(Call.host, innerjoin=True))


def by_id(call_id: int) -> Call | None:
    """One call with both agencies, or None."""
    if not 0 < call_id < 2**63:
        return None
    return session.scalars(_with_agencies().where(Call.id == call_id)).one_or_none()


def titles(call_ids: Collection[int]) -> dict[int, dict[str, str]]:
    """The titles of these calls by id: each by its language, where it has one."""
    if not call_ids:
        return {}
    statement = select(Call.id, Call.title_en, Call.title_tr, Call.title_az).where(Call.id.in_(call_ids))
    return {
        number: {code: title for code, title in (("en", en), ("tr", tr), ("az", az)) if title}
        for number, en, tr, az in session.execute(statement)
    }


def locked(call_id: int) -> Call:
    """The call as it is now, its row locked until the commit."""
    statement = _with_agencies().where(Call.id == call_id).with_for_update(of=Call, key_share=True)
    return session.scalars(statement.execution_options(populate_existing=True)).one()


def by_idempotency_key(idempotency_key: str) -> Call | None:
    """The call that was created with this key, or None."""
    return session.scalars(select(Call).where(Call.idempotency_key == idempotency_key)).one_or_none()


def _published(*rules: ColumnElement[bool]) -> ColumnElement[bool]:
    return and_(Call.state == CallState.PUBLISHED, *rules)


def _at(when: When, at: datetime, actor: Actor) -> ColumnElement[bool]:
    if when is When.DRAFT:
        every = allows(Permission.ADMINISTER, actor)
        own: list[ColumnElement[bool]] = [] if every else [Call.agency_id.in_(actor.decides_for)]
        return and_(Call.state == CallState.DRAFT, *own)
    in_time = Call.deadline >= calendars.minute(at)
    return {
        When.CURRENT: _published(in_time),
        When.OPEN: _published(Call.opens <= at, in_time),
        When.UPCOMING: _published(Call.opens > at),
        When.CLOSED: _published(~in_time),
        When.CANCELLED: Call.state == CallState.CANCELLED,
    }[when]


def _conditions(wanted: CallFilter, at: datetime, actor: Actor) -> list[ColumnElement[bool]]:
    rules = [_at(wanted.when, at, actor)]
    if wanted.kind is not None:
        rules.append(Call.kind == wanted.kind)
    if wanted.heading is not None:
        rules.append(Call.heading == wanted.heading)
    if wanted.direction is not None:
        home, host = (select(Agency.id).where(Agency.code == code).scalar_subquery() for code in wanted.direction)
        rules += [Call.home_id == home, Call.host_id == host]
    return rules


def page(wanted: CallFilter, number: int, at: datetime, actor: Actor) -> CallPage:
    """A page of calls: what can be applied to soonest first, closed ones newest first."""
    rules = _conditions(wanted, at, actor)
    total = session.scalar(select(func.count(Call.id)).where(*rules)) or 0
    number = max(1, min(number, -(-total // PAGE)))
    late = wanted.when in (When.CLOSED, When.CANCELLED)
    order = (Call.deadline.desc(),) if late else ((Call.opens > at), Call.deadline)
    statement = _with_agencies().where(*rules).order_by(*order, Call.id).limit(PAGE).offset((number - 1) * PAGE)
    return CallPage(list(session.scalars(statement)), total, number)


def headings(active_only: bool = False) -> list[Heading]:
    """The action plan's headings in their order."""
    statement = select(Heading).order_by(Heading.number)
    return list(session.scalars(statement.where(Heading.active) if active_only else statement))


@kept
def heading_choices(language: str) -> tuple[tuple[int, str], ...]:
    """The action plan's headings for a list to choose from: number, and "number. title" in a language."""
    return tuple((heading.number, f"{heading.number}. {heading.named(language)}") for heading in headings())


def heading(number: int) -> Heading | None:
    """One heading by its number in the plan."""
    return session.scalars(select(Heading).where(Heading.number == number)).one_or_none()


def places_taken(call_id: int) -> int:
    """The number of a call's places that are taken."""
    statement = select(func.count(Exchange.id)).where(Exchange.call_id == call_id, Exchange.status.in_(TAKES_PLACE))
    return session.scalar(statement) or 0


def free_places(call: Call) -> int:
    """How many of a call's places are free; fewer than none where places were taken away afterwards."""
    return call.places - places_taken(call.id)


def free_places_after(free: int, before: StrEnum, status: StrEnum) -> int:
    """How many of `free` places are free once one of the call's exchanges has gone from one status to another."""
    return free + (before in TAKES_PLACE) - (status in TAKES_PLACE)


def applications(call_id: int) -> int:
    """The number of exchanges of this call, drafts included."""
    return session.scalar(select(func.count(Exchange.id)).where(Exchange.call_id == call_id)) or 0


def own_reference(call_id: int, person_id: int) -> str | None:
    """The reference of this person's newest exchange under this call, unless it leaves them free to apply again."""
    statement = select(Exchange.reference).where(
        Exchange.call_id == call_id, Exchange.expert_id == person_id, Exchange.status.not_in(AGAIN)
    )
    return session.scalars(statement.order_by(Exchange.id.desc()).limit(1)).first()


def clocks(call_id: int | None) -> Clocks | None:
    """The row of time limits of a call (None: the row of defaults), or None where there is no row."""
    rule = Clocks.call_id.is_(None) if call_id is None else Clocks.call_id == call_id
    return session.scalars(select(Clocks).where(rule).order_by(Clocks.id).limit(1)).first()


def agencies_of(actor: Actor) -> list[Agency]:
    """The agencies for which this person may run calls and announce: their own, or both for an administrator."""
    statement = select(Agency).order_by(Agency.code)
    if not allows(Permission.ADMINISTER, actor):
        statement = statement.where(Agency.id.in_(actor.decides_for))
    return list(session.scalars(statement))


def _announcements() -> Select[Announcement]:
    return select(Announcement).join(Announcement.agency).options(contains_eager(Announcement.agency))


def _today(at: datetime) -> ColumnElement[date]:
    """The present day in the time zone of the announcing agency."""
    return case({zone: calendars.day_of(at, zone) for zone in calendars.ZONES.values()}, value=Agency.zone)


def _public(at: datetime) -> ColumnElement[bool]:
    return and_(Announcement.published, Announcement.first <= _today(at))


def announcement(number: int) -> Announcement | None:
    """One announcement with its agency and who wrote it, or None."""
    if not 0 < number < 2**63:
        return None
    statement = _announcements().options(joinedload(Announcement.created_by, innerjoin=True))
    return session.scalars(statement.where(Announcement.id == number)).one_or_none()


def locked_announcement(number: int) -> Announcement:
    """The announcement as it is now, its row locked until the commit."""
    statement = _announcements().where(Announcement.id == number).with_for_update(of=Announcement, key_share=True)
    return session.scalars(statement.execution_options(populate_existing=True)).one()


def announcement_by_idempotency_key(idempotency_key: str) -> Announcement | None:
    """The announcement that was created with this key, or None."""
    return session.scalars(select(Announcement).where(Announcement.idempotency_key == idempotency_key)).one_or_none()


def newest_announcements(at: datetime, most: int) -> list[Announcement]:
    """The newest of those that are current."""
    current = or_(Announcement.last.is_(None), Announcement.last >= _today(at))
    statement = _announcements().where(_public(at), current).order_by(Announcement.first.desc(), Announcement.id.desc())
    return list(session.scalars(statement.limit(most)))


def announcements(at: datetime, actor: Actor) -> Select[Announcement]:
    """Announcements, newest first: those of everybody, and drafts and coming ones that this person edits."""
    statement = _announcements().order_by(Announcement.first.desc(), Announcement.id.desc())
    if allows(Permission.ADMINISTER, actor):
        return statement
    return statement.where(or_(_public(at), Announcement.agency_id.in_(actor.decides_for)))


def names_of_calls(ids: Collection[int], language: str) -> Mapping[int, str]:
    """The titles of these calls in a language, by their ids; for the history of administration."""
    calls = session.scalars(select(Call).where(Call.id.in_(ids)))
    return {call.id: call.title(language) for call in calls}


def names_of_headings(numbers: Collection[int], language: str) -> Mapping[int, str]:
    """These headings of the action plan, by their numbers."""
    return {number: title for number, title in heading_choices(language) if number in numbers}


def names_of_announcements(ids: Collection[int], language: str) -> Mapping[int, str]:
    """The headlines of these announcements in a language, by their ids."""
    rows = session.scalars(select(Announcement).where(Announcement.id.in_(ids)))
    return {row.id: row.title(language) for row in rows}
