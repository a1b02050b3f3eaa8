"""Who receives messages about an exchange: those whose turn it is, the expert, everyone involved."""

from __future__ import annotations

from typing import Any

from portal.exchanges.models import Exchange
from portal.messages.service import Notification, Receiver, notify
from portal.policy import Actor
from portal.subjects.notifications import without
from portal.subjects.recipients import Recipients
from portal.workflows.exchange_terms import ENDED_EARLY, Status, Turn


def facts_of(exchange: Exchange) -> dict[str, Any]:
    """The facts for every message about an exchange."""
    return {
        "reference": exchange.reference,
        "name": exchange.person_name,
        "home": exchange.home.short_name,
        "host": exchange.host.short_name,
        "due": exchange.due_on.isoformat() if exchange.due_on else None,
    }


def notify_note(exchange: Exchange, note_id: int, by: Actor) -> None:
    """Notifies everyone involved, except the author, of a message on the exchange."""
    path = f"/exchanges/{exchange.reference}/messages"
    involved = everyone(exchange, Recipients())
    notify(without(involved, by.id), Notification("note", facts_of(exchange), path, exchange.id), f"note:{note_id}")


def expert(exchange: Exchange) -> list[Receiver]:
    """The exchange's expert, unless disabled."""
    person = exchange.expert
    return [Receiver(person.id, person.email, person.mail_language)] if person.active else []


def turn_receivers(exchange: Exchange, recipients: Recipients | None = None, escalated: bool = False) -> list[Receiver]:
    """The people whose turn it is, without the expert where their own side decides."""
    recipients, turn = recipients or Recipients(), exchange.turn
    if turn is Turn.EXPERT:
        return expert(exchange)
    if turn is Turn.EXPERT_AND_HOME:
        home = recipients.agency(exchange.home_id, escalated)
        return [*expert(exchange), *without(home, exchange.expert_id)]
    if turn is Turn.UNIT and exchange.unit_id is not None:
        coordinators = without(recipients.unit(exchange.unit_id), exchange.expert_id)
        return coordinators or without(recipients.agency(exchange.host_id), exchange.expert_id)
    if turn in (Turn.HOME, Turn.HOST):
        agency = exchange.home_id if turn is Turn.HOME else exchange.host_id
        return without(recipients.agency(agency, escalated), exchange.expert_id)
    return []


def informed(exchange: Exchange) -> list[Receiver]:
    """Who is notified of a step without having to act: always the expert, both sides when it ends or is agreed."""
    ended = exchange.status in ENDED_EARLY or exchange.status is Status.CLOSED
    if ended or exchange.status in (Status.SCHEDULED, Status.UNDER_WAY):
        return everyone(exchange)
    return expert(exchange)


def everyone(exchange: Exchange, recipients: Recipients | None = None) -> list[Receiver]:
    """The expert, both agencies if they may see the exchange, and the host unit."""
    recipients = recipients or Recipients()
    involved = expert(exchange)
    if exchange.handed_in:
        involved += recipients.agency(exchange.home_id)
    if exchange.released:
        involved += recipients.agency(exchange.host_id)
    if exchange.unit_id is not None:
        involved += recipients.unit(exchange.unit_id)
    return list(dict.fromkeys(involved))
