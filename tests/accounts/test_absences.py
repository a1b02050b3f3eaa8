"""Standing in: asked, agreed or declined; in force on the named days, and only as long as both hold their roles."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from portal import calendars
from portal.accounts import absences, queries
from portal.accounts.models import Absence, Person, actor_of
from portal.administration.models import AdministrationEvent
from portal.db import session
from portal.findings import RuleViolation
from portal.messages.models import Message
from portal.people.service import change_roles
from portal.policy import Role
from portal.storage import Storage
from portal.subjects.recipients import AllRecipients, Recipients
from tests.factories import World, actor, person, stand_in
from tests.pages import Browser
from tests.scenarios import make_exchange

As = Callable[[Person], Browser]
DAY = date(2027, 3, 10)
NOON = datetime(2027, 3, 10, 9, tzinfo=UTC)  # on DAY, in both agencies


def ask(browser: Browser, deputy: Person, first: int, last: int) -> None:
    """A manager asks on the page, by days from today."""
    today = calendars.today()
    days = {"first": (today + timedelta(days=first)).isoformat(), "last": (today + timedelta(days=last)).isoformat()}
    browser.open("/desk/absences")
    browser.send("/desk/absences", {"deputy": str(deputy.id), **days}, having="deputy")


def press(browser: Browser, what: str) -> None:
    """Agree to, decline or end the only absence."""
    browser.open("/desk/absences")
    browser.send(f"/desk/absences/{session.scalars(select(Absence.id)).one()}/{what}", action=what)
    assert browser.status == 302


def acts(deputy: Person, at: datetime) -> bool:
    return bool(queries.actor(deputy.id, actor_of(deputy).grants, at).acting_for)


def told(whom: Person) -> list[str]:
    """The messages about standing in, oldest first."""
    about = Message.kind.contains("deputy") | Message.kind.contains("stand_in")
    statement = select(Message.kind).where(Message.person_id == whom.id, about)
    return list(session.scalars(statement.order_by(Message.id)))


def test_a_deputy_decides_in_the_named_days_once_agreed(world: World, as_person: As, storage: Storage) -> None:
    exchange = make_exchange(world, storage, "submit")
    address = f"/exchanges/{exchange.reference}/endorse"
    manager, now = as_person(world.manager), calendars.now()
    ask(manager, world.deputy, 1, 3)
    assert manager.status == 302, manager.problems
    with time_machine.travel(now + timedelta(days=2), tick=True):
        deputy = as_person(world.deputy)
        deputy.open(address, 403)
        assert "asks you to stand in" in deputy.open("/desk").get_text()
    press(as_person(world.deputy), "agree")
    as_person(world.deputy).open(address, 403)
    with time_machine.travel(now + timedelta(days=2), tick=True):
        as_person(world.deputy).open(address, 200)
    with time_machine.travel(now + timedelta(days=5), tick=True):
        as_person(world.deputy).open(address, 403)
    assert told(world.deputy) == ["deputy_asked"] and told(world.manager) == ["deputy_agreed"]


def test_whoever_declines_never_decides_and_another_can_be_asked(world: World, as_person: As) -> None:
    manager = as_person(world.manager)
    ask(manager, world.deputy, 0, 3)
    press(as_person(world.deputy), "decline")
    assert told(world.manager) == ["deputy_declined"] and not acts(world.deputy, calendars.now())
    assert "declined" in manager.open("/desk/absences").get_text()
    ask(manager, world.deputy, 0, 3)
    assert manager.status == 302, manager.problems


@pytest.mark.parametrize("first", ["agree", "decline"])
@pytest.mark.parametrize("second", [absences.agree, absences.decline])
def test_an_answer_is_given_once(world: World, first: str, second: Callable[..., None]) -> None:
    asked = absences.name_deputy(world.manager, world.deputy.id, DAY, DAY, by=actor(world.manager))
    getattr(absences, first)(asked.id, by=actor(world.deputy))
    with pytest.raises(RuleViolation, match="answered"):
        second(asked.id, by=actor(world.deputy))


def test_nobody_answers_for_the_one_who_was_asked(world: World) -> None:
    """Neither the manager nor another deputy gives the power."""
    asked = absences.name_deputy(world.manager, world.deputy.id, DAY, DAY, by=actor(world.manager))
    other = person("other@kosgeb.example", "Başka Vekil", world.kosgeb, Role.DEPUTY)
    for who in (world.manager, other, world.host_manager):
        with pytest.raises(RuleViolation, match="answered"):
            absences.agree(asked.id, by=actor(who))
    assert asked.agreed_at is None


@pytest.mark.parametrize("who", ["manager", "deputy"])
def test_an_absence_can_end_early_and_the_other_is_told(
    world: World, as_person: As, storage: Storage, who: str
) -> None:
    exchange = make_exchange(world, storage, "submit")
    stand_in(world.manager, world.deputy, calendars.today(), calendars.today() + timedelta(days=3))
    session.commit()
    deputy = as_person(world.deputy)
    deputy.open(f"/exchanges/{exchange.reference}/endorse")
    press(as_person(getattr(world, who)), "end")
    deputy.open(f"/exchanges/{exchange.reference}/endorse", 403)
    assert ("deputy_ended" in told(world.deputy)) is (who == "manager")
    assert ("stand_in_ended" in told(world.manager)) is (who == "deputy")


def test_a_deputy_can_be_named_again_after_an_absence_ended_early(world: World, as_person: As) -> None:
    """The deputy is told of each, whatever ids the database gives."""
    manager = as_person(world.manager)
    for _time in range(2):
        ask(manager, world.deputy, 0, 3)
        assert manager.status == 302, manager.problems
        press(manager, "end")
    assert told(world.deputy) == ["deputy_asked", "deputy_ended"] * 2


@pytest.mark.parametrize(("today", "decides"), [(-1, False), (0, True), (1, True), (2, True), (3, False)])
def test_a_deputy_acts_from_the_first_to_the_last_day(world: World, today: int, decides: bool) -> None:
    stand_in(world.manager, world.deputy, DAY, DAY + timedelta(days=2))
    assert acts(world.deputy, NOON + timedelta(days=today)) is decides
    assert len(absences.absences_of(world.manager.id, DAY + timedelta(days=today))) == (today <= 2)


@pytest.mark.parametrize(
    ("side", "at", "decides"),
    [
        ("home", datetime(2027, 3, 9, 20, 59, tzinfo=UTC), False),
        ("home", datetime(2027, 3, 9, 21, tzinfo=UTC), True),  # midnight in Ankara
        ("home", datetime(2027, 3, 10, 20, 59, tzinfo=UTC), True),
        ("home", datetime(2027, 3, 10, 21, tzinfo=UTC), False),
        ("host", datetime(2027, 3, 9, 19, 59, tzinfo=UTC), False),
        ("host", datetime(2027, 3, 9, 20, tzinfo=UTC), True),  # midnight in Baku
        ("host", datetime(2027, 3, 10, 19, 59, tzinfo=UTC), True),
        ("host", datetime(2027, 3, 10, 20, tzinfo=UTC), False),
    ],
)
def test_the_days_are_those_of_the_agency(world: World, side: str, at: datetime, decides: bool) -> None:
    manager, deputy = (world.manager, world.deputy) if side == "home" else (world.host_manager, world.host_deputy)
    stand_in(manager, deputy, DAY, DAY)
    assert acts(deputy, at) is decides
    with calendars.at(at):
        for receivers in (Recipients(), AllRecipients()):
            assert (deputy.id in {r.person_id for r in receivers.agency(manager.agency_id or 0)}) is decides


def disable(who: Person) -> None:
    who.active = False


def lose_role(who: Person) -> None:
    who.grants.clear()


@pytest.mark.parametrize("ends", [disable, lose_role])
@pytest.mark.parametrize("whose", ["manager", "deputy"])
def test_the_power_ends_with_its_source(world: World, whose: str, ends: Callable[[Person], None]) -> None:
    """Whatever way the account or the role ended: the rule does not depend on who tidied up afterwards."""
    deputy_grants = actor_of(world.deputy).grants
    stand_in(world.manager, world.deputy, DAY, DAY)
    assert acts(world.deputy, NOON)
    ends(getattr(world, whose))
    session.flush()
    assert queries.actor(world.deputy.id, deputy_grants, NOON).acting_for == frozenset()
    with calendars.at(NOON):
        for receivers in (Recipients(), AllRecipients()):
            known = {r.person_id for r in receivers.agency(world.kosgeb.id)}
            assert (world.deputy.id in known) is False


@pytest.mark.parametrize(
    ("whose", "roles", "active", "stays"),
    [
        ("manager", [Role.MANAGER], False, False),
        ("manager", [Role.DEPUTY], True, False),
        ("manager", [Role.MANAGER, Role.EXPERT], True, True),
        ("deputy", [Role.DEPUTY], False, False),
        ("deputy", [Role.EXPERT], True, False),
        ("deputy", [Role.MANAGER], True, True),
    ],
)
def test_an_absence_ends_when_a_role_is_taken_and_the_other_is_told(
    world: World, whose: str, roles: list[Role], active: bool, stays: bool
) -> None:
    """The agency has another manager, since its last one cannot be removed."""
    person("second@kosgeb.example", "Ayla Kaya", world.kosgeb, Role.MANAGER)
    away = stand_in(world.manager, world.deputy, calendars.today(), calendars.today())
    changed: Person = getattr(world, whose)
    change_roles(changed.id, changed.version, roles, [], active, by=actor(world.admin))
    assert (session.get(Absence, away.id) is not None) is stays
    other = world.deputy if whose == "manager" else world.manager
    assert (told(other)[-1] in ("deputy_ended", "stand_in_ended")) is not stays
    if not active:
        assert told(changed)[-1] not in ("deputy_ended", "stand_in_ended"), "who is gone gets no mail"


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
        (date(2027, 4, 1), date(2028, 3, 31), None),  # 366 days, the 29th of February among them
        (date(2027, 4, 1), date(2028, 4, 1), "too_long"),
        (date(2027, 4, 1), date(9999, 12, 31), "too_long"),
    ],
)
def test_absences_are_ordered_not_over_not_too_long_and_do_not_overlap(
    world: World, first: date, last: date, code: str | None
) -> None:
    """It is 1 March 2027; from 20 to 25 March the manager is away already."""
    with time_machine.travel(datetime(2027, 3, 1, 12, tzinfo=UTC), tick=False):
        stand_in(world.manager, world.deputy, date(2027, 3, 20), date(2027, 3, 25))
        try:
            absences.name_deputy(world.manager, world.deputy.id, first, last, by=actor(world.manager))
        except RuleViolation as refusal:
            assert refusal.code == code
        else:
            assert code is None


def test_the_page_says_what_is_wrong_beside_the_field(world: World, as_person: As) -> None:
    manager = as_person(world.manager)
    for first, last, words in (
        (-3, -1, "are over"),
        (9, 5, "cannot be before"),
        (0, 366, "at most 366 days"),
        (0, 365_000, "Enter a day between"),
    ):
        ask(manager, world.deputy, first, last)
        assert manager.status == 422 and words in manager.problems[0], manager.problems
    ask(manager, world.host_deputy, 0, 3)
    assert manager.status == 422, "a deputy of the other agency"
    assert session.scalars(select(Absence)).all() == []


def test_a_deputy_who_acts_may_write_a_call_but_name_no_deputy(world: World, as_person: As) -> None:
    deputy = as_person(world.deputy)
    deputy.open("/calls/new", 403)
    stand_in(world.manager, world.deputy, calendars.today(), calendars.today())
    session.commit()
    deputy.open("/calls/new")
    deputy.open("/units/new")
    deputy.open("/announcements/new")
    assert not deputy.open("/desk/absences").select("[name=deputy]")


def test_both_pages_and_the_administrator_show_it_and_the_history_tells_it(world: World, as_person: As) -> None:
    away = absences.name_deputy(world.manager, world.deputy.id, DAY, DAY, by=actor(world.manager))
    session.commit()
    pages = [(world.manager, "/desk/absences"), (world.deputy, "/desk/absences"), (world.manager, "/desk")]
    pages += [(world.admin, f"/admin/people/{who.id}") for who in (world.manager, world.deputy)]
    for who, address in pages:
        assert "not answered yet" in as_person(who).open(address).get_text(), address
    absences.agree(away.id, by=actor(world.deputy))
    absences.end_absence(away.id, by=actor(world.deputy))
    whats = session.scalars(select(AdministrationEvent.what).order_by(AdministrationEvent.id))
    assert list(whats) == ["deputy_named", "deputy_agreed", "deputy_ended"]
