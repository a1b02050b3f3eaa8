"""Few among very many: which of a list's conditions leads to its rows, and which only filter them on the way.

Neither engine knows how many rows a word or a span of days has, and a wrong guess reads the whole table. So the rows of
each condition are counted in its index, twenty thousand at most; where one has few, they are gathered from there and
sorted, else the list is read in its order until the page is full.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, ScalarSelect, Select, func, null, select

from portal.db import session
from portal.exchanges.models import Exchange

FEW = 20_000


@dataclass(frozen=True)
class Condition:
    """`ids` finds exchanges through an index of its own; `passing` says the same of a row that was found otherwise."""

    ids: Select[int]
    passing: ColumnElement[bool]
    in_order: ColumnElement[bool] | None = None  # the same, where its index goes on in the order of the last change


@dataclass(frozen=True)
class ListPlan:
    """What to ask of a row in the list, and what to ask of it where rows are only counted, in whatever order."""

    listed: Sequence[ColumnElement[bool]] = ()
    counted: Sequence[ColumnElement[bool]] = ()


def opaque(column: Any) -> Any:
    """The column's value as something that no index is looked up for."""
    return func.coalesce(column, null(), type_=column.type)


def passes(condition: ColumnElement[bool], passing: ColumnElement[bool] | None = None) -> Condition:
    """A condition on the row itself."""
    return Condition(select(Exchange.id).where(condition), condition if passing is None else passing)


def equals(column: Any, value: Any) -> Condition:
    """A column with an index that goes on with the last change."""
    return Condition(select(Exchange.id).where(column == value), opaque(column) == value, column == value)


def bounded(rows: Select[Any] | CompoundSelect[Any], most: int) -> ScalarSelect[int]:
    """How many rows, counted up to one more than `most`."""
    return select(func.count()).select_from(rows.limit(most + 1).subquery()).scalar_subquery()


def list_plan(conditions: Sequence[Condition], by_change: bool) -> ListPlan:
    """The conditions for a list of exchanges in the order of the last change (`by_change`), or in another one."""
    if not conditions:
        return ListPlan()
    counts = session.execute(select(*(bounded(condition.ids, FEW) for condition in conditions))).one()
    fewest = min(range(len(conditions)), key=lambda n: counts[n])
    others = [condition.passing for n, condition in enumerate(conditions) if n != fewest]
    gathered = [Exchange.id.in_(conditions[fewest].ids), *others]
    in_order = conditions[fewest].in_order if by_change else None
    if in_order is not None:
        return ListPlan([in_order, *others], gathered)
    if counts[fewest] <= FEW:
        few = [Exchange.id.in_(conditions[fewest].ids.limit(FEW)), *others]
        return ListPlan(few, few)
    return ListPlan([condition.passing for condition in conditions], gathered)
