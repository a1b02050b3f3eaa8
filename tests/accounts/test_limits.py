"""How long links and sign-ins last, how often somebody may try: each limit just below, at and above it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import delete, func, select, update

from portal import calendars
from portal.accounts import registration, service
from portal.accounts.models import KnownBrowser, Person, SignIn, SignInAttempt, Token, TokenKind
from portal.db import session
from portal.findings import RuleViolation
from portal.messages.models import Message
from tests.factories import PASSWORD, World
from tests.pages import Browser

As = Callable[[Person], Browser]
SECOND = timedelta(seconds=1)
HERE = "192.0.2.7"


def tried(key: str, times: int, ago: timedelta = timedelta()) -> None:
    session.execute(delete(SignInAttempt))
    session.add_all(SignInAttempt(key=key, at=calendars.now() - ago) for _time in range(times))
    session.flush()


def keys(world: World, network: str = HERE) -> dict[str, str]:
    """The keys under which tries at the expert's account from a network are counted."""
    whose, place = service.token_hash(world.expert.email)[:32], service.token_hash(network)[:32]
    known = service.token_hash("known")
    return {
        "account": f"a:{whose}",
        "place": f"p:{whose}:{place}",
        "network": f"n:{place}",
        "browser": f"b:{known}",
        "colleague": f"p:{service.token_hash(world.manager.email)[:32]}:{place}",
    }


def knows_a_browser(who: Person) -> None:
    """The person has signed in with the browser whose secret is "known"."""
    seen = {"token_hash": service.token_hash("known"), "seen_at": calendars.now()}
    session.add(KnownBrowser(person_id=who.id, **seen))
    session.flush()


def signs_in(world: World, password: str = PASSWORD, known: Sequence[str] = ()) -> bool:
    """Whether the expert comes in; False where there were too many tries."""
    try:
        service.sign_in(world.expert.email, password, network=HERE, browser="", known=known)
    except RuleViolation as refusal:
        assert refusal.code == "too_many" and refusal.facts == {"minutes": 15}
        return False
    return True


@pytest.mark.parametrize(
    ("tries", "known", "comes_in"),
    [
        ({"place": 7}, [], True),
        ({"place": 8}, [], False),
        ({"place": 9}, [], False),
        ({"account": 23}, [], True),
        ({"account": 24}, [], False),
        ({"colleague": 60}, [], True),
        ({"network": 59, "place": 7}, [], True),  # up to here the network slows nobody down
        ({"network": 60, "place": 0}, [], True),  # from here each account has two tries from it
        ({"network": 60, "place": 1}, [], True),
        ({"network": 60, "place": 2}, [], False),
        ({"network": 599}, [], True),
        ({"network": 600}, [], False),
        ({"browser": 7}, ["known"], True),
        ({"browser": 8}, ["known"], False),
        (
            {"account": 60, "place": 60, "network": 1_000},
            ["other", "known"],
            True,
        ),  # whoever is known is not locked out
        ({"place": 8}, ["not known"], False),
    ],
)
def test_tries_are_counted_by_account_place_network_and_browser(
    world: World, tries: dict[str, int], known: list[str], comes_in: bool
) -> None:
    knows_a_browser(world.expert)
    for name, times in tries.items():
        session.add_all(SignInAttempt(key=keys(world)[name], at=calendars.now()) for _time in range(times))
    session.flush()
    assert signs_in(world, known=known) is comes_in


def test_a_browser_known_to_one_account_is_a_stranger_to_another(world: World) -> None:
    knows_a_browser(world.manager)
    tried(keys(world)["place"], 8)
    assert signs_in(world, known=["known"]) is False


def test_sixty_wrong_passwords_from_an_office_do_not_lock_its_colleagues_out(world: World) -> None:
    """Whether an account knows their browser or not; the one that is guessed at stays slow from there."""
    for number in range(60):
        with pytest.raises(RuleViolation):
            service.sign_in(f"guess{number}@kosgeb.example", "wrong again and again", network=HERE, browser="")
    assert signs_in(world)
    for code in ("sign_in", "sign_in", "too_many"):
        with pytest.raises(RuleViolation, match=code):
            service.sign_in(world.manager.email, "wrong again and again", network=HERE, browser="")


@pytest.mark.parametrize(("ago", "known"), [(-SECOND, True), (timedelta(), False), (SECOND, False)])
def test_a_browser_is_known_for_180_days(world: World, ago: timedelta, known: bool) -> None:
    with time_machine.travel(datetime(2027, 1, 1, 12, tzinfo=UTC), tick=False):
        knows_a_browser(world.expert)
        session.execute(update(KnownBrowser).values(seen_at=calendars.now() - timedelta(days=180) - ago))
        tried(keys(world)["place"], 8)
        assert signs_in(world, known=["known"]) is known


@pytest.mark.parametrize(("ago", "comes_in"), [(-SECOND, False), (timedelta(), True), (SECOND, True)])
def test_tries_count_for_fifteen_minutes(world: World, ago: timedelta, comes_in: bool) -> None:
    with time_machine.travel(datetime(2027, 1, 1, 12).astimezone(), tick=False):
        tried(keys(world)["place"], 8, timedelta(minutes=15) + ago)
        assert signs_in(world) is comes_in


def test_a_wrong_password_counts_once_for_the_account_its_place_and_the_network(world: World) -> None:
    with pytest.raises(RuleViolation, match="sign_in"):
        service.sign_in(world.expert.email, "wrong again and again", network=HERE, browser="")
    counted = session.execute(select(SignInAttempt.key, func.count()).group_by(SignInAttempt.key)).all()
    assert {tuple(row) for row in counted} == {(keys(world)[name], 1) for name in ("account", "place", "network")}


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


def test_tidy_removes_expired_rows_only(world: World) -> None:
    with time_machine.travel(datetime(2027, 1, 4, 12).astimezone(), tick=False):
        now = calendars.now()
        for shift in (-SECOND, timedelta(), SECOND):
            at = now + shift
            row = {"token_hash": f"{shift}", "person_id": world.expert.id}
            session.add(SignIn(**row, created_at=now, expires_at=at))
            session.add(SignInAttempt(key="x", at=at - timedelta(days=1)))
            session.add(Token(**row, kind=TokenKind.RESET, expires_at=at - timedelta(days=30)))
            session.add(KnownBrowser(**row, seen_at=at - timedelta(days=180)))
        session.flush()
        service.tidy()
        kept = [
            session.scalar(select(func.count()).select_from(table))
            for table in (SignIn, SignInAttempt, Token, KnownBrowser)
        ]
        assert kept == [2, 2, 2, 2]
