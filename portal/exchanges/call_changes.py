"""What a change of a call means for the applications under it that are still with their writers."""

from __future__ import annotations

from portal.db import new_idempotency_key, session
from portal.exchanges.models import Exchange
from portal.exchanges.notifications import expert, facts_of
from portal.exchanges.queries import WITH_PEOPLE
from portal.messages.service import Notification, notify
from portal.policy import Actor, Side
from portal.subjects import service as subjects
from portal.workflows.exchange_terms import Status

WITH_WRITER = (Status.DRAFT, Status.RETURNED)


def tell_writers(call_id: int, what: str, by: Actor) -> None:
    """Tells whoever holds a draft or a returned application that the call was cancelled ("call_cancelled") or has
    another deadline ("call_moved"), and writes it into their histories. The call is locked before the exchanges."""
    concerned = WITH_PEOPLE.where(Exchange.call_id == call_id, Exchange.status.in_(WITH_WRITER))
    for exchange in session.scalars(concerned.order_by(Exchange.id)).all():
        subjects.record(exchange, what, by=by, side=Side.SYSTEM)
        path = f"/exchanges/{exchange.reference}/application"
        told = Notification(what, facts_of(exchange), path, exchange.id)
        notify(expert(exchange), told, f"{what}:{new_idempotency_key()}")
