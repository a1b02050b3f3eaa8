"""What an exchange that is closed still lacks, and its sealed PDFs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from portal.exchanges.models import Exchange
from portal.reports import queries
from portal.reports.service import REPORT
from portal.sealing.models import SealedDocument
from portal.sealing.queries import versions_of
from portal.workflows.exchange_terms import Status


@dataclass(frozen=True)
class Closing:
    """`of_host` and `of_expert`: whether the evaluation is still missing. Of `followed` among all `recommendations` it
    is said what became of them."""

    sealed: Sequence[SealedDocument]
    of_host: bool
    of_expert: bool
    recommendations: int
    followed: int

    @property
    def complete(self) -> bool:
        return not (self.of_host or self.of_expert) and self.followed == self.recommendations


def closing_of(exchange: Exchange) -> Closing | None:
    """What is left after closing; None before."""
    report = queries.report_of(exchange.id) if exchange.status is Status.CLOSED else None
    if report is None:
        return None
    evaluations = queries.evaluations(exchange.id)
    followed = len(queries.follow_up(report.id))
    sealed = versions_of(exchange.id, REPORT)
    return Closing(sealed, True not in evaluations, False not in evaluations, len(report.recommendations), followed)
