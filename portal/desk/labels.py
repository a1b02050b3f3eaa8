"""The texts of findings when somebody hands over."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from portal.people.labels import FINDINGS as OF_PEOPLE

FINDINGS: dict[str, Any] = {
    "successor": _l("Choose somebody of the same agency who can sign in."),
} | OF_PEOPLE
