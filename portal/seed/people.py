"""The people of the demonstration; all are invented."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from portal.accounts.demo import PASSWORD
from portal.accounts.models import Agency, Level, Person, PersonLanguage, actor_of
from portal.accounts.passwords import hash_password
from portal.accounts.registration import new_person
from portal.calendars import now
from portal.db import session
from portal.names import fold, travel_name
from portal.policy import Actor, Role
from portal.seed.agencies_and_units import topics_named
from portal.seed.phones import mobile_phone

STAFF: dict[str, dict[Role, str]] = {
    "KOSGEB": {Role.MANAGER: "Elif Demir", Role.DEPUTY: "Mert Kaya", Role.HOST: "Deniz Güneş"},
    "KOBIA": {Role.MANAGER: "Rəşad Məmmədov", Role.DEPUTY: "Nigar Babayeva", Role.HOST: "Ramil Əsgərov"},
}
HOSTED = {
    "KOSGEB": ("KOSGEB Ankara OSTİM Müdürlüğü", "İstanbul Boğaziçi Müdürlüğü"),
    "KOBIA": ("Yevlax KOB evi", "KOBİA, Bakı (Siyasət departamenti)"),
}
EXPERTS: dict[str, tuple[str, ...]] = {
    "KOSGEB": (
        "Tuğba Şen", "Can Arslan", "Şule Çelik", "Oğuz Yıldız", "İpek Aydın", "Ömer Faruk Güneş", "Gülçin Öz",
        "Barış Koç", "Nihal Işık", "Uğur Çakır", "Zeynep Ağaoğlu", "Hüseyin Avcı", "Ece Tunç", "Kağan Ünal",
        "Çiğdem Erdoğan", "Iraz Bulut", "Selçuk Özdemir", "Ayşegül Kılıç", "Ilgaz Şahin", "Füsun Doğan",
    ),
    "KOBIA": (
        "Aynur Hüseynova", "Elçin İbrahimov", "Leyla Quliyeva", "Vüqar Əhmədov", "Könül Rzayeva", "Tural Cəfərov",
        "Səbinə Nağıyeva", "Fərid Xəlilov", "Günay Abbasova", "Orxan Süleymanov", "Şəbnəm Qasımova", "Emin Ağayev",
        "Zümrüd Həsənli", "Ceyhun Bayramov", "Ülviyyə Şıxəliyeva", "İlqar Məlikov", "Nərmin Kərimova",
        "Xəyal Verdiyev", "Aytən Ələkbərova", "Rövşən Yusifzadə",
    ),
}  # fmt: skip
POSTS = {
    "KOSGEB": ("KOBİ Uzmanı", "KOBİ Uzman Yardımcısı", "Müdür"),
    "KOBIA": ("Baş məsləhətçi", "Aparıcı mütəxəssis", "Şöbə müdiri"),
}
HOME_UNITS = {
    "KOSGEB": ("İzmir Güney Müdürlüğü", "Bursa Müdürlüğü", "Girişimcilik birimi"),
    "KOBIA": ("Təhlil və monitorinq şöbəsi", "Gəncə KOB evi", "Xidmətlər departamenti"),
}
TOPICS = (
    "SME statistics",
    "one-stop services",
    "exports",
    "entrepreneurship training",
    "support programmes",
    "impact analysis",
)


@dataclass(frozen=True)
class StaffActors:
    """The staff as actors for the services, by agency and role, and the hash of the password that all share."""

    admin: Actor
    by_agency: dict[str, dict[Role, Actor]]
    password_hash: str


def document_name(name: str) -> str:
    """The name as a travel document has it; an invented name with ə, q or x is one of Azerbaijan."""
    return travel_name(name, "AZ" if set("əƏqQxX") & set(name) else "TR")


def add_staff(agencies: dict[str, Agency], units: dict[str, Any]) -> StaffActors:
    """Adds administrator, managers, deputies and coordinators, with the demonstration's password."""
    password_hash = hash_password(PASSWORD)
    admin = _person("admin@korpu.example", "Aylin Özkan", None, [Role.ADMIN], password_hash)
    staff: dict[str, dict[Role, Actor]] = {}
    for code, names in STAFF.items():
        staff[code] = {}
        for role, name in names.items():
            hosted = [units[unit].id for unit in HOSTED[code]] if role is Role.HOST else []
            address = f"{role.value}@{code.casefold()}.example"
            person = _person(address, name, agencies[code], [role], password_hash, hosted)
            session.flush()
            staff[code][role] = actor_of(person)
    other = {unit.agency_id: unit for unit in units.values()}
    assert len(other) == 2, "both agencies have units"
    return StaffActors(actor_of(admin), staff, password_hash)


def _person(
    address: str, name: str, agency: Agency | None, roles: list[Role], password_hash: str, hosted: Sequence[int] = ()
) -> Person:
    person = new_person(address, name, agency, roles, password_hash=password_hash, unit_ids=hosted)
    person.confirmed_at = now()
    if agency is not None:
        session.flush()
        person.phone = mobile_phone(agency.code, person.id)
    return person


def add_expert(agency: Agency, facts: dict[str, Any], address: str, password_hash: str) -> Person:
    """Adds an expert with a complete profile; `facts` has the form of `expert` in the cases' files."""
    person = _person(address, facts["name"], agency, [Role.EXPERT], password_hash)
    person.document_name, person.post = facts["document_name"], facts["post"]
    person.unit_name, person.years = facts["unit"], facts["years"]
    person.topics = topics_named(*facts["topics"])
    person.languages = [PersonLanguage(code=code, level=Level(level)) for code, level in facts["languages"].items()]
    session.flush()
    return person


def expert_facts(code: str, number: int, name: str) -> dict[str, Any]:
    """A plausible profile for one of EXPERTS; `number` varies it."""
    own, other = ("tr", "az") if code == "KOSGEB" else ("az", "tr")
    return {
        "name": name,
        "document_name": document_name(name),
        "post": POSTS[code][number % 3],
        "unit": HOME_UNITS[code][number % 3],
        "years": 3 + number % 19,
        "topics": [TOPICS[number % 6], TOPICS[(number + 2) % 6]],
        "languages": {own: "C2", other: ("B1", "B2", "C1")[number % 3], "en": ("B1", "B2", "C1")[(number + 1) % 3]},
    }


def address_of(code: str, name: str) -> str:
    return ".".join(re.findall(r"[a-z0-9-]+", fold(name))) + f"@{code.casefold()}.example"
