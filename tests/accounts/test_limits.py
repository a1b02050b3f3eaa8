"""How long links and sign-ins last, how often somebody may try: each limit just below, at and above it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import delete, func, select, update

from portal import calendars
from portal.accounts import people, queries, registration, service
from portal.accounts.models import Absence, Person, SignIn, SignInAttempt, Token, TokenKind, actor_of
from portal.db import session
from portal.findings import RuleViolation
from portal.messages.models import Message
from tests.factories import PASSWORD, World, actor
from tests.pages import Browser

As = Callable[[Person], Browser]
SECOND = timedelta(seconds=1)
HERE = "192.0.2.7"


def tried(key: str, times: int, ago: timedelta = timedelta()) -> None:
    session.execute(delete(SignInAttempt))
    session.add_all(SignInAttempt(key=key, at=calendars.now() - ago) for _time in range(times))
    session.flush()


def signs_in(world: World, password: str = PASSWORD, device: str = "") -> bool:
    """Whether the expert comes in; False where there were too many tries."""
    try:
        service.sign_in(world.expert.email, password, network=HERE, browser="", device=device)
    except RuleViolation as refusal:
        assert refusal.code == "too_many" and refusal.facts == {"minutes": 15}
        return False
    return True


@pytest.mark.parametrize(
    ("key", "device", "times", "comes_in"),
    [
        ("a:expert@kosgeb.example", "", 7, True),
        ("a:expert@kosgeb.example", "", 8, False),
        ("a:expert@kosgeb.example", "", 9, False),
        (f"n:{HERE}", "", 59, True),
        (f"n:{HERE}", "", 60, False),
        (f"d:{service.token_hash('known')}", "known", 7, True),
        (f"d:{service.token_hash('known')}", "known", 8, False),
        ("a:expert@kosgeb.example", "known", 60, True),
        ("a:manager@kosgeb.example", "", 60, True),
    ],
)
def test_tries_are_counted_by_address_network_and_device(
    world: World, key: str, device: str, times: int, comes_in: bool
) -> None:
    tried(key, times)
    assert signs_in(world, device=device) is comes_in


@pytest.mark.parametrize(("ago", "comes_in"), [(-SECOND, False), (timedelta(), True), (SECOND, True)])
def test_tries_count_for_fifteen_minutes(world: World, ago: timedelta, comes_in: bool) -> None:
    with time_machine.travel(datetime(2027, 1, 1, 12).astimezone(), tick=False):
        tried("a:expert@kosgeb.example", 8, timedelta(minutes=15) + ago)
        assert signs_in(world) is comes_in


def test_a_wrong_password_counts_once_for_the_address_and_once_for_the_network(world: World) -> None:
    with pytest.raises(RuleViolation, match="sign_in"):
        service.sign_in(world.expert.email, "wrong again and again", network=HERE, browser="")
    counted = session.execute(select(SignInAttempt.key, func.count()).group_by(SignInAttempt.key)).all()
    assert {tuple(row) for row in counted} == {("a:expert@kosgeb.example", 1), (f"n:{HERE}", 1)}


@pytest.mark.parametrize(
    ("whose", "place", "times", "answer"),
    [
        ("own", "here", 2, True),
        ("own", "here", 3, False),
        ("own", "", 11, True),
        ("own", "", 12, False),
        ("", "here", 59, True),
        ("", "here", 60, None),
    ],
)
def test_mails_are_counted_by_address_and_place(
    world: World, whose: str, place: str, times: int, answer: bool | None
) -> None:
    """Three from one place, twelve for one address, sixty from one network; None: refused in words."""
    service.may_mail(world.expert.email, HERE)
    keys = {key.count(":"): key for key in session.scalars(select(SignInAttempt.key)) if key.startswith("m:")}
    network = session.scalars(select(SignInAttempt.key).where(SignInAttempt.key.startswith("w:"))).one()
    tried(network if not whose else keys[2] if place else keys[1], times)
    if answer is None:
        with pytest.raises(RuleViolation, match="too_many"):
            service.may_mail(world.expert.email, HERE)
    else:
        assert service.may_mail(world.expert.email, HERE) is answer


@pytest.mark.parametrize(
    ("kind", "lasts"),
    [
        (TokenKind.CONFIRM, timedelta(days=2)),
        (TokenKind.RESET, timedelta(hours=2)),
        (TokenKind.INVITE, timedelta(days=7)),
    ],
)
def test_a_link_lasts_up_to_its_last_second(world: World, kind: TokenKind, lasts: timedelta) -> None:
    sent = datetime(2027, 1, 4, 12).astimezone()
    with time_machine.travel(sent, tick=False):
        registration.send_token(world.expert, kind)
    path = session.scalars(select(Message.path).where(Message.kind == f"account.{kind.value}")).one()
    token = path.rpartition("/")[2]
    for moment, valid in ((lasts - SECOND, True), (lasts, False), (lasts + SECOND, False)):
        with time_machine.travel(sent + moment, tick=False):
            assert (registration.peek(token, kind) is not None) is valid


@pytest.mark.parametrize(("left", "signed_in"), [(SECOND, True), (timedelta(), False), (-SECOND, False)])
def test_a_sign_in_ends_after_twelve_hours(world: World, as_person: As, left: timedelta, signed_in: bool) -> None:
    now = datetime(2027, 1, 4, 9).astimezone()
    with time_machine.travel(now, tick=False):
        browser = as_person(world.expert)
        assert session.scalars(select(SignIn.expires_at)).one() == now + timedelta(hours=12)
        session.execute(update(SignIn).values(expires_at=now + left))
        browser.open("/desk", 200 if signed_in else 302)


@pytest.mark.parametrize(
    ("minutes", "signed_in"), [((59, 59), True), ((60, 0), True), ((60, 1), False), ((61, 0), False)]
)
def test_a_person_idle_for_more_than_an_hour_is_signed_out(
    world: World, as_person: As, minutes: tuple[int, int], signed_in: bool
) -> None:
    now = datetime(2027, 1, 4, 9).astimezone()
    with time_machine.travel(now, tick=False):
        browser = as_person(world.expert)
    with time_machine.travel(now + timedelta(minutes=minutes[0], seconds=minutes[1]), tick=False):
        browser.open("/desk", 200 if signed_in else 302)


@pytest.mark.parametrize(("minutes", "renewed"), [(5, False), (6, True)])
def test_a_page_renews_the_idle_hour_after_five_minutes(
    world: World, as_person: As, minutes: int, renewed: bool
) -> None:
    now = datetime(2027, 1, 4, 9).astimezone()
    with time_machine.travel(now, tick=False):
        browser = as_person(world.expert)
    with time_machine.travel(now + timedelta(minutes=minutes), tick=False):
        browser.open("/desk")
    with time_machine.travel(now + timedelta(minutes=62), tick=False):
        browser.open("/desk", 200 if renewed else 302)


@pytest.mark.parametrize(("length", "taken"), [(11, False), (12, True), (13, True), (128, True), (129, False)])
def test_a_password_has_12_to_128_characters(world: World, browser: Browser, length: int, taken: bool) -> None:
    registration.send_token(world.expert, TokenKind.RESET)
    path = session.scalars(select(Message.path).where(Message.kind == "account.reset")).one()
    browser.open(path)
    browser.send(path, {"password": "ş" * length}, having="password")
    assert browser.status == (302 if taken else 422)


DAY = date(2027, 3, 10)


@pytest.mark.parametrize(("today", "acts"), [(-1, False), (0, True), (1, True), (2, True), (3, False)])
def test_a_deputy_acts_from_the_first_to_the_last_day(world: World, today: int, acts: bool) -> None:
    days = {"first": DAY, "last": DAY + timedelta(days=2), "agency_id": world.kosgeb.id}
    session.add(Absence(manager_id=world.manager.id, deputy_id=world.deputy.id, **days))
    session.flush()
    grants = actor_of(world.deputy).grants
    found = queries.actor(world.deputy.id, grants, DAY + timedelta(days=today))
    assert (world.kosgeb.id in found.acting_for) is acts
    assert len(people.absences_of(world.manager.id, DAY + timedelta(days=today))) == (today <= 2)


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        (DAY, DAY - timedelta(days=1), "order"),
        (DAY, DAY, None),
        (date(2027, 3, 1), date(2027, 2, 28), "order"),
        (date(2027, 2, 20), date(2027, 2, 28), "past"),
        (date(2027, 2, 20), date(2027, 3, 1), None),
        (date(2027, 3, 1), date(2027, 3, 19), None),
        (date(2027, 3, 1), date(2027, 3, 20), "overlap"),
        (date(2027, 3, 25), date(2027, 3, 31), "overlap"),
        (date(2027, 3, 26), date(2027, 3, 31), None),
    ],
)
def test_absences_are_ordered_not_over_and_do_not_overlap(
    world: World, first: date, last: date, code: str | None
) -> None:
    """It is 1 March 2027; from 20 to 25 March the manager is away already."""
    with time_machine.travel(datetime(2027, 3, 1, 12).astimezone(), tick=False):
        known = {"first": date(2027, 3, 20), "last": date(2027, 3, 25), "agency_id": world.kosgeb.id}
        session.add(Absence(manager_id=world.manager.id, deputy_id=world.deputy.id, **known))
        session.flush()
        try:
            people.name_deputy(world.manager, world.deputy.id, first, last, by=actor(world.manager))
        except RuleViolation as refusal:
            assert refusal.code == code
        else:
            assert code is None


def test_tidy_removes_expired_rows_only(world: World) -> None:
    with time_machine.travel(datetime(2027, 1, 4, 12).astimezone(), tick=False):
        now = calendars.now()
        for shift in (-SECOND, timedelta(), SECOND):
            at = now + shift
            row = {"token_hash": f"{shift}", "person_id": world.expert.id}
            session.add(SignIn(**row, created_at=now, expires_at=at))
            session.add(SignInAttempt(key="x", at=at - timedelta(days=1)))
            session.add(Token(**row, kind=TokenKind.RESET, expires_at=at - timedelta(days=30)))
        session.flush()
        service.tidy()
        kept = [session.scalar(select(func.count()).select_from(table)) for table in (SignIn, SignInAttempt, Token)]
        assert kept == [2, 2, 2]
