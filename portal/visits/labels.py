"""Visits in words: what speaks against a plan, the rules for the stay, and refusals."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from portal.visits.stay_rules import StayCode

STAY_RULE: dict[str, Any] = {
    StayCode.VISA_FREE: _l("Days without a visa"),
    StayCode.VISA_WINDOW: _l("Days within which those are counted"),
    StayCode.WORK: _l("They give no right to work"),
    StayCode.IDENTITY_CARD: _l("An identity card is enough"),
    StayCode.PERMIT: _l("Days before their end by which a residence permit is asked for"),
    StayCode.REGISTRATION: _l("Days after which, and within which, a stay is registered"),
    StayCode.MOVING: _l("Working days within which a new place is registered"),
    StayCode.LEAVING: _l("Leaving is made known"),
}

FINDINGS: dict[str, Any] = {
    # of a plan
    "outside_call": _l("This call allows visits from %(first)s to %(last)s."),
    "days": _l("The stay has %(length)s; this call allows %(allowed)s."),
    "days_closed": _l("Because of closed days the stay has only %(length)s; this call asks for %(allowed)s."),
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
    "holiday": _l("Something is planned on %(day)s, which is no working day in %(country)s%(holiday)s."),
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
    # changes of the rules for stays
    "rule_days": _l("Enter how many days."),
    "rule_no_days": _l("This rule has no number of days. Leave it empty."),
    "rule_later": _l("A rule of this kind holds from %(day)s. Choose a later day, or withdraw that one first."),
    "rule_withdrawn": _l("This rule was withdrawn."),
    "rule_order": _l("The rule holds from %(day)s; it cannot end before."),
    "rule_followed": _l("The next rule of this kind holds from %(day)s; this one ends before."),
    # rules for the stay
    "stay_counted": _l(
        "Days in the country: %(days)s (%(stay)s). The day of arrival is day 1, and the last day counts too."
    ),
    "visa_exceeded": _l("%(days)s days in %(country)s are more than the %(all)s that need no visa."),
    "visa_exceeded_in_window": _l(
        "%(days)s days in %(country)s within %(window)s, those of earlier visits included, are more than the %(all)s "
        "that need no visa."
    ),
    "visa_days_in_window": _l(
        "%(days)s of the %(all)s days without a visa in any %(window)s in %(country)s are used at the end."
    ),
    "visa_days": _l("%(days)s of the %(all)s days without a visa in %(country)s are used at the end."),
    "work": _l("The days without a visa give no right to paid work; that needs a work permit."),
    "identity_card": _l(
        "An identity card is enough for direct travel between the two countries; through a third country a passport "
        "is needed."
    ),
    "permit_by": _l(
        "A longer stay needs a temporary residence permit and a passport; the application is made by %(day)s at the "
        "latest."
    ),
    "permit_too_late": _l(
        "A longer stay needs a temporary residence permit and a passport. Too few days without a visa are left to "
        "apply for it after arrival: the consulate says what is needed before the journey."
    ),
    "permit": _l("A longer stay needs a temporary residence permit and a passport."),
    "no_registration": _l("No registration needed: %(days)s days or fewer."),
    "registration": _l(
        "A foreigner who stays for more than %(limit)s days must be registered at the place of stay within %(limit)s "
        "days of arrival, by %(day)s at the latest. The owner of the place applies for it, or the expert."
    ),
    "moving": _l("Another address must be registered within %(limit)s working days of moving there."),
    "leaving": _l("The migration service is told of leaving too, by the owner of the place or by the expert."),
    "consulate": _l(
        "Whether official exchanges fall under these rules is for the host country’s consulate to say. This is no "
        "legal advice."
    ),
}
