"""Names, addresses, invitations and agencies are corrected visibly, and nothing of a person is changed by strangers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from portal import calendars
from portal.accounts import identity, registration
from portal.accounts.models import Absence, AddressChange, Person, SignIn, Token, TokenKind
from portal.accounts.queries import by_email
from portal.administration.models import AdministrationEvent, AdministrationWords
from portal.db import session
from portal.findings import Conflict, RuleViolation
from portal.messages.models import Message
from portal.people import service as people
from portal.policy import Denied, Role
from tests.factories import PASSWORD, World, actor, stand_in
from tests.narrowing import found
from tests.pages import Browser

As = Callable[[Person], Browser]
SECOND = timedelta(seconds=1)
NEW = "isil.yildirim@kosgeb.example"


def link(kind: str) -> str:
    """The token in the newest mail of this kind."""
    newest = select(Message.path).where(Message.kind == f"account.{kind}").order_by(Message.id.desc()).limit(1)
    return found(session.scalar(newest)).rpartition("/")[2]


def mailed(kind: str) -> list[str]:
    """To whom mails of this kind went."""
    return list(session.scalars(select(Message.address).where(Message.kind == f"account.{kind}").order_by(Message.id)))


def told() -> list[str]:
    return list(session.scalars(select(AdministrationEvent.what).order_by(AdministrationEvent.id)))


def invited(world: World, address: str = "elcin@kobia.example") -> Person:
    return registration.invite(address, "Elçin Ağayev", world.kobia, [Role.HOST], unit_ids=[1], by=actor(world.admin))


def test_registering_does_not_rename_somebody_invited(world: World) -> None:
    """Not even once they confirm by that link: the name was an administrator's to give and is theirs to correct."""
    person = invited(world)
    registration.register(person.email, "Somebody Else", "seven calm words", language="az")
    assert person.name == "Elçin Ağayev"
    assert registration.confirm(link("confirm"), "seven calm words").name == "Elçin Ağayev"


def test_the_name_of_a_registration_goes_with_its_password(world: World) -> None:
    """Whoever registers the same address before it is confirmed changes nothing for its owner."""
    registration.register("yeni@kosgeb.example", "Şəbnəm Işık", "seven calm words")
    first = link("confirm")
    registration.register("yeni@kosgeb.example", "A Bad Joke", "eight other words here")
    assert found(by_email("yeni@kosgeb.example")).name == "Şəbnəm Işık"
    assert registration.confirm(first, "seven calm words").name == "Şəbnəm Işık"
    with pytest.raises(RuleViolation, match="link"):
        registration.confirm(link("confirm"), "eight other words here")


def test_a_name_is_corrected_by_its_owner_and_the_history_keeps_both(world: World, as_person: As) -> None:
    browser = as_person(world.expert)
    browser.open("/profile")
    browser.send("/profile", {"name": "Işıl Çağrı Öz"}, having="version")
    assert browser.status == 302, browser.problems
    browser.open("/profile")
    browser.send("/profile", {"post": "Uzman"}, having="version")
    assert told() == ["name_changed"]
    words = session.scalars(select(AdministrationWords.facts)).one()
    assert words == {"name": ["Işıl Çağrı Yıldırım", "Işıl Çağrı Öz"]}


@pytest.mark.parametrize("who", ["manager", "colleague", "deputy"])
def test_nobody_else_but_an_administrator_corrects_a_person(world: World, who: str) -> None:
    by = actor(getattr(world, who))
    for change in (
        lambda: identity.rename(world.expert, "X", by=by),
        lambda: identity.ask_new_address(world.expert, NEW, by=by),
        lambda: identity.invite_again(world.expert.id, by=by),
        lambda: identity.correct_invitation(world.expert.id, "X", NEW, by=by),
        lambda: identity.take_invitation_back(world.expert.id, by=by),
        lambda: people.move(world.expert.id, world.expert.version, world.kobia, by=by),
    ):
        with pytest.raises(Denied):
            change()


def test_a_new_address_counts_once_confirmed_and_the_old_one_is_told(world: World, as_person: As) -> None:
    browser, old = as_person(world.expert), world.expert.email
    browser.open("/profile/address")
    browser.send("/profile/address", {"email": NEW, "password": PASSWORD}, having="password")
    assert browser.status == 302, browser.problems
    assert world.expert.email == old and mailed("address") == [NEW] and mailed("address_asked") == [old]
    token = link("address")
    stranger = Browser(browser.client.application.test_client())
    assert NEW in stranger.open(f"/new-address/{token}").get_text()
    stranger.send(f"/new-address/{token}", having="csrf_token")
    assert stranger.status == 302
    session.expire_all()
    assert (world.expert.email, world.expert.email_key) == (NEW, NEW)
    assert mailed("address_changed") == [old] and session.scalars(select(SignIn)).all() == []
    assert told() == ["address_asked", "address_changed"]
    stranger.open(f"/new-address/{token}", 410)


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("expert@KOSGEB.example", "same_address"),
        ("manager@kosgeb.example", "known"),
        ("isil@kobia.example", "theirs"),
        ("isil@elsewhere.example", "not_agency"),
        (NEW, None),
    ],
)
def test_an_own_address_stays_with_the_agency_and_is_nobody_elses(world: World, address: str, code: str | None) -> None:
    if code is None:
        assert identity.ask_new_address(world.expert, address, by=actor(world.expert)) == address
        return
    with pytest.raises(RuleViolation, match=code):
        identity.ask_new_address(world.expert, address, by=actor(world.expert))


def test_an_administrator_may_set_an_address_elsewhere(world: World) -> None:
    """As for an invitation: not everybody has an address of the agency. It is confirmed by mail all the same."""
    identity.ask_new_address(world.expert, "isil@elsewhere.example", by=actor(world.admin))
    assert world.expert.email != "isil@elsewhere.example"
    assert identity.confirm_new_address(link("address")).email == "isil@elsewhere.example"


@pytest.mark.parametrize(("after", "works"), [(-SECOND, True), (timedelta(), False), (SECOND, False)])
def test_the_link_to_a_new_address_lasts_two_days(world: World, after: timedelta, works: bool) -> None:
    asked = datetime(2027, 1, 4, 12, tzinfo=UTC)
    with time_machine.travel(asked, tick=False):
        identity.ask_new_address(world.expert, NEW, by=actor(world.expert))
    with time_machine.travel(asked + timedelta(days=2) + after, tick=False):
        assert (identity.asked_address(link("address")) is not None) is works


def test_a_link_to_a_new_address_ends_with_the_next_the_account_and_a_taken_address(world: World) -> None:
    by = actor(world.expert)
    identity.ask_new_address(world.expert, NEW, by=by)
    first = link("address")
    identity.ask_new_address(world.expert, "isil2@kosgeb.example", by=by)
    assert identity.asked_address(first) is None, "the next one counts"
    world.manager.email = world.manager.email_key = "isil2@kosgeb.example"
    with pytest.raises(RuleViolation, match="known"):
        identity.confirm_new_address(link("address"))
    world.expert.active = False
    session.flush()
    with pytest.raises(RuleViolation, match="link"):
        identity.confirm_new_address(link("address"))


@pytest.mark.parametrize(("wrong", "asks"), [(7, True), (8, False), (9, False)])
def test_the_own_password_is_asked_for_and_cannot_be_guessed(
    world: World, as_person: As, wrong: int, asks: bool
) -> None:
    browser = as_person(world.expert)
    for _time in range(wrong):
        browser.open("/profile/address")
        browser.send("/profile/address", {"email": NEW, "password": "wrong again and again"}, having="password")
        assert browser.status == 422
    browser.send("/profile/address", {"email": NEW, "password": PASSWORD}, having="password")
    assert browser.status == (302 if asks else 422)


def test_an_invitation_is_sent_again_corrected_and_taken_back(world: World, as_person: As) -> None:
    person, admin = invited(world, "elcim@kobia.example"), as_person(world.admin)
    session.commit()
    page = f"/admin/people/{person.id}"
    first = link("invite")
    admin.open(page)
    admin.send(f"{page}/invitation/again", action="again")
    assert registration.peek(first, TokenKind.INVITE) is None, "the link before works no longer"
    second = link("invite")
    admin.open(f"{page}/edit")
    admin.send(f"{page}/edit", {"email": "elcin@kobia.example"}, having="email")
    assert admin.status == 302, admin.problems
    assert mailed("invite") == ["elcim@kobia.example", "elcim@kobia.example", "elcin@kobia.example"]
    assert registration.peek(second, TokenKind.INVITE) is None
    assert registration.peek(link("invite"), TokenKind.INVITE) is not None
    admin.open(f"{page}/invitation/take-back")
    admin.send(f"{page}/invitation/take-back", having="csrf_token")
    assert admin.status == 302 and by_email("elcin@kobia.example") is None
    assert session.scalars(select(Token)).all() == [] and invited(world, "elcin@kobia.example").id
    assert told() == [
        "person_invited", "invited_again", "invitation_corrected", "invitation_taken_back", "person_invited",
    ]  # fmt: skip


def test_an_accepted_invitation_can_no_longer_be_taken_back(world: World, as_person: As) -> None:
    """Nor is anybody deleted who works here: a page that was left open is told."""
    person = invited(world)
    session.commit()
    admin = as_person(world.admin)
    admin.open(f"/admin/people/{person.id}/invitation/take-back")
    registration.choose_password(link("invite"), TokenKind.INVITE, "a password of my own")
    session.commit()
    admin.send(f"/admin/people/{person.id}/invitation/take-back", having="csrf_token")
    assert admin.status == 422 and "accepted" in admin.text
    with pytest.raises(RuleViolation, match="accepted"):
        identity.invite_again(person.id, by=actor(world.admin))
    with pytest.raises(RuleViolation, match="accepted"):
        identity.correct_invitation(person.id, "X", "x@kobia.example", by=actor(world.admin))


def test_a_correction_to_a_known_address_is_refused_beside_the_field(world: World, as_person: As) -> None:
    person, admin = invited(world), as_person(world.admin)
    session.commit()
    admin.open(f"/admin/people/{person.id}/edit")
    for address, words in (("host@kobia.example", "already"), ("elcin@kosgeb.example", "KOSGEB")):
        admin.send(f"/admin/people/{person.id}/edit", {"email": address}, having="email")
        assert admin.status == 422 and words in admin.problems[0]


def test_moving_ends_the_roles_and_what_hangs_on_them(world: World, as_person: As) -> None:
    number = stand_in(world.manager, world.deputy, calendars.today(), calendars.today()).id
    world.deputy.email = world.deputy.email_key = "mert@elsewhere.example"
    session.commit()
    admin, address = as_person(world.admin), f"/admin/people/{world.deputy.id}/agency"
    signed_in = as_person(world.deputy)
    admin.open(address)
    admin.send(address, {"agency": "KOBIA"}, having="agency")
    assert admin.status == 302, admin.problems
    session.expire_all()
    assert world.deputy.agency_id == world.kobia.id and world.deputy.grants == []
    assert session.get(Absence, number) is None
    signed_in.open("/desk", 302)
    last = found(session.scalars(select(AdministrationEvent).order_by(AdministrationEvent.id.desc()).limit(1)).first())
    assert last.what == "agency_moved" and last.facts["agency"] == [world.kosgeb.id, world.kobia.id]


def test_moving_is_refused_for_oneself_to_the_same_and_against_the_address(world: World) -> None:
    by = actor(world.admin)
    for who, agency, code in (
        (world.admin, world.kobia, "own_role"),
        (world.expert, world.kosgeb, "same_agency"),
        (world.expert, world.kobia, "theirs"),
    ):
        with pytest.raises(RuleViolation, match=code):
            people.move(who.id, who.version, agency, by=by)
    with pytest.raises(Conflict):
        people.move(world.expert.id, world.expert.version + 1, None, by=by)


def test_every_page_opens(world: World, as_person: As) -> None:
    person = invited(world)
    session.commit()
    admin = as_person(world.admin)
    for number in (person.id, world.expert.id, world.admin.id):
        for part in ("", "/edit", "/agency"):
            admin.open(f"/admin/people/{number}{part}")
    assert session.scalars(select(AddressChange)).all() == []
