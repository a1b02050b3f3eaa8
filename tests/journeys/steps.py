"""One written-out case taken through the real pages by its people, each step at its hour."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import time_machine
from flask import Flask
from sqlalchemy import select

from portal.accounts.models import Agency, Person
from portal.calls.models import Call
from portal.db import session
from portal.exchanges.models import Exchange
from portal.messages.models import Message
from portal.policy import Role
from portal.sealing.worker import seal_due
from portal.seed import agencies_and_units
from portal.seed.run import case as case_number
from portal.units.models import HostUnit
from portal.workflows.exchange_terms import Status
from tests.factories import World, actor, person
from tests.form_data import pdf
from tests.pages import Browser


def noon(day: date) -> datetime:
    return datetime.combine(day, time(9), UTC)


@dataclass
class Staff:
    """Who acts on one side."""

    agency: Agency
    manager: Person
    coordinator: Person


class Journey:
    """`base` is the exchange's address; each method is one person's visit to the portal."""

    def __init__(self, app: Flask, world: World, number: int) -> None:
        self.app, self.case = app, case_number(number)
        kosgeb = Staff(world.kosgeb, world.manager, world.home_coordinator)
        kobia = Staff(world.kobia, world.host_manager, world.coordinator)
        self.home, self.host = (kosgeb, kobia) if self.case["home"] == "KOSGEB" else (kobia, kosgeb)
        self.units = self._units(world)
        said = self.case["expert"]
        address = f"expert{number}@{self.case['home'].casefold()}.example"
        self.expert = person(address, said["name"], self.home.agency, Role.EXPERT, language="en")
        agencies = {world.kosgeb.code: world.kosgeb, world.kobia.code: world.kobia}
        with self.at(noon(date.fromisoformat(self.case["call"]["opens"]) - timedelta(days=10))):
            self.call: Call = agencies_and_units.case_call(self.case, agencies, actor(world.admin))
            session.commit()
        self.deadline = self.call.deadline
        self.base = ""

    def _units(self, world: World) -> list[HostUnit]:
        """The units that the case wishes for, kept by the host side's coordinator."""
        units = []
        for name in self.case["application"]["wished_units"]:
            made = HostUnit(agency_id=self.host.agency.id, name_own=name, city="–", languages="tr az en", capacity=2)
            session.add(made)
            session.flush()
            grant = type(self.host.coordinator.grants[0])
            self.host.coordinator.grants.append(grant(role=Role.HOST, agency_id=self.host.agency.id, unit_id=made.id))
            units.append(made)
        session.commit()
        return units

    def at(self, moment: datetime) -> time_machine.travel:
        return time_machine.travel(moment, tick=True)

    def browser(self, who: Person) -> Browser:
        return Browser(self.app.test_client()).sign_in(who)

    @property
    def exchange(self) -> Exchange:
        """As it is in the database now."""
        session.rollback()
        return session.scalars(select(Exchange).where(Exchange.expert_id == self.expert.id)).one()

    def status(self) -> Status:
        return self.exchange.status

    def step(self, who: Person, moment: datetime, part: str, fields: Mapping[str, Any] | None = None) -> Browser:
        """Opens a page of the exchange, fills in its form and sends it; the response must redirect to another page."""
        with self.at(moment):
            browser = self.browser(who)
            self.fill(browser, part, fields or {})
        return browser

    def fill(self, browser: Browser, part: str, fields: Mapping[str, Any], having: str = "version") -> None:
        address = f"{self.base}/{part}"
        browser.open(address)
        while missing := [name for name in fields if "-" in name and not browser.page.select(f'[name="{name}"]')]:
            browser.send(address, {"more": "1"}, having=having)  # one more row, as often as rows are missing
            assert browser.status == 200, missing
        browser.insist(address, dict(fields), having=having)
        assert browser.status == 302, (part, browser.status, browser.problems, browser.text[:400])

    def told(self, who: Person) -> list[str]:
        """The kinds of what this person was told, newest first."""
        session.rollback()
        kinds = select(Message.kind).where(Message.person_id == who.id).order_by(Message.id.desc())
        return list(session.scalars(kinds))

    # the expert

    def apply(self, moment: datetime) -> None:
        """Everything from the call's page to the check of answers, but the handing in."""
        said, wished = self.case["expert"], self.case["application"]
        languages = {f"code_{n}": code for n, code in enumerate(said["languages"], 1)}
        levels = {f"level_{n}": level for n, level in enumerate(said["languages"].values(), 1)}
        windows = {
            f"{end}_{n}": day
            for n, window in enumerate(wished["windows"], 1)
            for end, day in zip(("first", "last"), window, strict=True)
        }
        texts = {name: wished[name] for name in ("situation", "aim", "benefit_home", "benefit_host", "needs")}
        lists = {name: "\n".join(wished[name]) for name in ("results", "activities")}
        sections: dict[str, dict[str, Any]] = {
            "person": {
                "name": said["name"], "document_name": said["document_name"], "post": said["post"],
                "unit_name": said["unit"], "years": str(said["years"]), "other_topics": "\n".join(said["topics"]),
            },
            "languages": languages | levels,
            "plan": {"situation": texts["situation"], "aim": texts["aim"], **lists},
            "benefit": {"benefit_home": texts["benefit_home"], "benefit_host": texts["benefit_host"]},
            "wishes": {
                **{f"unit_{n}": str(unit.id) for n, unit in enumerate(self.units, 1)},
                **windows, "days": str(wished["days"]), "needs": texts["needs"],
            },
        }  # fmt: skip
        with self.at(moment):
            browser = self.browser(self.expert)
            browser.open(f"/calls/{self.call.id}")
            browser.send(f"/calls/{self.call.id}/apply")
            self.base = f"/exchanges/{browser.location.split('/')[2]}"
            for name, fields in sections.items():
                self.fill(browser, f"application/{name}", fields)
            self.fill(browser, "application/documents", {"file": (io.BytesIO(pdf()), "CV.pdf")}, having="file")
            self.fill(browser, "application/consent", {"declared": "y", "noticed": "y", "consented": "y"})

    def submit(self, moment: datetime) -> None:
        self.step(self.expert, moment, "check")

    # the agencies and the unit

    def decide(self, side: Staff, moment: datetime, what: str, **fields: str) -> Browser:
        return self.step(side.manager, moment, what, fields)

    def place(self, moment: datetime, unit: HostUnit | None = None) -> None:
        terms = {"unit": str((unit or self.units[0]).id), "counterpart": self.host.coordinator.name}
        self.step(self.host.manager, moment, "place", terms)

    def answer(self, moment: datetime, what: str = "confirm", **fields: str) -> None:
        self.step(self.host.coordinator, moment, what, fields)

    def schedule(self, moment: datetime, visit: Mapping[str, Any] | None = None) -> None:
        """The case's plan in place of the wished activities with which the page begins."""
        with self.at(moment):
            browser = self.browser(self.host.manager)
            page = browser.open(f"{self.base}/schedule")
            begun = page.select('[name^="agenda-"], [name^="milestones-"]')
            emptied = {str(field["name"]): "" for field in begun}
            self.fill(browser, "schedule", emptied | plan_fields(visit or self.case["visit"]))

    def agree(self, moment: datetime) -> None:
        self.step(self.expert, moment, "agree-expert")
        self.step(self.home.manager, moment + timedelta(hours=3), "agree-home")

    def visit(self) -> None:
        """Arrival on the first day, attendance and departure on the last."""
        start, end = (date.fromisoformat(self.case["visit"][name]) for name in ("start", "end"))
        self.step(self.host.coordinator, noon(start), "arrive", {"on": start.isoformat()})
        self.step(self.host.coordinator, noon(end), "attendance")
        self.step(self.host.coordinator, noon(end) + timedelta(hours=2), "depart", {"on": end.isoformat()})

    def progress(self, said: Mapping[str, Any], moment: datetime) -> None:
        """One progress report of a long stay."""
        first, last = said["period"]
        words = {"text": said["text"], "difficulties": said["difficulties"], "next": said["next"]}
        with self.at(moment):
            fields = {"first": first, "last": last, **words}
            self.fill(self.browser(self.expert), "report/progress", fields, having="idempotency_key")

    def report(self, moment: datetime) -> None:
        said = self.case["report"]
        with self.at(moment):
            browser = self.browser(self.expert)
            browser.open(f"{self.base}/report")
            browser.send(f"{self.base}/report/begin", action="begin")
            for part, fields in report_fields(said, self.ids).items():
                self.fill(browser, f"report/write/{part}", fields)
            self.fill(browser, "report/check", {})

    @property
    def ids(self) -> dict[str, str]:
        return {side.agency.code: str(side.agency.id) for side in (self.home, self.host)}

    def seal(self, moment: datetime) -> None:
        """The worker's part."""
        config, storage = self.app.config["PORTAL"], self.app.extensions["storage"]
        with self.at(moment):
            assert seal_due(config, storage) >= 1
            session.commit()


def plan_fields(visit: Mapping[str, Any]) -> dict[str, str]:
    """A case's visit as the answers of the form in which it is proposed."""
    fields = {"start": visit["start"], "end": visit["end"]}
    fields["travel_out"], fields["travel_back"] = visit["travel"]
    for n, item in enumerate(visit.get("agenda", ())):
        fields |= {
            f"agenda-{n}-day": item["day"], f"agenda-{n}-begins": item["from"], f"agenda-{n}-ends": item["to"],
            f"agenda-{n}-title": item["title"], f"agenda-{n}-place": item["place"],
        }  # fmt: skip
    for n, item in enumerate(visit.get("milestones", ())):
        fields |= {f"milestones-{n}-{name}": item[name] for name in ("due", "title", "output", "indicator")}
    return fields


def report_fields(said: Mapping[str, Any], ids: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """A case's report as the answers of its pages; objectives of the application beyond the case's are emptied."""
    objectives: dict[str, str] = {f"rows-{n}-text": "" for n in range(3)}
    for n, (text, met, note) in enumerate(said["objectives"]):
        objectives |= {f"rows-{n}-text": text, f"rows-{n}-met": met, f"rows-{n}-note": note}
    recommendations: dict[str, str] = {}
    for n, item in enumerate(said["recommendations"]):
        recommendations |= {
            f"rows-{n}-text": item["text"], f"rows-{n}-owner": ids[item["owner"]],
            f"rows-{n}-horizon": item["horizon"], f"rows-{n}-priority": item["priority"],
        }  # fmt: skip
    findings = {"findings": said["findings"], "people_met": "\n".join(said["people_met"])}
    return {
        "objectives": objectives,
        "findings": findings | {"days_worked": str(said["days_worked"])},
        "recommendations": recommendations,
        "rest": {"lessons": said["lessons"], "publish": "yes" if said["publish"] else "no"},
    }


Start = Callable[[int], Journey]
