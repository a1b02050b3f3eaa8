"""Tells those who apply under a call what becomes of it, and writes it into their histories."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from portal.db import new_idempotency_key, session
from portal.exchanges.models import Exchange
from portal.exchanges.notifications import expert, facts_of
from portal.exchanges.queries import WITH_PEOPLE
from portal.messages.service import Notification, notify
from portal.policy import Actor, Side
from portal.registry import registry
from portal.subjects import service as subjects
from portal.subjects.notifications import more_facts, without
from portal.subjects.recipients import Recipients
from portal.workflows.exchange import EXCHANGE
from portal.workflows.exchange_terms import Status

WITH_WRITER = (Status.DRAFT, Status.RETURNED)
HANDED_IN = (Status.SUBMITTED, Status.ENDORSED, Status.WAITLISTED, Status.ACCEPTED, Status.PLACED)  # without dates yet
OF_WRITERS = frozenset({"opens", "deadline"})  # parts of a call that concern nobody who has handed in


def tell_writers(call_id: int, what: str, by: Actor) -> None:
    """Tells whoever holds a draft or a returned application that the call was cancelled ("call_cancelled"). The call is
    locked before the exchanges."""
    for exchange in _under(call_id, WITH_WRITER):
        _tell(exchange, what, {}, by)


def tell_changed(call_id: int, parts: Sequence[str], outside: Collection[int], by: Actor) -> None:
    """Tells every writer which parts of the call differ, whoever has handed in those that still concern them, and those
    whose application is now `outside` of it. The call is locked before the exchanges."""
    later = [part for part in parts if part not in OF_WRITERS]
    moved = "call_moved" if parts == ["deadline"] else "call_changed"
    for exchange in _under(call_id, (*WITH_WRITER, *HANDED_IN)):
        if exchange.status in WITH_WRITER:
            _tell(exchange, moved, {"parts": list(parts)}, by)
        elif later:
            _tell(exchange, "call_outside" if exchange.id in outside else "call_changed", {"parts": later}, by)


def tell_outside(call_id: int, outside: Sequence[Exchange], by: Actor) -> None:
    """Tells those who decide for each agency how many of the applications that it sees fall outside the call."""
    recipients = Recipients()
    seen = {"home_id": outside, "host_id": [exchange for exchange in outside if exchange.released]}
    for side, exchanges in seen.items():
        if not exchanges:
            continue
        facts = {"count": len(exchanges), "call": _titles(exchanges[:1])[exchanges[0].id].get("call", {})}
        told = Notification("calls_outside", facts, f"/exchanges?call={call_id}")
        receivers = without(recipients.agency(getattr(exchanges[0], side)), by.id)
        notify(receivers, told, f"calls_outside:{new_idempotency_key()}")


def _under(call_id: int, statuses: Collection[Status]) -> Sequence[Exchange]:
    under = WITH_PEOPLE.where(Exchange.call_id == call_id, Exchange.status.in_(statuses))
    return session.scalars(under.order_by(Exchange.id)).all()


def _titles(exchanges: Sequence[Exchange]) -> dict[int, dict[str, Any]]:
    return more_facts(registry.kinds[EXCHANGE.name], exchanges)


def _tell(exchange: Exchange, what: str, facts: dict[str, Any], by: Actor) -> None:
    subjects.record(exchange, what, by=by, side=Side.SYSTEM, facts=facts)
    path = f"/exchanges/{exchange.reference}/application"
    told = Notification(what, facts_of(exchange) | facts, path, exchange.id)
    notify(expert(exchange), told, f"{what}:{new_idempotency_key()}")
