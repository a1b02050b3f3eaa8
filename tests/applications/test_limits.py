"""Wished windows and lengths of stay against the call's limits: each day below, at and above its limit. Pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

import pytest

from portal.applications.models import Application, ApplicationLanguage, Window, WishedUnit
from portal.applications.sections import COLUMNS, PREPARE, REQUIRED, Section, progress, wishes_findings
from portal.calls.models import Call
from portal.documents.models import DocumentKind
from portal.exchanges.models import Kind

FIRST, LAST = date(2027, 3, 1), date(2027, 6, 30)
CALL = Call(kind=Kind.SHORT, earliest=FIRST, latest=LAST, min_days=5, max_days=15, required_documents="cv motivation")
DAY = timedelta(days=1)


def codes(days: int | None, *windows: tuple[date, date]) -> list[tuple[str, Any]]:
    return [(finding.code, finding.field) for finding in wishes_findings(days, windows, CALL)]


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [
        (FIRST - DAY, LAST, [("window_outside", "first_1")]),
        (FIRST, LAST, []),
        (FIRST + DAY, LAST - DAY, []),
        (FIRST, LAST + DAY, [("window_outside", "last_1")]),
        (LAST, LAST, []),
        (LAST + DAY, LAST + DAY, [("window_outside", "first_1")]),
        (FIRST + DAY, FIRST, [("window_order", "last_1")]),
        (FIRST, FIRST, []),
    ],
)
def test_a_window_lies_within_the_call(first: date, last: date, found: list[tuple[str, str]]) -> None:
    assert codes(None, (first, last)) == found


def test_each_window_is_told_beside_its_own_answer() -> None:
    wrong = (FIRST - DAY, LAST)
    assert codes(5, (FIRST, LAST), wrong, wrong) == [("window_outside", "first_2"), ("window_outside", "first_3")]


@pytest.mark.parametrize(
    ("days", "found"), [(4, ["days_limits"]), (5, []), (6, []), (14, []), (15, []), (16, ["days_limits"])]
)
def test_a_stay_is_as_long_as_the_call_allows(days: int, found: list[str]) -> None:
    assert [code for code, _field in codes(days, (FIRST, LAST))] == found


@pytest.mark.parametrize(("length", "found"), [(6, ["days_window"]), (8, ["days_window"]), (9, []), (10, [])])
def test_a_stay_fits_into_each_window(length: int, found: list[str]) -> None:
    """Seven working days from a Monday on end on the Tuesday of the next week, the ninth day."""
    short = (FIRST, FIRST + (length - 1) * DAY)
    assert [code for code, _field in codes(7, short)] == found
    assert [code for code, _field in codes(7, (FIRST, LAST), short)] == found
    told = wishes_findings(7, [short], CALL)
    assert [finding.facts for finding in told] == (
        [{"length": ("short", 7), "room": min(length, 6) - (length == 6)}] if found else []
    )


@pytest.mark.parametrize(("length", "found"), [(39, ["days_window"]), (40, []), (41, [])])
def test_a_long_stay_is_counted_in_calendar_days(length: int, found: list[str]) -> None:
    call = Call(kind=Kind.LONG, earliest=FIRST, latest=LAST, min_days=31, max_days=60)
    told = wishes_findings(40, [(FIRST, FIRST + (length - 1) * DAY)], call)
    assert [finding.code for finding in told] == found


def test_a_window_in_the_wrong_order_says_nothing_of_its_length() -> None:
    assert codes(5, (FIRST + DAY, FIRST)) == [("window_order", "last_1")]
    one_day = [("window_order", "last_1"), ("days_window", "days")]
    assert codes(5, (FIRST + DAY, FIRST), (FIRST, FIRST)) == one_day


TEXTS = ("name", "document_name", "post", "unit_name", "other_topics", "situation", "aim", "results", "activities")
FULL = dict.fromkeys((*TEXTS, "benefit_home", "benefit_host"), "x")


def application(**changes: Any) -> Application:
    facts: dict[str, Any] = FULL | {"years": 0, "days": 5, "wishes_none": False}
    made = Application(**(facts | changes))
    return made


def state(made: Application, held: set[DocumentKind] | None = None) -> dict[str, tuple[int, int, int]]:
    """Of each section: answers that are there, answers that are needed, what is wrong beside those missing."""
    return {row.section.value: (row.answered, row.needed, row.wrong) for row in progress(made, CALL, held or set())}


def test_an_empty_application_lacks_every_answer() -> None:
    assert state(Application()) == {
        "person": (0, 6, 0),
        "languages": (0, 1, 0),
        "plan": (0, 4, 0),
        "benefit": (0, 2, 0),
        "wishes": (0, 3, 0),
        "documents": (0, 2, 2),
        "consent": (0, 3, 0),
    }
    assert list(state(Application())) == [section.value for section in Section], "in the order of the pages"


def test_a_full_application_has_every_answer() -> None:
    """No years of work are an answer too, and so is having no wish."""
    made = application(wishes_none=True)
    made.windows = [Window(rank=1, first=FIRST, last=LAST)]
    made.languages = [ApplicationLanguage(code="tr", level="C2")]
    made.declared_at = made.noticed_at = made.consented_at = datetime(2027, 3, 1, tzinfo=UTC)
    found = progress(made, CALL, {DocumentKind.CV, DocumentKind.MOTIVATION})
    assert all(row.complete and row.answered == row.needed for row in found)


@pytest.mark.parametrize("name", [*FULL, "years"])
def test_each_answer_that_is_missing_is_counted(name: str) -> None:
    missing = application(**{name: None if name == "years" else ""})
    full, found = state(application()), state(missing)
    changed = [section for section in full if full[section] != found[section]]
    assert len(changed) == 1 and found[changed[0]][0] == full[changed[0]][0] - 1


@pytest.mark.parametrize(("wishes", "none", "answered"), [(0, False, 1), (1, False, 2), (0, True, 2), (1, True, 2)])
def test_a_wished_unit_or_none_is_an_answer(wishes: int, none: bool, answered: int) -> None:
    made = application(wishes_none=none)
    made.wishes = [WishedUnit(rank=n + 1, unit_id=n + 1) for n in range(wishes)]
    assert state(made)["wishes"] == (answered, 3, 0)


@pytest.mark.parametrize(
    ("held", "answered"), [(set(), 0), ({DocumentKind.CV}, 1), ({DocumentKind.CV, DocumentKind.MOTIVATION}, 2)]
)
def test_each_document_that_the_call_asks_for_is_counted(held: set[DocumentKind], answered: int) -> None:
    assert state(application(), held)["documents"] == (answered, 2, 2 - answered)


@pytest.mark.parametrize("ticks", list(product([None, FIRST], repeat=3)))
def test_declaration_notice_and_consent_are_each_needed(ticks: tuple[date | None, ...]) -> None:
    made = application(**dict(zip(("declared_at", "noticed_at", "consented_at"), ticks, strict=True)))
    assert state(made)["consent"] == (sum(at is not None for at in ticks), 3, 0)


def test_each_answer_of_an_application_belongs_to_one_section() -> None:
    """Whatever the table holds beside its keys, the language and the consent."""
    kept = {"id", "exchange_id", "call_id", "language", "declared_at", "saved_at"}
    answers = [name for names in COLUMNS.values() for name in names]
    columns = {column.key for column in Application.__table__.columns} - {"other_topics"}
    assert sorted(answers) == sorted((columns | {"topics"}) - kept - {"version"})
    assert all(set(names) <= set(COLUMNS[section]) for section, names in REQUIRED.items())
    assert [*PREPARE, Section.CONSENT] == list(Section)
