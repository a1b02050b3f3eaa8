"""Whom a step concerns: those whose turn it is now, the expert, and everyone who was involved when it ends early."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from portal import calendars
from portal.exchanges.models import Event, Exchange
from portal.exchanges.recipients import Recipients, expert
from portal.messages.service import Notification, Receiver, notify, store, written
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


def notify_step(exchange: Exchange, action: Action, event: Event, by: Actor) -> None:
    """After a step: "your turn" to the next desk, the news to the expert, the end to everyone involved."""
    idempotency_key = f"event:{event.id}"
    facts = facts_of(exchange) | {"action": action.value}
    path = f"/exchanges/{exchange.reference}"
    recipients = Recipients(calendars.today())
    next_desk = _without(turn_receivers(exchange, recipients), by.id)
    turn_kind = f"turn.{exchange.status.value}"
    rows = written(
        next_desk, Notification(turn_kind, facts | {"turn": exchange.turn.value}, path, exchange.id), idempotency_key
    )
    told = {receiver.person_id for receiver in next_desk} | {by.id}
    for receiver in _informed(exchange, recipients):
        if receiver.person_id not in told:
            of = facts | {"yours": receiver.person_id == exchange.expert_id}
            rows += written([receiver], Notification(f"news.{action.value}", of, path, exchange.id), idempotency_key)
    store(rows)


def notify_note(exchange: Exchange, note_id: int, by: Actor) -> None:
    """A message was written on the exchange: everyone involved but the writer hears of it."""
    path = f"/exchanges/{exchange.reference}/messages"
    involved = everyone(exchange, Recipients(calendars.today()))
    notify(_without(involved, by.id), Notification("note", facts_of(exchange), path, exchange.id), f"note:{note_id}")


def turn_receivers(exchange: Exchange, recipients: Recipients, escalated: bool = False) -> list[Receiver]:
    """The people whose turn it is; never the expert on the deciding side."""
    turn = exchange.turn
    if turn is Turn.EXPERT:
        return expert(exchange)
    if turn is Turn.EXPERT_AND_HOME:
        home = recipients.agency(exchange.home_id, escalated)
        return [*expert(exchange), *_without(home, exchange.expert_id)]
    if turn is Turn.UNIT and exchange.unit_id is not None:
        coordinators = _without(recipients.unit(exchange.unit_id), exchange.expert_id)
        return coordinators or _without(recipients.agency(exchange.host_id), exchange.expert_id)
    if turn in (Turn.HOME, Turn.HOST):
        agency = exchange.home_id if turn is Turn.HOME else exchange.host_id
        return _without(recipients.agency(agency, escalated), exchange.expert_id)
    return []


def _informed(exchange: Exchange, recipients: Recipients) -> list[Receiver]:
    """Who hears of a step without having to act: the expert always, both sides when it ends or is agreed."""
    ended = exchange.status in ENDED_EARLY or exchange.status is Status.CLOSED
    if ended or exchange.status in (Status.SCHEDULED, Status.UNDER_WAY):
        return everyone(exchange, recipients)
    return expert(exchange)


def everyone(exchange: Exchange, recipients: Recipients | None = None) -> list[Receiver]:
    """The expert, both agencies as far as they may see it, and the unit."""
    recipients = recipients or Recipients(calendars.today())
    involved = expert(exchange)
    if exchange.handed_in:
        involved += recipients.agency(exchange.home_id)
    if exchange.released:
        involved += recipients.agency(exchange.host_id)
    if exchange.unit_id is not None:
        involved += recipients.unit(exchange.unit_id)
    return list(dict.fromkeys(involved))


def _without(receivers: Iterable[Receiver], person_id: int) -> list[Receiver]:
    return [receiver for receiver in dict.fromkeys(receivers) if receiver.person_id != person_id]
