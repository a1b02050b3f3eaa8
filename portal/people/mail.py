"""Sends mail again that did not arrive."""

from __future__ import annotations

from portal.accounts import identity
from portal.accounts.models import Person
from portal.db import session
from portal.findings import RuleViolation
from portal.messages.models import WITH_LINK, Message
from portal.messages.service import try_again
from portal.policy import Actor, Permission, require


def send_again(message: Message, *, by: Actor) -> None:
    """Sends a mail again, to the receiver's present address; an invitation with a new link.

    Raises Denied, RuleViolation: "sent" (it arrived meanwhile), "ask_again" (a link that only its receiver can ask for)
    and what `identity.invite_again` raises.
    """
    require(Permission.ADMINISTER, by)
    session.refresh(message, with_for_update=True)
    if message.sent_at is not None:
        raise RuleViolation("sent")
    if message.kind not in WITH_LINK:
        person = session.get(Person, message.person_id) if message.person_id else None
        try_again(message, person.email if person else message.address)
        return
    if message.kind != "account.invite" or message.person_id is None:
        raise RuleViolation("ask_again")
    identity.invite_again(message.person_id, by=by)
    session.delete(message)
    session.flush()
