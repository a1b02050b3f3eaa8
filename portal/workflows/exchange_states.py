"""The states of an exchange, each with the texts that its readers see."""

from __future__ import annotations

from portal.workflow import N_, State
from portal.workflows.exchange_terms import Party, Status, Turn

DRAFT = State(
    Status.DRAFT,
    Turn.EXPERT,
    label=N_("Being written"),
    task=N_("Finish and hand in your application"),
    mail_to_owner=N_("Finish and hand in your application"),
    to_owner=N_("You are still writing your application. Nobody else can see it."),
    to_others=N_("%(name)s is still writing the application."),
    writing=("applications.show", N_("Go on with your application")),
    phase="application",
)
SUBMITTED = State(
    Status.SUBMITTED,
    Turn.HOME,
    label=N_("Being considered by %(home)s"),
    task=N_("Endorse or return"),
    mail=N_("Endorse or return %(name)s"),
    to_owner=N_("%(home)s is reading your application. %(host)s cannot see it yet."),
    to_others=N_("%(name)s handed in the application. %(home)s decides whether to endorse it."),
    phase="endorsement",
)
RETURNED = State(
    Status.RETURNED,
    Turn.EXPERT,
    label=N_("Returned for changes"),
    task=N_("Change and hand in again"),
    mail_to_owner=N_("Change your application and hand it in again"),
    to_owner=N_("You have been asked for changes. Make them and hand the application in again."),
    to_others=N_("%(name)s has been asked for changes."),
    writing=("applications.show", N_("Make the changes")),
    phase="application",
)
ENDORSED = State(
    Status.ENDORSED,
    Turn.HOST,
    label=N_("Being considered by %(host)s"),
    task=N_("Accept or return"),
    mail=N_("Accept or return %(name)s"),
    to_owner=N_("%(home)s endorsed your application. Now %(host)s decides."),
    to_others=N_("%(home)s endorsed the application. Now %(host)s decides."),
    phase="acceptance",
)
WAITLISTED = State(
    Status.WAITLISTED,
    Turn.HOST,
    label=N_("On the waiting list"),
    task=N_("Accept when a place is free"),
    mail=N_("Accept %(name)s when a place is free"),
    to_owner=N_("You are on the waiting list. When a place comes free, %(host)s may accept you."),
    to_others=N_("On the waiting list. When a place comes free, %(host)s may accept."),
    phase="acceptance",
)
ACCEPTED = State(
    Status.ACCEPTED,
    Turn.HOST,
    label=N_("Accepted, host unit sought"),
    task=N_("Find a host unit"),
    mail=N_("Find a host unit for %(name)s"),
    to_owner=N_("%(host)s accepted you and is looking for a host unit."),
    to_others=N_("%(host)s accepted and looks for a host unit."),
    phase="unit",
)
PROPOSED = State(
    Status.PLACED,
    Turn.UNIT,
    label=N_("Host unit proposed"),
    task=N_("Confirm or decline to host"),
    mail=N_("Say whether you can host %(name)s"),
    to_owner=N_("%(unit)s has been asked whether it can receive you."),
    to_others=N_("%(unit)s has been asked whether it can receive %(name)s."),
    phase="unit",
)
PLACED = State(
    Status.PLACED,
    Turn.HOST,
    label=N_("Host unit confirmed"),
    task=N_("Propose the dates"),
    mail=N_("Propose dates and a plan for %(name)s"),
    to_owner=N_("%(unit)s has said yes. %(host)s now proposes dates and a plan."),
    to_others=N_("%(unit)s has said yes. %(host)s proposes dates and a plan."),
    phase="dates",
)
TO_AGREE = State(
    Status.SCHEDULED,
    Turn.EXPERT_AND_HOME,
    label=N_("Dates proposed"),
    task=N_("Agree the dates"),
    mail=N_("Agree to the dates of %(name)s"),
    mail_to_owner=N_("Agree to the dates of your visit"),
    to_owner=N_("Dates and plan are proposed. You and %(home)s are asked to agree."),
    to_others=N_("Dates and plan are proposed. %(name)s and %(home)s are asked to agree."),
    phase="dates",
)
EXPERT_TO_AGREE = State(
    Status.SCHEDULED,
    Turn.EXPERT,
    label=N_("Dates proposed"),
    task=N_("Agree the dates"),
    mail_to_owner=N_("Agree to the dates of your visit"),
    to_owner=N_("%(home)s agreed to dates and plan. Now you are asked to agree."),
    to_others=N_("%(home)s agreed to dates and plan. Now %(name)s is asked."),
    phase="dates",
)
HOME_TO_AGREE = State(
    Status.SCHEDULED,
    Turn.HOME,
    label=N_("Dates proposed"),
    task=N_("Agree the dates"),
    mail=N_("Agree to the dates of %(name)s"),
    to_owner=N_("You agreed to dates and plan. Now %(home)s is asked to agree."),
    to_others=N_("%(name)s agreed to dates and plan. Now %(home)s is asked."),
    phase="dates",
)
AGREED = State(
    Status.SCHEDULED,
    Turn.UNIT,
    label=N_("Visit agreed"),
    task=N_("Record the arrival of the expert"),
    mail=N_("Record the arrival of %(name)s"),
    reached={
        Party.EXPERT: N_("Book your journey: all have agreed to the dates"),
        Party.HOME: N_("All have agreed to the dates of %(name)s"),
        Party.HOST: N_("All have agreed to the dates of %(name)s"),
        Party.UNIT: N_("Prepare the visit of %(name)s: all have agreed"),
    },
    to_owner=N_("All have agreed to dates and plan. %(unit)s expects you."),
    to_others=N_("All have agreed to dates and plan. %(unit)s expects %(name)s."),
    phase="visit",
    eve=3,
)
UNDER_WAY = State(
    Status.UNDER_WAY,
    Turn.UNIT,
    label=N_("Visit under way"),
    task=N_("Record attendance and departure"),
    mail=N_("Record attendance and departure of %(name)s"),
    to_owner=N_("Your visit is under way."),
    to_others=N_("The visit of %(name)s is under way."),
    writing=("attendance.record", N_("Record attendance")),
    phase="visit",
)
COMPLETED = State(
    Status.COMPLETED,
    Turn.EXPERT,
    label=N_("Report being written"),
    task=N_("Write the final report"),
    mail_to_owner=N_("Write the final report"),
    to_owner=N_("Your visit is over. Write the final report and hand it in."),
    to_others=N_("The visit is over. %(name)s writes the final report."),
    writing=("reports.report_tab", N_("Write the report")),
    phase="report",
)
REPORTED = State(
    Status.REPORTED,
    Turn.HOST,
    label=N_("Report being read"),
    task=N_("Read and accept the report"),
    mail=N_("Read and accept the report of %(name)s"),
    to_owner=N_("%(host)s is reading your report."),
    to_others=N_("%(name)s handed in the report. %(host)s reads it first."),
    phase="accepted",
)
HOST_ACCEPTED = State(
    Status.REPORTED,
    Turn.HOME,
    label=N_("Report being read"),
    task=N_("Read and accept the report"),
    mail=N_("Read and accept the report of %(name)s"),
    to_owner=N_("%(host)s accepted your report. Now %(home)s reads it."),
    to_others=N_("%(host)s accepted the report. Now %(home)s reads it."),
    phase="accepted",
)
CLOSED = State(
    Status.CLOSED,
    Turn.NOBODY,
    label=N_("Closed, report sealed"),
    to_owner=N_("Both agencies accepted your report. It is sealed."),
    to_others=N_("Both agencies accepted the report. It is sealed."),
    phase="closed",
)
REJECTED = State(
    Status.REJECTED,
    Turn.NOBODY,
    label=N_("Rejected"),
    to_owner=N_("Your application was not accepted."),
    to_others=N_("The application was not accepted."),
)
WITHDRAWN = State(
    Status.WITHDRAWN,
    Turn.NOBODY,
    label=N_("Withdrawn"),
    to_owner=N_("You withdrew."),
    to_others=N_("%(name)s withdrew."),
)
CANCELLED = State(
    Status.CANCELLED,
    Turn.NOBODY,
    label=N_("Cancelled"),
    to_owner=N_("The exchange was cancelled."),
    to_others=N_("The exchange was cancelled."),
)

# labels of events that are no steps, for the history
FACTS = {
    "begin": N_("Application begun"),
    "escalated": N_("Overdue: a deputy may decide too"),
    "call_cancelled": N_("The call was cancelled"),
    "call_moved": N_("The deadline of the call was changed"),
    "call_changed": N_("The call was changed"),
    "call_outside": N_("The call was changed: the application lies outside it now"),
    "account_closed": N_("Account closed: %(name)s"),
    "account_opened": N_("Account opened again: %(name)s"),
    "unit_left": N_("The host unit has no coordinator left: %(host)s acts for it"),
    "note_written": N_("Message written"),
}
