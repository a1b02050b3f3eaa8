"""The whole demonstration: places, people, announcements, the four written-out cases, about forty other exchanges."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from portal import calendars
from portal.accounts.models import Agency, Person, actor_of
from portal.accounts.people import name_deputy
from portal.calls.models import Call
from portal.calls.service import load_headings
from portal.db import session
from portal.hosting.models import HostUnit
from portal.messages.service import mark_handled
from portal.policy import Actor, Grant, Role
from portal.seed import agencies_and_units, people, scenarios
from portal.seed.announcements import add_announcements
from portal.seed.exchange_builder import ExchangeBuilder, Scenario
from portal.seed.scenarios import PLOT, PREPARED, Part
from portal.seed.texts import OWN, REASONS
from portal.storage import Storage

CASES = sorted((Path(__file__).parent / "cases").glob("*.json"))
# where each case stands: its steps with their moments (UTC); each at another status
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
class World:
    agencies: Mapping[str, Agency]
    units: Mapping[str, HostUnit]
    calls: dict[str, Call]
    cast: people.Cast
    builder: ExchangeBuilder


def seed(storage: Storage) -> int:
    """Makes the demonstration in an empty database; answers how many exchanges, 0 where people exist already."""
    if session.scalar(select(Person.id).limit(1)) is not None:
        return 0
    load_headings()
    agencies = agencies_and_units.add_agencies()
    units = agencies_and_units.add_units(agencies)
    cast = people.add_staff(agencies, units)
    session.commit()
    calls = agencies_and_units.add_calls(agencies, cast.admin)
    add_announcements(agencies, cast)
    builder = ExchangeBuilder(cast, storage, {agency.id: code for code, agency in agencies.items()})
    world = World(agencies, units, calls, cast, builder)
    told = tell_cases(world) + tell_forty(world)
    tidy(world)
    session.commit()
    return told


def case(number: int) -> dict[str, Any]:
    """One of the four written-out cases, 1 to 4."""
    found: dict[str, Any] = json.loads(CASES[number - 1].read_text("utf-8"))
    return found


def tell_cases(world: World) -> int:
    """The four cases, word for word."""
    for number, (steps, address) in enumerate(zip(CASE_STEPS, CASE_ADDRESSES, strict=True), start=1):
        said = case(number)
        call = agencies_and_units.case_call(said, dict(world.agencies), world.cast.admin)
        expert = people.add_expert(world.agencies[said["home"]], said["expert"], address, world.cast.hashed)
        wished = [world.units[name].id for name in said["application"]["wished_units"]]
        said["application"]["wished_ids"] = wished
        moments = {step: datetime.fromisoformat(at).replace(tzinfo=UTC) for step, at in steps.items()}
        world.builder.build(Scenario(said, call, expert, wished[0], moments))
        session.commit()
    return len(CASE_STEPS)


def tell_forty(world: World) -> int:
    """About forty exchanges over all statuses, in both directions."""
    parts = [part for part in PLOT for _n in range(part.count)]
    for number, part in enumerate(parts):
        tell_one(world, number, part)
        session.commit()
    return len(parts)


def tell_one(world: World, number: int, part: Part) -> None:
    """One of the forty: its expert, call, unit, week and words; then its steps."""
    code, host = ("KOSGEB", "KOBIA")[number % 2], ("KOBIA", "KOSGEB")[number % 2]
    expert = add_expert(world, code, number)
    call, groups = pick_call(world, code, part, number)
    unit = pick_unit(world, host, number, part.long)
    days = scenarios.length(part.last, part.long, number)
    start = scenarios.visit_start(number, part.last, part.ending, call, part.weeks)
    step = -scenarios.WEEK if part.last in scenarios.CARRIED_OUT else scenarios.WEEK
    start = scenarios.free_week(start, days, scenarios.COUNTRY[host], unit, step)
    said = scenarios.content(code, number, start, unit, groups, days)
    moments = scenarios.moments_of(part.last, start, call, number, days)
    decides = host if (part.ending or "").startswith("host_") else code
    worded = (part.ending, REASONS.get(part.ending, {}).get(OWN[decides], "")) if part.ending else None
    extras = () if part.ending else scenarios.extras_of(said, code, moments)
    scenario = Scenario(said, call, expert, unit.id, moments, worded, coordinator(world, host, unit), extras)
    world.builder.build(scenario)


def add_expert(world: World, code: str, number: int) -> Person:
    name = people.EXPERTS[code][(number // 2) % len(people.EXPERTS[code])]
    facts = people.expert_facts(code, number, name)
    return people.add_expert(world.agencies[code], facts, people.address_of(code, name), world.cast.hashed)


def pick_call(world: World, code: str, part: Part, number: int) -> tuple[Call, tuple[str, ...]]:
    """A call that was open when it had to be, and the groups of topics that fit it."""
    group = "practice" if part.long else scenarios.SHORT_GROUPS[number // 2 % 3]
    when = "open" if part.last in PREPARED else "older" if part.long and part.weeks < -30 else "past"
    if (when, group) == ("open", "skills"):
        group = "growth"  # no call for skills is open at present
    return world.calls[f"{when}-{group}-{code}"], (group,)


def coordinator(world: World, code: str, unit: HostUnit) -> Actor:
    """The agency's coordinator, also for the units that have nobody of their own in the demonstration."""
    actor = world.cast.staff[code][Role.HOST]
    return Actor(actor.id, actor.grants | {Grant(Role.HOST, unit.agency_id, unit.id)})


def pick_unit(world: World, code: str, number: int, long: bool) -> HostUnit:
    """The agency's units in turn; long stays go to those that make policy."""
    own = [unit for unit in world.units.values() if unit.agency_id == world.agencies[code].id]
    fitting = [unit for unit in own if ("policy" in unit.topics.splitlines()[0]) is long]
    return fitting[(number // 2) % len(fitting)]


def tidy(world: World) -> None:
    """As on an ordinary morning: old messages are read, a manager has named a deputy for next month."""
    mark_handled(calendars.now() - timedelta(days=4))
    manager = session.get_one(Person, world.cast.staff["KOSGEB"][Role.MANAGER].id)
    deputy = world.cast.staff["KOSGEB"][Role.DEPUTY].id
    monday = calendars.today() + timedelta(days=28 - calendars.today().weekday())
    name_deputy(manager, deputy, monday, monday + timedelta(days=4), by=actor_of(manager))
