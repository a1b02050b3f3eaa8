"""What happens beside the straight way: returned, waitlisted, declined, changed, sent back, withdrawn, cancelled."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from portal.bookings.models import BookedDay
from portal.db import session
from portal.units.models import HostUnit
from portal.workflows.exchange_terms import Status, Turn
from tests.journeys.steps import Journey, Start, noon
from tests.journeys.test_cases import approve
from tests.pages import Browser


@pytest.fixture
def journey(start: Start) -> Journey:
    """The first case, handed in on the fourth day of its call."""
    made = start(1)
    made.apply(morning(made, 3))
    made.submit(morning(made, 4))
    return made


def morning(journey: Journey, days: int) -> datetime:
    return noon(date.fromisoformat(journey.case["call"]["opens"]) + timedelta(days=days))


def test_a_returned_application_shows_its_comments_where_they_belong(journey: Journey) -> None:
    comment = "Which two programmes do you mean?"
    fields = {"reason": "Nearly there.", "section_plan": comment}
    journey.decide(journey.home, morning(journey, 5), "return-home", **fields)
    with journey.at(morning(journey, 6)):
        expert = journey.browser(journey.expert)
        turn = expert.open(journey.base).select_one(".turn")
        assert turn and "changes" in turn.get_text() and "Nearly there." in turn.get_text()
        first = turn.select_one(".actions a")
        assert first and str(first["href"]).endswith("/application"), "writing comes before handing in"
        assert comment in expert.open(f"{journey.base}/application/plan").get_text()
        assert comment not in expert.open(f"{journey.base}/application/benefit").get_text()
        assert "Nearly there." in expert.open(f"{journey.base}/application").get_text()
        journey.fill(expert, "application/plan", {"aim": "Two programmes: KOBİ-1 and KOBİ-2."})
    journey.submit(morning(journey, 7))
    assert journey.status() is Status.SUBMITTED


def test_a_returned_application_can_be_handed_in_after_the_deadline(journey: Journey) -> None:
    """It was in time; changing it takes the days that a return allows."""
    journey.decide(journey.home, morning(journey, 5), "return-home", reason="Shorter, please.")
    journey.submit(journey.deadline + timedelta(days=1))
    assert journey.status() is Status.SUBMITTED


def test_a_new_application_cannot_be_handed_in_a_minute_late(start: Start) -> None:
    journey = start(1)
    journey.apply(morning(journey, 3))
    with journey.at(journey.deadline + timedelta(minutes=1)):
        expert = journey.browser(journey.expert)
        page = expert.open(f"{journey.base}/check")
        assert "deadline" in page.get_text().casefold()
        expert.post(f"{journey.base}/check", {"csrf_token": token(expert), "version": str(journey.exchange.version)})
    assert journey.status() is Status.DRAFT


def token(browser: Browser) -> str:
    return browser.attribute("input[name=csrf_token]", "value")


def test_a_waitlisted_application_can_be_accepted(journey: Journey) -> None:
    journey.decide(journey.home, morning(journey, 5), "endorse")
    journey.decide(journey.host, morning(journey, 6), "waitlist")
    assert journey.status() is Status.WAITLISTED
    with journey.at(morning(journey, 7)):
        assert "place comes free" in journey.browser(journey.expert).open(journey.base).get_text()
    journey.decide(journey.host, morning(journey, 8), "accept")
    assert journey.status() is Status.ACCEPTED


def test_after_a_unit_declines_another_can_be_proposed(journey: Journey) -> None:
    other = HostUnit(agency_id=journey.host.agency.id, name_own="Bursa Müdürlüğü", city="Bursa", languages="tr az")
    session.add(other)
    session.commit()
    journey.decide(journey.home, morning(journey, 5), "endorse")
    journey.decide(journey.host, morning(journey, 6), "accept")
    journey.place(morning(journey, 7))
    journey.answer(morning(journey, 8), "decline", reason="The team moves house that month.")
    exchange = journey.exchange
    assert (exchange.status, exchange.unit_id) == (Status.ACCEPTED, None)
    with journey.at(morning(journey, 9)):
        manager = journey.browser(journey.host.manager)
        assert "moves house" in manager.open(f"{journey.base}/history").get_text()
    journey.place(morning(journey, 9), other)
    assert journey.exchange.unit_name == "Bursa Müdürlüğü"


def agreed(start: Start) -> Journey:
    journey = start(1)
    approve(journey)
    return journey


def test_a_changed_agenda_asks_for_agreement_again(start: Start) -> None:
    journey = agreed(start)
    visit = journey.case["visit"]
    agenda = [dict(item) for item in visit["agenda"]]
    agenda[0]["from"] = "10:00"
    journey.schedule(morning(journey, 20), visit | {"agenda": agenda})
    exchange = journey.exchange
    assert (exchange.status, exchange.turn) == (Status.SCHEDULED, Turn.EXPERT_AND_HOME)
    assert journey.told(journey.expert)[0] == "turn.scheduled"
    with journey.at(morning(journey, 21)):
        assert "10:00" in journey.browser(journey.expert).open(f"{journey.base}/agree-expert").get_text()


def test_a_corrected_typo_keeps_the_agreement(start: Start) -> None:
    journey = agreed(start)
    with journey.at(morning(journey, 20)):
        manager = journey.browser(journey.host.manager)
        page = manager.open(f"{journey.base}/wording")
        name = next(str(f["name"]) for f in page.select("main input[name$=title]"))
        journey.fill(manager, "wording", {name: "Açılış ve etki analizi birimiyle tanışma toplantısı"})
    exchange = journey.exchange
    assert (exchange.status, exchange.turn) == (Status.SCHEDULED, Turn.UNIT)


def test_asking_for_a_change_brings_the_plan_back_to_the_host(start: Start) -> None:
    journey = agreed(start)
    journey.schedule(morning(journey, 20))
    journey.step(journey.expert, morning(journey, 21), "ask-change-expert", {"reason": "I land at noon."})
    exchange = journey.exchange
    assert (exchange.status, exchange.turn) == (Status.PLACED, Turn.HOST)
    assert journey.told(journey.host.manager)[0] == "turn.placed"


def days_held(journey: Journey) -> int:
    mine = BookedDay.person_id == journey.expert.id
    return session.scalar(select(func.count()).select_from(BookedDay).where(mine)) or 0


def test_withdrawing_frees_the_days_of_the_visit(start: Start) -> None:
    journey = agreed(start)
    assert days_held(journey) > 0
    journey.step(journey.expert, morning(journey, 30), "withdraw", {"reason": "A new post."})
    assert (journey.exchange.status, days_held(journey)) == (Status.WITHDRAWN, 0)
    assert journey.told(journey.home.manager)[0] == "news.expert_withdraw"
    for who in (journey.host.manager, journey.host.coordinator):
        assert journey.told(who)[0] == "sight_ended"


@pytest.mark.parametrize("side", ["home", "host"])
def test_either_agency_can_cancel_with_a_reason(start: Start, side: str) -> None:
    journey = agreed(start)
    staff = journey.home if side == "home" else journey.host
    with journey.at(morning(journey, 30)):
        manager = journey.browser(staff.manager)
        address = f"{journey.base}/cancel-{side}"
        manager.open(address)
        manager.send(address, {"reason": "  "}, having="version")
        assert manager.status == 422 and manager.problems
    journey.decide(staff, morning(journey, 31), f"cancel-{side}", reason="No budget this year.")
    assert (journey.exchange.status, days_held(journey)) == (Status.CANCELLED, 0)
    assert journey.told(journey.expert)[0] == f"news.{side}_cancel"


def test_a_report_that_is_sent_back_is_changed_and_handed_in_again(start: Start) -> None:
    journey = agreed(start)
    journey.visit()
    end = date.fromisoformat(journey.case["visit"]["end"])
    journey.report(noon(end + timedelta(days=2)))
    question = "Who were the two firms?"
    journey.decide(journey.host, noon(end + timedelta(days=3)), "report/send-back-host", reason=question)
    assert journey.status() is Status.COMPLETED
    with journey.at(noon(end + timedelta(days=4))):
        expert = journey.browser(journey.expert)
        assert question in expert.open(f"{journey.base}/report").get_text()
        journey.fill(expert, "report/write/findings", {"people_met": "Demir Makina\nAnadolu Tekstil"})
        journey.fill(expert, "report/check", {})
    assert journey.status() is Status.REPORTED


def test_a_report_cannot_be_handed_in_before_the_departure(start: Start) -> None:
    journey = agreed(start)
    first = date.fromisoformat(journey.case["visit"]["start"])
    journey.step(journey.host.coordinator, noon(first), "arrive", {"on": first.isoformat()})
    with journey.at(noon(first) + timedelta(hours=3)):
        expert = journey.browser(journey.expert)
        expert.open(f"{journey.base}/report")
        expert.post(
            f"{journey.base}/report/check", {"csrf_token": token(expert), "version": str(journey.exchange.version)}
        )
    assert journey.status() is Status.UNDER_WAY
