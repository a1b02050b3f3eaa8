"""The texts of findings about people and roles."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from portal.accounts.labels import FINDINGS as OF_ACCOUNTS

FINDINGS: dict[str, Any] = {
    "no_administrator": _l("You are no longer an administrator. Nothing was changed."),
    "sent": _l("This mail was sent meanwhile."),
    "ask_again": _l("Only its receiver can ask for this link again: it belongs to a password that they choose."),
    "last_manager": _l("%(name)s is the agency’s last manager. Make somebody else a manager first."),
    "last_coordinator": _l(
        "Nobody else coordinates %(units)s: the host agency acts in their place (exchanges there: %(count)s). "
        "Name another coordinator first, or hand over."
    ),
    "own_open": _l("Own exchanges are open (%(count)s): the home agency ends them or writes the report, and is told."),
    "decisions_wait": _l(
        "Decisions wait at %(agency)s (%(count)s): the other managers are told that these are theirs."
    ),
} | OF_ACCOUNTS
