"""The two agencies' decisions: endorse, accept, waitlist, return, reject, cancel. Each on the version read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import delete

from portal import calendars
from portal.applications import queries as applications
from portal.applications.service import comment
from portal.approvals.models import Decision, Outcome
from portal.calls.places import lock_places, require_place
from portal.db import session
from portal.exchanges.models import Exchange
from portal.exchanges.queries import locked
from portal.findings import RuleViolation
from portal.policy import SIDES, Actor, Side
from portal.subjects import service as subjects
from portal.workflows.exchange_terms import Action

OUTCOMES: dict[Action, Outcome] = {
    Action.HOME_ENDORSE: Outcome.ENDORSED,
    Action.HOME_RETURN: Outcome.RETURNED,
    Action.HOME_REJECT: Outcome.REJECTED,
    Action.HOST_ACCEPT: Outcome.ACCEPTED,
    Action.HOST_WAITLIST: Outcome.WAITLISTED,
    Action.HOST_RETURN: Outcome.RETURNED,
    Action.HOST_REJECT: Outcome.REJECTED,
    Action.HOME_CANCEL: Outcome.CANCELLED,
    Action.HOST_CANCEL: Outcome.CANCELLED,
}
RETURNS = frozenset({Action.HOME_RETURN, Action.HOST_RETURN})


@dataclass(frozen=True)
class Verdict:
    """A decision on a version of the exchange, with its reason; `comments` are by section, for returns."""

    action: Action
    version: int
    reason: str = ""
    comments: Mapping[str, str] | None = None


def decide(exchange: Exchange, verdict: Verdict, *, by: Actor) -> Decision:
    """Records an agency's decision and takes its step.

    Raises RuleViolation: "consent" (an endorsement releases data, so the consent must exist), "no_place" (the last
    place has just gone), "reason", "both_sides"; Conflict (somebody else was faster); Denied.
    """
    action = verdict.action
    if action is Action.HOME_ENDORSE:
        _require_consent(exchange)
    if action is Action.HOST_ACCEPT:
        _take_place(exchange, verdict.version)
    commented = {key: text for key, text in (verdict.comments or {}).items() if text.strip()}
    reason = verdict.reason or ("" if not commented else "\n".join(commented.values()))
    agency_id = exchange.home_id if SIDES[action] is Side.HOME else exchange.host_id
    subjects.advance(exchange, action, by=by, version=verdict.version, reason=reason, typed=commented)
    decision = Decision(
        exchange_id=exchange.id,
        version=verdict.version,
        agency_id=agency_id,
        outcome=OUTCOMES[action],
        reason=verdict.reason,
        language=by.language,
        by_id=by.id,
        at=calendars.now(),
    )
    session.add(decision)
    session.flush()
    if action in RETURNS and commented:
        comment(exchange, verdict.version, agency_id, by, commented)
    return decision


def undo_accept(exchange: Exchange, *, version: int, by: Actor) -> None:
    """Takes the acceptance back; the place is free again and the decision stands no longer, but the history keeps both.

    Raises Denied, Conflict, RuleViolation: "undo_nothing", "undo_other", "undo_late", "undo_acted".
    """
    lock_places(exchange.call_id)
    subjects.advance(exchange, Action.HOST_UNDO_ACCEPT, by=by, version=version)
    accepted = (Decision.exchange_id == exchange.id, Decision.version == version - 1)
    session.execute(delete(Decision).where(*accepted, Decision.outcome == Outcome.ACCEPTED))


def _take_place(exchange: Exchange, version: int) -> None:
    """Locks the call before the exchange, the order that all callers keep against deadlocks. Checks none for an older
    version (such as a double click), so that `advance()` reports the conflict and not that the last place has gone.
    """
    call = lock_places(exchange.call_id)
    if locked(exchange.id).version == version:
        require_place(call)


def _require_consent(exchange: Exchange) -> None:
    """Access from abroad to personal data is a transfer abroad (Law 6698), which needs the expert's consent first."""
    application = applications.of_exchange(exchange.id)
    if application is None or application.consented_at is None:
        raise RuleViolation("consent")
