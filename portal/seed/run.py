"""The whole demonstration: places, people, the four written-out cases, and about forty exchanges around them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from portal import calendars
from portal.accounts.models import Agency, Person
from portal.calls.models import Call
from portal.calls.service import load_headings
from portal.db import session
from portal.hosting.models import HostUnit
from portal.messages.service import settle
from portal.policy import Actor, Grant, Role
from portal.seed import people, places
from portal.seed.stories import STEPS, Story, Teller, blank_pdf
from portal.seed.texts import REASONS, TEXTS
from portal.storage import Storage

CASES = sorted((Path(__file__).parent / "cases").glob("*.json"))
# where each case stands: its steps with their moments (UTC); each at another status
CASE_STEPS: tuple[dict[str, str], ...] = (
    {
        "apply": "2026-09-14T07:10", "submit": "2026-09-18T12:40", "endorse": "2026-09-22T06:15",
        "accept": "2026-10-16T08:30", "place": "2026-10-19T07:00", "confirm": "2026-10-20T11:20",
        "schedule": "2026-10-22T09:00", "agree_expert": "2026-10-23T05:50", "agree_home": "2026-10-26T08:05",
        "arrive": "2026-11-16T06:40", "attend": "2026-11-20T10:00", "depart": "2026-11-20T12:30",
        "report": "2026-11-22T15:20", "accept_host": "2026-11-23T07:45",
    },
    {"apply": "2026-11-20T16:05"},
    {
        "apply": "2026-10-05T08:00", "submit": "2026-10-12T13:30", "endorse": "2026-10-15T07:25",
        "accept": "2026-10-28T09:10", "place": "2026-10-30T06:50", "confirm": "2026-11-03T10:15",
        "schedule": "2026-11-18T08:20", "agree_expert": "2026-11-19T17:40",
    },
    {"apply": "2026-11-02T11:00", "submit": "2026-11-16T09:30", "endorse": "2026-11-19T08:10"},
)  # fmt: skip
CASE_ADDRESSES = (
    "expert@kobia.example",
    "expert@kosgeb.example",
    "umit.kagan.ozturk@kosgeb.example",
    "sehriyar.qedirov@kobia.example",
)
# how many of the forty stop after which step, with which ending
PLOT: tuple[tuple[str, str | None, int], ...] = (
    ("apply", None, 3), ("submit", None, 3), ("submit", "return_home", 2), ("submit", "reject_home", 1),
    ("endorse", None, 3), ("endorse", "waitlist", 2), ("endorse", "reject_host", 1), ("submit", "withdraw", 1),
    ("accept", None, 3), ("place", None, 2), ("confirm", None, 2), ("schedule", None, 2), ("agree_home", None, 3),
    ("arrive", None, 2), ("depart", None, 3), ("report", None, 2), ("accept_host", None, 1),
    ("accept_home", None, 3), ("agree_home", "cancel_host", 1),
)  # fmt: skip
PREPARED = ("apply", "submit", "endorse")  # stories that end here belong to calls that are open now


@dataclass
class World:
    agencies: Mapping[str, Agency]
    units: Mapping[str, HostUnit]
    calls: dict[str, Call]
    cast: people.Cast
    teller: Teller


def seed(storage: Storage) -> int:
    """Makes the demonstration in an empty database; answers how many exchanges, 0 where people exist already."""
    if session.scalar(select(Person.id).limit(1)) is not None:
        return 0
    load_headings()
    agencies = places.add_agencies()
    units = places.add_units(agencies)
    cast = people.add_staff(agencies, units)
    session.commit()
    calls = places.add_calls(agencies, cast.admin)
    teller = Teller(cast, storage, {agency.id: code for code, agency in agencies.items()}, blank_pdf())
    world = World(agencies, units, calls, cast, teller)
    told = tell_cases(world) + tell_forty(world)
    settle(calendars.now() - timedelta(days=4))
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
        call = places.case_call(said, dict(world.agencies), world.cast.admin)
        expert = people.add_expert(world.agencies[said["home"]], said["expert"], address, world.cast.hashed)
        wished = [world.units[name].id for name in said["application"]["wished_units"]]
        said["application"]["wished_ids"] = wished
        moments = {step: datetime.fromisoformat(at).replace(tzinfo=UTC) for step, at in steps.items()}
        world.teller.tell(Story(said, call, expert, wished[0], moments))
        session.commit()
    return len(CASE_STEPS)


def tell_forty(world: World) -> int:
    """About forty exchanges over all statuses, in both directions."""
    number = 0
    for step, ending, count in PLOT:
        for _n in range(count):
            tell_one(world, number, step, ending)
            session.commit()
            number += 1
    return number


def tell_one(world: World, number: int, last: str, ending: str | None) -> None:
    code = ("KOSGEB", "KOBIA")[number % 2]
    host = ("KOBIA", "KOSGEB")[number % 2]
    name = people.EXPERTS[code][(number // 2) % len(people.EXPERTS[code])]
    agency = world.agencies[code]
    address = people.address_of(code, name)
    facts = people.expert_facts(code, number, name)
    expert = people.add_expert(agency, facts, address, world.cast.hashed)
    key = ("open-tr", "open-az")[number % 2] if last in PREPARED else ("past-tr", "past-az")[number % 2]
    call, unit = world.calls[key], pick_unit(world, host, number)
    start = visit_start(number, last, ending, call)
    said = content(code, number, start, unit)
    moments = moments_of(last, start, call, number)
    worded = (ending, REASONS[ending]) if ending else None
    world.teller.tell(Story(said, call, expert, unit.id, moments, worded, coordinator(world, host, unit)))


def coordinator(world: World, code: str, unit: HostUnit) -> Actor:
    """The agency's coordinator, also for the units that have nobody of their own in the demonstration."""
    actor = world.cast.staff[code][Role.HOST]
    return Actor(actor.id, actor.grants | {Grant(Role.HOST, unit.agency_id, unit.id)})


def pick_unit(world: World, code: str, number: int) -> HostUnit:
    """The agency's units in turn; the first ones most often."""
    own = [unit for unit in world.units.values() if unit.agency_id == world.agencies[code].id]
    return own[(number // 2) % len(own)]


def visit_start(number: int, last: str, ending: str | None, call: Call) -> date:
    """A Monday in the past for visits that are over, around now for those under way, else in the coming months."""
    today = calendars.today()
    if last in ("depart", "report", "accept_host", "accept_home"):
        weeks = {"depart": -3, "report": -6, "accept_host": -8, "accept_home": -14}[last] - number % 3
        day = today + timedelta(weeks=weeks)
    elif last == "arrive":
        day = today
    else:
        day = max(today + timedelta(weeks=6 + number % 8), call.earliest + timedelta(days=7))
    return day - timedelta(days=day.weekday())


def content(code: str, number: int, start: date, unit: HostUnit) -> dict[str, Any]:
    """A story's words in the form of the cases."""
    language = "tr" if code == "KOSGEB" else "az"
    said = TEXTS[language][number // 2 % 2]
    end = start + timedelta(days=4)
    days = [start + timedelta(days=n) for n in range(3)]
    return {
        "language": language,
        "application": {
            **{key: said[key] for key in ("situation", "aim", "results", "benefit_home", "benefit_host", "activities")},
            "windows": [(start.isoformat(), end.isoformat())],
            "days": 5,
            "wished_ids": [unit.id],
            "needs": "",
        },
        "visit": {
            "start": start.isoformat(),
            "end": end.isoformat(),
            "travel": [(start - timedelta(days=1)).isoformat(), (end + timedelta(days=1)).isoformat()],
            "agenda": [
                {"day": d.isoformat(), "from": "09:30", "to": "16:30", "title": said["agenda"], "place": unit.name_own}
                for d in days
            ],
        },
        "report": {
            "objectives": [(text, "met" if n == 0 else "partly", "") for n, text in enumerate(said["results"])],
            "people_met": [unit.name_own],
            "findings": said["findings"],
            "recommendations": [
                {"text": said["recommendation"], "owner": code, "horizon": f"{end.year + 1}-06-30", "priority": "high"}
            ],
            "lessons": said["lesson"],
            "days_worked": 5,
            "publish": True,
        },
    }


def moments_of(last: str, start: date, call: Call, number: int) -> dict[str, datetime]:
    """When each step up to `last` happened: handed in while the call was open, then spread towards the visit or now."""
    now = calendars.now()
    opened = max(call.opens, now - timedelta(days=300)) + timedelta(days=2 + number % 5, hours=number % 9)
    before = STEPS[: STEPS.index(last) + 1]
    moments = {step: opened + timedelta(days=3 * n) for n, step in enumerate(before)}
    arrival = datetime.combine(start, datetime.min.time(), UTC) + timedelta(hours=7)
    fixed = {"arrive": 0, "attend": 4.2, "depart": 4.3, "report": 12, "accept_host": 17, "accept_home": 21}
    moments |= {step: arrival + timedelta(days=days) for step, days in fixed.items() if step in moments}
    latest = now - timedelta(hours=2)
    recent = {
        step: min(at, latest - timedelta(minutes=len(before) - n)) for n, (step, at) in enumerate(moments.items())
    }
    waits = last in ("accept", "place", "confirm", "schedule", "agree_home")
    return shifted(recent, now - timedelta(days=3 + number % 9)) if waits else recent


def shifted(moments: dict[str, datetime], last: datetime) -> dict[str, datetime]:
    """The same steps, the last ones days ago: a decision that waits has waited for days, not for months."""
    steps = list(moments)
    return {
        step: max(at, last - timedelta(days=2 * (len(steps) - 1 - n))) if n > 1 else at
        for n, (step, at) in enumerate(moments.items())
    }
