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
} | OF_ACCOUNTS
