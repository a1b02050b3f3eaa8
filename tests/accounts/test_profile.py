"""The profile is entered once; a deputy stands in for dates."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta

import time_machine
from sqlalchemy import select

from portal import calendars
from portal.accounts.models import Absence, Person
from portal.accounts.queries import cv_of, person_with_profile
from portal.db import session
from portal.messages.models import Message
from portal.storage import Storage
from tests.factories import World, actor
from tests.form_data import begin, pdf
from tests.narrowing import found
from tests.pages import Browser, text_of
from tests.scenarios import make_exchange

As = Callable[[Person], Browser]


def save(browser: Browser, **fields: object) -> None:
    browser.open("/profile")
    browser.send("/profile", fields, having="cv")


def test_names_languages_and_topics_are_kept(world: World, as_person: As) -> None:
    browser = as_person(world.expert)
    fields = {"name": "Işıl Çağrı Yıldırım", "document_name": "ISIL CAGRI YILDIRIM", "years": "14", "topics": "exports"}
    save(browser, **fields, **{"languages-0-code": "az", "languages-0-level": "B1"})
    assert browser.status == 302, browser.problems
    person = person_with_profile(world.expert.id)
    assert (person.document_name, person.years) == ("ISIL CAGRI YILDIRIM", 14)
    assert {language.code: language.level.value for language in person.languages} == {"az": "B1"}


def test_an_unknown_level_is_told_beside_the_field(world: World, as_person: As) -> None:
    browser = as_person(world.expert)
    save(browser, **{"languages-0-code": "az", "languages-0-level": "D7", "post": "Uzman"})
    assert browser.status == 422 and browser.problems
    assert browser.value("post") == "Uzman"


def test_a_curriculum_vitae_is_given_once(world: World, as_person: As, storage: Storage) -> None:
    browser = as_person(world.expert)
    save(browser, cv=(io.BytesIO(pdf()), "Özgeçmiş.pdf"))
    assert browser.status == 302, browser.problems
    kept = cv_of(world.expert.id)
    assert kept is not None and browser.ask("GET", "/profile/cv").data == storage.get(kept.key)
    exchange = begin(world.call(), actor(world.expert))
    address = f"/exchanges/{exchange.reference}/application/documents"
    assert "Özgeçmiş.pdf" in browser.open(address).get_text()
    browser.send(f"{address}/reuse", having="idempotency_key", action="reuse")
    assert browser.status == 302
    assert "Özgeçmiş.pdf" in text_of(browser.open(address), "main")


def test_a_newer_curriculum_vitae_replaces_the_older(world: World, as_person: As, storage: Storage) -> None:
    browser = as_person(world.expert)
    save(browser, cv=(io.BytesIO(pdf()), "one.pdf"))
    first = cv_of(world.expert.id)
    assert first is not None
    key = first.key
    save(browser, cv=(io.BytesIO(pdf()), "two.pdf"))
    session.expire_all()
    assert found(cv_of(world.expert.id)).name == "two.pdf"
    try:
        storage.get(key)
    except KeyError:
        return
    raise AssertionError("the older file is still stored")


def test_a_file_of_another_type_than_its_name_is_refused_and_the_rest_is_kept(world: World, as_person: As) -> None:
    browser = as_person(world.expert)
    save(browser, cv=(io.BytesIO(b"MZ\x90"), "cv.pdf"), post="Uzman")
    assert browser.status == 422 and "cv.pdf" in browser.problems[0]
    assert browser.value("post") == "Uzman"


def test_a_stale_profile_is_not_written_over(world: World, as_person: As) -> None:
    first, second = as_person(world.expert), as_person(world.expert)
    first.open("/profile")
    save(second, post="Müdür")
    first.send("/profile", {"post": "An older page's answer"}, having="cv")
    assert first.status == 409
    assert person_with_profile(world.expert.id).post == "Müdür"


def name_deputy(browser: Browser, deputy: Person, first: int, last: int) -> None:
    today = calendars.today()
    days = {"first": (today + timedelta(days=first)).isoformat(), "last": (today + timedelta(days=last)).isoformat()}
    browser.open("/desk/absences")
    browser.send("/desk/absences", {"deputy": str(deputy.id), **days}, having="deputy")


def test_a_deputy_decides_in_the_named_days_only(world: World, as_person: As, storage: Storage) -> None:
    exchange = make_exchange(world, storage, "submit")
    address = f"/exchanges/{exchange.reference}/endorse"
    manager = as_person(world.manager)
    name_deputy(manager, world.deputy, 1, 3)
    assert manager.status == 302, manager.problems
    assert session.scalar(select(Message.kind).where(Message.person_id == world.deputy.id, Message.kind == "deputy"))
    as_person(world.deputy).open(address, 403)
    now = calendars.now()
    with time_machine.travel(now + timedelta(days=2), tick=True):
        as_person(world.deputy).open(address, 200)
    with time_machine.travel(now + timedelta(days=5), tick=True):
        as_person(world.deputy).open(address, 403)


def test_a_deputy_cannot_be_named_for_past_days(world: World, as_person: As) -> None:
    manager = as_person(world.manager)
    name_deputy(manager, world.deputy, -3, -1)
    assert manager.status == 422 and "are over" in manager.problems[0]


def test_an_absence_can_end_early(world: World, as_person: As, storage: Storage) -> None:
    exchange = make_exchange(world, storage, "submit")
    manager = as_person(world.manager)
    name_deputy(manager, world.deputy, 0, 3)
    deputy = as_person(world.deputy)
    deputy.open(f"/exchanges/{exchange.reference}/endorse")
    absence = session.scalars(select(Absence)).one()
    manager.open("/desk/absences")
    manager.send(f"/desk/absences/{absence.id}/end", action="end")
    assert manager.status == 302
    deputy.open(f"/exchanges/{exchange.reference}/endorse", 403)


def test_a_deputy_can_be_named_again_after_an_absence_ended_early(world: World, as_person: As) -> None:
    """SQLite gives the id of the deleted absence to the next one; the deputy is told of each all the same."""
    manager = as_person(world.manager)
    for _time in range(2):
        name_deputy(manager, world.deputy, 0, 3)
        assert manager.status == 302, manager.problems
        manager.open("/desk/absences")
        manager.send(f"/desk/absences/{session.scalars(select(Absence.id)).one()}/end", action="end")
        assert manager.status == 302
    told = session.scalars(select(Message.kind).where(Message.person_id == world.deputy.id).order_by(Message.id))
    assert list(told) == ["deputy", "deputy_ended"] * 2


def test_two_absences_on_one_day_are_refused(world: World, as_person: As) -> None:
    manager = as_person(world.manager)
    name_deputy(manager, world.deputy, 0, 3)
    name_deputy(manager, world.deputy, 3, 5)
    assert manager.status == 422 and manager.problems
    name_deputy(manager, world.deputy, 9, 5)
    assert manager.status == 422 and manager.problems


def test_a_deputy_of_the_other_agency_cannot_be_named(world: World, as_person: As) -> None:
    manager = as_person(world.manager)
    name_deputy(manager, world.host_deputy, 0, 3)
    assert manager.status == 422
    assert session.scalars(select(Absence)).all() == []
