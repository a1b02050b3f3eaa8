"""Registering, confirming, signing in and out, getting back in: what is promised to people and denied to attackers."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from threading import Lock

import pytest
import time_machine
from flask import Flask
from sqlalchemy import delete, func, select

from portal import calendars
from portal.accounts import registration, service
from portal.accounts.models import KnownBrowser, Person, RoleGrant, SignIn, SignInAttempt, TokenKind
from portal.db import session
from portal.findings import RuleViolation
from portal.messages.models import Message
from portal.names import email_key
from portal.people.service import change_roles
from portal.policy import Role
from tests.concurrency import together
from tests.factories import PASSWORD, World, actor, person
from tests.narrowing import found
from tests.pages import Browser, attribute

As = Callable[[Person], Browser]
NEW = {"name": "Şəbnəm Işık", "email": "sebnem@kobia.example", "password": "seven calm words here"}


def link(kind: str) -> str:
    """The address in the newest mail of this kind."""
    statement = select(Message.path).where(Message.kind == f"account.{kind}").order_by(Message.id.desc()).limit(1)
    path = session.scalar(statement)
    assert path, f"no mail of kind {kind}"
    return path


def register(browser: Browser, **changes: str) -> None:
    browser.open("/register")
    browser.send("/register", NEW | changes, having="password")


def sign_in(browser: Browser, email: str, password: str, address: str = "/sign-in") -> None:
    browser.open(address)
    browser.send(address, {"email": email, "password": password}, having="password")


def test_an_expert_registers_confirms_and_signs_in(app: Flask, world: World, browser: Browser) -> None:
    register(browser)
    assert browser.status == 200 and NEW["email"] in browser.text
    sign_in(browser, NEW["email"], NEW["password"])
    assert browser.status == 422, "not before the address is confirmed"
    path = link("confirm")
    browser.open(path)
    browser.send(path, {"password": NEW["password"]}, having="password")
    assert browser.status == 302
    assert NEW["name"] in browser.open("/profile").get_text(), "whoever confirmed is signed in"
    again = Browser(app.test_client())
    sign_in(again, NEW["email"], NEW["password"])
    assert again.status == 302
    assert NEW["name"] in browser.open("/profile").get_text()


def test_a_link_works_once_and_expires(world: World, browser: Browser) -> None:
    register(browser)
    path = link("confirm")
    with time_machine.travel(calendars.now() + timedelta(days=2, minutes=1)):
        assert browser.open(path, 410)
    browser.open(path)
    browser.send(path, {"password": NEW["password"]}, having="password")
    browser.open(path, 410)


def test_confirming_needs_the_password_chosen_at_registration(app: Flask, world: World, browser: Browser) -> None:
    """The attacker registers before and after the owner and waits for the owner to confirm."""
    attacker = Browser(app.test_client())
    paths = []
    for who, password in (
        (attacker, "the attacker's words"),
        (browser, NEW["password"]),
        (attacker, "other words now"),
    ):
        register(who, password=password)
        paths.append(link("confirm"))
    for path in (paths[0], paths[2]):
        browser.open(path)
        browser.send(path, {"password": NEW["password"]}, having="password")
        assert browser.status == 422 and "not the password" in browser.problems[0]
    browser.open(paths[1])
    browser.send(paths[1], {"password": NEW["password"]}, having="password")
    assert browser.status == 302
    for password in ("the attacker's words", "other words now"):
        sign_in(attacker, NEW["email"], password)
        assert attacker.status == 422


@pytest.mark.parametrize("domain", ["kobıa.example", "KOBİA.example", "köbia.example"])
def test_no_mail_goes_to_a_domain_that_only_looks_like_an_agencys(world: World, browser: Browser, domain: str) -> None:
    register(browser, email=f"ŞƏBNƏM@{domain}")
    assert session.scalar(select(Message.address).where(Message.kind == "account.confirm")) == NEW["email"]


def test_mails_to_one_address_are_limited_and_the_page_does_not_tell(world: World, browser: Browser) -> None:
    for address in (world.expert.email, "nobody@kobia.example"):
        pages = set()
        for _time in range(5):
            browser.open("/forgot-password")
            browser.send("/forgot-password", {"email": address}, having="email")
            pages.add((browser.status, browser.text))
        assert len(pages) == 1
    assert len(session.scalars(select(Message.id)).all()) == 3


def test_the_same_registration_sent_at_once_makes_one_person(app: Flask, world: World) -> None:
    together(app, lambda: registration.register(NEW["email"], NEW["name"], NEW["password"]), 4)
    assert session.scalar(select(func.count()).where(Person.email_key == NEW["email"])) == 1


def test_a_link_used_at_once_works_once(app: Flask, world: World) -> None:
    registration.ask_reset(world.expert.email)
    session.commit()
    token = link("reset").rpartition("/")[2]
    found = together(app, lambda: registration.choose_password(token, TokenKind.RESET, "another calm password"), 3)
    assert sorted(str(x) for x in found if x is RuleViolation) == [str(RuleViolation)] * 2


def test_a_new_password_ends_all_open_links(world: World, browser: Browser) -> None:
    registration.send_token(world.expert, TokenKind.INVITE)
    older = link("invite")
    registration.ask_reset(world.expert.email)
    path = link("reset")
    browser.open(path)
    browser.send(path, {"password": "another calm password"}, having="password")
    browser.open(older, 410)


def test_known_and_unknown_addresses_are_answered_alike(world: World, browser: Browser) -> None:
    pages = []
    for address in ("nobody@kobia.example", world.expert.email):
        register(browser, email=address)
        registered = (browser.status, browser.text.replace(address, ""))
        browser.open("/forgot-password")
        browser.send("/forgot-password", {"email": address}, having="email")
        forgot = (browser.status, browser.text.replace(address, ""))
        sign_in(browser, address, "not the password at all")
        pages.append((registered, forgot, (browser.status, browser.problems)))
    assert pages[0] == pages[1]
    mails = select(Message.kind).where(Message.address == world.expert.email).order_by(Message.id)
    assert session.scalars(mails).all() == ["account.known", "account.reset"]


@pytest.mark.parametrize("other", ["SEBNEM@KOBIA.EXAMPLE", "sebnem@kobıa.example", "sebnem@KOBİA.example"])
def test_addresses_that_differ_by_casing_are_one_person(world: World, browser: Browser, other: str) -> None:
    assert email_key(other) == email_key(NEW["email"])
    register(browser)
    browser.open("/register")
    register(browser, email=other)
    assert session.scalar(select(func.count()).where(Person.email_key == email_key(NEW["email"]))) == 1


def test_mail_goes_to_the_stored_address_only(world: World, browser: Browser) -> None:
    browser.open("/forgot-password")
    browser.send("/forgot-password", {"email": "EXPERT@kosgeb.example"}, having="email")
    assert session.scalar(select(Message.address).where(Message.kind == "account.reset")) == world.expert.email


def test_an_address_of_no_agency_needs_an_invitation(world: World, browser: Browser) -> None:
    register(browser, email="sebnem@gmail.example")
    assert browser.status == 422
    assert browser.value("name") == NEW["name"]


@pytest.mark.parametrize("password", ["short", "", "x" * 2_000])
def test_a_bad_password_is_told_and_the_rest_is_kept(world: World, browser: Browser, password: str) -> None:
    register(browser, password=password)
    assert browser.status == 422 and browser.problems
    assert browser.value("email") == NEW["email"]


def test_a_new_password_ends_every_sign_in(world: World, browser: Browser, as_person: As) -> None:
    elsewhere = as_person(world.expert)
    browser.open("/forgot-password")
    browser.send("/forgot-password", {"email": world.expert.email}, having="email")
    path = link("reset")
    browser.open(path)
    browser.send(path, {"password": "another calm password"}, having="password")
    assert browser.status == 302
    elsewhere.open("/desk", 302)
    sign_in(browser, world.expert.email, PASSWORD)
    assert browser.status == 422


def test_signing_out_ends_the_session_on_the_server(app: Flask, world: World, as_person: As) -> None:
    browser = as_person(world.expert)
    stolen = browser.client.get_cookie("korpu")
    assert stolen is not None
    page = browser.open("/desk")
    token = attribute(page, "input[name=csrf_token]", "value")
    browser.post("/sign-out", {"csrf_token": token})
    thief = app.test_client()
    thief.set_cookie("korpu", stolen.value)
    assert Browser(thief).ask("GET", "/desk").status_code == 302
    assert session.scalar(select(func.count(SignIn.id))) == 0


def test_a_changed_role_or_a_disabled_account_ends_the_session(world: World, as_person: As) -> None:
    expert, admin = as_person(world.expert), as_person(world.admin)
    address = f"/admin/people/{world.expert.id}"
    admin.open(address)
    admin.send(address, {"roles": ["expert", "manager"], "active": "y"}, having="version")
    assert admin.status == 302, admin.problems
    expert.open("/desk", 302)
    again = as_person(world.expert)
    admin.open(address)
    admin.send(address, {"roles": ["expert"], "active": None}, having="version")
    again.open("/desk", 302)
    sign_in(again, world.expert.email, PASSWORD)
    assert again.status == 422


@pytest.mark.parametrize("hours", [1.1, 12.1])
def test_a_session_ends_when_idle_and_after_half_a_day(world: World, as_person: As, hours: float) -> None:
    start = calendars.now()
    with time_machine.travel(start, tick=True):
        browser = as_person(world.expert)
    if hours > 12:
        for halves in range(1, 24):  # never idle
            with time_machine.travel(start + timedelta(minutes=30 * halves), tick=True):
                browser.open("/desk")
    with time_machine.travel(start + timedelta(hours=hours), tick=True):
        browser.open("/desk", 302)


def test_signing_in_gives_the_session_a_new_token(world: World, browser: Browser) -> None:
    browser.open("/sign-in")
    before = browser.client.get_cookie("korpu")
    sign_in(browser, world.expert.email, PASSWORD)
    after = browser.client.get_cookie("korpu")
    assert before is not None and after is not None and before.value != after.value
    assert after.http_only and after.same_site == "Lax"


@pytest.mark.parametrize(
    "address",
    [
        "//evil.example",
        "/\t/evil.example",
        "/\\evil.example",
        "https://evil.example/desk",
        "/no-such-page",
        "javascript:0",
    ],
)
def test_signing_in_redirects_to_pages_of_the_portal_only(world: World, browser: Browser, address: str) -> None:
    browser.ask("GET", "/sign-in")
    browser.open("/sign-in")
    fields = {"email": world.expert.email, "password": PASSWORD}
    answer = browser.client.post(
        "/sign-in", query_string={"next": address}, data=browser.answers(browser.form("password")) | fields
    )
    assert answer.status_code == 302 and answer.location == "/desk"


def test_signing_in_redirects_to_the_requested_page(world: World, browser: Browser) -> None:
    browser.open("/exchanges?status=draft&page=2", 302)
    sign_in(browser, world.manager.email, PASSWORD, browser.location)
    assert browser.location == "/exchanges?status=draft&page=2"


def test_repeated_wrong_passwords_are_refused_for_a_while(world: World, browser: Browser) -> None:
    for _try in range(9):
        sign_in(browser, world.expert.email, "wrong again and again")
    assert re.search(r"Wait \d+ minutes", browser.text)
    sign_in(browser, world.expert.email, PASSWORD)
    assert browser.status == 422, "also with the right password"
    with time_machine.travel(calendars.now() + timedelta(minutes=16), tick=True):
        sign_in(browser, world.expert.email, PASSWORD)
    assert browser.status == 302


def test_an_attacker_does_not_lock_a_person_out_of_a_known_browser(app: Flask, world: World, as_person: As) -> None:
    known = as_person(world.expert)
    attacker = Browser(app.test_client())
    for _try in range(9):
        sign_in(attacker, world.expert.email, "wrong again and again")
    token = attribute(known.open("/desk"), "input[name=csrf_token]", "value")
    known.post("/sign-out", {"csrf_token": token})
    sign_in(known, world.expert.email, PASSWORD)
    assert known.status == 302
    stranger = Browser(app.test_client())
    sign_in(stranger, world.expert.email, PASSWORD)
    assert stranger.status == 422
    sign_in(known, world.expert.email, PASSWORD)
    known.open("/profile")
    known.send("/profile/browsers/forget", action="forget")
    assert known.status == 302 and session.scalars(select(KnownBrowser)).all() == []
    known.open("/desk", 200)
    token = attribute(known.open("/desk"), "input[name=csrf_token]", "value")
    known.post("/sign-out", {"csrf_token": token})
    sign_in(known, world.expert.email, PASSWORD)
    assert known.status == 422, "forgotten, it is a stranger too"


def test_a_browser_remembers_six_accounts_and_a_forged_cookie_none(app: Flask, world: World) -> None:
    browser = Browser(app.test_client())
    for who in (world.expert, world.manager, world.deputy, world.host_manager, world.colleague, world.admin) * 2:
        sign_in(browser, who.email, PASSWORD)
        assert browser.status == 302
        token = attribute(browser.open("/profile"), "input[name=csrf_token]", "value")
        browser.post("/sign-out", {"csrf_token": token})
    assert session.scalar(select(func.count()).select_from(KnownBrowser)) == 6
    sign_in(browser, world.coordinator.email, PASSWORD)
    assert session.scalar(select(func.count()).select_from(KnownBrowser)) == 7
    for value in ("", "forged", "WyJhIl0.x.y"):
        other = Browser(app.test_client())
        other.client.set_cookie("korpu-known", value)
        sign_in(other, world.expert.email, PASSWORD)
        assert other.status == 302


@pytest.mark.parametrize("how", ["a new password", "the account is closed"])
def test_browsers_are_forgotten_with(world: World, as_person: As, how: str) -> None:
    as_person(world.expert)
    session.commit()
    assert session.scalars(select(KnownBrowser.person_id)).all() == [world.expert.id]
    if how == "a new password":
        registration.send_token(world.expert, TokenKind.RESET)
        token = link("reset").rpartition("/")[2]
        registration.choose_password(token, TokenKind.RESET, "another calm phrase")
    else:
        change_roles(world.expert.id, world.expert.version, [Role.EXPERT], [], False, by=actor(world.admin))
    assert session.scalars(select(KnownBrowser)).all() == []


def test_an_invited_person_chooses_a_password(world: World, browser: Browser, as_person: As) -> None:
    admin = as_person(world.admin)
    units = [str(unit.id) for unit in world.units[:2]]
    invite(admin, roles=["host"], units=units)
    assert admin.status == 302, admin.problems
    path = link("invite")
    browser.open(path)
    browser.send(path, {"password": "a password of my own"}, having="password")
    sign_in(browser, "elcin@evim.example", "a password of my own")
    assert browser.status == 302
    found = session.scalars(select(Person).where(Person.email == "elcin@evim.example")).one()
    assert {grant.unit_id for grant in found.grants} == {int(unit) for unit in units}


def invite(admin: Browser, **fields: object) -> None:
    """Sends the form of an invitation; Elçin Ağayev of KOBİA unless said otherwise."""
    usual = {"name": "Elçin Ağayev", "email": "elcin@evim.example", "agency": "KOBIA", "roles": ["expert"]}
    admin.open("/admin/people/invite")
    admin.send("/admin/people/invite", usual | fields, having="roles")


def test_a_coordinator_without_units_is_refused(world: World, as_person: As) -> None:
    admin = as_person(world.admin)
    invite(admin, roles=["host"])
    assert admin.status == 422 and "host unit" in admin.problems[0]


def test_a_manager_without_an_agency_is_refused(world: World, as_person: As) -> None:
    admin = as_person(world.admin)
    invite(admin, agency="", roles=["manager"])
    assert admin.status == 422 and "agency" in admin.problems[0]


def test_an_invitation_goes_to_an_address_that_gets_mail_at_its_own_agency(world: World, as_person: As) -> None:
    admin = as_person(world.admin)
    refused = {"irem.IĞDIR@kosgeb.example": "belongs to KOSGEB", "Çağla@evim.example": "plain letters"}
    for address, words in refused.items():
        invite(admin, email=address)
        assert admin.status == 422 and words in admin.problems[0]
    invite(admin, name="İrem Iğdır", email="irem.IĞDIR@kosgeb.example", agency="KOSGEB")
    assert admin.status == 302
    sent_to = select(Person.email).where(Person.name == "İrem Iğdır")
    assert session.scalars(sent_to).all() == ["irem.igdir@kosgeb.example"]


def test_two_administrators_cannot_take_the_role_from_each_other(app: Flask, world: World) -> None:
    other = person("second@korpu.example", "Ayla Kaya", None, Role.ADMIN)
    session.commit()
    pairs = iter([(world.admin.id, actor(other)), (other.id, actor(world.admin))])
    lock = Lock()

    def take() -> object:
        with lock:
            whom, by = next(pairs)
        return change_roles(whom, 1, [], [], True, by=by).id

    found = together(app, take, 2)
    assert RuleViolation in found
    assert session.scalar(select(func.count()).where(RoleGrant.role == Role.ADMIN)) == 1


def test_a_successful_sign_in_leaves_the_networks_count_of_tries(world: World) -> None:
    """Somebody with an account tries the passwords of others from one place, signing in as themselves in between."""
    key = f"n:{service.token_hash('127.0.0.1')[:32]}"
    counted = select(func.count(SignInAttempt.id)).where(SignInAttempt.key == key)
    tries = range(service.MOST_PER_NETWORK)
    session.add_all(SignInAttempt(key=key, at=calendars.now() - timedelta(seconds=number)) for number in tries)
    session.commit()
    with pytest.raises(RuleViolation) as refused:
        service.sign_in(world.expert.email, PASSWORD, network="127.0.0.1", browser="")
    assert refused.value.code == "too_many"
    session.execute(delete(SignInAttempt).where(SignInAttempt.at < calendars.now() - timedelta(seconds=30)))
    before = session.scalar(counted)
    service.sign_in(world.expert.email, PASSWORD, network="127.0.0.1", browser="")
    assert before and session.scalar(counted) == before, "the network's tries still count"


def test_an_administrator_cannot_lock_everybody_out(world: World, as_person: As) -> None:
    """Their own page has no roles to choose, and a form that is sent all the same is refused."""
    admin = as_person(world.admin)
    address = f"/admin/people/{world.admin.id}"
    token = str(found(admin.open(address).select_one("[name=csrf_token]"))["value"])
    sent = {"csrf_token": token, "version": "1", "roles": "expert", "active": "y"}
    assert admin.client.post(address, data=sent).status_code == 422
