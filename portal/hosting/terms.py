"""The terms of a placement: with what they begin, and their changes until the unit has confirmed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portal.applications.models import Application
from portal.db import session
from portal.exchanges.models import Exchange
from portal.exchanges.queries import locked
from portal.findings import EditConflict, RuleViolation
from portal.hosting import queries
from portal.hosting.matching import SPEAKS
from portal.hosting.models import Bearer, Placement
from portal.policy import Actor, Permission, Side, require
from portal.subjects import service as subjects
from portal.units.models import HostUnit
from portal.units.queries import coordinators


def suggested(exchange: Exchange, application: Application, unit: HostUnit) -> dict[str, Any]:
    """Terms to begin with: the unit's people and offers, what the expert expects, the agency's usual clauses."""
    people, before = coordinators(unit.id), queries.last_of_agency(exchange.host_id)
    levels = {language.code: language.level.value for language in application.languages}
    shared = [code for code in unit.languages.split() if levels.get(code) in SPEAKS]
    return {
        "counterpart": people[0].name if people else "",
        "counterpart_phone": (people[0].phone if people else "") or unit.phone,
        "supervisor": people[1].name if len(people) > 1 else "",
        "expected_results": application.results,
        "working_language": shared[0] if shared else exchange.host.language,
        "facilities": unit.offers[:1_000],
        "travel": before.travel if before else Bearer.HOME,
        "lodging": before.lodging if before else Bearer.HOST,
        "insurance": before.insurance if before else Bearer.HOME,
        "confidentiality": before.confidentiality if before else "",
        "intellectual_property": before.intellectual_property if before else "",
    }


def save(exchange: Exchange, answers: Mapping[str, Any], *, version: int, by: Actor) -> Placement:
    """Changes the terms while the unit is asked. Raises Denied, EditConflict, RuleViolation: "not_now"."""
    exchange = locked(exchange.id)
    require(Permission.WRITE_TERMS, by, exchange)
    placement = queries.current(exchange.id)
    if placement is None or placement.confirmed_at is not None:
        raise RuleViolation("not_now")
    if placement.version != version:
        raise EditConflict
    for name, value in answers.items():
        setattr(placement, name, value)
    session.flush()
    if placement.version != version:
        subjects.record(exchange, "terms_changed", by=by, side=Side.HOST)
    return placement
