"""Visits in words: what speaks against a plan, the rules for the stay, and refusals."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

FINDINGS: dict[str, Any] = {
    # of a plan
    "outside_call": _l("This call allows visits from %(first)s to %(last)s."),
    "days": _l("The stay has %(days)s days; this call allows %(least)s to %(most)s."),
    "past": _l("The first day, %(first)s, is over already."),
    "travel_out": _l("The day of travel there must lie in the %(days)s days before %(first)s."),
    "travel_back": _l("The day of travel back must lie in the %(days)s days after %(last)s."),
    "unit_blocked": _l("The host unit takes nobody from %(first)s to %(last)s."),
    "unit_full": _l("The host unit is full on %(days)s of these days, first on %(first)s."),
    "elsewhere": _l("The expert is in another exchange on %(days)s of these days, first on %(first)s."),
    "item_outside": _l("“%(title)s” on %(day)s is not within the visit."),
    "item_order": _l("“%(title)s” on %(day)s ends before it begins."),
    "overlap": _l("“%(title)s” on %(day)s begins before “%(other)s” ends."),
    "milestone_outside": _l("A milestone on %(day)s is not within the visit."),
    "nothing_planned": _l("Nothing is planned on %(days)s working days, first on %(first)s."),
    "no_milestones": _l("The work plan has no milestone yet."),
    "holiday": _l("Something is planned on %(day)s, a holiday in %(country)s%(holiday)s."),
    "half_day": _l("Something is planned after 13:00 on %(day)s, when offices in %(country)s have closed."),
    "holidays": _l("Offices in %(country)s are closed: %(closed)s."),
    "half_days": _l("Offices in %(country)s close at 13:00: %(closed)s."),
    # refused
    "reason": _l("Say what should be different."),
    "both_sides": _l("You have acted for the other agency in this exchange and cannot act for this one."),
    "not_now": _l("This is not possible at this stage."),
    "future": _l("That day is still to come."),
    "arrival_before": _l("The visit begins on %(first)s; arrival can be recorded from three days before."),
    "arrival_after": _l("The visit ended on %(last)s. Propose other dates first."),
    "depart_order": _l("Departure cannot be before the arrival on %(first)s."),
    # to be confirmed
    "arrival_early": _l("This is %(early)s: the visit was agreed from %(first)s."),
    "arrival_late": _l("This is %(late)s: the visit was agreed from %(first)s. The days before count as missed."),
    "depart_early": _l(
        "This is %(early)s: the visit was agreed until %(last)s. "
        "The days after this one are free again, and what was planned on them counts as not carried out."
    ),
    "depart_late": _l(
        "This is %(late)s: the visit was agreed until %(last)s. "
        "Enter the last day at the unit, not the day of travel; the further days count as attended."
    ),
    "attendance": _l("Attendance of %(days)s working days is not recorded yet, first of %(first)s. Record it first."),
    "another": _l(
        "“%(after)s” is something else than “%(before)s”, which was agreed. Here slips are corrected; "
        "to change the plan, propose it anew."
    ),
    "most_rows": _l("A plan has %(most)s rows at most."),
    # rules for the stay
    "visa_exceeded": _l("%(days)s days in %(country)s are more than the %(all)s that need no visa."),
    "visa_days_in_window": _l(
        "%(days)s of the %(all)s days without a visa in any %(window)s in %(country)s are used at the end."
    ),
    "visa_days": _l("%(days)s of the %(all)s days without a visa in %(country)s are used at the end."),
    "permit_by": _l("Longer needs a residence permit and a passport: apply by %(day)s."),
    "permit": _l("Longer needs a residence permit and a passport."),
    "no_registration": _l("No registration needed: %(days)s days or fewer."),
    "registration": _l(
        "A stay over %(limit)s days must be registered within %(limit)s days of arrival: by %(day)s; "
        "again within 5 working days of moving."
    ),
    "consulate": _l(
        "Whether official exchanges fall under the visa-free rule: ask the host country’s consulate. "
        "This is no legal advice."
    ),
}
