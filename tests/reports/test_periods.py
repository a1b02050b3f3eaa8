"""The periods of progress reports: three months each, from whatever day of the month a stay begins."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.reports.periods import later, periods, unreported


@pytest.mark.parametrize(
    ("day", "months", "same"),
    [
        (date(2027, 1, 30), 1, date(2027, 2, 28)),
        (date(2027, 1, 31), 1, date(2027, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2027, 1, 28), 1, date(2027, 2, 28)),
        (date(2027, 2, 28), 1, date(2027, 3, 28)),
        (date(2027, 8, 31), 3, date(2027, 11, 30)),
        (date(2027, 11, 30), 1, date(2027, 12, 30)),
        (date(2027, 12, 31), 1, date(2028, 1, 31)),
        (date(2027, 10, 15), 3, date(2028, 1, 15)),
        (date(2027, 5, 31), 0, date(2027, 5, 31)),
        (date(2027, 1, 31), -1, date(2026, 12, 31)),
        (date(2027, 3, 31), -1, date(2027, 2, 28)),
        (date(2027, 2, 15), 24, date(2029, 2, 15)),
    ],
)
def test_months_later_is_the_same_day_or_the_months_last(day: date, months: int, same: date) -> None:
    assert later(day, months) == same


def test_periods_from_the_31st_begin_on_each_months_last_day() -> None:
    """Counted from the start each time, so that a short month does not move all that follow."""
    found = [(p.first, p.last, p.due) for p in periods(date(2027, 8, 31), date(2028, 8, 30))]
    assert found == [
        (date(2027, 8, 31), date(2027, 11, 29), date(2027, 12, 29)),
        (date(2027, 11, 30), date(2028, 2, 28), date(2028, 3, 28)),
        (date(2028, 2, 29), date(2028, 5, 30), date(2028, 6, 30)),
        (date(2028, 5, 31), date(2028, 8, 30), date(2028, 9, 30)),
    ]


@pytest.mark.parametrize(
    ("end", "lasts"),
    [
        (date(2027, 1, 14), []),
        (date(2027, 1, 15), [date(2027, 1, 15)]),
        (date(2027, 4, 13), [date(2027, 4, 13)]),
        (date(2027, 4, 14), [date(2027, 4, 14)]),
        (date(2027, 4, 15), [date(2027, 4, 14), date(2027, 4, 15)]),
        (date(2027, 4, 16), [date(2027, 4, 14), date(2027, 4, 16)]),
    ],
)
def test_a_period_of_three_months_ends_on_the_day_before(end: date, lasts: list[date]) -> None:
    assert [period.last for period in periods(date(2027, 1, 15), end)] == lasts


@given(st.dates(date(2026, 1, 1), date(2030, 12, 31)), st.integers(1, 400))
def test_periods_cover_each_day_of_a_stay_once(start: date, days: int) -> None:
    end = start + timedelta(days=days - 1)
    found = periods(start, end)
    assert (found[0].first, found[-1].last) == (start, end)
    assert all(before.last + timedelta(days=1) == after.first for before, after in pairwise(found))
    assert all(period.first <= period.last < period.due for period in found)


FIRST, SECOND = periods(date(2027, 1, 15), date(2027, 7, 14))


@pytest.mark.parametrize(
    ("reported", "left"),
    [
        ([], [FIRST, SECOND]),
        ([(FIRST.first - timedelta(days=9), FIRST.first - timedelta(days=1))], [FIRST, SECOND]),
        ([(FIRST.first - timedelta(days=9), FIRST.first)], [SECOND]),
        ([(FIRST.first, FIRST.last)], [SECOND]),
        ([(FIRST.last, FIRST.last)], [SECOND]),
        ([(FIRST.last, SECOND.first)], []),
        ([(SECOND.first, SECOND.first)], [FIRST]),
        ([(SECOND.last, SECOND.last + timedelta(days=9))], [FIRST]),
        ([(SECOND.last + timedelta(days=1), SECOND.last + timedelta(days=9))], [FIRST, SECOND]),
        ([(FIRST.first, FIRST.last), (SECOND.first, SECOND.last)], []),
    ],
)
def test_a_period_of_which_a_day_is_reported_on_is_not_asked_for(
    reported: list[tuple[date, date]], left: list[object]
) -> None:
    assert unreported(FIRST.first, SECOND.last, reported) == left
