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
    """`ids` finds the exchanges through an index; `row_rule` is the same condition for rows found otherwise."""

    ids: Select[int]
    row_rule: ColumnElement[bool]
    in_order: ColumnElement[bool] | None = None  # the same, if its index is sorted by the last change within a value
    leads: bool = True  # False if about half of all rows fulfil it, so that counting them is in vain


@dataclass(frozen=True)
class ListPlan:
    """The conditions of the list in its order, and those for counting its rows, where the order does not matter."""

    listed: Sequence[ColumnElement[bool]] = ()
    counted: Sequence[ColumnElement[bool]] = ()


def without_index(column: Any) -> Any:
    """The column's value as an expression for which the engines use no index."""
    return func.coalesce(column, null(), type_=column.type)


def row_condition(condition: ColumnElement[bool], row_rule: ColumnElement[bool] | None = None) -> Condition:
    """A condition on a column; `row_rule` is its form without an index, by default the same."""
    return Condition(select(Exchange.id).where(condition), condition if row_rule is None else row_rule)


def equals(column: Any, value: Any) -> Condition:
    """Equality with a column whose index is sorted by the last change within a value."""
    return Condition(select(Exchange.id).where(column == value), without_index(column) == value, column == value)


def bounded(rows: Select[Any] | CompoundSelect[Any], most: int) -> ScalarSelect[int]:
    """The number of rows as a subquery, counted up to `most` + 1."""
    return select(func.count()).select_from(rows.limit(most + 1).subquery()).scalar_subquery()


def list_plan(conditions: Sequence[Condition], by_change: bool) -> ListPlan:
    """The best form of the conditions for a list sorted by the last change (`by_change`) or otherwise."""
    row_rules = [condition.row_rule for condition in conditions]
    leading = [condition for condition in conditions if condition.leads]
    if not leading:
        return ListPlan(row_rules, row_rules)
    counts = session.execute(select(*(bounded(condition.ids, FEW) for condition in leading))).one()
    count, fewest = min(zip(counts, leading, strict=True), key=lambda counted: counted[0])
    others = [condition.row_rule for condition in conditions if condition is not fewest]
    gathered = [Exchange.id.in_(fewest.ids), *others]
    in_order = fewest.in_order if by_change else None
    if in_order is not None:
        return ListPlan([in_order, *others], gathered)
    if count <= FEW:
        few = [Exchange.id.in_(fewest.ids.limit(FEW)), *others]
        return ListPlan(few, few)
    return ListPlan(row_rules, gathered)
