"""What it means for visits that their unit closes, or takes nobody on some of their days. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from portal.exchanges.models import Exchange
from portal.findings import Finding, error, warning
from portal.policy import Actor, allows
from portal.workflows.exchange_terms import Action, Status

NAMED = 12  # visits that a warning names


def days_of(periods: Iterable[tuple[date, date, str]]) -> set[date]:
    """Every day of these periods, first and last included."""
    return {first + timedelta(days=n) for first, last, _why in periods for n in range((last - first).days + 1)}


@dataclass(frozen=True)
class Concerned:
    """A change of a unit: whether it closes, and the days on which it takes nobody that it took people on before."""

    closing: bool
    blocked: Collection[date]

    def _meets(self, exchange: Exchange) -> bool:
        if exchange.start is None or exchange.end is None:
            return False
        return any(exchange.start <= day <= exchange.end for day in self.blocked)

    def _leaves(self, exchange: Exchange) -> bool:
        return self.closing and exchange.status in (Status.PLACED, Status.SCHEDULED)

    def _is_redated(self, exchange: Exchange) -> bool:
        return not self.closing and exchange.status is Status.SCHEDULED and self._meets(exchange)

    def _stays(self, exchange: Exchange) -> bool:
        return exchange.status is Status.UNDER_WAY and (self.closing or self._meets(exchange))

    def _ways(self, exchange: Exchange) -> Sequence[Action]:
        if self._leaves(exchange):
            return (Action.HOST_REPLACE, Action.UNIT_DECLINE)
        return (Action.HOST_REQUEST_CHANGES,) if self._is_redated(exchange) else ()

    def move(self, exchange: Exchange, by: Actor) -> Action | None:
        """The step that this change asks of an exchange at the unit, where there is one that `by` may take."""
        return next((action for action in self._ways(exchange) if allows(action, by, exchange)), None)

    def findings(self, there: Sequence[Exchange], by: Actor) -> list[Finding]:
        """What whoever saves this is told first of the visits at the unit."""
        barred = [one for one in there if self._ways(one) and self.move(one, by) is None]
        found = [error("not_yours", "active" if self.closing else "", visits=_named(barred))] if barred else []
        kinds = (
            ("unit_leaves", [one for one in there if self._leaves(one)]),
            ("unit_redates", [one for one in there if self._is_redated(one)]),
            ("unit_stays", [one for one in there if self._stays(one)]),
        )
        return found + [warning(code, visits=_named(rows), count=len(rows)) for code, rows in kinds if rows]


def _named(exchanges: Sequence[Exchange]) -> list[str]:
    names = [exchange.reference for exchange in exchanges[:NAMED]]
    return names + ["…"] * (len(exchanges) > NAMED)
