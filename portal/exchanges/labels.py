"""Statuses, turns and steps in words. One place, so that desk, page, mail and history say the same."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from portal.workflow import Action, Status, Turn

STATUS: dict[Status, Any] = {
    Status.DRAFT: _l("Being written"),
    Status.SUBMITTED: _l("Being considered by the home agency"),
    Status.RETURNED: _l("Returned for changes"),
    Status.ENDORSED: _l("Being considered by the host agency"),
    Status.WAITLISTED: _l("On the waiting list"),
    Status.ACCEPTED: _l("Accepted, host unit sought"),
    Status.PLACED: _l("Host unit proposed"),
    Status.SCHEDULED: _l("Dates proposed"),
    Status.UNDER_WAY: _l("Visit under way"),
    Status.COMPLETED: _l("Report being written"),
    Status.REPORTED: _l("Report being read"),
    Status.CLOSED: _l("Closed, report sealed"),
    Status.REJECTED: _l("Rejected"),
    Status.WITHDRAWN: _l("Withdrawn"),
    Status.CANCELLED: _l("Cancelled"),
}

# where the turn says more than the status
REACHED: dict[tuple[Status, Turn], Any] = {
    (Status.PLACED, Turn.HOST): _l("Host unit confirmed"),
    (Status.SCHEDULED, Turn.UNIT): _l("Visit agreed"),
}
# as a list's filter offers them: with every turn that a status has
FILTER: dict[Status, Any] = STATUS | {
    Status.PLACED: _l("Host unit proposed or confirmed"),
    Status.SCHEDULED: _l("Dates proposed or agreed"),
}


def status_words(exchange: Any) -> Any:
    """Where an exchange (or a row with its status and turn) stands, in a few words for lists."""
    return REACHED.get((exchange.status, exchange.turn)) or STATUS[exchange.status]


# what each step is called on its button
STEP: dict[Action, Any] = {
    Action.EXPERT_SUBMIT: _l("Check and hand in the application"),
    Action.EXPERT_WITHDRAW: _l("Withdraw"),
    Action.HOME_ENDORSE: _l("Endorse"),
    Action.HOME_RETURN: _l("Return for changes"),
    Action.HOME_REJECT: _l("Reject"),
    Action.HOST_ACCEPT: _l("Accept"),
    Action.HOST_WAITLIST: _l("Put on the waiting list"),
    Action.HOST_RETURN: _l("Return for changes"),
    Action.HOST_REJECT: _l("Reject"),
    Action.HOST_PLACE: _l("Propose a host unit"),
    Action.UNIT_CONFIRM: _l("Confirm"),
    Action.UNIT_DECLINE: _l("Decline"),
    Action.HOST_SCHEDULE: _l("Propose dates and plan"),
    Action.EXPERT_APPROVE_PLAN: _l("Agree"),
    Action.HOME_APPROVE_PLAN: _l("Agree"),
    Action.EXPERT_REQUEST_CHANGES: _l("Ask for a change"),
    Action.HOME_REQUEST_CHANGES: _l("Ask for a change"),
    Action.UNIT_RECORD_ARRIVAL: _l("Record the arrival"),
    Action.UNIT_RECORD_DEPARTURE: _l("Record the departure"),
    Action.EXPERT_SUBMIT_REPORT: _l("Check and hand in the report"),
    Action.HOST_ACCEPT_REPORT: _l("Accept the report"),
    Action.HOME_ACCEPT_REPORT: _l("Accept the report"),
    Action.HOST_RETURN_REPORT: _l("Send it back"),
    Action.HOME_RETURN_REPORT: _l("Send it back"),
    Action.HOME_CANCEL: _l("Cancel the exchange"),
    Action.HOST_CANCEL: _l("Cancel the exchange"),
}

# what the desk says to those whose turn it is: the verb first
TASK: dict[tuple[Status, Turn], Any] = {
    (Status.DRAFT, Turn.EXPERT): _l("Finish and hand in your application"),
    (Status.SUBMITTED, Turn.HOME): _l("Endorse or return"),
    (Status.RETURNED, Turn.EXPERT): _l("Change and hand in again"),
    (Status.ENDORSED, Turn.HOST): _l("Accept or return"),
    (Status.WAITLISTED, Turn.HOST): _l("Accept when a place is free"),
    (Status.ACCEPTED, Turn.HOST): _l("Find a host unit"),
    (Status.PLACED, Turn.UNIT): _l("Confirm or decline to host"),
    (Status.PLACED, Turn.HOST): _l("Propose the dates"),
    (Status.SCHEDULED, Turn.EXPERT_AND_HOME): _l("Agree the dates"),
    (Status.SCHEDULED, Turn.EXPERT): _l("Agree the dates"),
    (Status.SCHEDULED, Turn.HOME): _l("Agree the dates"),
    (Status.SCHEDULED, Turn.UNIT): _l("Record the arrival"),
    (Status.UNDER_WAY, Turn.UNIT): _l("Record attendance and departure"),
    (Status.COMPLETED, Turn.EXPERT): _l("Write the report"),
    (Status.REPORTED, Turn.HOST): _l("Accept the report"),
    (Status.REPORTED, Turn.HOME): _l("Accept the report"),
}

# where the application is, in the applicant's plain words; %(agency)s is whose desk it is on
PLAIN: dict[tuple[Status, Turn], Any] = {
    (Status.DRAFT, Turn.EXPERT): _l("You are still writing your application. Nobody else can see it."),
    (Status.SUBMITTED, Turn.HOME): _l("%(home)s is reading your application. %(host)s cannot see it yet."),
    (Status.RETURNED, Turn.EXPERT): _l("You have been asked for changes. Make them and hand the application in again."),
    (Status.ENDORSED, Turn.HOST): _l("%(home)s endorsed your application. Now %(host)s decides."),
    (Status.WAITLISTED, Turn.HOST): _l(
        "You are on the waiting list. When a place comes free, %(host)s may accept you."
    ),
    (Status.ACCEPTED, Turn.HOST): _l("%(host)s accepted you and is looking for a host unit."),
    (Status.PLACED, Turn.UNIT): _l("A host unit has been asked whether it can receive you."),
    (Status.PLACED, Turn.HOST): _l("Your host unit has said yes. %(host)s now proposes dates and a plan."),
    (Status.SCHEDULED, Turn.EXPERT_AND_HOME): _l("Dates and plan are proposed. You and %(home)s are asked to agree."),
    (Status.SCHEDULED, Turn.EXPERT): _l("%(home)s agreed to dates and plan. Now you are asked to agree."),
    (Status.SCHEDULED, Turn.HOME): _l("You agreed to dates and plan. Now %(home)s is asked to agree."),
    (Status.SCHEDULED, Turn.UNIT): _l("Everything is agreed. Your host unit expects you."),
    (Status.UNDER_WAY, Turn.UNIT): _l("Your visit is under way."),
    (Status.COMPLETED, Turn.EXPERT): _l("Your visit is over. Write the final report and hand it in."),
    (Status.REPORTED, Turn.HOST): _l("%(host)s is reading your report."),
    (Status.REPORTED, Turn.HOME): _l("%(host)s accepted your report. Now %(home)s reads it."),
    (Status.CLOSED, Turn.NOBODY): _l("Both agencies accepted your report. It is sealed."),
    (Status.REJECTED, Turn.NOBODY): _l("Your application was not accepted."),
    (Status.WITHDRAWN, Turn.NOBODY): _l("You withdrew."),
    (Status.CANCELLED, Turn.NOBODY): _l("The exchange was cancelled."),
}

# the same for everybody else; %(name)s is the expert
SAID: dict[tuple[Status, Turn], Any] = {
    (Status.DRAFT, Turn.EXPERT): _l("%(name)s is still writing the application."),
    (Status.SUBMITTED, Turn.HOME): _l("%(name)s handed in the application. %(home)s decides whether to endorse it."),
    (Status.RETURNED, Turn.EXPERT): _l("%(name)s has been asked for changes."),
    (Status.ENDORSED, Turn.HOST): _l("%(home)s endorsed the application. Now %(host)s decides."),
    (Status.WAITLISTED, Turn.HOST): _l("On the waiting list. When a place comes free, %(host)s may accept."),
    (Status.ACCEPTED, Turn.HOST): _l("%(host)s accepted and looks for a host unit."),
    (Status.PLACED, Turn.UNIT): _l("The host unit has been asked whether it can receive %(name)s."),
    (Status.PLACED, Turn.HOST): _l("The host unit has said yes. %(host)s proposes dates and a plan."),
    (Status.SCHEDULED, Turn.EXPERT_AND_HOME): _l(
        "Dates and plan are proposed. %(name)s and %(home)s are asked to agree."
    ),
    (Status.SCHEDULED, Turn.EXPERT): _l("%(home)s agreed to dates and plan. Now %(name)s is asked."),
    (Status.SCHEDULED, Turn.HOME): _l("%(name)s agreed to dates and plan. Now %(home)s is asked."),
    (Status.SCHEDULED, Turn.UNIT): _l("Dates and plan are agreed. The host unit expects %(name)s."),
    (Status.UNDER_WAY, Turn.UNIT): _l("The visit of %(name)s is under way."),
    (Status.COMPLETED, Turn.EXPERT): _l("The visit is over. %(name)s writes the final report."),
    (Status.REPORTED, Turn.HOST): _l("%(name)s handed in the report. %(host)s reads it first."),
    (Status.REPORTED, Turn.HOME): _l("%(host)s accepted the report. Now %(home)s reads it."),
    (Status.CLOSED, Turn.NOBODY): _l("Both agencies accepted the report. It is sealed."),
    (Status.REJECTED, Turn.NOBODY): _l("The application was not accepted."),
    (Status.WITHDRAWN, Turn.NOBODY): _l("%(name)s withdrew."),
    (Status.CANCELLED, Turn.NOBODY): _l("The exchange was cancelled."),
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

# the history's own words; %(who)s did it
HISTORY: dict[str, Any] = {
    "begin": _l("Application begun"),
    Action.EXPERT_SUBMIT: _l("Application handed in"),
    Action.EXPERT_WITHDRAW: _l("Withdrawn by the expert"),
    Action.HOME_ENDORSE: _l("Endorsed by the home agency; released to the host agency"),
    Action.HOME_RETURN: _l("Returned for changes by the home agency"),
    Action.HOME_REJECT: _l("Rejected by the home agency"),
    Action.HOST_ACCEPT: _l("Accepted by the host agency"),
    Action.HOST_WAITLIST: _l("Put on the waiting list by the host agency"),
    Action.HOST_RETURN: _l("Returned for changes by the host agency"),
    Action.HOST_REJECT: _l("Rejected by the host agency"),
    Action.HOST_PLACE: _l("Host unit proposed"),
    Action.UNIT_CONFIRM: _l("Host unit confirmed"),
    Action.UNIT_DECLINE: _l("Host unit declined"),
    Action.HOST_SCHEDULE: _l("Dates and plan proposed"),
    Action.EXPERT_APPROVE_PLAN: _l("The expert agreed to dates and plan"),
    Action.HOME_APPROVE_PLAN: _l("The home agency agreed to dates and plan"),
    Action.EXPERT_REQUEST_CHANGES: _l("The expert asked for a change of dates or plan"),
    Action.HOME_REQUEST_CHANGES: _l("The home agency asked for a change of dates or plan"),
    Action.UNIT_RECORD_ARRIVAL: _l("Arrival recorded"),
    Action.UNIT_RECORD_DEPARTURE: _l("Departure recorded"),
    Action.EXPERT_SUBMIT_REPORT: _l("Final report handed in"),
    Action.HOST_ACCEPT_REPORT: _l("Report accepted by the host agency"),
    Action.HOME_ACCEPT_REPORT: _l("Report accepted by the home agency"),
    Action.HOST_RETURN_REPORT: _l("Report sent back by the host agency"),
    Action.HOME_RETURN_REPORT: _l("Report sent back by the home agency"),
    Action.HOME_CANCEL: _l("Cancelled by the home agency"),
    Action.HOST_CANCEL: _l("Cancelled by the host agency"),
    "escalated": _l("Overdue: a deputy of the agency may decide too"),
    "document_added": _l("Document added"),
    "document_removed": _l("Document removed"),
    "plan_corrected": _l("Wording of the plan corrected"),
    "days_recorded": _l("Attendance recorded"),
    "host_commented": _l("Host commented on the report"),
    "progress_report": _l("Progress report handed in"),
    "evaluated_host": _l("Expert evaluated the host"),
    "evaluated_expert": _l("Host evaluated the expert"),
    "sealed": _l("Report sealed as PDF"),
    "followed_up": _l("Follow-up of a recommendation recorded"),
    "note_written": _l("Message written"),
}
