"""Labels of calls and announcements: kinds, phases, time limits, and the texts of findings."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.calls.models import Call, Phase
from portal.calls.queries import When
from portal.exchanges.models import Kind
from portal.topics import labels as topics
from portal.web.formats import language_name

KIND: dict[Kind, Any] = {Kind.SHORT: _l("Short"), Kind.LONG: _l("Long")}
KIND_LONG: dict[Kind, Any] = {
    Kind.SHORT: _l("Short (2 to 30 working days, with a day-by-day agenda)"),
    Kind.LONG: _l("Long (31 to 365 calendar days, with a work plan)"),
}
PHASE: dict[Phase, Any] = {
    Phase.DRAFT: _l("Draft"),
    Phase.UPCOMING: _l("Upcoming"),
    Phase.OPEN: _l("Open"),
    Phase.CLOSED: _l("Closed"),
    Phase.CANCELLED: _l("Cancelled"),
}
TONE: dict[Phase, str] = {
    Phase.DRAFT: "plain",
    Phase.UPCOMING: "info",
    Phase.OPEN: "good",
    Phase.CLOSED: "plain",
    Phase.CANCELLED: "bad",
}
WHEN: dict[When, Any] = {
    When.CURRENT: _l("Open and upcoming"),
    When.OPEN: _l("Open"),
    When.UPCOMING: _l("Upcoming"),
    When.CLOSED: _l("Closed"),
    When.CANCELLED: _l("Cancelled"),
    When.DRAFT: _l("Drafts"),
}
# time limit → (label, hint with the unit)
CLOCK: dict[str, tuple[Any, Any]] = {
    "decision": (_l("Decision"), _l("Working days until whoever decides is reminded")),
    "escalation": (_l("Deputy may decide"), _l("Working days until the agency’s deputies may decide too")),
    "changes": (
        _l("Time to change a returned application"),
        _l("Working days for the expert to change a returned application"),
    ),
    "plan_drafted": (_l("Agenda or work plan drafted"), _l("Days before the visit starts")),
    "plan_agreed": (_l("Agenda or work plan agreed"), _l("Days before the visit starts")),
    "evaluation": (_l("Evaluation"), _l("Days after the visit ends")),
    "report": (_l("Final report"), _l("Days after the visit ends")),
    "progress": (_l("Progress reports of long exchanges"), _l("Months between two reports")),
    "follow_up": (_l("Follow-up"), _l("Months after the exchange is closed")),
}


def years_asked(call: Call) -> str:
    """The experience that a call asks for; empty where it asks for none."""
    return "" if call.min_years is None else _("%(least)s years or more", least=call.min_years)


def language_asked(call: Call) -> str:
    """The language that an expert must know, and how well; empty where the call does not ask for any."""
    if call.level is None:
        return ""
    return _("%(language)s, %(level)s or better", language=language_name(call.host.language), level=call.level.value)


FINDINGS: dict[str, Any] = {
    "same_agency": _l("Choose two different agencies."),
    "not_involved": _l("A call is run by one of the two agencies that it is about."),
    "deadline_order": _l("The deadline must come after the opening."),
    "visit_order": _l("The latest day must not come before the earliest."),
    "days_kind": _l("For this kind of exchange a stay has %(allowed)s."),
    "days_order": _l("The longest stay must not be shorter than the shortest."),
    "days_room": _l("Between the earliest and the latest day there is no room for a stay of %(length)s."),
    "places": _l("Enter at least 1 place."),
    "heading": _l("Choose one of the action plan’s headings."),
    "places_taken": _l("%(taken)s places are taken already. Enter that many or more."),
    "fixed": _l("There are applications under this call already: kind, direction and heading stay as they are."),
    "falls_outside": _l(
        "Applications that were handed in would lie outside the call (%(count)s): %(applications)s. They can be "
        "decided on all the same; experts and agencies are told, and the decision’s page says what is no longer met."
    ),
    "cancelled": _l("This call has been cancelled and can no longer be changed."),
    "incomplete_call": _l("Before publishing, fill in the description, who can apply and the contact."),
    "deadline_past": _l("The deadline has passed already. Set a later one before publishing."),
    "text_missing": _l("This language has a headline only. Write the text too, or leave both empty."),
    "title_missing": _l("This language has a text only. Write the headline too, or leave both empty."),
    "no_language": _l("Write the headline and the text in one language at least."),
    "shown_order": _l("The last day must not come before the first."),
    "escalation": _l("Deputies come after the reminder: enter more working days than for the decision."),
    **topics.FINDINGS,
}
