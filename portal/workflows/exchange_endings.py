"""The steps that end an exchange early: withdrawing by the expert, cancelling by either agency."""

from __future__ import annotations

import portal.workflows.exchange_states as at
from portal.workflow import N_, Move, Step
from portal.workflows.exchange_terms import Action, Party

AGREEING = (at.TO_AGREE, at.EXPERT_TO_AGREE, at.HOME_TO_AGREE)
_BEFORE_DECISION = (at.SUBMITTED, at.RETURNED, at.ENDORSED, at.WAITLISTED)
WITH_UNIT = (at.PLACED, *AGREEING, at.AGREED)
_FROM_THE_VISIT_ON = (at.UNDER_WAY, at.COMPLETED, at.REPORTED, at.HOST_ACCEPTED)
_BEFORE_VISIT = (at.ACCEPTED, at.PROPOSED, *WITH_UNIT)

ENDING = (
    Step(
        Action.EXPERT_WITHDRAW,
        Party.EXPERT,
        # consent can be withdrawn at any time (KVKK, article 11; Law 998-IIIQ): without it nothing goes on
        (Move((at.DRAFT, *_BEFORE_DECISION, *_BEFORE_VISIT, *_FROM_THE_VISIT_ON), at.WITHDRAWN),),
        "applications.withdraw",
        button=N_("Withdraw"),
        history=N_("Withdrawn by %(name)s"),
        done=N_("You withdrew your application"),
        news=N_("%(name)s withdrew"),
        ends_early=True,
    ),
    Step(
        Action.HOME_CANCEL,
        Party.HOME,
        (Move((at.DRAFT, at.RETURNED, at.ENDORSED, at.WAITLISTED, *_BEFORE_VISIT, at.UNDER_WAY), at.CANCELLED),),
        "approvals.home_cancel",
        button=N_("Cancel the exchange"),
        history=N_("Cancelled by %(home)s"),
        news=N_("%(home)s cancelled your exchange"),
        news_to_others=N_("%(home)s cancelled the exchange of %(name)s"),
        needs_reason=True,
        ends_early=True,
    ),
    Step(
        Action.HOST_CANCEL,
        Party.HOST,
        (Move((*_BEFORE_VISIT, at.UNDER_WAY), at.CANCELLED),),
        "approvals.host_cancel",
        button=N_("Cancel the exchange"),
        history=N_("Cancelled by %(host)s"),
        news=N_("%(host)s cancelled your exchange"),
        news_to_others=N_("%(host)s cancelled the exchange of %(name)s"),
        needs_reason=True,
        ends_early=True,
    ),
)
