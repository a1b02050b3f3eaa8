"""Evaluations after a visit: of the host by the expert, and of the expert by the host."""

from __future__ import annotations

from collections.abc import Sequence

from portal import calendars
from portal.db import session
from portal.exchanges import queries as exchange_queries
from portal.exchanges.models import Exchange
from portal.findings import RuleViolation
from portal.messages.service import settle
from portal.policy import Actor, Permission, Side, require
from portal.reports import asking, queries
from portal.reports.models import Evaluation
from portal.subjects import service as subjects
from portal.workflows.exchange_terms import Status


def evaluate(exchange: Exchange, on_host: bool, marks: Sequence[int], comment: str, *, by: Actor) -> None:
    """Five marks of 1 to 5 and a comment, once from each side; a second time corrects the first.

    Raises Denied, RuleViolation: "not_now".
    """
    exchange = exchange_queries.locked(exchange.id)
    require(Permission.EVALUATE_HOST if on_host else Permission.EVALUATE_EXPERT, by, exchange)
    if exchange.status not in (Status.COMPLETED, Status.REPORTED, Status.CLOSED):
        raise RuleViolation("not_now")
    row = queries.evaluations(exchange.id).get(on_host)
    if row is None:
        row = Evaluation(exchange_id=exchange.id, on_host=on_host)
        session.add(row)
    row.marks, row.by_id, row.at = "".join(map(str, marks)), by.id, calendars.now()
    if row.comment != comment:
        row.comment, row.language = comment, by.language
    settle(exchange.id, asking.evaluation(on_host))
    what = "evaluated_host" if on_host else "evaluated_expert"
    subjects.record(exchange, what, by=by, side=Side.EXPERT if on_host else Side.HOST)
