"""Pages of long lists: the first, the last and the one that is cut off, each just below, at and above its limit."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import insert, select

from portal.calendars import CalendarOverride
from portal.db import session
from portal.web.pagination import Page, page_of, wanted

ROWS = select(CalendarOverride.day).order_by(CalendarOverride.day)


def rows(count: int) -> None:
    first = date(2027, 1, 1)
    days = [{"country": "AZ", "day": first + timedelta(days=n), "closed": True, "note": ""} for n in range(count)]
    if days:
        session.execute(insert(CalendarOverride), days)


def page(app: Flask, number: int) -> Page:
    with app.test_request_context(f"/calls?page={number}&of=KOSGEB"):
        return page_of(ROWS)


@pytest.mark.parametrize(
    ("asked", "number"),
    [
        ("", 1),
        ("?page=0", 1),
        ("?page=1", 1),
        ("?page=2", 2),
        ("?page=199", 199),
        ("?page=200", 200),
        ("?page=201", 200),
        ("?page=99999", 200),
        ("?page=100000", 1),
        ("?page=-1", 1),
        ("?page=two", 1),
        ("?page=٢", 1),
        ("?page=", 1),
    ],
)
def test_the_address_holds_a_page_from_1_to_200(app: Flask, asked: str, number: int) -> None:
    with app.test_request_context(f"/calls{asked}"):
        assert wanted() == number


@pytest.mark.parametrize(
    ("count", "number", "shown", "first", "last", "has_next"),
    [
        (0, 1, 0, 0, 0, False),
        (1, 1, 1, 1, 1, False),
        (24, 1, 24, 1, 24, False),
        (25, 1, 25, 1, 25, False),
        (26, 1, 25, 1, 25, True),
        (26, 2, 1, 26, 26, False),
        (50, 2, 25, 26, 50, False),
        (51, 2, 25, 26, 50, True),
        (25, 2, 0, 0, 25, False),
    ],
)
def test_a_page_has_25_rows(
    app: Flask, count: int, number: int, shown: int, first: int, last: int, has_next: bool
) -> None:
    rows(count)
    found = page(app, number)
    assert (len(found.rows), found.first, found.last, found.has_next) == (shown, first, last, has_next)
    assert (found.total, found.more) == (count, False)


def test_links_lead_to_the_pages_beside_and_keep_the_other_questions(app: Flask) -> None:
    rows(51)
    with app.test_request_context("/calls?page=2&of=KOSGEB&empty="):
        found = page_of(ROWS)
        assert (found.prev_url, found.next_url) == ("/calls?page=1&of=KOSGEB", "/calls?page=3&of=KOSGEB")
        assert found.first_url == "/calls?page=1&of=KOSGEB"
    with app.test_request_context("/calls"):
        first = page_of(ROWS)
        assert (first.prev_url, first.next_url) == (None, "/calls?page=2")
    with app.test_request_context("/calls?page=3"):
        last = page_of(ROWS)
        assert (last.prev_url, last.next_url) == ("/calls?page=2", None)


@pytest.mark.parametrize(("count", "total", "more"), [(999, 999, False), (1000, 1000, False), (1001, 1000, True)])
def test_more_than_a_thousand_are_not_counted(app: Flask, count: int, total: int, more: bool) -> None:
    rows(count)
    found = page(app, 1)
    assert (found.total, found.more) == (total, more)


@pytest.mark.parametrize(
    ("count", "number", "has_next", "cut"),
    [
        (199 * 25 + 1, 199, True, False),
        (200 * 25 - 1, 200, False, False),
        (200 * 25, 200, False, False),
        (200 * 25 + 1, 200, False, True),
    ],
)
def test_after_the_two_hundredth_page_the_list_is_cut_off(
    app: Flask, count: int, number: int, has_next: bool, cut: bool
) -> None:
    rows(count)
    found = page(app, number)
    assert (found.has_next, found.cut) == (has_next, cut)
