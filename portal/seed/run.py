"""Makes the demonstration: agencies, units, people, calls, announcements, the four cases and about forty exchanges."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from portal import calendars
from portal.accounts.absences import agree, name_deputy
from portal.accounts.models import Agency, Person, actor_of
from portal.calls.models import Call
from portal.calls.service import load_headings
from portal.db import session
from portal.messages.service import mark_handled
from portal.policy import Actor, Grant, Role
from portal.seed import agencies_and_units, people, scenarios
from portal.seed.announcements import add_announcements
from portal.seed.data_protection import add_clearings, add_controllers
from portal.seed.exchange_builder import ExchangeBuilder, Scenario
from portal.seed.scenarios import ALL_SERIES, OPEN_CALL_STEPS, Series
from portal.seed.texts import LANGUAGE, REASONS
from portal.storage import Storage
from portal.topics.service import load_topics
from portal.units.models import HostUnit
from portal.visits.stay_rule_file import load_stay_rules

CASES = sorted((Path(__file__).parent / "cases").glob("*.json"))
# the steps that each case has taken, with their moments (UTC); each case is at another status
CASE_STEPS: tuple[dict[str, str], ...] = (
    {
        "apply": "2026-09-14T07:10", "submit": "2026-09-18T12:40", "endorse": "2026-09-22T06:15",
        "accept": "2026-10-16T08:30", "place": "2026-10-19T07:00", "confirm": "2026-10-20T11:20",
        "schedule": "2026-10-22T09:00", "expert_approve_plan": "2026-10-23T05:50",
        "home_approve_plan": "2026-10-26T08:05",
        "arrive": "2026-11-16T06:40", "attend": "2026-11-20T10:00", "depart": "2026-11-20T12:30",
        "report": "2026-11-22T15:20", "accept_host": "2026-11-23T07:45",
    },
    {"apply": "2026-11-20T16:05"},
    {
        "apply": "2026-10-05T08:00", "submit": "2026-10-12T13:30", "endorse": "2026-10-15T07:25",
        "accept": "2026-10-28T09:10", "place": "2026-10-30T06:50", "confirm": "2026-11-03T10:15",
        "schedule": "2026-11-18T08:20", "expert_approve_plan": "2026-11-19T17:40",
    },
    {"apply": "2026-11-02T11:00", "submit": "2026-11-16T09:30", "endorse": "2026-11-19T08:10"},
)  # fmt: skip
CASE_ADDRESSES = (
    "expert@kobia.example",
    "expert@kosgeb.example",
    "umit.kagan.ozturk@kosgeb.example",
    "sehriyar.qedirov@kobia.example",
)


@dataclass
class Demonstration:
    """What the exchanges are made with. Agencies by code, units by their own name, calls by key."""

    agencies: Mapping[str, Agency]
    units: Mapping[str, HostUnit]
    calls: dict[str, Call]
    staff: people.StaffActors
    builder: ExchangeBuilder


def seed(storage: Storage) -> int:
    """Makes the demonstration in an empty database and commits; returns the number of its exchanges.

    Changes nothing and returns 0 where people exist already.
    """
    if session.scalar(select(Person.id).limit(1)) is not None:
        return 0
    load_headings()
    load_topics()
    load_stay_rules()
    agencies = agencies_and_units.add_agencies()
    units = agencies_and_units.add_units(agencies)
    staff = people.add_staff(agencies, units)
    session.commit()
    add_controllers(agencies, staff.admin)
    calls = agencies_and_units.add_calls(agencies, staff.admin)
    add_announcements(agencies, staff)
    builder = ExchangeBuilder(staff, storage, {agency.id: code for code, agency in agencies.items()})
    demo = Demonstration(agencies, units, calls, staff, builder)
    count = build_cases(demo) + build_varied(demo)
    add_clearings(agencies)
    finish(demo)
    session.commit()
    return count


def case(number: int) -> dict[str, Any]:
    """One of the four cases, 1 to 4, as its file has it."""
    found: dict[str, Any] = json.loads(CASES[number - 1].read_text("utf-8"))
    return found


def build_cases(demo: Demonstration) -> int:
    """Makes the four cases with the texts and dates of their files; returns how many."""
    for number, (steps, address) in enumerate(zip(CASE_STEPS, CASE_ADDRESSES, strict=True), start=1):
        content = case(number)
        call = agencies_and_units.case_call(content, dict(demo.agencies), demo.staff.admin)
        expert = people.add_expert(demo.agencies[content["home"]], content["expert"], address, demo.staff.password_hash)
        wished = [demo.units[name].id for name in content["application"]["wished_units"]]
        content["application"]["wished_ids"] = wished
        moments = {step: datetime.fromisoformat(at).replace(tzinfo=UTC) for step, at in steps.items()}
        demo.builder.build(Scenario(content, call, expert, wished[0], moments))
        session.commit()
    return len(CASE_STEPS)


def build_varied(demo: Demonstration) -> int:
    """Makes about forty exchanges in all statuses and both directions; returns how many."""
    every = [series for series in ALL_SERIES for _n in range(series.count)]
    for number, series in enumerate(every):
        build_one(demo, number, series)
        session.commit()
    return len(every)


def build_one(demo: Demonstration, number: int, series: Series) -> None:
    """Makes one of the forty: picks its expert, call, unit, week and texts, then takes its steps."""
    code, host = ("KOSGEB", "KOBIA")[number % 2], ("KOBIA", "KOSGEB")[number % 2]
    expert = add_expert(demo, code, number)
    call, groups = pick_call(demo, code, series, number)
    unit = pick_unit(demo, host, number, series.long)
    days = scenarios.length(series.last, series.long, number)
    start = scenarios.visit_start(number, series.last, series.ending, call, series.weeks)
    step = -scenarios.WEEK if series.last in scenarios.VISIT_STEPS else scenarios.WEEK
    start = scenarios.free_week(start, days, scenarios.COUNTRY[host], unit, step)
    content = scenarios.content(code, number, start, unit, groups, days)
    moments = scenarios.moments_of(series.last, start, call, number, days)
    decider = host if (series.ending or "").startswith("host_") else code
    ending = (series.ending, REASONS.get(series.ending, {}).get(LANGUAGE[decider], "")) if series.ending else None
    extras = () if series.ending else scenarios.extras_of(content, code, moments)
    scenario = Scenario(content, call, expert, unit.id, moments, ending, coordinator(demo, host, unit), extras)
    demo.builder.build(scenario)


def add_expert(demo: Demonstration, code: str, number: int) -> Person:
    name = people.EXPERTS[code][(number // 2) % len(people.EXPERTS[code])]
    facts = people.expert_facts(code, number, name)
    return people.add_expert(demo.agencies[code], facts, people.address_of(code, name), demo.staff.password_hash)


def pick_call(demo: Demonstration, code: str, series: Series, number: int) -> tuple[Call, tuple[str, ...]]:
    """A call that was open at the time of the application, and the groups of topics that fit it."""
    group = "practice" if series.long else scenarios.SHORT_GROUPS[number // 2 % 3]
    when = "open" if series.last in OPEN_CALL_STEPS else "older" if series.long and series.weeks < -30 else "past"
    if (when, group) == ("open", "skills"):
        group = "growth"  # no call for skills is open at present
    return demo.calls[f"{when}-{group}-{code}"], (group,)


def coordinator(demo: Demonstration, code: str, unit: HostUnit) -> Actor:
    """The agency's coordinator, who here acts for this unit too, since not every unit has a coordinator of its own."""
    actor = demo.staff.by_agency[code][Role.HOST]
    return replace(actor, grants=actor.grants | {Grant(Role.HOST, unit.agency_id, unit.id)})


def pick_unit(demo: Demonstration, code: str, number: int, long: bool) -> HostUnit:
    """The agency's units in turn; long stays go to those whose first topic is policy."""
    own = [unit for unit in demo.units.values() if unit.agency_id == demo.agencies[code].id]
    fitting = [unit for unit in own if ("iyasət" in unit.name_own or "Strateji" in unit.name_own) is long]
    return fitting[(number // 2) % len(fitting)]


def finish(demo: Demonstration) -> None:
    """Marks messages older than four days as handled and lets a manager name a deputy for a week next month."""
    mark_handled(calendars.now() - timedelta(days=4))
    manager = session.get_one(Person, demo.staff.by_agency["KOSGEB"][Role.MANAGER].id)
    deputy = demo.staff.by_agency["KOSGEB"][Role.DEPUTY].id
    monday = calendars.today() + timedelta(days=28 - calendars.today().weekday())
    away = name_deputy(manager, deputy, monday, monday + timedelta(days=4), by=actor_of(manager))
    agree(away.id, by=actor_of(away.deputy))
