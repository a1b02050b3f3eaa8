"""Queries of visits."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from portal.accounts.models import Agency, Person
from portal.db import session
from portal.exchanges.models import Exchange, Kind
from portal.reference_data import kept
from portal.units.models import HostUnit
from portal.visits.models import PlanDraft, StayRule, Visit
from portal.visits.stay_rules import Rule, StayCode
from portal.workflows.exchange_terms import Status


def visit_of(exchange_id: int) -> Visit | None:
    """The visit with its unit, plan and days: four statements, however long."""
    plan = (selectinload(Visit.agenda), selectinload(Visit.milestones), selectinload(Visit.days))
    return session.scalars(_visit(exchange_id).options(*plan)).unique().one_or_none()


def visit_now(exchange_id: int) -> Visit | None:
    """The visit as it is now, for whoever has locked its exchange."""
    plan = (selectinload(Visit.agenda), selectinload(Visit.milestones), selectinload(Visit.days))
    statement = _visit(exchange_id).options(*plan).execution_options(populate_existing=True)
    return session.scalars(statement).unique().one_or_none()


def plan_of(exchange: Exchange) -> Visit | None:
    """The visit with its unit and the plan of its kind, without its days: two statements."""
    rows = Visit.agenda if exchange.kind is Kind.SHORT else Visit.milestones
    return session.scalars(_visit(exchange.id).options(selectinload(rows))).unique().one_or_none()


def _visit(exchange_id: int) -> Select[Visit]:
    unit = joinedload(Visit.unit, innerjoin=True)
    loaded = (unit.joinedload(HostUnit.blocked), unit.joinedload(HostUnit.agency, innerjoin=True))
    return select(Visit).where(Visit.exchange_id == exchange_id).options(*loaded)


def actual_days(visit: Visit) -> tuple[date, date]:
    """The first and the last day of the visit: as carried out where arrival and departure are recorded, else as agreed.

    The one source of a visit's dates: `exchange.start` and `end` hold the same, for heads and lists.
    """
    return held_days(visit, visit.arrived_on, visit.departed_on)


def held_days(visit: Visit, arrived: date | None, departed: date | None) -> tuple[date, date]:
    """The same as if these were the days of arrival and departure."""
    first = max(visit.start, arrived or visit.start)
    return first, max(first, departed or visit.end)


def draft_of(exchange_id: int) -> PlanDraft | None:
    """The plan that is being written, with the name of who saved it last."""
    statement = select(PlanDraft).where(PlanDraft.exchange_id == exchange_id)
    loaded = joinedload(PlanDraft.saved_by, innerjoin=True).load_only(Person.name)
    return session.scalars(statement.options(loaded)).one_or_none()


@kept
def stay_rules() -> tuple[Rule, ...]:
    """Every rule for stays, also those that are over or still to come; not those that were wrong."""
    told = select(StayRule).where(StayRule.withdrawn_on.is_(None))
    return tuple(rule.plain() for rule in session.scalars(told.order_by(StayRule.valid_from, StayRule.id)))


def all_stay_rules() -> list[StayRule]:
    """Every rule that was ever entered, for the administrator: what is still told first, by country and kind."""
    order = (StayRule.withdrawn_on.is_not(None), StayRule.country, StayRule.code, StayRule.valid_from.desc())
    return list(session.scalars(select(StayRule).order_by(*order).limit(500)))


def stay_rule(rule_id: int) -> StayRule | None:
    """One rule, in force or not."""
    return session.get(StayRule, rule_id)


def rules_of_kind(country: str, code: StayCode) -> list[StayRule]:
    """What was ever said of one thing in a country, the earliest first."""
    kind = select(StayRule).where(StayRule.country == country, StayRule.code == code)
    return list(session.scalars(kind.order_by(StayRule.valid_from)))


def stays_told(rule: StayRule) -> int:
    """How many agreed visits, ahead or under way, begin while a rule holds."""
    agreed = select(func.count(Exchange.id)).join(Agency, Agency.id == Exchange.host_id)
    ahead = agreed.where(Exchange.status.in_((Status.SCHEDULED, Status.UNDER_WAY)), Agency.country == rule.country)
    return session.scalar(ahead.where(Exchange.start.between(rule.valid_from, rule.valid_until or date.max))) or 0
