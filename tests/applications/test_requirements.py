"""The conditions of a call beside a decision: met, not met, or not said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest

from portal.accounts.models import Agency, Level, Person
from portal.applications.models import Application, ApplicationLanguage, Window
from portal.applications.requirements import Condition, Met, requirements
from portal.calls.models import Call
from portal.documents.models import DocumentKind
from portal.exchanges.models import Kind
from portal.policy import Role
from portal.storage import Storage
from portal.topics.models import Topic
from tests.factories import World, person
from tests.pages import Browser
from tests.scenarios import make_exchange, old_call

As = Callable[[Person], Browser]
AT = datetime(2027, 1, 1, tzinfo=UTC)
TRAINING, COACHING, COOKING = (
    Topic(id=n, name_en=name) for n, name in enumerate(("training", "coaching", "cooking"), 1)
)
MARCH = (date(2027, 3, 1), date(2027, 3, 31))


def call(**changes: Any) -> Call:
    days = {"earliest": MARCH[0], "latest": MARCH[1], "min_days": 5, "max_days": 10}
    asked = {"topics": [TRAINING, COACHING], "required_documents": "cv", "language_level": "B1"}
    facts: dict[str, Any] = {"kind": Kind.SHORT, "host": host()}
    return Call(**(facts | days | asked | changes))


def host() -> Agency:
    return Agency(language="az")


def application(
    windows: Sequence[tuple[date, date]] = (MARCH,), levels: dict[str, Level] | None = None, **changes: Any
) -> Application:
    spoken = {"az": Level.B1} if levels is None else levels
    facts = {"years": 0, "days": 5, "topics": [TRAINING], "declared_at": AT, "consented_at": AT}
    made = Application(**(facts | changes))
    made.languages = [ApplicationLanguage(code=code, level=level) for code, level in spoken.items()]
    made.windows = [Window(rank=n, first=first, last=last) for n, (first, last) in enumerate(windows, 1)]
    return made


@pytest.mark.parametrize(
    ("condition", "met", "said"),
    [
        (Condition.YEARS, Met.MET, {}),
        (Condition.YEARS, Met.NOT_SAID, {"years": None}),
        (Condition.LANGUAGE, Met.MET, {}),
        (Condition.LANGUAGE, Met.NOT_MET, {"levels": {"az": Level.A2, "en": Level.C2}}),
        (Condition.LANGUAGE, Met.NOT_SAID, {"levels": {}}),
        (Condition.TOPICS, Met.MET, {"topics": [COOKING, COACHING]}),
        (Condition.TOPICS, Met.NOT_MET, {"topics": [COOKING]}),
        (Condition.TOPICS, Met.NOT_SAID, {"topics": []}),
        (Condition.DATES, Met.NOT_MET, {"days": 4}),
        (Condition.DATES, Met.MET, {"days": 5}),
        (Condition.DATES, Met.MET, {"days": 10}),
        (Condition.DATES, Met.NOT_MET, {"days": 11}),
        (Condition.DATES, Met.NOT_MET, {"windows": [(MARCH[0], date(2027, 4, 1))]}),
        (Condition.DATES, Met.NOT_SAID, {"windows": []}),
        (Condition.DATES, Met.NOT_SAID, {"days": None}),
        (Condition.DECLARED, Met.MET, {}),
        (Condition.DECLARED, Met.NOT_MET, {"declared_at": None}),
        (Condition.CONSENTED, Met.MET, {}),
        (Condition.CONSENTED, Met.NOT_MET, {"consented_at": None}),
    ],
)
def test_each_condition_is_met_not_met_or_not_said(condition: Condition, met: Met, said: dict[str, Any]) -> None:
    found = {one.condition: one.met for one in requirements(application(**said), call(), {DocumentKind.CV})}
    assert found[condition] is met


@pytest.mark.parametrize(("years", "met"), [(4, Met.NOT_MET), (5, Met.MET), (6, Met.MET), (None, Met.NOT_SAID)])
def test_experience_is_compared_with_the_years_that_the_call_asks_for(years: int | None, met: Met) -> None:
    found = requirements(application(years=years), call(min_years=5), ())
    assert found[0].condition is Condition.YEARS and found[0].met is met


@pytest.mark.parametrize(
    ("asked", "known", "met"),
    [("B2", Level.B1, Met.NOT_MET), ("B2", Level.B2, Met.MET), ("B2", Level.C1, Met.MET), ("A1", Level.A1, Met.MET)],
)
def test_the_language_is_compared_with_the_level_that_the_call_asks_for(asked: str, known: Level, met: Met) -> None:
    spoken = application(levels={"az": known, "en": Level.C2})
    found = {one.condition: one.met for one in requirements(spoken, call(language_level=asked), ())}
    assert found[Condition.LANGUAGE] is met


def test_a_call_that_asks_for_no_language_has_no_such_condition() -> None:
    found = {one.condition for one in requirements(application(levels={}), call(language_level=""), ())}
    assert Condition.LANGUAGE not in found and Condition.YEARS in found


def test_what_a_call_asks_of_experts_is_told_where_it_is_read_checked_and_decided_on(
    world: World, storage: Storage, as_person: As
) -> None:
    """Both have 14 years of experience, and B2 in every language (`complete_profile`)."""
    asked = old_call(world, min_years=15, language_level="B2")
    exchange = make_exchange(world, storage, "apply", call=asked)
    expert = as_person(world.expert)
    expert.open(f"/calls/{asked.id}")
    assert "15 years or more" in expert.text and "Azerbaijani, B2 or better" in expert.text
    expert.open(f"/exchanges/{exchange.reference}/check")
    checked = [row.get_text(" ", strip=True) for row in expert.page.select(".ticks li")]
    assert checked[0] == "not met Years of experience: 15 years or more 14"
    assert checked[1].startswith("met Azerbaijani, B2 or better")
    other = person("other@kosgeb.example", "Oya Er", world.kosgeb, Role.EXPERT)
    endorsing = make_exchange(world, storage, "submit", call=asked, expert=other)
    page = as_person(world.manager).open(f"/exchanges/{endorsing.reference}/endorse")
    assert [row.get_text(" ", strip=True) for row in page.select(".ticks li")][:2] == checked[:2]
    asked.min_days = asked.max_days = 2
    manager = as_person(world.manager)
    manager.open(f"/exchanges/{endorsing.reference}/endorse")
    assert "The call was changed after the handing in." in manager.text
    expert.open(f"/exchanges/{exchange.reference}/check")
    assert "The call was changed" not in expert.text, "nothing was handed in yet"


def test_a_call_without_topics_asks_for_none() -> None:
    (topics,) = [one for one in requirements(application(), call(topics=[]), ()) if one.condition is Condition.TOPICS]
    assert topics.met is Met.NOT_SAID and topics.common == []


def test_every_required_document_is_ticked_by_itself() -> None:
    asked = call(required_documents="cv motivation")
    found = [(one.kind, one.met) for one in requirements(application(), asked, {DocumentKind.CV}) if one.kind]
    assert found == [(DocumentKind.CV, Met.MET), (DocumentKind.MOTIVATION, Met.NOT_MET)]


@pytest.mark.parametrize(
    ("page", "last"),
    [("endorse", "submit"), ("accept", "endorse"), ("reject-home", "submit"), ("return-host", "endorse")],
)
def test_the_page_of_a_decision_holds_what_is_decided_on(
    world: World, storage: Storage, as_person: As, page: str, last: str
) -> None:
    """Conditions with the documents linked, the call's own words, and the whole text of the application."""
    exchange = make_exchange(world, storage, last)
    browser = as_person(world.manager if last == "submit" else world.host_manager)
    opened = browser.open(f"/exchanges/{exchange.reference}/{page}")
    ticks = [row.get_text(" ", strip=True) for row in opened.select(".ticks li")]
    assert len(ticks) == 7 and all(tick.startswith(("met ", "not met ", "not said ")) for tick in ticks)
    assert opened.select(".ticks a[href*=documents]"), "the documents are linked there"
    assert "Experts of KOSGEB." in browser.text and "Situation and problem" in browser.text
    assert len(str(opened)) < 60_000
    order = [opened.encode().index(mark) for mark in (b'class="ticks"', b'id="answers"', b'class="card outlook"')]
    assert order == sorted(order), "first the evidence, then the decision, then what it does"


def test_what_is_returned_is_read_beside_the_box_for_the_remark(world: World, storage: Storage, as_person: As) -> None:
    exchange = make_exchange(world, storage, "submit")
    page = as_person(world.manager).open(f"/exchanges/{exchange.reference}/return-home")
    sections = page.select("section.beside")
    assert [bool(part.select("dl")) and len(part.select("textarea")) for part in sections] == [1] * 7
