"""Reports in words: what is missing, and why something is refused."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

SECTION: dict[str, Any] = {
    "objectives": _l("Objectives"),
    "plan": _l("What was carried out"),
    "findings": _l("People and findings"),
    "recommendations": _l("Recommendations"),
    "rest": _l("Lessons and leave to publish"),
}
FINDINGS: dict[str, Any] = {
    "not_now": _l("This is not possible at this stage."),
    "handed_in": _l("The report is handed in and cannot be changed now."),
    "not_departed": _l("Hand the report in after the visit: your host unit has not recorded your departure yet."),
    "reason": _l("Say why."),
    "remark": _l("Write at least one remark: what should be changed?"),
    "other_comment": _l("Another comment of the host was saved meanwhile. Read it below, then press again."),
    "both_sides": _l("You have acted for the other agency in this exchange and cannot act for this one."),
    "owner": _l("Choose one of the two agencies."),
    "incomplete": _l("The report is not complete. See what is missing below."),
    "order": _l("The last day cannot be before the first."),
    "period_outside": _l("The period must lie within the visit."),
    "period_future": _l("The period must be over before you report on it."),
    "period_known": _l("You have reported on some of these days already."),
    "too_many_periods": _l("One stay has at most %(most)s progress reports. Write what is left into the final report."),
    "missing_days_worked": _l("Say how many working days you spent at the host."),
    "missing_people_met": _l("Say whom you met."),
    "missing_findings": _l("Write what you found."),
    "missing_lessons": _l("Write what you learnt for the next exchange."),
    "missing_objectives": _l("Name at least one objective and how far it was met."),
    "missing_met": _l("%(number)s. Say how far this objective was met."),
    "missing_text": _l("%(number)s. Write the text of this row, or empty all of it."),
    "missing_recommendations": _l("Write at least one recommendation."),
    "missing_owner": _l("%(number)s. Say which agency carries this recommendation out."),
    "missing_horizon": _l("%(number)s. Give the day by which this recommendation is to be carried out."),
    "days_differ": _l(
        "You say that you spent %(said)s working days at the host; your host unit recorded %(recorded)s."
    ),
    "horizon_over": _l("Recommendation %(number)s is to be carried out by %(day)s; that day is over."),
    "periods_open": _l("Periods of your stay without a progress report: %(count)s."),
    "missing_publish": _l("Say whether the report may be published."),
}
