"""The profile is entered once; a deputy stands in for dates."""

from __future__ import annotations

import io
from collections.abc import Callable

from portal.accounts.models import Person
from portal.accounts.queries import cv_of, person_with_profile
from portal.db import session
from portal.storage import Storage
from tests.factories import World, actor, topic
from tests.form_data import begin, pdf
from tests.narrowing import found
from tests.pages import Browser, text_of

As = Callable[[Person], Browser]


def save(browser: Browser, **fields: object) -> None:
    browser.open("/profile")
    browser.send("/profile", fields, having="cv")


def test_names_languages_and_topics_are_kept(world: World, as_person: As) -> None:
    browser = as_person(world.expert)
    fields = {"name": "Işıl Çağrı Yıldırım", "document_name": "ISIL CAGRI YILDIRIM", "years": "14"}
    fields |= {"other_topics": "exports", "topics": str(topic("coaching").id)}
    save(browser, **fields, **{"languages-0-code": "az", "languages-0-level": "B1"})
    assert browser.status == 302, browser.problems
    person = person_with_profile(world.expert.id)
    assert (person.document_name, person.years) == ("ISIL CAGRI YILDIRIM", 14)
    assert {language.code: language.level.value for language in person.languages} == {"az": "B1"}
    assert [one.named("en") for one in person.topics] == ["coaching", "exports"]


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
