"""Pagination of long lists: page number in the query string, LIMIT and OFFSET, a count that stops at a thousand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import request
from sqlalchemy import Select, func, select

from portal.db import session
from portal.web.addresses import page_address

SIZE = 25
COUNTED = 1_000  # above it the page says "more than 1,000", because an exact count is slow
LAST = 200  # the last page that is served; people narrow the list instead of paging further


@dataclass(frozen=True)
class Page:
    """One page of rows; `total` is exact unless `more`; `beyond`: there are rows after this page."""

    rows: Sequence[Any]
    number: int
    total: int
    more: bool
    beyond: bool

    @property
    def cut(self) -> bool:
        """Whether this is the last page that is served although there are more rows."""
        return self.number == LAST and self.beyond

    @property
    def has_next(self) -> bool:
        return self.number < LAST and self.beyond

    @property
    def first(self) -> int:
        return (self.number - 1) * SIZE + 1 if self.rows else 0

    @property
    def last(self) -> int:
        return (self.number - 1) * SIZE + len(self.rows)

    @property
    def prev_url(self) -> str | None:
        return self._url(self.number - 1) if self.number > 1 else None

    @property
    def first_url(self) -> str:
        return self._url(1)

    @property
    def next_url(self) -> str | None:
        return self._url(self.number + 1) if self.has_next else None

    def _url(self, number: int) -> str:
        return same_page(page=str(number))


def same_page(**changes: str) -> str:
    """The address of this page with some query parameters changed; empty ones are left out."""
    asked = request.args.to_dict(flat=False) | {name: [value] for name, value in changes.items()}
    kept = {name: values for name, values in asked.items() if values != [""]}
    # not by url_for, which gives some parameter names that a user could send a meaning
    path = page_address(request.endpoint or "", **(request.view_args or {}))
    return f"{path}?{urlencode(kept, doseq=True)}" if kept else path


def wanted() -> int:
    """The page number in the query string; 1 where it is missing or invalid."""
    text = request.args.get("page", "1")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1
    return min(max(number, 1), LAST)


def page_of(statement: Select[Any], entities: bool = False, counting: Select[int] | None = None) -> Page:
    """The requested page of an ordered statement, by two statements. `entities`: rows are ORM objects.

    `counting` counts the same rows up to COUNTED + 1, for a faster count.
    """
    number = wanted()
    cut = statement.limit(SIZE + 1).offset((number - 1) * SIZE)
    rows: list[Any] = [*session.scalars(cut).unique()] if entities else [*session.execute(cut).all()]
    known = len(rows) <= SIZE and (number == 1 or bool(rows))
    if known:
        total = (number - 1) * SIZE + len(rows)
    else:
        total = session.scalar(_count_of(statement) if counting is None else counting) or 0
    return Page(rows[:SIZE], number, min(total, COUNTED), total > COUNTED, len(rows) > SIZE)


def _count_of(statement: Select[Any]) -> Select[int]:
    """A statement for the number of rows, counted up to COUNTED + 1."""
    bare = statement.order_by(None).with_only_columns(statement.selected_columns[0]).limit(COUNTED + 1).subquery()
    return select(func.count()).select_from(bare)
