"""The arch of an exchange: which step is the present one, and whom labels and history lines name."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts.models import Person
from portal.db import session
from portal.exchanges.header import BANKS
from portal.storage import Storage
from portal.subjects.labels import event_label
from portal.subjects.models import Event
from portal.workflows.exchange import EXCHANGE
from tests.factories import World
from tests.pages import Browser
from tests.scenarios import make_exchange

AsPerson = Callable[[Person], Browser]

# after this step of the way (and this ending), that step of the arch is the present one or the last
PRESENT = (
    ("apply", None, "Application"),
    ("submit", None, "Endorsement"),
    ("submit", "home_return", "Application"),
    ("endorse", None, "Acceptance"),
    ("endorse", "host_waitlist", "Acceptance"),
    ("accept", None, "Host unit"),
    ("place", None, "Host unit"),
    ("confirm", None, "Dates agreed"),
    ("schedule", None, "Dates agreed"),
    ("expert_approve_plan", None, "Dates agreed"),
    ("home_approve_plan", None, "Visit"),
    ("arrive", None, "Visit"),
    ("depart", None, "Report"),
    ("report", None, "Report accepted"),
    ("accept_host", None, "Report accepted"),
    ("submit", "home_reject", "Endorsement"),
    ("confirm", "host_cancel", "Dates agreed"),
    ("home_approve_plan", "expert_withdraw", "Visit"),
)


@pytest.mark.parametrize(("last", "ending", "present"), PRESENT)
def test_the_arch_stands_at_the_step_that_is_waited_for(
    world: World, storage: Storage, as_person: AsPerson, last: str, ending: str | None, present: str
) -> None:
    exchange = make_exchange(world, storage, last, ending)
    page = as_person(world.expert).open(f"/exchanges/{exchange.reference}")
    steps = page.select(".arch-steps li")
    assert [step.select("strong")[0].text for step in steps if step.get("aria-current")] == [present]
    place = [step.select("strong")[0].text for step in steps].index(present)
    assert all("done" in str(step["class"]) for step in steps[:place])


def test_a_passed_step_of_the_arch_has_its_day_and_a_coming_one_none() -> None:
    """In whatever order things are agreed, no step is passed before what completes it was done."""
    for state in EXCHANGE.states:
        if not state.phase:
            continue
        for step in EXCHANGE.steps:
            if EXCHANGE.follow(state, step.action) is not None and step.completes:
                place = min([*BANKS].index(phase) for phase in step.completes)
                assert [*BANKS].index(state.phase) <= place, (state, step.action)


@pytest.mark.parametrize("language", ["en", "tr", "az"])
def test_history_and_lists_name_the_agencies(
    world: World, storage: Storage, as_person: AsPerson, language: str
) -> None:
    exchange = make_exchange(world, storage, "accept_home")
    world.admin.language = world.manager.language = language
    said = {
        "en": ("Endorsed by KOSGEB; released to KOBİA", r"(?i)(home|host) agency"),
        "tr": ("KOSGEB uygun gördü; başvuru KOBİA kurumunun erişimine açıldı", r"(?i)gönderen kurum|ev sahibi kurum"),
        "az": ("KOSGEB müsbət rəy verib; müraciət KOBİA agentliyinə ötürülüb", r"(?i)(göndərən|qəbul edən) agentlik"),
    }[language]
    for who, address in ((world.manager, f"/exchanges/{exchange.reference}/history"), (world.admin, "/admin/history")):
        page = as_person(who).open(address)
        text = page.select_one("main").get_text()  # type: ignore[union-attr]  # every page has it
        assert said[0] in text and not re.search(said[1], text), address
    assert exchange.person_name not in as_person(world.admin).open("/admin/history").get_text()


def test_a_state_is_listed_with_the_agency_that_considers_it(
    world: World, storage: Storage, as_person: AsPerson
) -> None:
    make_exchange(world, storage, "submit")
    page = as_person(world.manager).open("/exchanges")
    assert "Being considered by KOSGEB" in page.select("tbody tr")[0].get_text()
    assert "Being considered by KOSGEB" in as_person(world.expert).open("/desk").get_text()


def test_a_line_of_the_history_that_nobody_described_hides_no_other(
    app: Flask, world: World, storage: Storage, as_person: AsPerson
) -> None:
    exchange = make_exchange(world, storage, "submit")
    last = session.scalars(select(Event).where(Event.subject_id == exchange.id).order_by(Event.number.desc())).first()
    assert last is not None
    values = {c.name: getattr(last, c.name) for c in Event.__table__.columns} | {"id": last.id + 1000}
    session.add(Event(**values | {"number": last.number + 1, "what": "of_a_later_release"}))
    page = as_person(world.manager).open(f"/exchanges/{exchange.reference}/history")
    lines = [line.get_text(" ", strip=True) for line in page.select(".timeline li")]
    assert lines[-1].startswith("Something was recorded") and lines[-2].startswith("Application handed in")
    as_person(world.manager).open(f"/exchanges/{exchange.reference}")
    as_person(world.admin).open("/admin/history")
    assert event_label("home_cancel", {}) == "Cancelled by "
