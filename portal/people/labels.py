"""The texts of findings about people and roles."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from portal.accounts.labels import FINDINGS as OF_ACCOUNTS

FINDINGS: dict[str, Any] = {
    "no_administrator": _l("You are no longer an administrator. Nothing was changed."),
    "own_role": _l("Nobody changes their own roles. Ask another administrator."),
} | OF_ACCOUNTS
