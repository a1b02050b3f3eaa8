"""Announcements: who sees them on which day and in which language, who writes and takes them back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from bs4 import Tag
from sqlalchemy import func, insert, select

from portal import calendars
from portal.accounts.models import Person
from portal.calls import announcement_service, queries
from portal.calls.models import Announcement, Standing
from portal.db import session
from portal.findings import Conflict, RuleViolation
from portal.policy import NOBODY, Actor, Denied, Permission, allows
from portal.web import pagination
from tests.factories import World, actor
from tests.narrowing import found
from tests.pages import Browser, attribute, text_of
from tests.query_counter import counting

YEAR = calendars.today().year + 5
As = Callable[[Person], Browser]
NEW = "/announcements/new"
FIRST, LAST = date(2026, 12, 2), date(2026, 12, 4)
ANSWERS = {"title_az": "Bakıda seminar", "text_az": "Ölçməyə həsr olunmuş iki gün."}


def titles(browser: Browser, address: str, level: str = "h2") -> list[str]:
    return [link.text for link in browser.open(address).select(f".cards {level} a[href^='/announcements/']")]


def the_only_one() -> Announcement:
    session.expire_all()
    return session.scalars(select(Announcement)).one()


# a moment in UTC → what KOSGEB's and what KOBİA's announcement is, both from the 2nd to the 4th of December there
DAYS = {
    "2026-12-01T19:59": (Standing.COMING, Standing.COMING),
    "2026-12-01T20:00": (Standing.COMING, Standing.CURRENT),  # midnight in Baku, eleven in Ankara
    "2026-12-01T21:00": (Standing.CURRENT, Standing.CURRENT),
    "2026-12-04T19:59": (Standing.CURRENT, Standing.CURRENT),
    "2026-12-04T20:00": (Standing.CURRENT, Standing.PAST),
    "2026-12-04T21:00": (Standing.PAST, Standing.PAST),
    "2028-01-01T00:00": (Standing.PAST, Standing.PAST),
}


@pytest.mark.parametrize("moment", DAYS)
def test_days_are_those_at_the_agency(world: World, browser: Browser, moment: str) -> None:
    ids = {}
    for name, agency in (("KOSGEB", world.kosgeb), ("KOBİA", world.kobia)):
        facts = {"agency_id": agency.id, "first": FIRST, "last": LAST, "title_en": name}
        ids[name] = world.announcement(f"announced by {name}", **facts).id
    session.commit()
    expected = dict(zip(ids, DAYS[moment], strict=True))
    with time_machine.travel(datetime.fromisoformat(f"{moment}+00:00"), tick=False):
        standing = {name: found(queries.announcement(number)).standing(calendars.now()) for name, number in ids.items()}
        assert standing == expected
        readable = {name for name, what in expected.items() if what in (Standing.CURRENT, Standing.PAST)}
        assert set(titles(browser, "/announcements")) == readable
        assert set(titles(browser, "/", "h3")) == {name for name in expected if expected[name] is Standing.CURRENT}
        for name, number in ids.items():
            browser.open(f"/announcements/{number}", 200 if name in readable else 404)


def some(world: World) -> None:
    """Of both agencies: a draft, one to come, one without an end, one that is over."""
    today = calendars.today()
    kinds: tuple[dict[str, Any], ...] = (
        {"published": False},
        {"first": today + timedelta(days=3)},
        {},
        {"first": today - timedelta(days=9), "last": today - timedelta(days=2)},
    )
    for agency in (world.kosgeb, world.kobia):
        for number, changes in enumerate(kinds):
            world.announcement(f"{agency.code} {number} announced", agency_id=agency.id, **changes)
    session.commit()


def test_the_list_holds_what_one_may_read_and_no_more(world: World) -> None:
    """The rule of the single page, asked of each row, and the list's statement say the same."""
    some(world)
    at, counted = calendars.now(), set()
    people = (world.expert, world.manager, world.host_manager, world.deputy, world.coordinator, world.admin)
    for asking in (NOBODY, *(actor(person) for person in people)):
        readable = {row.id for row in session.scalars(select(Announcement)) if may_read(asking, row, at)}
        assert {row.id for row in session.scalars(queries.announcements(at, asking))} == readable
        counted.add(len(readable))
    assert counted == {4, 6, 8}


def may_read(asking: Actor, row: Announcement, at: datetime) -> bool:
    shown = row.standing(at) in (Standing.CURRENT, Standing.PAST)
    return shown or allows(Permission.EDIT_ANNOUNCEMENT, asking, row)


def test_only_those_who_may_edit_it_open_a_draft(world: World, as_person: As, browser: Browser) -> None:
    address = f"/announcements/{world.announcement(published=False).id}"
    browser.open(address, 404)
    for person in (world.expert, world.host_manager, world.deputy):
        as_person(person).open(address, 404)
    for person in (world.manager, world.admin):
        assert "Draft" in text_of(as_person(person).open(address), ".head")


def test_home_shows_the_newest_three_in_one_statement(world: World, browser: Browser) -> None:
    assert "There is nothing new just now." in browser.open("/").text
    for days in range(1, 6):
        first = calendars.today() - timedelta(days=days)
        world.announcement(f"announced {days} days ago", first=first, title_en=f"{days} days old")
    session.commit()
    with counting() as statements:
        assert titles(browser, "/", "h3") == ["1 days old", "2 days old", "3 days old"]
    assert len([statement for statement in statements if "FROM announcement" in statement]) == 1


def test_the_list_begins_with_the_newest_and_has_pages(world: World, browser: Browser) -> None:
    assert "No announcements yet" in browser.open("/announcements").text
    for days in range(pagination.SIZE + 1):
        first = calendars.today() - timedelta(days=days)
        world.announcement(f"announced {days} days ago", first=first, title_en=f"{days} days old")
    session.commit()
    assert titles(browser, "/announcements")[:2] == ["0 days old", "1 days old"]
    assert browser.attribute("[rel=next]", "href") == "/announcements?page=2"
    assert titles(browser, "/announcements?page=2") == [f"{pagination.SIZE} days old"]


def test_the_list_costs_the_same_for_30_and_300(world: World, browser: Browser) -> None:
    costs = []
    row = asdict(world.announcement_facts()) | {"created_by_id": world.manager.id, "version": 1}
    for numbers, agencies in ((range(30), (world.kosgeb,)), (range(30, 300), (world.kosgeb, world.kobia))):
        more = ({"idempotency_key": f"row {n}", "agency_id": agencies[n % len(agencies)].id} for n in numbers)
        session.execute(insert(Announcement), [row | changes for changes in more])
        session.commit()
        with counting() as statements:
            browser.open("/announcements")
        costs.append(len(statements))
    assert costs[0] == costs[1] <= 6, costs


@pytest.mark.parametrize(
    ("written", "asked", "given"),
    [
        (("en", "tr", "az"), "az", "az"),
        (("en", "tr"), "az", "tr"),
        (("tr",), "az", "tr"),
        (("az",), "en", "az"),
        (("tr", "az"), "en", "tr"),
    ],
)
def test_a_text_in_another_language_is_marked(
    world: World, browser: Browser, written: tuple[str, ...], asked: str, given: str
) -> None:
    left = {f"{part}_{code}": "" for code in ("en", "tr", "az") if code not in written for part in ("title", "text")}
    made = world.announcement(**left)
    facts = world.announcement_facts()
    for address, title in ((f"/announcements/{made.id}", "h1"), ("/announcements", ".card h2"), ("/", ".card h3 a")):
        browser._took(browser.ask("GET", address, headers={"Accept-Language": asked}))
        for said in (f"title_{given}", f"text_{given}"):
            words = browser.page.find(string=getattr(facts, said))
            assert words is not None and language_of(words.parent) == given, (address, said)
        assert getattr(facts, f"title_{given}") in [head.text.strip() for head in browser.page.select(title)]


def language_of(part: Tag | None) -> str:
    """The language that a browser takes a part of the page to be in."""
    while part is not None and not part.has_attr("lang"):
        part = part.parent
    return str(part["lang"]) if part is not None else ""


def test_a_manager_writes_changes_and_takes_back(world: World, as_person: As, browser: Browser) -> None:
    manager = as_person(world.host_manager)
    assert manager.open("/announcements").select_one(f"a[href='{NEW}']") is not None
    page = manager.open(NEW)
    assert attribute(page, "#first", "value") == calendars.today("Asia/Baku").isoformat()
    assert [attribute(page, f"#{name}", "lang") for name in ("title_tr", "text_az")] == ["tr", "az"]
    manager.send(NEW, ANSWERS)
    made = the_only_one()
    assert (made.agency_id, made.created_by_id, made.published) == (world.kobia.id, world.host_manager.id, True)
    address = f"/announcements/{made.id}"
    assert "Everybody can read it now." in manager.open(address).text
    assert "Bakıda seminar" in browser.open(address).text
    assert browser.page.select("a[href$='/edit'], a[href$='/take-back'], aside.card") == []
    manager.open(f"{address}/edit")
    manager.send(f"{address}/edit", {"title_az": "Seminar başqa gündədir"})
    assert "Seminar başqa gündədir" in browser.open(address).text
    manager.open(f"{address}/take-back")
    manager.send(f"{address}/take-back")
    assert manager.status == 302 and not the_only_one().published
    browser.open(address, 404)
    manager.open(f"{address}/edit")
    manager.send(f"{address}/edit", {"published": "y"})
    browser.open(address)


def test_one_to_come_and_a_draft_are_confirmed_as_such(world: World, as_person: As, browser: Browser) -> None:
    manager = as_person(world.manager)
    for changes, words in (
        ({"first": f"{YEAR}-03-01"}, f"Everybody can read it from 1 March {YEAR} on."),
        ({"published": None}, "Only those who may edit it see it."),
        ({"first": "2020-03-01", "last": "2020-03-01"}, "among the earlier ones"),
    ):
        manager.open(NEW)
        manager.send(NEW, ANSWERS | changes)
        assert words in manager.open(manager.location).text
    assert titles(browser, "/announcements") == ["Bakıda seminar"]


def test_an_administrator_says_for_which_agency(world: World, as_person: As) -> None:
    admin = as_person(world.admin)
    admin.open(NEW)
    admin.send(NEW, ANSWERS)
    assert admin.status == 422 and len(admin.problems) == 1
    admin.send(NEW, {"agency_id": str(world.kobia.id)})
    assert the_only_one().agency_id == world.kobia.id


def test_nobody_announces_for_another_agency(world: World, as_person: As) -> None:
    manager = as_person(world.manager)
    manager.open(NEW)
    manager.send(NEW, ANSWERS | {"agency_id": str(world.kobia.id)})
    assert manager.status == 422 and "Not a valid choice" in manager.problems[0]
    with pytest.raises(Denied):
        announcement_service.announce(
            world.announcement_facts(), idempotency_key="for the other one", by=actor(world.host_manager)
        )
    with pytest.raises(Denied):
        announcement_service.announce(
            world.announcement_facts(), idempotency_key="by an expert here", by=actor(world.expert)
        )
    made = world.announcement()
    theirs = world.announcement_facts(agency_id=world.kobia.id)
    for facts, by in ((theirs, world.manager), (world.announcement_facts(), world.host_manager)):
        with pytest.raises(Denied):
            announcement_service.change(made.id, facts, version=made.version, by=actor(by))
    with pytest.raises(Denied):
        announcement_service.take_back(made.id, version=made.version, by=actor(world.host_manager))
    as_person(world.host_manager).open(f"/announcements/{made.id}/edit", 403)
    as_person(world.expert).open(NEW, 403)


BAD = {
    "nothing written": ({"title_az": "", "text_az": " "}, ["title_en"]),
    "title alone": ({"text_az": ""}, ["text_az"]),
    "text alone": ({"title_en": "", "text_en": "Two days."}, ["title_en"]),
    "half of each": ({"text_az": "", "text_tr": "İki gün."}, ["text_az", "title_tr"]),
    "ends before it begins": ({"first": "2026-12-02", "last": "2026-12-01"}, ["last"]),
    "no first day": ({"first": ""}, ["first"]),
    "no such day": ({"last": "2026-02-30"}, ["last"]),
    "far future": ({"last": "9999-12-31"}, ["last"]),
    "title too long": ({"title_az": "x" * 201}, ["title_az"]),
    "text too long": ({"text_az": "x" * 4_001}, ["text_az"]),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_missing_is_told_beside_its_field(world: World, as_person: As, case: str) -> None:
    changes, fields = BAD[case]
    manager = as_person(world.manager)
    manager.open(NEW)
    manager.send(NEW, ANSWERS | changes)
    assert manager.status == 422 and manager.text_of("title").startswith("Error:")
    assert sorted(link["href"] for link in manager.page.select(".error-summary a")) == sorted(f"#{f}" for f in fields)
    kept = manager.answers(manager.form("title_az"))
    assert {name: kept[name].strip() for name in ANSWERS} == {n: (ANSWERS | changes)[n].strip() for n in ANSWERS}
    assert session.scalar(select(func.count(Announcement.id))) == 0


def test_the_service_refuses_the_same(world: World) -> None:
    made = world.announcement()
    wrong = world.announcement_facts(text_az="")
    with pytest.raises(RuleViolation, match="text_missing"):
        announcement_service.change(made.id, wrong, version=made.version, by=actor(world.manager))
    with pytest.raises(RuleViolation, match="shown_order"):
        world.announcement("ends too early", last=date(2020, 1, 1))


def test_sent_twice_it_is_made_once(world: World, as_person: As) -> None:
    manager = as_person(world.manager)
    manager.open(NEW)
    for _time in range(3):
        manager.send(NEW, ANSWERS)
        assert manager.status == 302
    assert the_only_one().title_az == "Bakıda seminar"


def test_what_was_changed_meanwhile_is_not_overwritten(world: World, as_person: As) -> None:
    address = f"/announcements/{world.announcement().id}/edit"
    one, other = as_person(world.manager), as_person(world.admin)
    one.open(address)
    other.open(address)
    other.send(address, {"title_tr": "İstanbul’da seminer", "last": f"{YEAR}-01-31", "published": None})
    assert other.status == 302
    one.send(address, {"title_en": "A seminar in Ganja"})
    assert one.status == 409
    told = [" ".join(line.text.split()) for line in one.page.select(".banner.problem li")]
    assert told == [
        "Headline in English: A seminar in Baku",
        "Headline in Turkish: İstanbul’da seminer",
        f"Shown until: 31 January {YEAR}",
        "Everybody may read it from that day on: No",
    ]
    assert one.attribute("#title_en", "value") == "A seminar in Ganja"
    assert the_only_one().title_en == "A seminar in Baku"
    one.send(address)  # having read it, they save on purpose
    assert one.status == 302 and the_only_one().title_en == "A seminar in Ganja"


def test_taking_back_what_was_changed_is_asked_again(world: World, as_person: As) -> None:
    made = world.announcement()
    address = f"/announcements/{made.id}/take-back"
    manager = as_person(world.manager)
    manager.open(address)
    facts = world.announcement_facts(title_en="Another title")
    announcement_service.change(made.id, facts, version=made.version, by=actor(world.admin))
    manager.send(address)
    assert manager.status == 409 and "Another title" in manager.text and the_only_one().published
    with pytest.raises(Conflict):
        announcement_service.take_back(made.id, version=1, by=actor(world.manager))
    for _time in range(2):  # a double click is one step
        manager.send(address)
        assert manager.status == 302
    assert not the_only_one().published


def test_what_is_typed_goes_along_into_another_language(world: World, as_person: As) -> None:
    manager = as_person(world.manager)
    manager.open(NEW)
    manager.send(NEW, ANSWERS | {"text_az": "", "published": None, "to_language": "tr"})
    assert manager.attribute("html", "lang") == "tr" and manager.problems == []
    kept = manager.answers(manager.form("title_az"))
    assert kept["title_az"] == "Bakıda seminar" and "published" not in kept
    assert session.scalar(select(func.count(Announcement.id))) == 0
