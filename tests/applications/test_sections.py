"""What a section takes and what it refuses; nothing typed is lost; a second tab does not overwrite the first."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import event, select

from portal.accounts.models import Person
from portal.applications import queries, service
from portal.applications.models import Application
from portal.applications.sections import Section, findings, progress
from portal.applications.service import Answers
from portal.db import db, session
from portal.documents.queries import of_subject
from portal.exchanges.models import Exchange
from portal.findings import Conflict, EditConflict, RuleViolation
from portal.policy import Denied
from tests.factories import World, actor
from tests.form_data import begin, fill
from tests.pages import Browser, attribute

As = Callable[[Person], Browser]


@pytest.fixture
def draft(world: World) -> Exchange:
    return begin(world.call(), actor(world.expert))


BAD: dict[str, tuple[str, dict[str, object], str]] = {
    "years not a number": ("person", {"years": "many"}, "Not a valid integer"),
    "years out of range": ("person", {"years": str(10**40)}, "between 0 and 70"),
    "name too long": ("person", {"name": "İ" * 121}, "120"),
    "unknown level": ("languages", {"code_1": "tr", "level_1": "D3"}, "Choose a level from A1 to C2."),
    "level without language": ("languages", {"level_1": "A1"}, "Choose both the language and the level."),
    "language without level": ("languages", {"code_1": "tr"}, "Choose both the language and the level."),
    "unknown language": ("languages", {"code_1": "qq", "level_1": "A1"}, "Not a valid choice."),
    "language twice": (
        "languages",
        {"code_1": "tr", "level_1": "A1", "code_2": "tr", "level_2": "B1"},
        "named twice",
    ),
    "20,000 characters": ("plan", {"situation": "ş" * 20_000}, "4000"),
    "one character too many": ("plan", {"aim": "a" * 4_001}, "4000"),
    "end before start": ("wishes", {"first_1": "2027-03-20", "last_1": "2027-03-10"}, "must not come before"),
    "before the call": ("wishes", {"first_1": "2027-02-20", "last_1": "2027-03-10"}, "This call allows visits from"),
    "after the call": ("wishes", {"first_2": "2027-06-20", "last_2": "2027-07-01"}, "This call allows visits from"),
    "half a window": ("wishes", {"first_3": "2027-03-20"}, "Enter both the first and the last day"),
    "no such day": ("wishes", {"first_1": "2027-02-31", "last_1": "2027-03-10"}, "Not a valid date"),
    "no such century": ("wishes", {"first_1": "0001-01-01", "last_1": "2027-03-10"}, "Enter a day between"),
    "stay too long": ("wishes", {"days": "16"}, "stays of 5 to 15 working days"),
    "stay too short": ("wishes", {"days": "4"}, "stays of 5 to 15 working days"),
    "does not fit": (
        "wishes",
        {"days": "9", "first_1": "2027-03-01", "last_1": "2027-03-06"},
        "does not fit into wished dates",
    ),
    "unit of the home agency": ("wishes", {"unit_1": "OWN"}, "Not a valid choice."),
    "unit that is no number": ("wishes", {"unit_1": "x'; --"}, "Invalid Choice"),
    "unit out of range": ("wishes", {"unit_1": str(10**30)}, "Not a valid choice."),
    "unit twice": ("wishes", {"unit_1": "FIRST", "unit_2": "FIRST"}, "named twice"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_answers_are_refused_beside_their_field(world: World, draft: Exchange, as_person: As, case: str) -> None:
    name, fields, words = BAD[case]
    numbers = {"OWN": str(world.units[2].id), "FIRST": str(world.units[0].id)}
    fields = {key: numbers.get(str(value), value) for key, value in fields.items()}
    expert = as_person(world.expert)
    address = f"/exchanges/{draft.reference}/application/{name}"
    expert.open(address)
    expert.send(address, fields, having="version")
    assert expert.status == 422
    assert any(words in problem for problem in expert.problems), expert.problems
    for link in expert.page.select(".error-summary a"):
        assert expert.page.select(str(link["href"])), link
    assert expert.text_of("title").startswith("Error:")
    for key, value in fields.items():
        part = expert.page.select_one(f"#{key}")
        if part is not None and part.name != "select":
            assert (part.get("value") or part.text.removeprefix("\n")) == value
    assert session.scalars(select(Application.version)).one() == 1


def test_every_wrong_wish_is_told_at_once_beside_its_own_answer(world: World, draft: Exchange, as_person: As) -> None:
    """Also where earlier rows are left empty."""
    expert = as_person(world.expert)
    address = f"/exchanges/{draft.reference}/application/wishes"
    twice = str(world.units[0].id)
    wrong = {"first_2": "2027-03-20", "last_2": "2027-03-10", "first_3": "2027-03-20", "last_3": "2028-03-10"}
    expert.open(address)
    expert.send(address, wrong | {"days": "300", "unit_2": twice, "unit_3": twice}, having="version")
    assert expert.status == 422
    named = {str(link["href"]) for link in expert.page.select(".error-summary a")}
    assert named == {"#last_2", "#last_3", "#days", "#unit_3"}, expert.problems


def test_a_language_named_twice_is_told_beside_the_second(world: World, draft: Exchange, as_person: As) -> None:
    expert = as_person(world.expert)
    address = f"/exchanges/{draft.reference}/application/languages"
    expert.open(address)
    rows = {"code_2": "tr", "level_2": "C2", "code_5": "tr", "level_5": "B1"}
    expert.send(address, rows, having="version")
    assert [str(link["href"]) for link in expert.page.select(".error-summary a")] == ["#code_5"]


def test_nul_bytes_and_lone_surrogates_never_reach_the_database(world: World, draft: Exchange, as_person: As) -> None:
    expert = as_person(world.expert)
    address = f"/exchanges/{draft.reference}/application/plan"
    expert.open(address)
    expert.send(
        address, {"situation": "Bir\x00iki‮üç", "aim": "a\ud800b", "results": "\r\nbir\r\niki\r\n"}, having="version"
    )
    assert expert.status == 302
    application = session.scalars(select(Application)).one()
    assert application.situation == "Birikiüç"
    assert application.results == "bir\niki"
    assert application.aim.startswith("a") and application.aim.endswith("b")


def test_a_draft_may_be_incomplete(world: World, draft: Exchange, as_person: As) -> None:
    expert = as_person(world.expert)
    for name in ("person", "languages", "plan", "benefit", "wishes", "consent"):
        address = f"/exchanges/{draft.reference}/application/{name}"
        expert.open(address)
        expert.send(address, having="version")
        assert expert.status == 302, (name, expert.problems)


def test_lists_are_replaced_in_their_rank(world: World, draft: Exchange) -> None:
    by, first, second = actor(world.expert), world.units[0].id, world.units[1].id
    version = 1
    for wishes in ([first, second], [second, first], [second], []):
        answers = Answers({"days": None}, wishes=wishes, windows=[])
        version = service.save(draft, Section.WISHES, answers, version=version, by=by).version
        session.commit()
        application = queries.of_exchange(draft.id)
        assert application is not None
        assert [unit.id for unit in queries.wished(application.id)] == wishes
    for languages in ([("tr", "C2"), ("en", "B1")], [("en", "B1"), ("tr", "C2")], [("en", "C1")]):
        version = service.save(draft, Section.LANGUAGES, Answers(languages=languages), version=version, by=by).version
        session.commit()
        application = queries.of_exchange(draft.id)
        assert application is not None
        assert [(known.code, known.level.value) for known in application.languages] == languages


def test_a_stale_tab_shows_what_changed_and_keeps_what_was_typed(world: World, draft: Exchange, as_person: As) -> None:
    one, other = as_person(world.expert), as_person(world.expert)
    address = f"/exchanges/{draft.reference}/application/plan"
    one.open(address)
    other.open(address)
    one.send(address, {"aim": "The first aim", "situation": "As it is"}, having="version")
    assert one.status == 302
    other.send(address, {"aim": "The second aim"}, having="version")
    assert other.status == 409
    assert "The first aim" in other.text and "Aim" in other.text
    assert other.text_of("#aim") == "The second aim"
    assert session.scalars(select(Application.aim)).one() == "The first aim"
    other.send(address, having="version")
    assert other.status == 302
    assert session.scalars(select(Application.aim)).one() == "The second aim"


def test_a_second_tab_with_the_same_words_goes_on(world: World, draft: Exchange, as_person: As) -> None:
    """As when the draft was saved by itself while the button was being pressed."""
    one, other = as_person(world.expert), as_person(world.expert)
    address = f"/exchanges/{draft.reference}/application/plan"
    one.open(address)
    other.open(address)
    one.send(address, {"aim": "Bir havuz kurmak"}, having="version")
    other.send(address, {"aim": "Bir havuz kurmak"}, having="version")
    assert other.status == 302 and other.location.endswith("/benefit")


def test_who_was_signed_out_while_writing_can_copy_the_words(world: World, draft: Exchange, as_person: As) -> None:
    expert = as_person(world.expert)
    address = f"/exchanges/{draft.reference}/application/plan"
    expert.open(address)
    answers = expert.answers(expert.form("version"))
    expert.post("/sign-out", {"csrf_token": answers["csrf_token"]})
    words = answers | {"aim": "Bir saat boyunca yazılan <b>metin</b>", "password": "a secret"}
    shown = expert.post(address, words)
    assert shown.status_code == 400
    assert "Bir saat boyunca yazılan &lt;b&gt;metin&lt;/b&gt;" in shown.text and "a secret" not in shown.text
    foreign = expert.ask("POST", address, data=words, headers={"Sec-Fetch-Site": "cross-site"})
    assert "Bir saat" not in foreign.text
    status, told = autosave(expert, address, aim="Bir")
    assert status == 400 and "signed out" in str(told["message"])


def autosave(browser: Browser, address: str, **fields: object) -> tuple[int, dict[str, object]]:
    values = browser.answers(browser.form("version")) | fields
    response = browser.ask("POST", address, data=values, headers={"X-Autosave": "1"})
    return response.status_code, response.get_json()


def test_drafts_are_saved_as_one_goes(world: World, draft: Exchange, as_person: As) -> None:
    expert = as_person(world.expert)
    address = f"/exchanges/{draft.reference}/application/plan"
    page = expert.open(address)
    assert attribute(page, "form[data-autosave]", "data-autosave") == address
    status, told = autosave(expert, address, aim="Bir")
    assert (status, told["version"]) == (200, 2)
    assert "Saved at" in str(told["message"])
    status, told = autosave(expert, address, aim="İki")  # still with version 1: another tab
    assert (status, "message" in told) == (409, True)
    status, told = autosave(expert, address, aim="x" * 5_000)
    assert (status, "message" in told) == (422, True)
    assert session.scalars(select(Application.aim)).one() == "Bir"


def test_nobody_else_writes_and_nothing_is_written_after_handing_in(
    app: Flask, world: World, draft: Exchange, as_person: As
) -> None:
    by = actor(world.expert)
    with pytest.raises(Denied):
        service.save(draft, Section.PLAN, Answers({"aim": "x"}), version=1, by=actor(world.colleague))
    with pytest.raises(EditConflict):
        service.save(draft, Section.PLAN, Answers({"aim": "x"}), version=7, by=by)
    fill(draft, by, world.units[0].id, app.extensions["storage"])
    service.submit(draft, version=draft.version, by=by)
    session.commit()
    with pytest.raises(Conflict):
        service.save(draft, Section.PLAN, Answers({"aim": "x"}), version=8, by=by)
    expert = as_person(world.expert)
    expert.open(f"/exchanges/{draft.reference}/application/plan", 302)
    manager = as_person(world.manager)
    manager.open(f"/exchanges/{draft.reference}/application/plan", 403)
    manager.open(f"/exchanges/{draft.reference}/check", 403)
    for address in ("application", "application/plan", "check", "withdraw", "documents", "application/documents"):
        as_person(world.colleague).open(f"/exchanges/{draft.reference}/{address}", 404)


def test_the_services_refuse_what_forms_cannot_send(world: World, draft: Exchange) -> None:
    by = actor(world.expert)
    for answers, code in (
        (Answers(languages=[("tr", "Z9")]), "level"),
        (Answers(languages=[("tr", "A1")] * 2), "language_twice"),
    ):
        with pytest.raises(RuleViolation, match=code):
            service.save(draft, Section.LANGUAGES, answers, version=1, by=by)
    for wishes, code in (([world.units[2].id], "unit"), ([world.units[0].id] * 2, "unit_twice"), ([10**15], "unit")):
        with pytest.raises(RuleViolation, match=code):
            answers = Answers({"days": 5}, wishes=wishes, windows=[])
            service.save(draft, Section.WISHES, answers, version=1, by=by)


@pytest.mark.parametrize("missing", ["person", "languages", "plan", "benefit", "wishes", "documents", "consent"])
def test_every_section_is_needed_for_handing_in(app: Flask, world: World, draft: Exchange, missing: str) -> None:
    by = actor(world.expert)
    fill(draft, by, world.units[0].id, app.extensions["storage"], **{missing: True})
    with pytest.raises(service.Incomplete) as refused:
        service.submit(draft, version=draft.version, by=by)
    application = queries.of_exchange(draft.id)
    assert application is not None
    rows = progress(application, application.call, {document.kind for document in of_subject(draft.id)})
    assert [row.section.value for row in rows if not row.complete] == [missing]
    assert list(refused.value.findings) == findings(rows)


def test_dates_are_checked_again_when_the_call_was_changed(app: Flask, world: World, draft: Exchange) -> None:
    by = actor(world.expert)
    fill(draft, by, world.units[0].id, app.extensions["storage"])
    application = queries.of_exchange(draft.id)
    assert application is not None
    application.call.max_days = 6
    session.flush()
    with pytest.raises(service.Incomplete) as refused:
        service.submit(draft, version=draft.version, by=by)
    assert [finding.code for finding in refused.value.findings] == ["days_limits"]


def test_pages_cost_the_same_for_one_and_three_rows(app: Flask, world: World, draft: Exchange, as_person: As) -> None:
    statements: list[str] = []

    def count(_c: object, _cur: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    by = actor(world.expert)
    fill(draft, by, world.units[0].id, app.extensions["storage"])
    expert = as_person(world.expert)
    base = f"/exchanges/{draft.reference}"
    addresses = [f"{base}/{part}" for part in ("application", "application/wishes", "application/documents", "check")]
    counted: list[list[int]] = []
    for address in addresses:
        expert.open(address)  # what a process keeps is read now, not while counting
    event.listen(db.engine, "before_cursor_execute", count)
    try:
        for rows in (1, 3):
            application = queries.of_exchange(draft.id)
            assert application is not None
            languages = [("tr", "C2"), ("en", "B2"), ("az", "B1")][:rows]
            saved = service.save(
                draft, Section.LANGUAGES, Answers(languages=languages), version=application.version, by=by
            )
            wishes = Answers({"days": 5}, wishes=[unit.id for unit in world.units[:2]][: rows or 1], windows=[])
            service.save(draft, Section.WISHES, wishes, version=saved.version, by=by)
            session.commit()
            counts = []
            for address in addresses:
                statements.clear()
                expert.open(address)
                counts.append(len(statements))
            counted.append(counts)
    finally:
        event.remove(db.engine, "before_cursor_execute", count)
    assert counted[0] == counted[1]
    assert max(counted[0]) <= 15, counted  # BEGIN among them; the last page says who is asked and told next
