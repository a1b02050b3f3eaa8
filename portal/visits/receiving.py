"""What unit and expert need to meet: telephones, address, who receives, needs, and what is planned next.

It is shown from the eve of a visit until its end, to the expert and to those who receive them, and never stored
anywhere else: mails are made of it when they are sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from portal import calendars
from portal.applications.models import Application
from portal.db import session
from portal.exchanges.eve import is_later, starts_today
from portal.exchanges.models import Exchange
from portal.exchanges.queries import WITH_PEOPLE
from portal.hosting.models import Placement
from portal.policy import Actor, Permission, allows
from portal.units.queries import coordinators_of
from portal.visits.models import AgendaItem, Visit
from portal.web.formats import clock, other_hour, other_place
from portal.web.formats import day as spelled
from portal.workflows.exchange_terms import Status, Turn

MOST = 5  # visits on the desk


@dataclass(frozen=True)
class Meeting:
    """One visit that begins soon or is under way, for somebody who may know all this."""

    exchange: Exchange
    facts: Sequence[tuple[str, str]]


def shown_for(exchange: Exchange) -> bool:
    """Whether it is time: from the eve until the visit is over."""
    agreed = exchange.status is Status.SCHEDULED and exchange.turn is Turn.UNIT
    return exchange.status is Status.UNDER_WAY or (agreed and not is_later(exchange))


def meeting(exchange: Exchange, actor: Actor) -> Meeting | None:
    """What this person may see of the meeting now; None where it is not for them, or not time."""
    if not shown_for(exchange) or not allows(Permission.READ_CONTACTS, actor, exchange):
        return None
    return next(iter(_meetings([exchange], actor)), None)


def meetings(actor: Actor) -> list[Meeting]:
    """The visits of this expert, or to this coordinator's units, that begin soon; a fixed number of statements."""
    if not actor.id:
        return []
    mine = [Exchange.expert_id == actor.id, Exchange.unit_id.in_(sorted(actor.units))]
    limit = max((start for _agency, start in starts_today()), default=date.min)
    coming = WITH_PEOPLE.where(mine[0] | mine[1], Exchange.status == Status.SCHEDULED, Exchange.turn == Turn.UNIT)
    rows = session.scalars(coming.where(Exchange.start <= limit).order_by(Exchange.start, Exchange.id).limit(MOST))
    seen = [row for row in rows if shown_for(row) and allows(Permission.READ_CONTACTS, actor, row)]
    return _meetings(seen, actor) if seen else []


def _meetings(exchanges: Sequence[Exchange], actor: Actor) -> list[Meeting]:
    """Read for all at once."""
    ids = [exchange.id for exchange in exchanges]
    visits = select(Visit).where(Visit.exchange_id.in_(ids))
    plans = {v.exchange_id: v for v in session.scalars(
        visits.options(joinedload(Visit.unit, innerjoin=True), selectinload(Visit.agenda))
    )}  # fmt: skip
    needs = {number: text for number, text in session.execute(
        select(Application.exchange_id, Application.needs).where(Application.exchange_id.in_(ids))
    )}  # fmt: skip
    said = select(Placement).where(
        Placement.exchange_id.in_(ids), Placement.declined_at.is_(None), Placement.replaced_at.is_(None)
    )
    terms = {placement.exchange_id: placement for placement in session.scalars(said.order_by(Placement.id))}
    people = coordinators_of([visit.unit_id for visit in plans.values()])
    found = []
    for exchange in exchanges:
        visit = plans.get(exchange.id)
        if visit is not None:
            facts = [*_place(visit), *_receives(terms.get(exchange.id), people.get(visit.unit_id, []))]
            if actor.id != exchange.expert_id:
                facts += [(_("Telephone of the expert"), exchange.expert.phone)]
            facts += [(_("Needs"), needs.get(exchange.id, "")), *_next_days(exchange, visit)]
            found.append(Meeting(exchange, [(label, text) for label, text in facts if text]))
    return found


def _place(visit: Visit) -> list[tuple[str, str]]:
    unit = visit.unit
    return [(_("Address"), unit.address or unit.city), (_("Telephone of the unit"), unit.phone)]


def _receives(terms: Placement | None, people: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The counterpart, and the coordinators who are somebody else."""
    first = [(terms.counterpart, terms.counterpart_phone)] if terms and terms.counterpart else []
    others = [person for person in people if not first or person[0] != first[0][0]]
    words = [", ".join(filter(None, person)) for person in [*first, *others]]
    return [(_("Who receives"), "\n".join(words))]


def _next_days(exchange: Exchange, visit: Visit) -> list[tuple[str, str]]:
    """What is planned on the next day from tomorrow on, and today while the visit lasts."""
    today, zone = calendars.today(exchange.host.zone), exchange.host.zone
    days = sorted({item.day for item in visit.agenda if item.day >= today})
    wanted = [day for day in days if day == today] + [day for day in days if day > today][:1]
    return [
        (
            spelled(day),
            "\n".join(_item(item, zone) for item in visit.agenda if item.day == day),
        )
        for day in wanted
    ]


def _item(item: AgendaItem, zone: str) -> str:
    """10:00 (09:00 Ankara) Opening, Hall 2."""
    there = f"({other_hour(item.begins, item.day, zone)} {other_place(zone)})"
    return f"{clock(item.begins)}–{clock(item.ends)} {there} " + ", ".join(filter(None, (item.title, item.place)))
