"""Consents are rows that nobody changes, with their words; agencies say on what ground data are transferred."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DatabaseError

from portal.accounts.models import Person
from portal.administration.models import AdministrationEvent, AdministrationWords
from portal.applications.consent import asked
from portal.applications.queries import locked
from portal.applications.sections import Section, Ticks
from portal.applications.service import Answers, save
from portal.calendars import today
from portal.db import session
from portal.findings import RuleViolation
from portal.personal_data import service
from portal.personal_data.models import Consent, ConsentAct, ConsentKind, DataController, Ground
from portal.personal_data.queries import controllers, newest
from portal.policy import Denied
from portal.storage import Storage
from tests.factories import World, actor
from tests.pages import Browser
from tests.scenarios import make_exchange

As = Callable[[Person], Browser]
SAID = {
    "legal_name": "Küçük ve Orta Ölçekli İşletmeleri Geliştirme ve Destekleme İdaresi Başkanlığı",
    "address": "İstanbul Cad. 32, 06070 Ankara",
    "contact": "kvkk@kosgeb.example",
    "ground": Ground.CONSENT,
    "basis": "",
    "lawyer": "",
    "confirmed_on": None,
}


def acts(subject_id: int) -> list[tuple[str, str]]:
    rows = session.execute(
        select(Consent.kind, Consent.act).where(Consent.subject_id == subject_id).order_by(Consent.id)
    )
    return [(kind.value, act.value) for kind, act in rows]


def test_each_tick_is_a_row_and_the_same_words_again_are_none(world: World, storage: Storage) -> None:
    exchange = make_exchange(world, storage, "apply")
    by = actor(world.expert)

    def tick(kept: Any) -> None:
        save(exchange, Section.CONSENT, Answers(consent=Ticks(True, kept)), version=locked(exchange.id).version, by=by)

    both = asked(locked(exchange.id)).kept
    tick(both)
    tick(both)
    assert acts(exchange.id) == [("notice", "given"), ("consent", "given")]
    given = newest(exchange.id)[ConsentKind.CONSENT]
    assert locked(exchange.id).consented_at == given.at and given.version == "1" and given.language == "en"
    assert given.words is not None and "I, " in given.words.text and exchange.person_name in given.words.text
    tick({ConsentKind.NOTICE: both[ConsentKind.NOTICE], ConsentKind.CONSENT: None})
    assert acts(exchange.id)[2:] == [("consent", "withdrawn")] and locked(exchange.id).consented_at is None
    assert locked(exchange.id).noticed_at is not None
    tick(both)
    assert acts(exchange.id)[3:] == [("consent", "given")] and locked(exchange.id).consented_at is not None


def test_nobody_changes_what_was_consented(world: World, storage: Storage) -> None:
    make_exchange(world, storage, "submit")
    with pytest.raises(DatabaseError, match="append-only"):
        session.execute(update(Consent).values(act=ConsentAct.WITHDRAWN))
    session.rollback()


def test_words_ticked_in_another_language_stay_while_they_say_the_same(
    world: World, storage: Storage, as_person: As
) -> None:
    exchange = make_exchange(world, storage, "submit", "home_return")
    before = acts(exchange.id)
    expert, address = as_person(world.expert), f"/exchanges/{exchange.reference}/application/consent"
    world.expert.language = "tr"
    session.commit()
    expert.open(address)
    ticks = {"declared": "y", "noticed": "y", "consented": "y"}
    expert.send(address, ticks, having="version")
    assert acts(exchange.id) == before, "the Turkish page says what was ticked in English"
    service.change_controller(world.kosgeb, SAID, by=actor(world.admin))
    session.commit()
    expert.open(address)
    expert.send(address, ticks, having="version")
    assert len(acts(exchange.id)) == len(before) + 2, "another address of the controller is another text"
    assert newest(exchange.id)[ConsentKind.CONSENT].language == "tr"


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({}, None),
        ({"ground": Ground.AGREEMENT}, "basis"),
        ({"ground": Ground.AGREEMENT, "basis": "No. 12 of 3 May 2026"}, None),
        ({"lawyer": "Av. İlkay Öz"}, "confirmed_on"),
        ({"confirmed_on": date(2026, 5, 4)}, "lawyer"),
        ({"lawyer": "Av. İlkay Öz", "confirmed_on": date(2026, 5, 4)}, None),
        ({"lawyer": "Av. İlkay Öz", "confirmed_on": "tomorrow"}, "future"),
        ({"lawyer": "Av. İlkay Öz", "confirmed_on": "today"}, None),
    ],
)
def test_what_an_agency_says_is_whole(world: World, changes: dict[str, Any], refused: str | None) -> None:
    days = {"today": today(world.kosgeb.zone), "tomorrow": today(world.kosgeb.zone) + timedelta(days=1)}
    answers = SAID | changes | {"confirmed_on": days.get(str(changes.get("confirmed_on")), changes.get("confirmed_on"))}
    if refused:
        with pytest.raises(RuleViolation, match=refused):
            service.change_controller(world.kosgeb, answers, by=actor(world.admin))
    else:
        service.change_controller(world.kosgeb, answers, by=actor(world.admin))
        assert controllers()[world.kosgeb.id].confirmed_on == answers["confirmed_on"]


def test_a_changed_ground_needs_a_new_confirmation_and_the_history_keeps_both(world: World) -> None:
    confirmed = SAID | {"lawyer": "Av. İlkay Öz", "confirmed_on": date(2026, 5, 4)}
    service.change_controller(world.kosgeb, confirmed, by=actor(world.admin))
    other = confirmed | {"ground": Ground.AGREEMENT, "basis": "No. 12"}
    with pytest.raises(RuleViolation, match="confirm_again"):
        service.change_controller(world.kosgeb, other, by=actor(world.admin))
    service.change_controller(world.kosgeb, other | {"lawyer": "", "confirmed_on": None}, by=actor(world.admin))
    event = session.scalars(select(AdministrationEvent).order_by(AdministrationEvent.id.desc())).first()
    assert event is not None and event.facts["ground"] == ["consent", "agreement"] and "lawyer" not in event.facts
    words = session.scalars(select(AdministrationWords).where(AdministrationWords.event_id == event.id)).one()
    assert words.facts == {"lawyer": ["Av. İlkay Öz", ""]}
    with pytest.raises(Denied):
        service.change_controller(world.kosgeb, SAID, by=actor(world.manager))


def test_the_page_says_to_be_confirmed_until_it_is(world: World, as_person: As, browser: Browser) -> None:
    browser.open("/personal-data")
    assert "to be confirmed by the agency’s lawyer" in browser.text and "not entered yet" in browser.text
    admin, address = as_person(world.admin), "/admin/agencies/KOSGEB/personal-data"
    admin.open(address)
    admin.send(address, {"address": "", "contact": "x", "ground": "agreement"}, having="legal_name")
    assert admin.status == 422 and admin.problems
    fields = {"address": SAID["address"], "contact": SAID["contact"], "ground": "agreement"}
    admin.send(address, fields, having="legal_name")
    assert admin.status == 422 and "Name the document" in admin.problems[0]
    fields |= {"basis": "No. 12 of 3 May 2026", "lawyer": "Av. İlkay Öz", "confirmed_on": "2026-05-04"}
    admin.send(address, fields, having="legal_name")
    assert admin.status == 302, admin.problems
    browser.open("/personal-data")
    for words in ("İstanbul Cad. 32", "No. 12 of 3 May 2026", "confirmed the ground on 4 May 2026"):
        assert words in browser.text
    assert "İlkay" not in browser.text, "who the lawyer is concerns nobody else"
    assert session.scalars(select(DataController)).one().ground is Ground.AGREEMENT
