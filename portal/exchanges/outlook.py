"""What will happen with a press, before it: the state, whose turn it becomes and until when, and who is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from portal.accounts.queries import person_names
from portal.exchanges.header import desk_name
from portal.exchanges.labels import status_label
from portal.exchanges.models import Exchange
from portal.findings import RuleViolation
from portal.messages.service import Receiver
from portal.registry import registry
from portal.subjects.notifications import addressed
from portal.subjects.preview import after
from portal.web.permit import current_actor
from portal.workflows.exchange import EXCHANGE

MOST_NAMES = 4


@dataclass(frozen=True)
class Outlook:
    """What follows a step: the label of the state, the turn as a sentence (empty at the end), its date, whose mail."""

    state: str
    turn: str
    due: date | None
    acting: str
    informed: str


def outlook(exchange: Exchange, action: str, **values: Any) -> Outlook | None:
    """What follows if the reader takes this step now, with the columns that it sets; None where it is not possible."""
    step, by = EXCHANGE.by_action[action], current_actor()
    if EXCHANGE.follow(exchange.state, step.action) is None:
        return None
    try:
        ahead = after(exchange, step.action, values, by)
    except RuleViolation:  # it cannot be taken back any more
        return None
    heard = addressed(registry.kinds[EXCHANGE.name], ahead, step, by)
    names = person_names({r.person_id for r in (*heard.acting, *heard.informed) if r.person_id})
    return Outlook(
        state=status_label(ahead),
        turn=_turn(ahead, heard.own),
        due=ahead.due_on,
        acting=_named(heard.acting, names),
        informed=_named(heard.informed, names),
    )


def _turn(ahead: Any, own: bool) -> str:
    """Whose turn it becomes, and for what."""
    task = ahead.state.task
    if not task:
        return ""
    if own:
        return _("Next it is your turn: %(task)s", task=_(task))
    return _("Next it is the turn of %(whose)s: %(task)s", whose=desk_name(ahead), task=_(task))


def _named(receivers: Sequence[Receiver], names: Any) -> str:
    """The first few names, and how many more there are."""
    known = [names[receiver.person_id] for receiver in receivers if receiver.person_id in names]
    shown, more = ", ".join(known[:MOST_NAMES]), len(known) - MOST_NAMES
    return (
        shown if more <= 0 else ngettext("%(names)s and %(num)s more", "%(names)s and %(num)s more", more, names=shown)
    )
