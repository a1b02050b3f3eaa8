"""Labels of hosting: reasons for and against a unit, and the texts of findings."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from portal.topics import labels as topics

FINDINGS: dict[str, Any] = {
    # of matching: for and against a unit
    "wished": _l("%(rank)s wish"),
    "topics": _l("topics in common: %(topics)s"),
    "no_topics": _l("no topic in common"),
    "language": _l("%(language)s %(level)s suffices"),
    "no_language": _l("works in %(languages)s: needs an interpreter"),
    "free": _l("a seat is free %(days)s"),
    "blocked": _l("takes nobody %(days)s"),
    "full": _l("full %(days)s"),
    "declined": _l("has declined already"),
    "no_coordinator": _l("has no coordinator: your agency answers in its place"),
    "nearest": _l("Possible %(days)s: if the expert wishes for these days."),
    # refused
    "not_now": _l("This is not possible at this stage."),
    "unit": _l("Choose one of the host agency’s units."),
    "unit_blocked": _l("This unit takes nobody %(days)s. Choose another one."),
    "unit_full": _l("This unit has just become full: no seat is free %(days)s. Choose another one."),
    "unit_no_topics": _l("The unit and the application have no topic in common."),
    "unit_no_language": _l("The expert speaks none of the unit’s languages (%(languages)s) well enough to work in it."),
    "unit_no_coordinator": _l("This unit has no coordinator: your agency answers in its place."),
    "unit_declined": _l("This unit has declined to host this expert already."),
    "reason": _l("Say why, so that another unit can be found."),
    "both_sides": _l("You have acted for the other agency in this exchange and cannot act for this one."),
    "capacity": _l("%(booked)s experts are booked on a coming day already."),
    "not_yours": _l(
        "Only the host agency and the unit’s coordinators can move visits: %(visits)s. Ask one of them to save this."
    ),
    "unit_leaves": _l(
        "The unit gives back what is planned there (%(count)s): %(visits)s. The host agency looks for another unit; "
        "experts and agencies are told."
    ),
    "unit_redates": _l(
        "Visits have days on which the unit would take nobody (%(count)s): %(visits)s. Their dates are no longer "
        "agreed, and the host agency proposes others; experts and agencies are told."
    ),
    "unit_stays": _l("Visits that are under way go on to their last day (%(count)s): %(visits)s."),
    "most_rows": _l("A page has %(most)s periods at most."),
    **topics.FINDINGS,
}
# what would make a unit possible that is not
REMEDIES: dict[str, Any] = {
    "blocked": _l("Other wished dates, or the coordinator shortens the blocked period."),
    "full": _l("Other wished dates, or a seat that comes free."),
}
