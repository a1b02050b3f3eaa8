"""Lists and pages: as many statements for one row as for many, the right rows found, nothing broken by an address."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import quote

import pytest
from sqlalchemy import select

from portal import calendars
from portal.accounts.models import Person
from portal.applications.models import Application, Window
from portal.db import session
from portal.desk import queries
from portal.exchanges.header import is_turn_of
from portal.exchanges.models import Exchange, Kind
from portal.exchanges.service import PREFIX, rename
from portal.policy import Role
from portal.registry import registry
from portal.storage import Storage
from portal.subjects.service import new_subject
from portal.web.formats import day_range
from portal.workflows.exchange import EXCHANGE
from tests.factories import World, actor, person
from tests.pages import Browser, attribute
from tests.scenarios import both_directions, make_exchange, old_call

MOST = 12
LISTS = (
    "/desk",
    "/exchanges",
    "/exchanges?q=isil",
    "/exchanges?q=kx+isil",
    "/exchanges?status=submitted",
    "/exchanges?kind=short",
    "/exchanges?home=KOSGEB",
    "/exchanges?call=1",
    "/exchanges?heading=2",
    "/exchanges?unit=1",
    "/exchanges?first=2020-01-01&last=2040-01-01",
    "/exchanges?mine=1",
    "/exchanges?late=1",
    "/exchanges?sort=name",
    "/exchanges?sort=start",
    "/exchanges?sort=due",
    "/inbox",
    "/units",
    "/calls",
)
AsPerson = Callable[[Person], Browser]


def add_expert(world: World, name: str, number: int) -> Person:
    return person(f"expert{number}@kosgeb.example", name, world.kosgeb, Role.EXPERT, post="Uzman")


def counted(browser: Browser, statements: list[str], address: str) -> int:
    browser.open(address)
    statements.clear()
    browser.open(address)
    return len(statements)


def test_a_list_takes_as_many_statements_for_three_rows_as_for_one(
    world: World, storage: Storage, as_person: AsPerson, statements: list[str]
) -> None:
    call = old_call(world)
    make_exchange(world, storage, "submit", call=call)
    browser = as_person(world.manager)
    one = {address: counted(browser, statements, address) for address in LISTS}
    for number in (1, 2):
        expert = add_expert(world, f"Işıl Kaya {number}", number)
        make_exchange(world, storage, "submit", call=call, expert=expert, number=number)
    for number in (3, 4):
        old_call(world, idempotency_key=f"another call {number}")
    three = {address: counted(browser, statements, address) for address in LISTS}
    assert three == one
    assert {address: count for address, count in one.items() if count > MOST} == {}


def test_the_list_of_people_takes_as_many_statements_for_many_as_for_few(
    world: World, as_person: AsPerson, statements: list[str]
) -> None:
    browser = as_person(world.admin)
    few = counted(browser, statements, "/admin/people")
    for number in range(4):
        add_expert(world, f"Işıl Kaya {number}", number)
    assert counted(browser, statements, "/admin/people") == few <= MOST


def test_a_row_names_call_kind_and_days(world: World, storage: Storage, as_person: AsPerson) -> None:
    """The days of the visit, or the wished ones until there are any; an expert's own desk names them too."""
    call = old_call(world)
    planned = make_exchange(world, storage, "home_approve_plan", call=call)
    wished = make_exchange(world, storage, "submit", call=call, expert=add_expert(world, "Işıl Kaya", 1), number=1)
    first, last = session.execute(
        select(Window.first, Window.last).where(
            Window.rank == 1,
            Window.application_id.in_(select(Application.id).where(Application.exchange_id == wished.id)),
        )
    ).one()
    page = as_person(world.manager).open("/exchanges")
    rows = {row.select("th small")[0].text: row.get_text(" ", strip=True) for row in page.select("tbody tr")}
    for words in rows.values():
        assert call.title_en in words and "Short" in words
    assert day_range(planned.start, planned.end) in rows[planned.reference]
    assert f"wished: {day_range(first, last)}" in rows[wished.reference]
    own = as_person(world.expert).open("/desk").select_one("[aria-labelledby=own] li")
    assert own is not None and call.title_en in own.text and day_range(planned.start, planned.end) in own.text


def test_every_part_of_a_closed_exchange_takes_at_most_twelve_statements(
    world: World, storage: Storage, as_person: AsPerson, statements: list[str]
) -> None:
    exchange = make_exchange(world, storage, "accept_home")
    browser = as_person(world.expert)
    tabs = [tab.key for tab in registry.tabs[EXCHANGE.name]]
    assert len(tabs) == 9
    taken = {tab: counted(browser, statements, address_of(tab, exchange)) for tab in tabs}
    assert {tab: count for tab, count in taken.items() if count > MOST} == {}


def address_of(tab: str, exchange: Exchange) -> str:
    return f"/exchanges/{exchange.reference}" + ("" if tab == "overview" else f"/{tab}")


def names(browser: Browser, address: str) -> list[str]:
    page = browser.open(address)
    return [link.get_text() for link in page.select("table th[scope=row] a")]


@pytest.fixture
def named(world: World, storage: Storage) -> dict[str, Exchange]:
    """Handed-in exchanges of experts whose names try the letters."""
    call, exchanges = old_call(world), {}
    for number, name in enumerate(("Işıl Çağrı", "Deniz Işık", "Günel Əliyeva", "Isaac Newton")):
        exchange = make_exchange(
            world, storage, "submit", call=call, expert=add_expert(world, name, number), number=number
        )
        rename(exchange, name, "")
        exchanges[name] = exchange
    session.commit()
    return exchanges


def test_a_name_is_found_however_its_letters_are_typed(
    world: World, named: dict[str, Exchange], as_person: AsPerson
) -> None:
    browser = as_person(world.manager)
    for typed in ("isik", "IŞIK", "Işık", "ışık", "ISIK"):
        assert set(names(browser, f"/exchanges?q={typed}")) == {"Deniz Işık", "Işıl Çağrı"}, typed
    for typed in ("aliyev", "Əliyev", "eliyev", "ƏLİYEV", "ALIYEV"):
        assert names(browser, f"/exchanges?q={typed}") == ["Günel Əliyeva"], typed


def test_only_the_last_letter_may_be_another(world: World, named: dict[str, Exchange], as_person: AsPerson) -> None:
    browser = as_person(world.manager)
    assert names(browser, "/exchanges?q=isix+çağrı") == ["Işıl Çağrı"]
    assert names(browser, "/exchanges?q=günek") == ["Günel Əliyeva"]
    for typed in ("isxk", "isikli", "xşık", "ışx"):
        assert names(browser, f"/exchanges?q={typed}") == [], typed


def test_punctuation_and_other_scripts_find_nobody(
    world: World, named: dict[str, Exchange], as_person: AsPerson
) -> None:
    browser = as_person(world.manager)
    for typed in ("Алиева", "%25", "🌉", "--"):
        assert names(browser, f"/exchanges?q={typed}") == [], typed
    assert names(browser, "/exchanges?q=+") != []


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Андрей Ёлкин", ("андрей", "ЁЛКИН", "елк")),
        ("Γεώργιος Σκλήρης", ("γεωργιος", "ΣΚΛΉΡΗΣ")),
        ("أحمد الحسيني", ("أحمد", "احمد")),
        ("Seán O'Neil", ("oneil", "O’Neil", "neil", "o'neil")),
    ],
)
def test_a_name_of_any_script_is_found(
    world: World, named: dict[str, Exchange], as_person: AsPerson, name: str, typed: tuple[str, ...]
) -> None:
    rename(named["Isaac Newton"], name, "")
    session.commit()
    browser = as_person(world.manager)
    for words in typed:
        assert names(browser, f"/exchanges?q={quote(words)}") == [name], words


def test_a_person_is_found_by_the_name_in_the_travel_document(
    world: World, named: dict[str, Exchange], as_person: AsPerson
) -> None:
    rename(named["Günel Əliyeva"], "Günel Əliyeva", "GUNEL ALIYEVA-GADIROVA")
    session.commit()
    browser = as_person(world.manager)
    assert names(browser, "/exchanges?q=gadirova") == ["Günel Əliyeva"]
    browser.open(f"/exchanges/{named['Günel Əliyeva'].reference}")
    assert "In the travel document: GUNEL ALIYEVA-GADIROVA" in browser.text


def test_the_beginning_of_a_name_finds_all_that_begin_so(
    world: World, named: dict[str, Exchange], as_person: AsPerson
) -> None:
    browser = as_person(world.manager)
    assert set(names(browser, "/exchanges?q=ışı")) == {"Işıl Çağrı", "Deniz Işık"}
    assert set(names(browser, "/exchanges?q=is")) == {"Işıl Çağrı", "Deniz Işık", "Isaac Newton"}


def test_a_reference_is_found_whole_and_by_its_number(
    world: World, named: dict[str, Exchange], as_person: AsPerson
) -> None:
    browser, reference = as_person(world.manager), named["Işıl Çağrı"].reference
    assert names(browser, f"/exchanges?q={reference}") == ["Işıl Çağrı"]
    assert names(browser, f"/exchanges?q={reference.rpartition('-')[2]}+isil") == ["Işıl Çağrı"]
    assert names(browser, f"/exchanges?q={reference}+newton") == []


def test_names_are_sorted_by_the_readers_alphabet(
    world: World, named: dict[str, Exchange], as_person: AsPerson
) -> None:
    """Azerbaijani has x after h."""
    rename(named["Isaac Newton"], "Xalidə Qasımova", "")
    rename(named["Deniz Işık"], "Leyla Işık", "")
    session.commit()
    browser = as_person(world.manager)
    for language, expected in {
        "en": ["Günel Əliyeva", "Işıl Çağrı", "Leyla Işık", "Xalidə Qasımova"],
        "az": ["Günel Əliyeva", "Xalidə Qasımova", "Işıl Çağrı", "Leyla Işık"],
    }.items():
        world.manager.language = language
        session.commit()
        assert names(browser, "/exchanges?sort=name") == expected
        assert names(browser, "/exchanges?sort=-name") == expected[::-1]


def test_filters_find_their_rows_and_only_those(world: World, storage: Storage, as_person: AsPerson) -> None:
    out, back = both_directions(world)
    make_exchange(world, storage, "submit", call=out)
    away = make_exchange(world, storage, "home_approve_plan", call=back)
    browser, reference = as_person(world.manager), away.reference
    first, last = away.start, away.end
    assert first is not None and last is not None
    for asked in (
        "status=scheduled", "home=KOBIA", f"call={back.id}", f"unit={away.unit_id}", f"first={first}",
        f"last={last}", f"first={last}&last={last}", "q=ostim",
    ):  # fmt: skip
        shown = browser.open(f"/exchanges?{asked}").get_text()
        assert reference in shown and shown.count("KX-") == 1, asked
    for asked in (
        f"first={last + timedelta(days=1)}",
        f"last={first - timedelta(days=1)}",
        "heading=11",
        "kind=long",
    ):
        assert "KX-" not in browser.open(f"/exchanges?{asked}").get_text(), asked


def test_a_manager_sees_no_draft_of_others(world: World, storage: Storage, as_person: AsPerson) -> None:
    make_exchange(world, storage, "apply")
    assert names(as_person(world.manager), "/exchanges?status=draft") == []
    assert len(names(as_person(world.expert), "/exchanges?status=draft")) == 1


ODD = (
    "status=nothing", "kind=%00", "home=%ED%A0%80", "call=99999999999999999999", "call=-1", "unit=x", "heading=1.5",
    "first=2026-13-45", "last=yesterday", "sort=id;drop", "page=0", "page=-5", "page=99999999", "page=x",
    "page=%D9%A3", "mine=x", "late=%F0%9F%92%A9", "q=%00%ED%A0%80", "q=%27%22%25_", "q=" + "a" * 500,
    "q=" + "+".join("abcdefghijklm"),
    "status=closed&status=draft", "unknown=1", "call=9999999999", "unit=9999999999", "heading=9999999999",
)  # fmt: skip


def test_invalid_query_strings_show_the_list(world: World, storage: Storage, as_person: AsPerson) -> None:
    make_exchange(world, storage, "submit")
    browser = as_person(world.manager)
    for asked in ODD:
        browser.open(f"/exchanges?{asked}")


def test_page_links_keep_the_filter(world: World, storage: Storage, as_person: AsPerson) -> None:
    pattern = make_exchange(world, storage, "submit")
    for number in range(27):
        copied(pattern, number)
    session.commit()
    browser = as_person(world.manager)
    first = browser.open("/exchanges?kind=short&sort=name")
    assert "1–25 of 28" in first.get_text()
    following = first.select_one("a[rel=next]")
    assert following is not None
    second = browser.open(str(following["href"]))
    assert "26–28 of 28" in second.get_text() and second.select_one("a[rel=next]") is None
    assert attribute(second, "#kind option[selected]", "value") == "short"
    both = [link["href"] for page in (first, second) for link in page.select("table th[scope=row] a")]
    assert len(set(both)) == 28
    assert "Nothing on this page" in browser.open("/exchanges?page=7").get_text()


def copied(pattern: Exchange, number: int) -> None:
    """Another row like it, for lists."""
    values = {c.name: getattr(pattern, c.name) for c in Exchange.__table__.columns}
    subject = new_subject(EXCHANGE, PREFIX, pattern.created_at.year)
    values |= {
        "id": subject.id,
        "reference": subject.reference,
        "created_at": pattern.created_at + timedelta(minutes=number + 1),
        "updated_at": pattern.updated_at - timedelta(minutes=number),
    }
    session.add(Exchange(**values))


def everyone(world: World) -> list[Person]:
    return [
        world.expert, world.colleague, world.manager, world.host_manager, world.deputy, world.host_deputy,
        world.home_coordinator, world.coordinator, world.admin,
    ]  # fmt: skip


STANDS = (
    ("apply", None), ("submit", None), ("submit", "home_return"), ("endorse", None), ("endorse", "host_waitlist"),
    ("accept", None), ("place", None), ("confirm", None), ("schedule", None), ("home_approve_plan", None),
    ("arrive", None), ("depart", None), ("report", None), ("accept_host", None), ("accept_home", None),
    ("submit", "home_reject"),
)  # fmt: skip


def test_the_desk_shows_exactly_the_turns_that_the_policy_gives(world: World, storage: Storage) -> None:
    calls = both_directions(world)
    for number, (last, ending) in enumerate(STANDS):
        call = calls[number % 2]
        home = world.kosgeb if number % 2 == 0 else world.kobia
        expert = person(f"turn{number}@{home.code.casefold()}.example", f"Işıl {number}", home, Role.EXPERT)
        make_exchange(world, storage, last, ending, call=call, expert=expert, number=number)
    exchanges = list(session.scalars(select(Exchange)))
    experts = [session.get_one(Person, exchange.expert_id) for exchange in exchanges]
    today = calendars.today()
    for who in [*everyone(world), *experts]:
        mine = {exchange.reference for exchange in exchanges if is_turn_of(actor(who), exchange)}
        assert {task.reference for task in queries.tasks(actor(who))} == mine, who.email
        count, late = queries.task_counts(actor(who))
        overdue = {e.id for e in exchanges if e.reference in mine and e.due_on is not None and e.due_on < today}
        assert (count, late) == (len(mine), len(overdue)), who.email


def test_what_waits_has_a_day_by_which_it_is_due(world: World, storage: Storage) -> None:
    """The desk sorts by that day and reads only the first ones."""
    call = old_call(world)
    for number, (last, ending) in enumerate(STANDS[:14]):
        expert = add_expert(world, f"Işıl {number}", number)
        exchange = make_exchange(world, storage, last, ending, call=call, expert=expert, number=number)
        assert exchange.due_on is not None, (last, ending)
        assert exchange.kind is Kind.SHORT


def test_whoever_is_no_expert_any_more_finds_their_own_exchanges(
    world: World, storage: Storage, as_person: Callable[[Person], Browser]
) -> None:
    exchange = make_exchange(world, storage, "report")
    world.expert.grants, world.expert.agency_id = [], None
    session.commit()
    link = as_person(world.expert).open("/desk").select_one(f'main a[href="/exchanges/{exchange.reference}"]')
    assert link is not None
