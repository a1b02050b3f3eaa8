"""Days without a visa, residence permits and registration: each rule a day below, at and above its limit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from portal.accounts.models import Person
from portal.bookings.queries import stayed
from portal.db import session
from portal.exchanges.models import Exchange
from portal.storage import Storage
from portal.visits.labels import FINDINGS
from portal.visits.models import StayRule
from portal.visits.stay_labels import StayNote, notes, source
from portal.visits.stay_rule_file import first_stay_rules, load_stay_rules
from portal.visits.stay_rules import Rule, Stay, StayCode, compute, counted_from, in_force
from portal.web.findings import in_words
from tests.factories import World
from tests.pages import Browser
from tests.scenarios import make_exchange, old_call

MONDAY = date(2027, 4, 5)
ENOUGH = "without a visa in"
TOO_MANY = "are more than the 90 that need no visa"
RULES = [rule.plain() for rule in first_stay_rules()]
FOREVER = Rule("AZ", StayCode.VISA_FREE, 90, date(2021, 4, 1), None, {"en": "A law"}, "")


def until(days: int) -> date:
    """The last day of a stay of so many days from MONDAY on."""
    return MONDAY + timedelta(days=days - 1)


def noted(days: int, country: str, before: int = 0) -> list[StayNote]:
    rules = in_force(RULES, country, MONDAY)
    return notes(compute(MONDAY, until(days), rules, before), rules, country)


def told(app: Flask, days: int, country: str, before: int = 0) -> str:
    """All that is said of a stay of so many days from MONDAY on, in English."""
    with app.test_request_context():
        return "\n".join(in_words(note.finding, FINDINGS) for note in noted(days, country, before))


@pytest.mark.parametrize(
    ("days", "country", "before", "words"),
    [
        (1, "AZ", 0, f"1 of the 90 days {ENOUGH} Azerbaijan"),
        (89, "AZ", 0, f"89 of the 90 days {ENOUGH} Azerbaijan"),
        (90, "AZ", 0, f"90 of the 90 days {ENOUGH} Azerbaijan"),
        (91, "AZ", 0, f"91 days in Azerbaijan {TOO_MANY}"),
        (90, "AZ", 1, f"90 of the 90 days {ENOUGH} Azerbaijan"),
        (89, "TR", 0, f"89 of the 90 days {ENOUGH} any 180 in Türkiye"),
        (90, "TR", 0, f"90 of the 90 days {ENOUGH} any 180 in Türkiye"),
        (91, "TR", 0, f"91 days in Türkiye {TOO_MANY}"),
        (30, "TR", 59, f"89 of the 90 days {ENOUGH} any 180 in Türkiye"),
        (30, "TR", 60, f"90 of the 90 days {ENOUGH} any 180 in Türkiye"),
        (30, "TR", 61, f"91 days in Türkiye {TOO_MANY}"),
    ],
)
def test_ninety_days_need_no_visa(app: Flask, days: int, country: str, before: int, words: str) -> None:
    assert told(app, days, country, before).startswith(words)


@pytest.mark.parametrize(
    ("days", "country", "permit"),
    [(89, "AZ", False), (90, "AZ", False), (91, "AZ", True), (90, "TR", False), (91, "TR", True)],
)
def test_a_longer_stay_needs_a_permit(app: Flask, days: int, country: str, permit: bool) -> None:
    assert ("residence permit" in told(app, days, country)) is permit


def test_a_permit_is_applied_for_thirty_days_before_the_ninetieth(app: Flask) -> None:
    """The 90th day is 3 July: the day of arrival counts as the first."""
    assert "apply by 3 June 2027" in told(app, 91, "AZ")
    assert "apply by 3 June 2027" in told(app, 300, "AZ"), "counted from the arrival, however long the stay"
    assert "apply by" not in told(app, 91, "TR")


@pytest.mark.parametrize(("days", "registered"), [(1, False), (14, False), (15, False), (16, True), (91, True)])
def test_a_stay_over_fifteen_days_is_registered_in_azerbaijan(app: Flask, days: int, registered: bool) -> None:
    said = told(app, days, "AZ")
    assert ("registered within 15 days of arrival: by 20 April 2027" in said) is registered
    assert ("No registration needed: 15 days or fewer." in said) is not registered
    assert "regist" not in told(app, days, "TR")


@pytest.mark.parametrize(
    ("days", "first"),
    [(1, -179), (2, -178), (179, -1), (180, 0), (181, 0), (300, 0)],
)
def test_the_180_days_end_with_the_last_day_of_the_stay(days: int, first: int) -> None:
    """Counted with that last day; a stay longer than that counts from its own first day."""
    rules = in_force(RULES, "TR", MONDAY)
    assert counted_from(MONDAY, until(days), rules) == MONDAY + timedelta(days=first)
    assert counted_from(MONDAY, until(days), in_force(RULES, "AZ", MONDAY)) is None, "each stay counts by itself"


@pytest.mark.parametrize(
    ("country", "days", "before", "stay"),
    [
        ("AZ", 15, 7, Stay(15, 90, None, False, None, 15, None)),
        ("AZ", 16, 0, Stay(16, 90, None, False, None, 15, date(2027, 4, 20))),
        ("AZ", 90, 0, Stay(90, 90, None, False, None, 15, date(2027, 4, 20))),
        ("AZ", 91, 0, Stay(91, 90, None, True, date(2027, 6, 3), 15, date(2027, 4, 20))),
        ("TR", 30, 60, Stay(90, 90, 180, False, None, None, None)),
        ("TR", 30, 61, Stay(91, 90, 180, True, None, None, None)),
    ],
)
def test_the_computation_gives_plain_values(country: str, days: int, before: int, stay: Stay) -> None:
    assert compute(MONDAY, until(days), in_force(RULES, country, MONDAY), before) == stay


@pytest.mark.parametrize(
    ("day", "number"),
    [
        (date(2021, 3, 31), None),
        (date(2021, 4, 1), 90),
        (date(2027, 6, 30), 90),
        (date(2027, 7, 1), 60),
        (date(2028, 12, 31), 60),
        (date(2029, 1, 1), None),
    ],
)
def test_a_rule_holds_from_its_first_to_its_last_day(day: date, number: int | None) -> None:
    ended = replace(FOREVER, valid_until=date(2027, 6, 30))
    following = replace(FOREVER, days=60, valid_from=date(2027, 7, 1), valid_until=date(2028, 12, 31))
    found = in_force([ended, following], "AZ", day)
    assert {code: rule.days for code, rule in found.items()} == ({StayCode.VISA_FREE: number} if number else {})
    assert in_force([ended, following], "TR", day) == {}


def test_other_numbers_in_the_rows_change_all_that_is_told(app: Flask) -> None:
    """Nothing but the rows knows 90, 180, 30 or 15."""
    new = {StayCode.VISA_FREE: 60, StayCode.VISA_WINDOW: 120, StayCode.PERMIT: 10, StayCode.REGISTRATION: 7}
    rules = {code: replace(FOREVER, code=code, days=days) for code, days in new.items()}
    with app.test_request_context():
        for days in (8, 61):
            said = [in_words(n.finding, FINDINGS) for n in notes(compute(MONDAY, until(days), rules, 0), rules, "AZ")]
            assert not any(number in " ".join(said) for number in ("90", "180", "30", "15")), said
            assert "A stay over 7 days must be registered within 7 days of arrival: by 12 April 2027" in said[-2]
    assert counted_from(MONDAY, MONDAY, rules) == MONDAY - timedelta(days=119)
    assert compute(MONDAY, until(61), rules, 0).permit_by == MONDAY + timedelta(days=49)


def test_without_a_rule_nothing_is_said_but_whom_to_ask() -> None:
    assert [note.finding.code for note in notes(compute(MONDAY, until(300), {}, 0), {}, "AZ")] == ["consulate"]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Migration Code of Azerbaijan, article 21; migration.gov.az"),
        ("tr", "Azerbaycan Göç Kanunu, 21. madde; migration.gov.az"),
        ("az", "Azərbaycan Respublikasının Miqrasiya Məcəlləsi, 21-ci maddə; migration.gov.az"),
    ],
)
def test_a_source_stands_in_the_readers_language_with_its_address(language: str, words: str) -> None:
    assert source(noted(10, "AZ")[1], language) == words
    assert source(StayNote(noted(10, "AZ")[0].finding, FOREVER), language) == "A law", "else in English"


def test_every_rule_for_a_stay_has_its_source() -> None:
    for days, country in ((10, "AZ"), (100, "AZ"), (10, "TR"), (100, "TR")):
        *rules, advice = noted(days, country)
        assert all(source(note, language) for note in rules for language in ("en", "tr", "az"))
        assert advice.finding.code == "consulate" and source(advice, "en") == ""


def test_the_rules_of_the_stays_first_day_are_read_from_the_database(
    visit_to_turkey: Exchange, world: World, as_person: Callable[[Person], Browser]
) -> None:
    address = f"/exchanges/{visit_to_turkey.reference}/visit"
    browser = as_person(world.colleague)
    assert "7 of the 90 days without a visa in any 180" in browser.open(address).get_text(" ", strip=True)
    first, visa = MONDAY - timedelta(days=1), (StayRule.country == "TR", StayRule.code == StayCode.VISA_FREE)
    session.execute(update(StayRule).where(*visa).values(valid_until=first - timedelta(days=1)))
    session.add(StayRule(country="TR", code=StayCode.VISA_FREE, days=60, valid_from=first, source="A new law"))
    session.commit()
    page = browser.open(address).get_text(" ", strip=True)
    assert "7 of the 60 days without a visa in any 180" in page and "A new law" in page


def test_rules_are_loaded_once(world: World) -> None:
    before = session.scalar(select(func.count(StayRule.id)))
    load_stay_rules()
    assert session.scalar(select(func.count(StayRule.id))) == before == len(RULES)


@pytest.mark.parametrize(
    "wrong",
    [
        {"days": 0},
        {"days": None},
        {"country": "GE"},
        {"valid_until": date(2030, 12, 31)},
        {"valid_from": date(2021, 4, 1)},
    ],
)
def test_the_database_refuses_rules_that_cannot_be(world: World, wrong: dict[str, Any]) -> None:
    good = {"country": "TR", "code": StayCode.VISA_FREE, "days": 1, "valid_from": date(2031, 1, 1), "source": "A law"}
    session.add(StayRule(**good, valid_until=date(2031, 1, 1)))
    session.flush()
    session.add(StayRule(**(good | {"valid_from": date(2031, 1, 2)} | wrong)))
    with pytest.raises(IntegrityError):
        session.flush()


@pytest.fixture
def visit_to_turkey(world: World, storage: Storage) -> Exchange:
    """Five days and two of travel: 4 to 10 April 2027."""
    return make_exchange(world, storage, "home_approve_plan", call=old_call(world, "KOBIA"), start=MONDAY)


@pytest.mark.parametrize(
    ("first", "last", "days"), [(-2, -2, 0), (-2, -1, 1), (-1, 5, 7), (0, 4, 5), (5, 5, 1), (5, 9, 1), (6, 9, 0)]
)
def test_days_of_other_stays_count_from_the_first_to_the_last_day(
    visit_to_turkey: Exchange, first: int, last: int, days: int
) -> None:
    """Of the same person in the same country, in other visits: the travel days too."""
    span = (MONDAY + timedelta(days=first), MONDAY + timedelta(days=last))
    assert stayed(visit_to_turkey.expert_id, "TR", *span, but_subject=0) == days
    assert stayed(visit_to_turkey.expert_id, "TR", *span, but_subject=visit_to_turkey.id) == 0
    assert stayed(visit_to_turkey.expert_id + 1, "TR", *span, but_subject=0) == 0
    assert stayed(visit_to_turkey.expert_id, "AZ", *span, but_subject=0) == 0
