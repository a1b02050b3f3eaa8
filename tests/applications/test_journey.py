"""From an open call to an application that is handed in, as its people see it."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta

import time_machine
from flask import Flask
from sqlalchemy import func, select

from portal.accounts.models import Person
from portal.accounts.queries import person_with_profile
from portal.applications import queries, service
from portal.applications.models import Application
from portal.db import session
from portal.documents.models import Document
from portal.exchanges import queries as exchange_queries
from portal.exchanges.models import Exchange
from portal.personal_data.models import ConsentKind
from portal.personal_data.queries import newest
from portal.subjects.models import Event
from portal.subjects.service import advance
from portal.workflows.exchange_terms import Action, Status
from tests.factories import World, actor
from tests.form_data import begin, fill, pdf
from tests.pages import Browser, attribute

As = Callable[[Person], Browser]


def tasks(browser: Browser) -> dict[str, str]:
    """The task list: section → state."""
    rows = [row.select("span") for row in browser.page.select(".tasks li")]
    return {row[0].get_text(" ", strip=True): row[-1].get_text(" ", strip=True) for row in rows}


def apply(browser: Browser, call_id: int) -> str:
    browser.open(f"/calls/{call_id}")
    browser.send(f"/calls/{call_id}/apply")
    assert browser.status == 302, browser.text
    return browser.location.split("/")[2]


def test_an_expert_applies_from_call_to_hand_in(world: World, as_person: As) -> None:
    call = world.call()
    expert = as_person(world.expert)
    base = f"/exchanges/{apply(expert, call.id)}"
    expert.open(f"{base}/application")
    assert tasks(expert)["Person and post"] == "2 of 6 answered"
    assert tasks(expert)["Documents"] == "1 problem"
    sections: dict[str, dict[str, object]] = {
        "person": {
            "document_name": "ISIL CAGRI YILDIRIM",
            "unit_name": "İzmir Güney Müdürlüğü",
            "years": "14",
            "other_topics": "training",
        },
        "languages": {"code_1": "tr", "level_1": "C2", "code_3": "az", "level_3": "B1"},
        "plan": {"situation": "Az eğitici var.", "aim": "Havuz", "results": "Plan\nForm", "activities": "Ders"},
        "benefit": {"benefit_home": "Plan", "benefit_host": "Eğiticiler"},
        "wishes": {
            "unit_1": str(world.units[1].id),
            "unit_2": str(world.units[0].id),
            "first_1": "2027-03-15",
            "last_1": "2027-03-26",
            "days": "10",
        },
    }
    for name, fields in sections.items():
        address = f"{base}/application/{name}"
        expert.open(address)
        expert.send(address, fields, having="version")
        assert expert.status == 302, (name, expert.problems)
    expert.open(f"{base}/check")
    expert.send(f"{base}/check", having="version")
    assert expert.status == 422 and len(expert.problems) == 4, expert.problems
    expert.open(f"{base}/application/documents")
    expert.send(f"{base}/application/documents", {"file": (io.BytesIO(pdf()), "Özgeçmiş.pdf")}, having="file")
    assert expert.status == 302, expert.problems
    expert.open(f"{base}/application/consent")
    for words in ("Işıl Çağrı Yıldırım", "KOSGEB", "KOBİA", "Purpose", "Validity", "How to withdraw", "Risks"):
        assert words in expert.text
    ticks = {"declared": "y", "noticed": "y", "consented": "y"}
    expert.send(f"{base}/application/consent", ticks, having="version")
    expert.open(f"{base}/application")
    assert set(tasks(expert).values()) == {"Complete", "Ready"}
    expert.open(f"{base}/check")
    expert.send(f"{base}/check", having="version")
    assert expert.status == 302
    exchange = session.scalars(select(Exchange)).one()
    assert (exchange.status, exchange.person_name) == (Status.SUBMITTED, "Işıl Çağrı Yıldırım")
    application = session.scalars(select(Application)).one()
    given = newest(exchange.id)[ConsentKind.CONSENT]
    assert given.words is not None and "How to withdraw" in given.words.text and application.consented_at == given.at
    assert [unit.name for unit in queries.wished(application.id)] == ["Gəncə KOB evi", "Yevlax KOB evi"]
    manager = as_person(world.manager)
    manager.open(f"{base}/application")
    for words in ("Az eğitici var.", "Turkish: C2", "Gəncə KOB evi", "15–26 March 2027", "Özgeçmiş.pdf"):
        assert words in manager.text
    as_person(world.host_manager).open(f"{base}/application", 404)  # not released yet


def test_an_application_begins_with_the_profile_and_fills_its_gaps(world: World, as_person: As) -> None:
    expert = as_person(world.expert)
    base = f"/exchanges/{apply(expert, world.call().id)}/application"
    page = expert.open(f"{base}/person")
    assert attribute(page, "#post", "value") == "KOBİ Uzmanı"
    expert.send(f"{base}/person", {"post": "Uzman", "years": "14"}, having="version")
    expert.open(f"{base}/languages")
    expert.send(f"{base}/languages", {"code_1": "tr", "level_1": "C2"}, having="version")
    person = person_with_profile(world.expert.id)
    assert (person.post, person.years, len(person.languages)) == ("KOBİ Uzmanı", 14, 1)
    second = world.call("another call 2", title_en="Another")
    exchange = begin(second, actor(world.expert))
    application = queries.of_exchange(exchange.id)
    assert application is not None
    assert (application.years, application.languages[0].code) == (14, "tr")


def test_applying_again_leads_to_the_same_application(world: World, as_person: As) -> None:
    call, expert = world.call(), as_person(world.expert)
    first = apply(expert, call.id)
    expert.open("/calls")  # the back button, then Apply again
    address = f"/calls/{call.id}/apply"
    expert.open(f"/exchanges/{first}/application/person")
    expert.send(address, having="version")
    assert first in expert.location
    assert session.scalar(select(func.count(Exchange.id))) == 1
    expert.open(f"/calls/{call.id}")
    assert "Open your application" in expert.text


def test_a_withdrawn_application_can_be_begun_anew(world: World, as_person: As) -> None:
    call, expert = world.call(), as_person(world.expert)
    first = apply(expert, call.id)
    expert.open(f"/exchanges/{first}/withdraw")
    expert.send(f"/exchanges/{first}/withdraw", {"reason": "Family"}, having="version")
    assert expert.status == 302
    exchange = exchange_queries.by_reference(first)
    assert exchange is not None and exchange.status is Status.WITHDRAWN
    assert service.begin_application(call, by=actor(world.expert)).reference != first


def test_handing_in_twice_is_once_and_no_error(app: Flask, world: World, as_person: As) -> None:
    call = world.call()
    exchange = begin(call, actor(world.expert))
    fill(exchange, actor(world.expert), world.units[0].id, app.extensions["storage"])
    expert = as_person(world.expert)
    address = f"/exchanges/{exchange.reference}/check"
    expert.open(address)
    for _press in range(3):
        expert.send(address, having="version")
        assert expert.status == 302
    events = select(func.count(Event.id)).where(Event.what == Action.EXPERT_SUBMIT.value)
    assert session.scalar(events) == 1


def test_the_deadline_holds_through_its_minute(app: Flask, world: World, as_person: As) -> None:
    call = world.call()
    exchange = begin(call, actor(world.expert))
    fill(exchange, actor(world.expert), world.units[0].id, app.extensions["storage"])
    address, deadline = f"/exchanges/{exchange.reference}/check", call.deadline.replace(second=0, microsecond=0)
    with time_machine.travel(deadline + timedelta(minutes=1), tick=False):
        expert = as_person(world.expert)
        expert.open(f"/exchanges/{exchange.reference}/application")
        assert "takes no more applications" in expert.text
        expert.open(address)
        expert.send(address, having="version")
        assert expert.status == 422
        assert "The deadline has passed" in expert.problems[0]
    with time_machine.travel(deadline + timedelta(seconds=59), tick=False):
        expert.sign_in(world.expert) if expert.location == "/sign-in" else None
        again = as_person(world.expert)
        again.open(address)
        again.send(address, having="version")
        assert again.status == 302


def test_an_upcoming_call_is_prepared_but_not_handed_in(app: Flask, world: World, as_person: As) -> None:
    opens = world.call_facts().deadline - timedelta(days=20)
    call = world.call(opens=opens)
    expert = as_person(world.expert)
    expert.open(f"/calls/{call.id}")
    assert "Prepare your application" in expert.text
    reference = apply(expert, call.id)
    exchange = exchange_queries.by_reference(reference)
    assert exchange is not None
    fill(exchange, actor(world.expert), world.units[0].id, app.extensions["storage"])
    expert.open(f"/exchanges/{reference}/application")
    assert "The call opens on" in expert.text
    address = f"/exchanges/{reference}/check"
    expert.open(address)
    expert.send(address, having="version")
    assert expert.status == 422 and "Until then you can prepare" in expert.problems[0]


def test_who_cannot_apply(world: World, as_person: As) -> None:
    call = world.call()
    colleague = as_person(world.colleague)
    colleague.open(f"/calls/{call.id}")
    assert "This call is for experts of KOSGEB." in colleague.text
    colleague.send(f"/calls/{call.id}/apply", having="csrf_token") if colleague.page.select("main form") else None
    as_person(world.manager).open(f"/calls/{call.id}")
    assert session.scalar(select(func.count(Exchange.id))) == 0
    assert session.scalar(select(func.count(Document.id))) == 0


def test_a_returned_application_is_handed_in_again_after_the_deadline(app: Flask, world: World, as_person: As) -> None:
    call, by = world.call(), actor(world.expert)
    exchange = begin(call, by)
    fill(exchange, by, world.units[0].id, app.extensions["storage"])
    service.submit(exchange, version=exchange.version, by=by)
    manager = actor(world.manager)
    words = {"plan": "Say what the trainers do afterwards.", "consent": "  "}
    service.comment(exchange, exchange.version, world.kosgeb.id, manager, words)
    advance(exchange, Action.HOME_RETURN, by=manager, version=exchange.version, reason="Please say more.")
    session.commit()
    reference, late = exchange.reference, call.deadline + timedelta(days=3)
    with time_machine.travel(late, tick=False):
        expert = as_person(world.expert)
        expert.open(f"/exchanges/{reference}/application")
        assert "What is planned Comment" in tasks(expert)
        assert "Please say more." in expert.text
        address = f"/exchanges/{reference}/application/plan"
        expert.open(address)
        assert "Say what the trainers do afterwards." in expert.text
        expert.send(address, {"activities": "Ders\nİzleme"}, having="version")
        expert.open(f"/exchanges/{reference}/check")
        expert.send(f"/exchanges/{reference}/check", having="version")
        assert expert.status == 302, expert.problems
