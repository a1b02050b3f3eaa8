"""The administrator's pages of the rules for stays: add, end, withdraw, each with its line in the history."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from portal.accounts.models import Person
from portal.administration.models import AdministrationEvent
from portal.calendars import today
from portal.db import session
from portal.visits.models import StayRule
from portal.visits.queries import stay_rules
from portal.visits.stay_rules import StayCode, in_force
from tests.factories import World
from tests.narrowing import found
from tests.pages import Browser

As = Callable[[Person], Browser]
LIST = "/admin/stay-rules"
FROM = date(2027, 1, 1)
SOURCES = {"source": "A law", "source_tr": "Bir kanun", "source_az": "Bir qanun"}
RULE = {"country": "AZ", "code": "registration", "days": "10", "valid_from": FROM.isoformat(), **SOURCES}


@pytest.fixture
def admin(world: World, as_person: As) -> Browser:
    browser = as_person(world.admin)
    browser.open(LIST)
    return browser


def registration() -> StayRule:
    """Azerbaijan's rule with which a database begins."""
    rule = select(StayRule).where(StayRule.country == "AZ", StayRule.code == StayCode.REGISTRATION)
    return session.scalars(rule.order_by(StayRule.valid_from).execution_options(populate_existing=True)).all()[0]


def told(day: date) -> int | None:
    rule = in_force(stay_rules(), "AZ", day).get(StayCode.REGISTRATION)
    return rule.days if rule else None


def history() -> list[str]:
    return list(session.scalars(select(AdministrationEvent.what).order_by(AdministrationEvent.id)))


def test_a_rule_that_is_added_ends_the_one_before_it(admin: Browser) -> None:
    admin.send(LIST, RULE | {"address": "https://migration.gov.az", "checked_on": today().isoformat()}, having="code")
    assert admin.status == 302, admin.problems
    assert [told(FROM + timedelta(days=n)) for n in (-1, 0, 1)] == [15, 10, 10]
    assert registration().valid_until == FROM - timedelta(days=1)
    assert history() == ["rule_ended", "rule_added"]
    page = admin.open("/admin/changes").get_text(" ", strip=True)
    assert "Rule added" in page and "Azerbaijan: Days after which" in page


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"days": ""}, "Enter how many days."),
        ({"days": "0"}, "999"),
        ({"code": "work"}, "This rule has no number of days."),
        ({"valid_from": "2020-08-13"}, "A rule of this kind holds from 13 August 2020."),
        ({"source_az": ""}, "required"),
        ({"address": "migration.gov.az"}, "begins with https://"),
        ({"checked_on": (today() + timedelta(days=1)).isoformat()}, "That day is still to come."),
    ],
)
def test_a_rule_that_cannot_be_is_refused_beside_its_field(admin: Browser, answers: dict[str, str], words: str) -> None:
    admin.send(LIST, RULE | answers, having="code")
    assert admin.status == 422 and words in admin.text
    assert told(FROM) == 15 and history() == []


@pytest.mark.parametrize(("last", "status"), [(-1, 422), (0, 302), (1, 302)])
def test_a_rule_ends_on_its_first_day_at_the_earliest(admin: Browser, last: int, status: int) -> None:
    rule = registration()
    begins, address = rule.valid_from, f"{LIST}/{rule.id}"
    admin.open(address)
    admin.send(address, {"valid_until": (begins + timedelta(days=last)).isoformat()}, having="valid_until")
    assert admin.status == status, admin.problems
    assert history() == (["rule_ended"] if status == 302 else [])


def test_a_withdrawn_rule_is_kept_but_told_no_more_and_may_be_entered_anew(admin: Browser) -> None:
    rule = registration()
    address, begins = f"{LIST}/{rule.id}", rule.valid_from
    for _press in range(2):
        admin.open(address)
        if admin.page.select_one("form[action$=withdraw]"):
            admin.send(f"{address}/withdraw", action="/withdraw")
    assert told(FROM) is None and found(registration()).withdrawn_on == today()
    assert history() == ["rule_withdrawn"], "a second press is none"
    assert "withdrawn" in admin.open(LIST).get_text(" ", strip=True)
    admin.send(LIST, RULE | {"valid_from": begins.isoformat()}, having="code")
    assert admin.status == 302, admin.problems
    assert told(begins) == 10 and history() == ["rule_withdrawn", "rule_added"]
