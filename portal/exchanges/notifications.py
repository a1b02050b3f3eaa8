"""Who receives messages about an exchange: those whose turn it is, the expert, everyone involved."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from portal.exchanges.models import Exchange
from portal.messages.service import Notification, Receiver, notify
from portal.policy import Actor
from portal.registry import registry
from portal.subjects.notifications import more_facts, without
from portal.subjects.recipients import Recipients
from portal.workflows.exchange import EXCHANGE
from portal.workflows.exchange_terms import ENDED_EARLY, Party, Status, Turn


def facts_of(exchange: Exchange) -> dict[str, Any]:
    """The facts for every message about an exchange."""
    return {
        "reference": exchange.reference,
        "name": exchange.person_name,
        "home": exchange.home.short_name,
        "host": exchange.host.short_name,
        "due": exchange.due_on.isoformat() if exchange.due_on else None,
        "unit": exchange.unit_name,
        "kind": exchange.kind.value,
        "visit_from": exchange.start.isoformat() if exchange.start else None,
        "visit_to": exchange.end.isoformat() if exchange.end else None,
        "gone": exchange.expert_gone,
    }


def notify_note(exchange: Exchange, note_id: int, by: Actor) -> None:
    """Notifies everyone involved, except the author, of a message on the exchange."""
    path = f"/exchanges/{exchange.reference}/messages"
    involved = everyone(exchange, Recipients())
    facts = facts_of(exchange) | more_facts(registry.kinds[EXCHANGE.name], [exchange]).get(exchange.id, {})
    notify(without(involved, by.id), Notification("note", facts, path, exchange.id), f"note:{note_id}")


def expert(exchange: Exchange) -> list[Receiver]:
    """The exchange's expert, unless disabled."""
    person = exchange.expert
    return [Receiver(person.id, person.email, person.mail_language, Party.EXPERT)] if person.active else []


def of_agency(exchange: Exchange, party: Party, recipients: Recipients, with_deputies: bool = False) -> list[Receiver]:
    """Those who decide for the home or the host agency, as such."""
    agency_id = exchange.home_id if party is Party.HOME else exchange.host_id
    return [replace(one, party=party) for one in recipients.agency(agency_id, with_deputies)]


def of_unit(exchange: Exchange, recipients: Recipients, with_deputies: bool = False) -> list[Receiver]:
    """The coordinators of the host unit; where it has none, those who decide for the host agency act for it."""
    if exchange.unit_id is None:
        return []
    coordinators = without(recipients.unit(exchange.unit_id), exchange.expert_id)
    agency = recipients.agency(exchange.host_id, with_deputies) if not coordinators else []
    return [replace(one, party=Party.UNIT) for one in coordinators or without(agency, exchange.expert_id)]


def turn_receivers(exchange: Exchange, recipients: Recipients | None = None, escalated: bool = False) -> list[Receiver]:
    """The people whose turn it is, without the expert where their own side decides. The agency stands in for a unit
    without a coordinator and for an expert whose account is closed: whoever is told may act."""
    recipients, turn = recipients or Recipients(), exchange.turn

    def agency(party: Party) -> list[Receiver]:
        return without(of_agency(exchange, party, recipients, escalated), exchange.expert_id)

    if turn is Turn.EXPERT:
        return expert(exchange) or agency(Party.HOME)
    if turn is Turn.EXPERT_AND_HOME:
        return [*expert(exchange), *agency(Party.HOME)]
    if turn is Turn.UNIT:
        return of_unit(exchange, recipients, escalated)
    if turn in (Turn.HOME, Turn.HOST):
        return agency(Party(turn.value))
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
        involved += of_agency(exchange, Party.HOME, recipients)
    return list(dict.fromkeys(involved + host_side(exchange, recipients)))


def host_side(exchange: Exchange, recipients: Recipients | None = None) -> list[Receiver]:
    """Those who see the exchange for the host agency and at its unit; nobody before the release and after its end."""
    if not exchange.released:
        return []
    recipients = recipients or Recipients()
    unit = recipients.unit(exchange.unit_id) if exchange.unit_id is not None else []
    there = of_agency(exchange, Party.HOST, recipients) + [replace(one, party=Party.UNIT) for one in unit]
    return without(there, exchange.expert_id)
