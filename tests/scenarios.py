"""Makes exchanges through the services up to any step, with the builder of the demonstration."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from portal import calendars
from portal.accounts.models import Level, Person, PersonLanguage
from portal.calls.models import Call
from portal.db import session
from portal.exchanges.models import Exchange
from portal.exchanges.queries import locked
from portal.policy import Role
from portal.seed.exchange_builder import ExchangeBuilder, Scenario
from portal.seed.people import StaffActors
from portal.seed.scenarios import content, moments_of, visit_start
from portal.storage import Storage
from portal.topics.service import chosen
from portal.units.models import HostUnit
from tests.factories import HASH, World, actor
from tests.form_data import PERSON
from tests.kept_rows import once


def builder(world: World, storage: Storage) -> ExchangeBuilder:
    """A builder that acts as the staff of the test's world."""
    staff = {
        "KOSGEB": {Role.MANAGER: world.manager, Role.DEPUTY: world.deputy, Role.HOST: world.home_coordinator},
        "KOBIA": {Role.MANAGER: world.host_manager, Role.DEPUTY: world.host_deputy, Role.HOST: world.coordinator},
    }
    actors = {code: {role: actor(who) for role, who in people.items()} for code, people in staff.items()}
    codes = {world.kosgeb.id: "KOSGEB", world.kobia.id: "KOBIA"}
    return ExchangeBuilder(StaffActors(actor(world.admin), actors, HASH), storage, codes)


def old_call(world: World, home: str = "KOSGEB", idempotency_key: str = "an old call", **changes: Any) -> Call:
    """A call whose deadline is long past and whose dates and places allow any visit, past or future; committed."""
    if changes:
        return _make_call(world, home, idempotency_key, **changes)
    number = once((home, idempotency_key), lambda _storage: _make_call(world, home, idempotency_key).id)
    return session.get_one(Call, number)


def _make_call(world: World, home: str, idempotency_key: str, **changes: Any) -> Call:
    now, today = calendars.now(), calendars.today()
    to_turkey = home == "KOBIA"
    facts: dict[str, Any] = {
        "home_id": world.kobia.id if to_turkey else world.kosgeb.id,
        "host_id": world.kosgeb.id if to_turkey else world.kobia.id,
        "agency_id": world.kosgeb.id,
        "opens": now - timedelta(days=330),
        "deadline": now - timedelta(days=270),
        "earliest": today - timedelta(days=250),
        "latest": today + timedelta(days=500),
        "places": 200,
        "min_days": 3,
    }
    made = world.call(idempotency_key=idempotency_key, **(facts | changes))
    session.commit()
    return made


def make_exchange(
    world: World,
    storage: Storage,
    last: str = "apply",
    ending: str | None = None,
    *,
    call: Call | None = None,
    expert: Person | None = None,
    unit: HostUnit | None = None,
    start: date | None = None,
    number: int = 0,
    case: dict[str, Any] | None = None,
    versions: Sequence[str] = ("en",),
) -> Exchange:
    """An exchange whose last step is `last` (one of exchange_builder.STEPS), followed by `ending` if given; committed.

    From KOSGEB's expert to KOBİA's first unit by default. `number` varies dates and texts; `versions` are the
    languages in which its report is to be sealed.
    """

    def make(kept: Storage) -> int:
        of = call or _make_call(world, "KOSGEB", "an old call")
        who = expert or (world.expert if of.home_id == world.kosgeb.id else world.colleague)
        at = unit or (world.units[0] if of.host_id == world.kobia.id else world.units[2])
        complete_profile(who)
        first = start or visit_start(number, "arrive" if last == "attend" else last, ending, of)
        home = "KOSGEB" if of.home_id == world.kosgeb.id else "KOBIA"
        texts = case or content(home, number, first, at)
        moments: dict[str, datetime] = moments_of(last, first, of, number)
        end = (ending, "Reason in words.") if ending else None
        scenario = Scenario(texts, of, who, at.id, moments, end, versions=versions)
        made = builder(world, kept).build(scenario)
        session.commit()
        return made.id

    given = (row.id if row else None for row in (call, expert, unit))
    name = (last, ending, *given, start, number, tuple(versions))
    found = locked(make(storage) if case else once(name, make, storage))
    session.commit()
    return found


def complete_profile(expert: Person) -> None:
    """Fills what an application copies from the person's profile, where it is empty."""
    for name in ("document_name", "post", "unit_name", "years"):
        setattr(expert, name, getattr(expert, name, None) or PERSON[name])
    expert.topics = expert.topics or chosen((), str(PERSON["other_topics"]), by=actor(expert))
    if not expert.languages:
        expert.languages = [PersonLanguage(code=code, level=Level.B2) for code in ("tr", "az", "en")]
    session.flush()


def both_directions(world: World) -> tuple[Call, Call]:
    """A call KOSGEB → KOBİA and one KOBİA → KOSGEB, both closed."""
    return old_call(world), old_call(world, "KOBIA", "a call the other way")
