"""Deciding on a report: the page holds what is decided on, the host's comment, remarks, and what has changed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from portal.accounts.models import Person
from portal.db import session
from portal.exchanges.models import Exchange
from portal.exchanges.queries import by_reference
from portal.policy import Side
from portal.reports import queries, service
from portal.reports.labels import SECTION
from portal.reports.models import Report
from portal.storage import Storage
from portal.visits.models import AgendaItem
from portal.workflows.exchange_terms import Status, Turn
from tests.factories import World, actor
from tests.narrowing import found
from tests.pages import Browser
from tests.scenarios import make_exchange

As = Callable[[Person], Browser]
DECISIONS = (("report", "host"), ("accept_host", "home"))


def address(exchange: Exchange, rest: str = "") -> str:
    return f"/exchanges/{exchange.reference}/report{rest}"


def reader(world: World, side: str) -> Person:
    return world.host_manager if side == Side.HOST else world.manager


def written(exchange: Exchange) -> list[str]:
    """All that the expert wrote, and the agenda."""
    report = found(queries.report_of(exchange.id))
    titles = session.scalars(select(AgendaItem.title)).all()
    plain = (report.agenda_changes, report.findings, report.lessons, report.materials, report.risks, report.next_steps)
    rows = [*(row.text for row in report.objectives), *(row.text for row in report.recommendations)]
    return [" ".join(words.split()) for words in (*plain, *rows, *report.people_met.splitlines(), *titles) if words]


@pytest.mark.parametrize(("last", "side"), DECISIONS)
@pytest.mark.parametrize("step", ["accept", "send-back"])
def test_the_page_holds_the_report_and_its_agenda(
    world: World, storage: Storage, as_person: As, last: str, side: str, step: str
) -> None:
    exchange = make_exchange(world, storage, last)
    browser = as_person(reader(world, side))
    browser.open(address(exchange, f"/{step}-{side}"))
    shown = " ".join(browser.text.split())
    assert [words for words in written(exchange) if words not in shown] == []
    assert len(browser.page.select("textarea[name^=on_]")) == (len(SECTION) if step == "send-back" else 0)


def test_the_host_comments_and_accepts_with_one_press(world: World, storage: Storage, as_person: As) -> None:
    exchange = make_exchange(world, storage, "report")
    host = as_person(world.host_manager)
    host.open(address(exchange, "/accept-host"))
    host.send(address(exchange, "/accept-host"), {"comment": "Çox faydalı oldu."}, having="version")
    assert host.status == 302, host.problems
    after = found(by_reference(exchange.reference))
    assert (after.status, after.turn) == (Status.REPORTED, Turn.HOME)
    assert session.scalar(select(Report.host_comment)) == "Çox faydalı oldu."
    home = as_person(world.manager)
    home.open(address(exchange, "/accept-home"))
    assert "Çox faydalı oldu." in home.text


def test_a_comment_that_a_colleague_saved_meanwhile_is_not_written_over(
    world: World, storage: Storage, as_person: As
) -> None:
    exchange = make_exchange(world, storage, "report")
    host = as_person(world.host_manager)
    host.open(address(exchange, "/accept-host"))
    report = found(queries.report_of(exchange.id))
    service.comment_as_host(exchange, "Of a colleague", report.version, by=actor(world.host_manager))
    session.commit()
    host.send(address(exchange, "/accept-host"), {"comment": "Mine"}, having="version")
    assert host.status in (409, 422)
    session.expire_all()
    assert session.scalar(select(Report.host_comment)) == "Of a colleague"
    assert found(by_reference(exchange.reference)).turn is Turn.HOST


@pytest.mark.parametrize(("last", "side"), DECISIONS)
def test_remarks_on_sections_reach_the_expert_under_their_titles(
    world: World, storage: Storage, as_person: As, last: str, side: str
) -> None:
    exchange = make_exchange(world, storage, last)
    browser, page = as_person(reader(world, side)), address(exchange, f"/send-back-{side}")
    browser.open(page)
    browser.send(page, having="version")
    assert browser.status == 422 and any("at least one remark" in problem for problem in browser.problems)
    browser.send(page, {"on_findings": "Sayı ekleyin."}, having="version")
    assert browser.status == 302
    expert = as_person(world.expert)
    expert.open(address(exchange, "/write/findings"))
    assert "People and findings: Sayı ekleyin." in expert.text


def test_after_a_return_the_next_reader_sees_which_sections_changed(
    world: World, storage: Storage, as_person: As
) -> None:
    exchange = make_exchange(world, storage, "report")
    host, page = as_person(world.host_manager), address(exchange, "/send-back-host")
    host.open(page)
    assert not host.page.select(".tag.warn"), "handed in once, nothing has changed"
    host.send(page, {"reason": "Daha kısa."}, having="version")
    exchange = found(by_reference(exchange.reference))
    report = found(queries.report_of(exchange.id))
    service.save_text(exchange, report.version, {"lessons": "Kısa."}, by=actor(world.expert))
    service.hand_in(exchange, exchange.version, by=actor(world.expert))
    session.commit()
    host.open(address(exchange, "/accept-host"))
    changed = [title.get_text(" ", strip=True) for title in host.page.select("h2:has(.tag.warn)")]
    assert changed == ["Lessons and leave to publish Changed"]
