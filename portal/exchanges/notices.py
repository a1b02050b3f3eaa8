"""Whom a step concerns: those whose turn it is now, the expert, and everyone who was involved when it ends early."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from portal import calendars
from portal.exchanges.desks import Desks, expert
from portal.exchanges.models import Event, Exchange
from portal.messages.service import News, Receiver, store, tell, written
from portal.policy import Actor
from portal.workflow import ENDED_EARLY, Action, Status, Turn


def facts_of(exchange: Exchange) -> dict[str, Any]:
    """What every message about an exchange can say."""
    return {
        "reference": exchange.reference,
        "name": exchange.person_name,
        "home": exchange.home.short_name,
        "host": exchange.host.short_name,
        "due": exchange.due_on.isoformat() if exchange.due_on else None,
    }


def tell_step(exchange: Exchange, action: Action, event: Event, by: Actor) -> None:
    """After a step: "your turn" to the next desk, the news to the expert, the end to everyone involved."""
    once = f"event:{event.id}"
    facts = facts_of(exchange) | {"action": action.value}
    path = f"/exchanges/{exchange.reference}"
    desks = Desks(calendars.today())
    next_desk = _without(turn_receivers(exchange, desks), by.id)
    turn_kind = f"turn.{exchange.status.value}"
    rows = written(next_desk, News(turn_kind, facts | {"turn": exchange.turn.value}, path, exchange.id), once)
    told = {receiver.person_id for receiver in next_desk} | {by.id}
    for receiver in _informed(exchange, desks):
        if receiver.person_id not in told:
            of = facts | {"yours": receiver.person_id == exchange.expert_id}
            rows += written([receiver], News(f"news.{action.value}", of, path, exchange.id), once)
    store(rows)


def tell_note(exchange: Exchange, note_id: int, by: Actor) -> None:
    """A message was written on the exchange: everyone involved but the writer hears of it."""
    path = f"/exchanges/{exchange.reference}/messages"
    involved = everyone(exchange, Desks(calendars.today()))
    tell(_without(involved, by.id), News("note", facts_of(exchange), path, exchange.id), f"note:{note_id}")


def turn_receivers(exchange: Exchange, desks: Desks, escalated: bool = False) -> list[Receiver]:
    """The people whose turn it is; never the expert on the deciding side."""
    turn = exchange.turn
    if turn is Turn.EXPERT:
        return expert(exchange)
    if turn is Turn.EXPERT_AND_HOME:
        home = desks.agency(exchange.home_id, escalated)
        return [*expert(exchange), *_without(home, exchange.expert_id)]
    if turn is Turn.UNIT and exchange.unit_id is not None:
        coordinators = _without(desks.unit(exchange.unit_id), exchange.expert_id)
        return coordinators or _without(desks.agency(exchange.host_id), exchange.expert_id)
    if turn in (Turn.HOME, Turn.HOST):
        agency = exchange.home_id if turn is Turn.HOME else exchange.host_id
        return _without(desks.agency(agency, escalated), exchange.expert_id)
    return []


def _informed(exchange: Exchange, desks: Desks) -> list[Receiver]:
    """Who hears of a step without having to act: the expert always, both sides when it ends or is agreed."""
    ended = exchange.status in ENDED_EARLY or exchange.status is Status.CLOSED
    if ended or exchange.status in (Status.SCHEDULED, Status.UNDER_WAY):
        return everyone(exchange, desks)
    return expert(exchange)


def everyone(exchange: Exchange, desks: Desks | None = None) -> list[Receiver]:
    """The expert, both agencies as far as they may see it, and the unit."""
    desks = desks or Desks(calendars.today())
    involved = expert(exchange)
    if exchange.handed_in:
        involved += desks.agency(exchange.home_id)
    if exchange.released:
        involved += desks.agency(exchange.host_id)
    if exchange.unit_id is not None:
        involved += desks.unit(exchange.unit_id)
    return list(dict.fromkeys(involved))


def _without(receivers: Iterable[Receiver], person_id: int) -> list[Receiver]:
    return [receiver for receiver in dict.fromkeys(receivers) if receiver.person_id != person_id]
