"""Days without a visa, residence permits and registration: each rule a day below, at and above its limit."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale
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


def just_before(days: int) -> list[date]:
    """So many days of an earlier stay, which ended the day before MONDAY."""
    return [MONDAY - timedelta(days=n + 1) for n in range(days)]


def noted(days: int, country: str, before: int = 0) -> list[StayNote]:
    rules = in_force(RULES, country, MONDAY)
    return notes(compute(MONDAY, until(days), rules, just_before(before)), rules, country)


def told(app: Flask, days: int, country: str, before: int = 0) -> str:
    """All that is said of a stay of so many days from MONDAY on, in English; the first line counts the days."""
    with app.test_request_context():
        counted, *rest = (in_words(note.finding, FINDINGS) for note in noted(days, country, before))
    assert counted.startswith(f"Days in the country: {days} (") and "The day of arrival is day 1" in counted
    return "\n".join(rest)


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
        (91, "TR", 0, f"91 days in Türkiye within 180, those of earlier visits included, {TOO_MANY}"),
        (30, "TR", 59, f"89 of the 90 days {ENOUGH} any 180 in Türkiye"),
        (30, "TR", 60, f"90 of the 90 days {ENOUGH} any 180 in Türkiye"),
        (30, "TR", 61, f"91 days in Türkiye within 180, those of earlier visits included, {TOO_MANY}"),
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


def test_a_permit_is_applied_for_in_time(app: Flask) -> None:
    """The 90th day is 3 July: the day of arrival counts as the first. Azerbaijan asks for 30 days before it, Türkiye
    for a day on which the stay needs no visa yet: the one before, where in doubt."""
    assert "made by 3 June 2027 at the latest" in told(app, 91, "AZ")
    assert "made by 3 June 2027 at the latest" in told(app, 300, "AZ"), "counted from the arrival, however long"
    assert "made by 2 July 2027 at the latest" in told(app, 91, "TR")
    assert "made by" not in told(app, 90, "TR")


@pytest.mark.parametrize(("before", "permit_by"), [(0, 88), (1, 87), (30, 58), (88, 0), (89, -1), (90, -2), (179, -2)])
def test_days_of_earlier_visits_bring_the_permit_forward(app: Flask, before: int, permit_by: int) -> None:
    """`permit_by` counts from the day of arrival; before it, the consulate must be asked before the journey."""
    rules = in_force(RULES, "TR", MONDAY)
    stay = compute(MONDAY, until(100), rules, just_before(before))
    assert stay.permit_by == MONDAY + timedelta(days=permit_by)
    assert ("before the journey" in told(app, 100, "TR", before)) is (permit_by < 0)


def test_a_day_of_an_earlier_visit_counts_until_it_is_180_days_ago() -> None:
    rules = in_force(RULES, "TR", MONDAY)
    for gap, used in ((178, 3), (179, 2), (180, 2)):
        assert compute(MONDAY, until(2), rules, [MONDAY - timedelta(days=gap)]).used == used, gap
    assert compute(MONDAY, until(2), in_force(RULES, "AZ", MONDAY), [MONDAY - timedelta(days=1)]).used == 2


@pytest.mark.parametrize(("days", "registered"), [(1, False), (14, False), (15, False), (16, True), (91, True)])
def test_a_stay_over_fifteen_days_is_registered_in_azerbaijan(app: Flask, days: int, registered: bool) -> None:
    """By the fifteenth day, the day of arrival being the first: where in doubt, the earlier one."""
    said = told(app, days, "AZ")
    assert ("within 15 days of arrival, by 19 April 2027 at the latest. The owner of the place" in said) is registered
    assert ("within 5 working days of moving there" in said) is registered
    assert ("told of leaving too" in said) is registered
    assert ("No registration needed: 15 days or fewer." in said) is not registered
    assert "regist" not in told(app, days, "TR")


@pytest.mark.parametrize("country", ["AZ", "TR"])
def test_the_ninety_days_give_no_right_to_work_and_do_not_come_from_the_identity_card(country: str) -> None:
    by_code = {note.finding.code: note for note in noted(10, country)}
    visa = next(note for code, note in by_code.items() if code.startswith("visa_days"))
    assert "25 February 2020" in source(visa, "en") and "card" not in source(visa, "en")
    assert "25 February 2020" in source(by_code["work"], "en")
    card = by_code["identity_card"].rule
    assert card is not None and card.valid_from == date(2021, 4, 1) and "Protocol" in card.sources["en"]
    assert StayCode.IDENTITY_CARD not in in_force(RULES, country, date(2021, 3, 31))
    assert in_force(RULES, country, date(2020, 8, 12)) == {} != in_force(RULES, country, date(2020, 8, 13))


@pytest.mark.parametrize(
    ("language", "orders"),
    [
        ("en", ("your", "register ", "apply by")),
        ("tr", ("nuz", "nız", "niz", "vurun")),
        ("az", ("sınız", "siniz", "edin")),
    ],
)
def test_nothing_that_is_told_orders_its_reader_about(app: Flask, language: str, orders: tuple[str, ...]) -> None:
    """A manager in Baku reads what concerns the expert: nobody is told to register or to apply."""
    with app.test_request_context(), force_locale(language):
        notes = [note for days, country in ((100, "AZ"), (100, "TR")) for note in noted(days, country)]
        said = " ".join(in_words(note.finding, FINDINGS) for note in notes)
    assert not [order for order in orders if re.search(rf"{order}\b", said)] and len(said) > 1000


@pytest.mark.parametrize("window", [0, 1, 179])
def test_earlier_visits_count_from_180_days_before_the_day_of_arrival(window: int) -> None:
    day = MONDAY + timedelta(days=window)
    assert counted_from(day, in_force(RULES, "TR", day)) == day - timedelta(days=179)
    assert counted_from(day, in_force(RULES, "AZ", day)) is None, "each stay counts by itself"


@pytest.mark.parametrize(
    ("country", "days", "before", "expected"),
    [
        ("AZ", 15, 7, (15, 90, None, False, None, 15, None)),
        ("AZ", 16, 0, (16, 90, None, False, None, 15, date(2027, 4, 19))),
        ("AZ", 90, 0, (90, 90, None, False, None, 15, date(2027, 4, 19))),
        ("AZ", 91, 0, (91, 90, None, True, date(2027, 6, 3), 15, date(2027, 4, 19))),
        ("TR", 30, 60, (90, 90, 180, False, None, None, None)),
        ("TR", 30, 61, (91, 90, 180, True, date(2027, 5, 2), None, None)),
    ],
)
def test_the_computation_gives_plain_values(country: str, days: int, before: int, expected: tuple[Any, ...]) -> None:
    rules = in_force(RULES, country, MONDAY)
    assert compute(MONDAY, until(days), rules, just_before(before)) == Stay(MONDAY, until(days), days, *expected)


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
            said = [in_words(n.finding, FINDINGS) for n in notes(compute(MONDAY, until(days), rules, ()), rules, "AZ")]
            assert not any(number in " ".join(said) for number in ("90", "180", "30", "15")), said
            assert "for more than 7 days must be registered at the place of stay within 7 days of arrival" in said[-2]
            assert "by 11 April 2027" in said[-2]
    assert counted_from(MONDAY, rules) == MONDAY - timedelta(days=119)
    assert compute(MONDAY, until(61), rules, ()).permit_by == MONDAY + timedelta(days=49)


def test_without_a_rule_nothing_is_said_but_whom_to_ask() -> None:
    codes = [note.finding.code for note in notes(compute(MONDAY, until(300), {}, ()), {}, "AZ")]
    assert codes == ["stay_counted", "consulate"]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Migration Code of the Republic of Azerbaijan, article 21; migration.gov.az/en/oyq"),
        ("tr", "Azerbaycan Cumhuriyeti Göç Kanunu (Miqrasiya Məcəlləsi), madde 21; migration.gov.az/en/oyq"),
        ("az", "Azərbaycan Respublikasının Miqrasiya Məcəlləsi, maddə 21; migration.gov.az/en/oyq"),
    ],
)
def test_a_source_stands_in_the_readers_language_with_its_address(language: str, words: str) -> None:
    registration = next(note for note in noted(10, "AZ") if note.finding.code == "no_registration")
    assert source(registration, language) == words
    assert source(StayNote(registration.finding, FOREVER), language) == "A law", "else in English"


def test_every_rule_for_a_stay_has_its_source() -> None:
    for days, country in ((10, "AZ"), (100, "AZ"), (10, "TR"), (100, "TR")):
        _counted, *rules, advice = noted(days, country)
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
        {"valid_from": date(2020, 8, 13)},
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
    assert len(stayed(visit_to_turkey.expert_id, "TR", *span, but_subject=0)) == days
    assert stayed(visit_to_turkey.expert_id, "TR", *span, but_subject=visit_to_turkey.id) == []
    assert stayed(visit_to_turkey.expert_id + 1, "TR", *span, but_subject=0) == []
    assert stayed(visit_to_turkey.expert_id, "AZ", *span, but_subject=0) == []
