"""What the withdrawal of consent ends, at once: the other side's sight, and the name in its messages."""

from __future__ import annotations

from portal.exchanges import notifications
from portal.exchanges.models import Exchange
from portal.exchanges.queries import locked
from portal.findings import AlreadyDone
from portal.messages.models import Message
from portal.messages.service import Notification, hide_name, notify
from portal.personal_data import service
from portal.policy import Actor, Permission, Side, require
from portal.subjects import service as subjects
from portal.subjects.recipients import Recipients
from portal.workflows.exchange import EXCHANGE
from portal.workflows.exchange_terms import Action, Party

WITHDRAWN = "consent_withdrawn"
AT_HOST = (Party.HOST, Party.UNIT)


def end_sight(exchange: Exchange) -> None:
    """Withdraws the consent of a locked exchange: the host side sees nothing any more, and is told without a name.

    What the home agency holds is destroyed by the next clearing; sealed reports and the history stay.
    """
    service.withdraw(exchange.id)
    told = notifications.host_side(exchange)  # nobody where the host has returned it; their messages keep the name
    exchange.released_at = None
    hide_name(exchange.id, exchange.reference, lambda message: _at_host(message, exchange, {r.person_id for r in told}))
    facts = {"reference": exchange.reference, "home": exchange.home.short_name, "host": exchange.host.short_name}
    ended = Notification("sight_ended", facts, "/desk", exchange.id)
    notify(told, ended, f"sight_ended:{exchange.id}:{exchange.version}")


def _at_host(message: Message, exchange: Exchange, there: set[int | None]) -> bool:
    """Whether a message went to somebody at the host; old ones do not say as what it went to them."""
    if message.person_id == exchange.expert_id:
        return False
    party = message.facts.get("to")
    return party in AT_HOST if party else message.person_id in there


def withdraw(exchange: Exchange, *, version: int, reason: str, by: Actor) -> None:
    """Withdraws the consent, and with it an exchange that has not ended. Raises Denied, Conflict, AlreadyDone."""
    exchange = locked(exchange.id)
    if exchange.version != version or EXCHANGE.follow(exchange.state, Action.EXPERT_WITHDRAW) is not None:
        subjects.advance(exchange, Action.EXPERT_WITHDRAW, by=by, version=version, reason=reason)
        return
    require(Permission.WITHDRAW_CONSENT, by, exchange)
    if not exchange.released:
        raise AlreadyDone(exchange.reference)
    end_sight(exchange)
    event = subjects.record(exchange, WITHDRAWN, by=by, side=Side.EXPERT, reason=reason)
    home = notifications.of_agency(exchange, Party.HOME, Recipients())
    receivers = [*notifications.expert(exchange), *home]
    path = f"/exchanges/{exchange.reference}"
    notify(receivers, Notification(WITHDRAWN, notifications.facts_of(exchange), path, exchange.id), f"event:{event.id}")
