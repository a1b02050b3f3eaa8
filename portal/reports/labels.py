"""Reports in words: what is missing, and why something is refused."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

FINDINGS: dict[str, Any] = {
    "not_now": _l("This is not possible at this stage."),
    "handed_in": _l("The report is handed in and cannot be changed now."),
    "not_departed": _l("Hand the report in after the visit: your host unit has not recorded your departure yet."),
    "reason": _l("Say why."),
    "both_sides": _l("You have acted for the other agency in this exchange and cannot act for this one."),
    "owner": _l("Choose one of the two agencies."),
    "incomplete": _l("The report is not complete. See what is missing below."),
    "order": _l("The last day cannot be before the first."),
    "period_outside": _l("The period must lie within the visit."),
    "period_future": _l("The period must be over before you report on it."),
    "period_known": _l("You have reported on some of these days already."),
    "missing_days_worked": _l("Say how many days you worked."),
    "missing_people_met": _l("Say whom you met."),
    "missing_findings": _l("Write what you found."),
    "missing_lessons": _l("Write what you learnt for the next exchange."),
    "missing_objectives": _l("Name at least one objective and how far it was met."),
    "missing_met": _l("Say of every objective how far it was met."),
    "missing_recommendations": _l("Write at least one recommendation."),
    "missing_owner_or_day": _l("Give every recommendation an owner and a day."),
    "missing_publish": _l("Say whether the report may be published."),
}
