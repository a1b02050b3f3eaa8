"""Where an exchange stands, in a few words for lists and filters, and the names of its nine steps."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.workflows.exchange import EXCHANGE
from portal.workflows.exchange_terms import Status


def status_label(exchange: Any) -> str:
    """The state of an exchange, or of a row with its status and turn."""
    return _(EXCHANGE.state(exchange.status, exchange.turn).label)


def told_to_owner(exchange: Any) -> str:
    """The same as a sentence for the expert; %(home)s and %(host)s are the agencies' names."""
    return _(EXCHANGE.state(exchange.status, exchange.turn).to_owner)


# as a list's filter offers them: with every turn that a status has
STATUS_FILTER: dict[Status, Any] = {status: _l(EXCHANGE.of_status(status).label) for status in Status} | {
    Status.PLACED: _l("Host unit proposed or confirmed"),
    Status.SCHEDULED: _l("Dates proposed or agreed"),
}

# the nine steps of the arch
ARCH: dict[str, Any] = {
    "application": _l("Application"),
    "endorsement": _l("Endorsement"),
    "acceptance": _l("Acceptance"),
    "unit": _l("Host unit"),
    "dates": _l("Dates agreed"),
    "visit": _l("Visit"),
    "report": _l("Report"),
    "accepted": _l("Report accepted"),
    "closed": _l("Closing"),
}
