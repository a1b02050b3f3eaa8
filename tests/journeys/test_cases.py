"""The four written-out cases, from the call to the last thing that each of them has, text for text."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from portal.workflows.exchange_terms import Status
from tests.journeys.steps import Journey, Start, noon

CODES = re.compile(r"\d{4}-\d\d-\d\d|\d\d:\d\d|met|partly|high|medium|low|KOSGEB|KOBIA|[A-C][12]")
NOT_SAID = {"kind", "home", "host", "language", "title", "opens", "deadline", "earliest", "latest", "windows"}


def squeezed(text: str) -> str:
    """Without any white space: paper and pages break lines where they like."""
    return re.sub(r"\s+", "", text)


def said(value: Any, name: str = "") -> Iterator[str]:
    """Every text of a case that somebody wrote, none of its codes and dates."""
    if name in NOT_SAID or isinstance(value, bool | int):
        return
    if isinstance(value, dict):
        for key, part in value.items():
            yield from said(part, key)
    elif isinstance(value, list):
        for part in value:
            yield from said(part, name)
    elif value and not re.fullmatch(
        r"\d{4}-\d\d-\d\d|\d\d:\d\d|met|partly|high|medium|low|KOSGEB|KOBIA|[A-C][12]", value
    ):
        yield value


def pages(journey: Journey, *parts: str) -> str:
    """What the host's manager reads on these parts of the exchange's page."""
    browser = journey.browser(journey.host.manager)
    return squeezed(" ".join(browser.open(f"{journey.base}/{part}").get_text(" ") for part in parts))


def paper(journey: Journey) -> str:
    """The text of the sealed PDF."""
    data = journey.browser(journey.home.manager).ask("GET", f"{journey.base}/report/pdf").data
    assert data.startswith(b"%PDF")
    return squeezed(
        subprocess.run(["pdftotext", "-raw", "-", "-"], input=data, capture_output=True, check=True).stdout.decode()
    )


def approve(journey: Journey) -> None:
    """From the application to an agreed visit, a day between the steps."""
    begin = noon(date.fromisoformat(journey.case["call"]["opens"]) + timedelta(days=3))
    journey.apply(begin)
    steps = [begin + timedelta(days=n) for n in range(1, 8)]
    journey.submit(steps[0])
    assert journey.told(journey.home.manager)[:1] == ["turn.submitted"]
    journey.decide(journey.home, steps[1], "endorse")
    assert journey.told(journey.host.manager)[:1] == ["turn.endorsed"]
    journey.decide(journey.host, steps[2], "accept")
    assert journey.told(journey.expert)[:1] == ["news.host_accept"]
    journey.place(steps[3])
    assert journey.told(journey.host.coordinator)[:1] == ["turn.placed"]
    journey.answer(steps[4])
    journey.schedule(steps[5])
    assert {"turn.scheduled"} == {journey.told(who)[0] for who in (journey.expert, journey.home.manager)}
    journey.agree(steps[6])
    assert journey.status() is Status.SCHEDULED
    assert journey.told(journey.host.coordinator)[:1] == ["turn.scheduled"]


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_a_case_from_the_call_to_its_end(start: Start, number: int) -> None:
    journey = start(number)
    approve(journey)
    words = pages(journey, "application", "visit")
    for text in (*said(journey.case["application"]), *said(journey.case["expert"]), *said(journey.case["visit"])):
        assert squeezed(text) in words, text
    if journey.case["report"] is None:
        return  # as far as this case is written out
    journey.visit()
    end = date.fromisoformat(journey.case["visit"]["end"])
    for progress in journey.case.get("progress", ()):
        journey.progress(progress, noon(end + timedelta(days=1)))
    journey.report(noon(end + timedelta(days=2)))
    journey.decide(journey.host, noon(end + timedelta(days=4)), "report/accept-host")
    journey.decide(journey.home, noon(end + timedelta(days=6)), "report/accept-home")
    assert journey.status() is Status.CLOSED
    journey.seal(noon(end + timedelta(days=6)) + timedelta(minutes=1))
    texts = [*said(journey.case["report"]), *said(journey.case["visit"]), *said(journey.case.get("progress", []))]
    words, printed = pages(journey, "visit", "report"), paper(journey)
    for text in texts:
        assert squeezed(text) in words, text
        assert squeezed(text) in printed, text
    assert journey.case["expert"]["name"] in journey.browser(journey.expert).open(journey.base).get_text()
