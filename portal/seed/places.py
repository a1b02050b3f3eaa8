"""Both agencies, their host units as far as they are known, and the calls."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from portal import calendars
from portal.accounts.models import Agency
from portal.calls import service as calls
from portal.calls.models import Call, DocumentKind
from portal.db import session
from portal.exchanges.models import Clocks, Kind
from portal.hosting.models import BlockedPeriod, HostUnit
from portal.policy import Actor

AGENCIES: tuple[dict[str, str], ...] = (
    {
        "code": "KOSGEB",
        "short_name": "KOSGEB",
        "name_own": "Küçük ve Orta Ölçekli İşletmeleri Geliştirme ve Destekleme İdaresi Başkanlığı",
        "name_en": "Small and Medium Enterprises Development Organization of Türkiye",
        "country": "TR",
        "city": "Ankara",
        "zone": "Europe/Istanbul",
        "language": "tr",
        "contact": "exchange@kosgeb.example",
        "domains": "kosgeb.example kosgeb.gov.tr",
    },
    {
        "code": "KOBIA",
        "short_name": "KOBİA",
        "name_own": "Azərbaycan Respublikasının Kiçik və Orta Biznesin İnkişafı Agentliyi",
        "name_en": "Small and Medium Business Development Agency of the Republic of Azerbaijan",
        "country": "AZ",
        "city": "Bakı",
        "zone": "Asia/Baku",
        "language": "az",
        "contact": "exchange@kobia.example",
        "domains": "kobia.example",
    },
)
# agency, own name, English name, city, how many at once, topics
UNITS: tuple[tuple[str, str, str, str, int, str], ...] = (
    ("KOSGEB", "KOSGEB Ankara OSTİM Müdürlüğü", "KOSGEB Ankara OSTIM Directorate", "Ankara", 2, "impact analysis"),
    ("KOSGEB", "KOSGEB Başkanlık, Strateji birimi", "KOSGEB Head Office, Strategy", "Ankara", 2, "SME support policy"),
    ("KOSGEB", "İstanbul Boğaziçi Müdürlüğü", "Istanbul Bosphorus Directorate", "İstanbul", 2, "exports"),
    ("KOSGEB", "İzmir Güney Müdürlüğü", "Izmir South Directorate", "İzmir", 2, "entrepreneurship training"),
    ("KOSGEB", "Bursa Müdürlüğü", "Bursa Directorate", "Bursa", 1, "SME statistics"),
    ("KOSGEB", "Gaziantep Müdürlüğü", "Gaziantep Directorate", "Gaziantep", 1, "exports"),
    ("KOSGEB", "Trabzon Müdürlüğü", "Trabzon Directorate", "Trabzon", 1, "business development"),
    ("KOBIA", "KOBİA, Bakı (Siyasət departamenti)", "KOBIA, Baku (Policy Department)", "Bakı", 2, "SME support policy"),
    ("KOBIA", "Bakı KOB evi", "Baku SME House", "Bakı", 2, "one-stop services"),
    ("KOBIA", "Yevlax KOB evi", "Yevlakh SME House", "Yevlax", 2, "entrepreneurship training"),
    ("KOBIA", "Gəncə KOB evi", "Ganja SME House", "Gəncə", 2, "SME houses"),
    ("KOBIA", "Xaçmaz KOB evi", "Khachmaz SME House", "Xaçmaz", 1, "business development"),
    ("KOBIA", "Xudat KOB evi", "Khudat SME House", "Xudat", 1, "support programmes"),
)
OFFERS = {
    "KOSGEB": "Masa, bilgisayar, havaalanından transfer",
    "KOBIA": "İş masası, kompüter, hava limanından transfer",
}
COSTS = "Travel and insurance: home agency. Lodging: host agency."
WHO = "Staff of the agency with at least three years of experience and B1 in a working language of the host."


def add_agencies() -> dict[str, Agency]:
    """Both agencies by their codes, with the default clocks."""
    rows = {fact["code"]: Agency(**fact) for fact in AGENCIES}
    session.add_all([*rows.values(), Clocks()])
    session.flush()
    return rows


def add_units(agencies: dict[str, Agency]) -> dict[str, HostUnit]:
    """The host units by their own names."""
    units = {}
    for code, own, english, city, capacity, topic in UNITS:
        unit = HostUnit(
            agency_id=agencies[code].id,
            name_own=own,
            name_en=english,
            city=city,
            capacity=capacity,
            topics=f"{topic}\nSME support policy",
            languages="tr en az" if code == "KOSGEB" else "az en tr ru",
            offers=OFFERS[code],
            address=f"{city}, {agencies[code].short_name}",
        )
        units[own] = unit
    novruz = calendars.today().year + 1
    units["Yevlax KOB evi"].blocked = [BlockedPeriod(first=date(novruz, 3, 18), last=date(novruz, 3, 28), why="Novruz")]
    session.add_all(units.values())
    session.flush()
    return units


@dataclass(frozen=True)
class CallPlan:
    """A call for the seed; moments are days from now."""

    key: str
    title: tuple[str, str, str]  # en, tr, az
    kind: Kind
    home: str
    host: str
    heading: int
    opens: int
    deadline: int
    earliest: int
    latest: int
    days: tuple[int, int]
    places: int
    about: str


HOUSES = (
    "SME houses: how one counter serves an entrepreneur",
    "KOB evleri: tek pencereden hizmet",
    "KOB evləri: bir pəncərə, bir nəfər",
)
DIGITAL = (
    "Digital services for small enterprises",
    "Küçük işletmeler için dijital hizmetler",
    "Kiçik müəssisələr üçün rəqəmsal xidmətlər",
)
EXPORT = (
    "Export readiness advice in the regions",
    "Bölgelerde ihracata hazırlık danışmanlığı",
    "Regionlarda ixraca hazırlıq məsləhəti",
)
PRACTICE = (
    "Support policies in practice: long stay",
    "Uygulamada destek politikaları: uzun süreli",
    "Təcrübədə dəstək siyasəti: uzunmüddətli",
)
PLANS: tuple[CallPlan, ...] = (
    CallPlan("past-tr", HOUSES, Kind.SHORT, "KOSGEB", "KOBIA", 2, -330, -270, -250, 200, (3, 15), 20,
             "Sit with the SME houses and follow cases from the door to the decision."),
    CallPlan("past-az", DIGITAL, Kind.SHORT, "KOBIA", "KOSGEB", 3, -330, -270, -250, 200, (3, 15), 20,
             "Work with the teams that moved support applications online."),
    CallPlan("past-long", PRACTICE, Kind.LONG, "KOBIA", "KOSGEB", 5, -420, -360, -340, 200, (60, 200), 6,
             "Join a policy team for months and compare instruments side by side."),
    CallPlan("open-tr", EXPORT, Kind.SHORT, "KOSGEB", "KOBIA", 2, -20, 38, 60, 240, (3, 15), 8,
             "Advise with colleagues in two regions and write down what works."),
    CallPlan("open-az", HOUSES, Kind.SHORT, "KOBIA", "KOSGEB", 2, -15, 45, 60, 240, (3, 15), 3,
             "See how directorates organise their counters, and bring what you do better."),
    CallPlan("soon-az", EXPORT, Kind.SHORT, "KOBIA", "KOSGEB", 2, 21, 70, 100, 300, (3, 15), 6,
             "Prepare enterprises for their first export together with a directorate."),
)  # fmt: skip


def add_calls(agencies: dict[str, Agency], by: Actor) -> dict[str, Call]:
    """The calls of PLANS by key, published when they opened (upcoming ones a month before)."""
    return {plan.key: add_call(plan, agencies, by) for plan in PLANS}


def add_call(plan: CallPlan, agencies: dict[str, Agency], by: Actor) -> Call:
    """One call, with its deadline at 18:00 in the host agency's zone."""
    home, host = agencies[plan.home], agencies[plan.host]
    today = calendars.today()

    def moment(days: int, hour: int) -> datetime:
        return datetime.combine(today + timedelta(days=days), datetime.min.time(), ZoneInfo(host.zone)).replace(
            hour=hour
        )

    facts = facts_of(plan.title, plan.kind, home, host, plan.heading)
    facts = replace(
        facts,
        description=plan.about,
        places=plan.places,
        opens=moment(plan.opens, 9),
        deadline=moment(plan.deadline, 18),
        zone=host.zone,
        earliest=today + timedelta(days=plan.earliest),
        latest=today + timedelta(days=plan.latest),
        min_days=plan.days[0],
        max_days=plan.days[1],
    )
    return publish(facts, plan.key, by, min(moment(plan.opens, 9), calendars.now()))


def facts_of(title: tuple[str, str, str], kind: Kind, home: Agency, host: Agency, heading: int) -> calls.CallFacts:
    """A call's facts with everything that is alike in all of them."""
    some = datetime(2026, 1, 1, tzinfo=ZoneInfo("UTC"))
    return calls.CallFacts(
        title_en=title[0], title_tr=title[1], title_az=title[2], kind=kind, home_id=home.id, host_id=host.id,
        agency_id=host.id, heading=heading, description="", who_can_apply=WHO, topics="", places=1, opens=some,
        deadline=some, zone=host.zone, earliest=date.min, latest=date.max, min_days=1, max_days=1,
        required_documents=(DocumentKind.CV,), costs=COSTS, contact=host.contact,
    )  # fmt: skip


def publish(facts: calls.CallFacts, key: str, by: Actor, at: datetime) -> Call:
    """Creates and publishes a call as if at `at`."""
    with calendars.at(min(at, facts.deadline - timedelta(days=1))):
        call = calls.create_call(facts, once=f"seed-{key}-{facts.home_id}", by=by)
        return calls.publish_call(call.id, version=call.version, by=by)


def case_call(case: dict[str, Any], agencies: dict[str, Agency], by: Actor) -> Call:
    """The call of one of the written-out cases, word for word."""
    said = case["call"]
    home, host = agencies[case["home"]], agencies[case["host"]]
    title = (said["title"]["en"], said["title"]["tr"], said["title"]["az"])
    deadline = datetime.fromisoformat(said["deadline"])
    opens = datetime.combine(date.fromisoformat(said["opens"]), datetime.min.time(), deadline.tzinfo).replace(hour=9)
    zone = "Asia/Baku" if deadline.utcoffset() == timedelta(hours=4) else "Europe/Istanbul"
    facts = replace(
        facts_of(title, Kind(case["kind"]), home, host, case["heading"]),
        description=title[0] + ".", opens=opens, deadline=deadline, zone=zone, places=said["places"],
        earliest=date.fromisoformat(said["earliest"]), latest=date.fromisoformat(said["latest"]),
        min_days=said["days"][0], max_days=said["days"][1],
    )  # fmt: skip
    return publish(facts, f"case-{case['home']}-{case['heading']}", by, min(opens, calendars.now()))
