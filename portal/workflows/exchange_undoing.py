"""The steps of an exchange that take another one back: a slip, by whoever made it, within the hour."""

from __future__ import annotations

from datetime import timedelta

import portal.workflows.exchange_states as at
from portal.workflow import N_, Move, Step
from portal.workflows.exchange_terms import Action, Party

_UNDO = timedelta(hours=1)

UNDOING = (
    Step(
        Action.HOST_UNDO_ACCEPT,
        Party.HOST,
        (
            Move((at.ACCEPTED,), at.WAITLISTED, waited_for=False),
            Move((at.ACCEPTED,), at.ENDORSED, waited_for=False),
        ),
        "approvals.host_undo_accept",
        button=N_("Take the acceptance back"),
        history=N_("Acceptance taken back by %(host)s"),
        news=N_("%(host)s took the acceptance of your application back"),
        news_to_others=N_("%(host)s took the acceptance of %(name)s back"),
        undoes=Action.HOST_ACCEPT,
        within=_UNDO,
    ),
    Step(
        Action.UNIT_UNDO_ARRIVAL,
        Party.UNIT,
        (Move((at.UNDER_WAY,), at.AGREED, waited_for=False),),
        "attendance.unit_undo_arrival",
        button=N_("Take the arrival back"),
        history=N_("Recorded arrival taken back"),
        news=N_("Your recorded arrival was taken back"),
        news_to_others=N_("The recorded arrival of %(name)s was taken back"),
        undoes=Action.UNIT_RECORD_ARRIVAL,
        within=_UNDO,
    ),
    Step(
        Action.UNIT_UNDO_DEPARTURE,
        Party.UNIT,
        (Move((at.COMPLETED,), at.UNDER_WAY, waited_for=False),),
        "attendance.unit_undo_departure",
        button=N_("Take the departure back"),
        history=N_("Recorded departure taken back"),
        news=N_("Your recorded departure was taken back"),
        news_to_others=N_("The recorded departure of %(name)s was taken back"),
        undoes=Action.UNIT_RECORD_DEPARTURE,
        within=_UNDO,
    ),
    Step(  # the home agency's acceptance is none of these: with it the report is sealed
        Action.HOST_UNDO_ACCEPT_REPORT,
        Party.HOST,
        (Move((at.HOST_ACCEPTED,), at.REPORTED, waited_for=False),),
        "reports.host_undo_accept_report",
        button=N_("Take the acceptance back"),
        history=N_("Acceptance of the report taken back by %(host)s"),
        news=N_("%(host)s took the acceptance of your report back"),
        news_to_others=N_("%(host)s took the acceptance of the report of %(name)s back"),
        tells_all=True,  # the home agency too, which had been asked to accept it
        undoes=Action.HOST_ACCEPT_REPORT,
        within=_UNDO,
    ),
)
