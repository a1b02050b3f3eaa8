"""The texts of findings about decisions."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

FINDINGS: dict[str, Any] = {
    "reason": _l("Say why, so that the others understand it."),
    "consent": _l("The expert’s consent to show the data is missing. Return the application and ask for it."),
    "no_place": _l("The last place of this call has just gone. The application can wait until one comes free."),
    "both_sides": _l("You have acted for the other agency in this exchange and cannot act for this one."),
}
