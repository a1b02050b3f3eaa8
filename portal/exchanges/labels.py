"""Labels of the states of exchanges, for lists and filters, and of the nine steps of the arch."""

from __future__ import annotations

from functools import cache
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.accounts.queries import agency_names
from portal.web.language import spoken
from portal.workflows.exchange import EXCHANGE
from portal.workflows.exchange_terms import Status, Turn


def status_label(exchange: Any) -> str:
    """The label of the state of an exchange, or of a row with its status, turn and both agencies, who are named."""
    label = _state_label(exchange.status, exchange.turn, spoken())
    if "%(" not in label:
        return label
    agencies = agency_names()
    return label % {"home": agencies[exchange.home_id].short_name, "host": agencies[exchange.host_id].short_name}


@cache
def _state_label(status: Status, turn: Turn, _language: str) -> str:
    """Cached, because lists repeat them; `_language` is that of the request, which gettext speaks."""
    return _(EXCHANGE.state(status, turn).label)


def told_to_owner(exchange: Any) -> str:
    """The state as a sentence for the expert; %(home)s and %(host)s are the agencies' names."""
    return _(EXCHANGE.state(exchange.status, exchange.turn).to_owner)


# for the filter of lists: a status with all its turns
STATUS_FILTER: dict[Status, Any] = {status: _l(EXCHANGE.of_status(status).label) for status in Status} | {
    Status.SUBMITTED: _l("Being considered by the home agency"),
    Status.ENDORSED: _l("Being considered by the host agency"),
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

# why a step cannot be taken back
UNDOING: dict[str, Any] = {
    "undo_nothing": _l("There is nothing to take back any more."),
    "undo_other": _l("Only the person who recorded it can take it back."),
    "undo_late": _l("It can be taken back within an hour only."),
    "undo_acted": _l("Somebody else has acted on it since, so it cannot be taken back."),
    "both_sides": _l("You have acted for the other agency in this exchange and cannot act for this one."),
    "unit_full": _l("The days that were released are given to somebody else meanwhile, first %(first)s."),
    "elsewhere": _l("The expert is booked elsewhere meanwhile, first on %(first)s."),
}
