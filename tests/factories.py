"""Real rows for the tests: two agencies, their people, units and calls, and exchanges up to any step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy import select

from portal import calendars
from portal.accounts import absences
from portal.accounts.models import Absence, Agency, Person, RoleGrant, actor_of
from portal.calls import announcement_service, service
from portal.calls.models import Announcement, Call
from portal.db import session
from portal.documents.models import DocumentKind
from portal.exchanges.models import Kind
from portal.names import email_key
from portal.policy import Actor, Role
from portal.topics.models import Topic
from portal.units.models import HostUnit
from portal.visits.stay_rule_file import load_stay_rules

PASSWORD = "bridge over calm water"
HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)  # weak: checked at each sign-in


def agency(code: str, short_name: str, country: str, city: str, zone: str) -> Agency:
    language = country.casefold()
    made = Agency(
        code=code,
        short_name=short_name,
        name_own=short_name,
        name_en=short_name,
        country=country,
        city=city,
        zone=zone,
        language=language,
        contact=f"exchange@{code.casefold()}.example",
        domains=f"{code.casefold()}.example",
    )
    session.add(made)
    session.flush()
    return made


def person(email: str, name: str, of: Agency | None, role: Role, units: Sequence[HostUnit] = (), **more: Any) -> Person:
    """A confirmed person with one role and PASSWORD; a coordinator has it for each of `units`."""
    made = _person(email, name, of, role, units, **more)
    session.flush()
    return made


def _person(
    email: str, name: str, of: Agency | None, role: Role, units: Sequence[HostUnit] = (), **more: Any
) -> Person:
    at = calendars.now()
    more = {"language": "en"} | more
    made = Person(email=email, email_key=email_key(email), password_hash=HASH, name=name, **more)
    made.agency_id = of.id if of else None
    made.confirmed_at = made.created_at = at
    of_units: list[int | None] = [unit.id for unit in units]
    made.grants = [RoleGrant(role=role, agency_id=made.agency_id, unit_id=unit_id) for unit_id in of_units or [None]]
    session.add(made)
    return made


@dataclass
class World:
    """Both agencies with their people, three host units (the first two KOBİA's), one administrator.

    The coordinators have all units of their agency.
    """

    kosgeb: Agency
    kobia: Agency
    expert: Person  # of KOSGEB
    colleague: Person  # expert of KOBİA
    manager: Person  # of KOSGEB
    host_manager: Person  # of KOBİA
    deputy: Person  # of KOSGEB
    host_deputy: Person  # of KOBİA
    home_coordinator: Person  # of KOSGEB's unit
    coordinator: Person  # of KOBİA's units
    admin: Person
    units: list[HostUnit]

    def ids(self) -> dict[str, int | list[int]]:
        """By which `found_world` finds it again."""
        return {
            name: [unit.id for unit in row] if isinstance(row, list) else row.id for name, row in vars(self).items()
        }

    def call_facts(self, **changes: Any) -> service.CallFacts:
        """A complete call of KOSGEB for its experts, open for thirty more days unless changed."""
        now = calendars.now()
        facts: dict[str, Any] = {
            "title_en": "SME houses: one counter",
            "title_tr": "KOBİ evleri: tek gişe",
            "title_az": "KOB evləri: bir pəncərə",
            "kind": Kind.SHORT,
            "home_id": self.kosgeb.id,
            "host_id": self.kobia.id,
            "agency_id": self.kosgeb.id,
            "heading": 2,
            "description": "Follow ten cases from door to decision.",
            "who_can_apply": "Experts of KOSGEB.",
            "topics": (),
            "places": 2,
            "opens": now - timedelta(days=5),
            "deadline": now + timedelta(days=30),
            "zone": "Europe/Istanbul",
            "earliest": date(2027, 3, 1),
            "latest": date(2027, 6, 30),
            "min_days": 5,
            "max_days": 15,
            "required_documents": (DocumentKind.CV,),
            "costs": "Travel: home. Lodging: host.",
            "contact": "exchange@kosgeb.example",
        }
        return service.CallFacts(**(facts | changes))

    def call(self, idempotency_key: str = "the first call", **changes: Any) -> Call:
        """A published call."""
        facts = self.call_facts(**changes)
        by = actor_of(self.manager if facts.agency_id == self.kosgeb.id else self.host_manager)
        with calendars.at(min(calendars.now(), facts.opens)):
            made = service.create_call(facts, idempotency_key=idempotency_key, by=by)
            service.publish_call(made.id, version=made.version, by=by)
        return made

    def announcement_facts(self, **changes: Any) -> announcement_service.AnnouncementFacts:
        """KOSGEB's, in three languages, shown since yesterday unless changed."""
        facts: dict[str, Any] = {
            "agency_id": self.kosgeb.id,
            "first": calendars.today() - timedelta(days=1),
            "title_en": "A seminar in Baku",
            "title_tr": "Bakü’de seminer",
            "title_az": "Bakıda seminar",
            "text_en": "Two days on measuring.",
            "text_tr": "Ölçme üzerine iki gün.",
            "text_az": "Ölçməyə həsr olunmuş iki gün.",
        }
        return announcement_service.AnnouncementFacts(**(facts | changes))

    def announcement(self, idempotency_key: str = "the first announcement", **changes: Any) -> Announcement:
        facts = self.announcement_facts(**changes)
        by = actor_of(self.manager if facts.agency_id == self.kosgeb.id else self.host_manager)
        return announcement_service.announce(facts, idempotency_key=idempotency_key, by=by)


def topic(name_en: str, **more: Any) -> Topic:
    """A topic of the list with this name."""
    made = Topic(name_en=name_en, **more)
    session.add(made)
    session.flush()
    return made


def found_world(ids: Mapping[str, int | list[int]]) -> World:
    """The world whose rows have these ids."""
    agencies = {row.id: row for row in session.scalars(select(Agency))}
    people = {row.id: row for row in session.scalars(select(Person))}
    units = {row.id: row for row in session.scalars(select(HostUnit))}
    found: dict[str, Any] = {}
    for name, number in ids.items():
        if isinstance(number, list):
            found[name] = [units[one] for one in number]
        else:
            found[name] = (agencies if name in ("kosgeb", "kobia") else people)[number]
    return World(**found)


def stand_in(manager: Person, deputy: Person, first: date, last: date) -> Absence:
    """The deputy was asked to stand in for the manager, and agreed."""
    asked = absences.name_deputy(manager, deputy.id, first, last, by=actor_of(manager))
    absences.agree(asked.id, by=actor_of(deputy))
    return asked


def actor(who: Person) -> Actor:
    return actor_of(who)


def make_world() -> World:
    """All of it, committed."""
    kosgeb = agency("KOSGEB", "KOSGEB", "TR", "Ankara", "Europe/Istanbul")
    kobia = agency("KOBIA", "KOBİA", "AZ", "Bakı", "Asia/Baku")
    service.load_headings()
    load_stay_rules()
    units = [
        HostUnit(agency_id=kobia.id, name_own="Yevlax KOB evi", city="Yevlax"),
        HostUnit(agency_id=kobia.id, name_own="Gəncə KOB evi", city="Gəncə"),
        HostUnit(agency_id=kosgeb.id, name_own="Ankara OSTİM Müdürlüğü", city="Ankara"),
    ]
    session.add_all(units)
    session.flush()
    made = World(
        kosgeb=kosgeb,
        kobia=kobia,
        expert=_person("expert@kosgeb.example", "Işıl Çağrı Yıldırım", kosgeb, Role.EXPERT, post="KOBİ Uzmanı"),
        colleague=_person("expert@kobia.example", "Günel Əliyeva", kobia, Role.EXPERT),
        manager=_person("manager@kosgeb.example", "Tuğba Şen", kosgeb, Role.MANAGER),
        host_manager=_person("manager@kobia.example", "Elnur Quliyev", kobia, Role.MANAGER),
        deputy=_person("deputy@kosgeb.example", "Mert Kaya", kosgeb, Role.DEPUTY),
        host_deputy=_person("deputy@kobia.example", "Nigar Babayeva", kobia, Role.DEPUTY),
        home_coordinator=_person("host@kosgeb.example", "Deniz Güneş", kosgeb, Role.HOST, units=units[2:]),
        coordinator=_person("host@kobia.example", "Ramil Əsgərov", kobia, Role.HOST, units=units[:2]),
        admin=_person("admin@korpu.example", "Nil Öz", None, Role.ADMIN),
        units=units,
    )
    session.commit()
    return made
