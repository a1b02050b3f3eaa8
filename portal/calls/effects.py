"""What a change of a call means for the applications under it: which fall outside, and who is told of what."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from portal.accounts.models import Level
from portal.calls.models import Call
from portal.documents.models import DocumentKind
from portal.exchanges.call_changes import tell_changed, tell_outside
from portal.exchanges.models import Exchange, Kind
from portal.findings import Finding, warning
from portal.policy import Actor, Permission, allows
from portal.registry import registry

NAMED = 12  # applications that the warning names
# the parts of a call that matter to its applicants, each with its columns
PARTS = {
    "opens": ("opens",),
    "deadline": ("deadline",),
    "window": ("earliest", "latest"),
    "length": ("min_days", "max_days"),
    "documents": ("required_documents",),
    "topics": ("topics",),
    "who": ("who_can_apply", "who_can_apply_tr", "who_can_apply_az", "min_years", "language_level"),
    "costs": ("costs", "costs_tr", "costs_az"),
}


@dataclass(frozen=True)
class Limits:
    """What an application is held against: the days of visits, their lengths in the unit of the kind, the documents,
    years of experience and the level in the language of the host agency."""

    kind: Kind
    earliest: date
    latest: date
    min_days: int
    max_days: int
    documents: tuple[DocumentKind, ...]
    years: int | None
    level: Level | None


def limits(call: Call) -> Limits:
    days = (call.kind, call.earliest, call.latest, call.min_days, call.max_days)
    return Limits(*days, call.documents, call.min_years, call.level)


def outside(call_id: int, within: Limits) -> dict[int, Exchange]:
    """The exchanges of a call, by their ids, whose handed-in application does not keep to these limits."""
    return {exchange.id: exchange for finds in registry.outside_call for exchange in finds(call_id, within)}


def falling(call: Call, wanted: Limits) -> list[Exchange]:
    """The exchanges that keep to the call's limits and would not keep to those that are wanted."""
    if wanted == limits(call):
        return []
    now, after = outside(call.id, limits(call)), outside(call.id, wanted)
    return [exchange for number, exchange in sorted(after.items()) if number not in now]


def against(falling: Sequence[Exchange], by: Actor) -> list[Finding]:
    """A warning where applications would fall outside."""
    if not falling:
        return []
    every = allows(Permission.ADMINISTER, by)
    named = [one.reference for one in falling if every or allows(Permission.READ_EXCHANGE, by, one)][:NAMED]
    more = ["…"] if len(named) < len(falling) else []
    return [warning("falls_outside", count=len(falling), applications=named + more)]


def tell(call: Call, differing: Collection[str], falling: Sequence[Exchange], by: Actor) -> None:
    """Tells those who write or have handed in, once, which parts differ; where applications are `falling` outside,
    their experts and both agencies. To be called after the change, under the call's lock."""
    parts = [part for part, columns in PARTS.items() if any(name in differing for name in columns)]
    if not parts:
        return
    tell_changed(call.id, parts, {exchange.id for exchange in falling}, by)
    tell_outside(call.id, falling, by)
