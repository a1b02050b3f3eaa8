"""What became of the recommendations of a closed report: entries of either agency, added and never changed."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import select

from portal import calendars
from portal.db import session
from portal.exchanges import queries as exchange_queries
from portal.exchanges.models import Exchange
from portal.findings import RuleViolation
from portal.messages.service import settle
from portal.policy import PARTIES, Actor, Permission, Side, require
from portal.reports import asking, queries
from portal.reports.models import FollowUpEntry, FollowUpEvidence, Progress, Recommendation
from portal.subjects import service as subjects
from portal.workflows.exchange_terms import Party, Status


@dataclass(frozen=True)
class Answer:
    """Where a recommendation stands, and the evidence or what stands in the way; it may be empty."""

    progress: Progress
    evidence: str = ""


def record(exchange: Exchange, number: int, answer: Answer, idempotency_key: str, *, by: Actor) -> FollowUpEntry:
    """Adds what `by`'s agency says of recommendation `number`; the same answer sent twice makes one entry.

    Raises Denied, RuleViolation: "not_now".
    """
    exchange = exchange_queries.locked(exchange.id)
    require(Permission.FOLLOW_UP, by, exchange)
    recommendation = _recommendation(exchange, number)
    key = _key(answer, idempotency_key)
    known = queries.follow_up_entry(recommendation.id, key)
    if known is not None:
        return known
    side, agency_id = acting_for(exchange, by)
    entry = FollowUpEntry(
        recommendation_id=recommendation.id,
        agency_id=agency_id,
        by_id=by.id,
        progress=answer.progress,
        at=calendars.now(),
        idempotency_key=key,
    )
    if answer.evidence:
        entry.evidence = FollowUpEvidence(text=answer.evidence, language=by.language)
    session.add(entry)
    session.flush()
    if _all_answered(recommendation.report_id, agency_id):
        settle(exchange.id, asking.follow_up(agency_id))
    subjects.record(exchange, "followed_up", by=by, side=side, facts={"recommendation": number})
    return entry


def _all_answered(report_id: int, agency_id: int) -> bool:
    """Whether an agency has said something of every recommendation of a report."""
    said = (FollowUpEntry.recommendation_id == Recommendation.id, FollowUpEntry.agency_id == agency_id)
    open_ones = select(Recommendation.id).where(
        Recommendation.report_id == report_id, ~select(FollowUpEntry.id).where(*said).exists()
    )
    return session.scalar(open_ones.limit(1)) is None


def _recommendation(exchange: Exchange, number: int) -> Recommendation:
    report = queries.report_of(exchange.id)
    found = next((r for r in report.recommendations if r.number == number), None) if report else None
    if found is None or exchange.status is not Status.CLOSED:
        raise RuleViolation("not_now")
    return found


def _key(answer: Answer, idempotency_key: str) -> str:
    """The answer is part of it: who goes back to the form and says something else makes another entry."""
    return sha256(f"{idempotency_key}\n{answer.progress}\n{answer.evidence}".encode()).hexdigest()[:40]


def acting_for(exchange: Exchange, actor: Actor) -> tuple[Side, int]:
    """The side for which somebody who may follow up does so, and its agency's id."""
    decides_for_home, side = PARTIES[Party.HOME]
    return (side, exchange.home_id) if decides_for_home(actor, exchange) else (Side.HOST, exchange.host_id)
