"""The demonstration's two agencies, their host units and the calls."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from portal import calendars
from portal.accounts.models import Agency
from portal.calls import service as calls
from portal.calls.models import Call
from portal.db import session
from portal.documents.models import DocumentKind
from portal.exchanges.models import Clocks, Kind
from portal.policy import Actor
from portal.seed.phones import office_phone
from portal.seed.texts import call_texts
from portal.topics.models import Topic
from portal.units.models import BlockedPeriod, HostUnit

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
# agency, own name, English name, city, capacity (experts on one day), topic
UNITS: tuple[tuple[str, str, str, str, int, str], ...] = (
    ("KOSGEB", "KOSGEB Ankara OSTİM Müdürlüğü", "KOSGEB Ankara OSTIM Directorate", "Ankara", 2, "impact analysis"),
    ("KOSGEB", "KOSGEB Başkanlık, Strateji birimi", "KOSGEB Head Office, Strategy", "Ankara", 4, "SME support policy"),
    ("KOSGEB", "İstanbul Boğaziçi Müdürlüğü", "Istanbul Bosphorus Directorate", "İstanbul", 2, "exports"),
    ("KOSGEB", "İzmir Güney Müdürlüğü", "Izmir South Directorate", "İzmir", 2, "entrepreneurship training"),
    ("KOSGEB", "Bursa Müdürlüğü", "Bursa Directorate", "Bursa", 1, "SME statistics"),
    ("KOSGEB", "Gaziantep Müdürlüğü", "Gaziantep Directorate", "Gaziantep", 1, "exports"),
    ("KOSGEB", "Trabzon Müdürlüğü", "Trabzon Directorate", "Trabzon", 1, "business development"),
    ("KOBIA", "KOBİA, Bakı (Siyasət departamenti)", "KOBIA, Baku (Policy Department)", "Bakı", 4, "SME support policy"),
    ("KOBIA", "Bakı KOB evi", "Baku SME House", "Bakı", 2, "one-stop services"),
    ("KOBIA", "Yevlax KOB evi", "Yevlakh SME House", "Yevlax", 2, "entrepreneurship training"),
    ("KOBIA", "Gəncə KOB evi", "Ganja SME House", "Gəncə", 2, "SME houses"),
    ("KOBIA", "Xaçmaz KOB evi", "Khachmaz SME House", "Xaçmaz", 1, "business development"),
    ("KOBIA", "Xudat KOB evi", "Khudat SME House", "Xudat", 1, "support programmes"),
)
# in the other agency's language, by the own name
NAMES_THERE = {
    "KOSGEB Ankara OSTİM Müdürlüğü": "KOSGEB Ankara OSTİM Müdirliyi",
    "KOSGEB Başkanlık, Strateji birimi": "KOSGEB Baş idarəsi, Strategiya bölməsi",
    "İstanbul Boğaziçi Müdürlüğü": "İstanbul Boğaziçi Müdirliyi",
    "İzmir Güney Müdürlüğü": "İzmir Güney Müdirliyi",
    "Bursa Müdürlüğü": "Bursa Müdirliyi",
    "Gaziantep Müdürlüğü": "Qaziantep Müdirliyi",
    "Trabzon Müdürlüğü": "Trabzon Müdirliyi",
    "KOBİA, Bakı (Siyasət departamenti)": "KOBİA, Bakü (Politika Dairesi)",
    "Bakı KOB evi": "Bakü KOBİ Evi",
    "Yevlax KOB evi": "Yevlah KOBİ Evi",
    "Gəncə KOB evi": "Gence KOBİ Evi",
    "Xaçmaz KOB evi": "Haçmaz KOBİ Evi",
    "Xudat KOB evi": "Hudat KOBİ Evi",
}
# where each host unit is, by its own name
STREETS = {
    "KOSGEB Ankara OSTİM Müdürlüğü": "OSTİM OSB, 100. Yıl Bulvarı 15, Yenimahalle, Ankara",
    "KOSGEB Başkanlık, Strateji birimi": "Hacı Bayram Mah., İstanbul Cad. 32, Altındağ, Ankara",
    "İstanbul Boğaziçi Müdürlüğü": "Büyükdere Cad. 110, Şişli, İstanbul",
    "İzmir Güney Müdürlüğü": "Gaziler Cad. 208, Konak, İzmir",
    "Bursa Müdürlüğü": "Organize Sanayi Bölgesi, Mavi Cad. 4, Nilüfer, Bursa",
    "Gaziantep Müdürlüğü": "Başpınar OSB, 2. Bölge, Şehitkamil, Gaziantep",
    "Trabzon Müdürlüğü": "Devlet Karayolu Cad. 61, Ortahisar, Trabzon",
    "KOBİA, Bakı (Siyasət departamenti)": "Cəfər Cabbarlı küç. 40, Nəsimi, Bakı",
    "Bakı KOB evi": "Heydər Əliyev pr. 103, Xətai, Bakı",
    "Yevlax KOB evi": "Nizami küç. 25, Yevlax",
    "Gəncə KOB evi": "Atatürk pr. 78, Gəncə",
    "Xaçmaz KOB evi": "Heydər Əliyev pr. 12, Xaçmaz",
    "Xudat KOB evi": "Azadlıq küç. 9, Xudat",
}
OFFERS = {
    "KOSGEB": "Masa, bilgisayar, havaalanından transfer",
    "KOBIA": "İş masası, kompüter, hava limanından transfer",
}


def topics_named(*names: str) -> list[Topic]:
    """The topics of the list with these English names. Raises LookupError: there is none with one of them."""
    found = list(session.scalars(select(Topic).where(Topic.name_en.in_(names)).order_by(Topic.id)))
    if missing := set(names) - {topic.name_en for topic in found}:
        raise LookupError(f"not in topics.csv: {', '.join(sorted(missing))}")
    return found


def add_agencies() -> dict[str, Agency]:
    """Adds both agencies and the row of default time limits; returns the agencies by code."""
    rows = {fact["code"]: Agency(**fact) for fact in AGENCIES}
    session.add_all([*rows.values(), Clocks()])
    session.flush()
    return rows


def add_units(agencies: dict[str, Agency]) -> dict[str, HostUnit]:
    """Adds the host units; returns them by their name in their own language."""
    units = {}
    for number, (code, own, english, city, capacity, topic) in enumerate(UNITS, start=1):
        unit = HostUnit(
            agency_id=agencies[code].id,
            name_own=own,
            name_en=english,
            name_tr=NAMES_THERE[own] if code == "KOBIA" else "",
            name_az=NAMES_THERE[own] if code == "KOSGEB" else "",
            city=city,
            capacity=capacity,
            topics=topics_named(topic, "SME support policy"),
            languages="tr en az" if code == "KOSGEB" else "az en tr ru",
            offers=OFFERS[code],
            address=STREETS[own],
            phone=office_phone(code, number),
        )
        units[own] = unit
    novruz = calendars.today().year + 1
    units["Yevlax KOB evi"].blocked = [BlockedPeriod(first=date(novruz, 3, 18), last=date(novruz, 3, 28), why="Novruz")]
    session.add_all(units.values())
    session.flush()
    return units


@dataclass(frozen=True)
class CallPlan:
    """A call to be made. `opens` to `latest` are days from today; its texts are those of its group."""

    key: str
    home: str
    opens: int
    deadline: int
    earliest: int
    latest: int
    places: int

    @property
    def group(self) -> str:
        return self.key.split("-")[1]


@dataclass(frozen=True)
class Theme:
    """What the calls of a group are about; their texts are in `call_texts.json`."""

    heading: int
    topics: tuple[str, ...]
    days: tuple[int, int]
    kind: Kind = Kind.SHORT


THEMES: dict[str, Theme] = {
    "services": Theme(2, ("one-stop services", "support programmes"), (3, 15)),
    "growth": Theme(2, ("exports", "business development", "entrepreneurship training"), (3, 15)),
    "skills": Theme(4, ("impact analysis", "SME statistics", "entrepreneurship training"), (3, 15)),
    "practice": Theme(5, ("SME support policy", "programme design"), (90, 270), Kind.LONG),
}
PAST = (-330, -270, -250, 300)
OLDER = (-640, -560, -520, 200)
CALL_PLANS: tuple[CallPlan, ...] = (
    *(CallPlan(f"past-{group}-{home}", home, *PAST, 8) for group in THEMES for home in ("KOSGEB", "KOBIA")),
    *(CallPlan(f"older-practice-{home}", home, *OLDER, 2) for home in ("KOSGEB", "KOBIA")),
    CallPlan("open-growth-KOSGEB", "KOSGEB", -24, 38, 60, 300, 6),
    CallPlan("open-services-KOSGEB", "KOSGEB", -21, 6, 60, 300, 4),
    CallPlan("open-practice-KOSGEB", "KOSGEB", -25, 52, 80, 420, 2),
    CallPlan("open-growth-KOBIA", "KOBIA", -22, 45, 60, 300, 6),
    CallPlan("open-services-KOBIA", "KOBIA", -20, 24, 60, 300, 3),
    CallPlan("open-practice-KOBIA", "KOBIA", -24, 31, 80, 420, 2),
    CallPlan("soon-skills-KOBIA", "KOBIA", 9, 60, 100, 330, 6),
    CallPlan("soon-skills-KOSGEB", "KOSGEB", 21, 70, 100, 330, 6),
)


def add_calls(agencies: dict[str, Agency], by: Actor) -> dict[str, Call]:
    """Adds the calls of CALL_PLANS; returns them by key."""
    return {plan.key: add_call(plan, agencies, by) for plan in CALL_PLANS}


def add_call(plan: CallPlan, agencies: dict[str, Agency], by: Actor) -> Call:
    """Adds one call, with its deadline at 18:00 in the host agency's time zone."""
    home = agencies[plan.home]
    host = next(agency for code, agency in agencies.items() if code != plan.home)
    theme, texts, today = THEMES[plan.group], call_texts()[plan.group], calendars.today()

    def moment(days: int, hour: int) -> datetime:
        return datetime.combine(today + timedelta(days=days), time(hour), ZoneInfo(host.zone))

    facts = replace(
        facts_of(texts["title"], texts["about"], theme.kind, home, host, theme.heading),
        topics=tuple(topic.id for topic in topics_named(*theme.topics)),
        places=plan.places,
        opens=moment(plan.opens, 9),
        deadline=moment(plan.deadline, 18),
        earliest=today + timedelta(days=plan.earliest),
        latest=today + timedelta(days=plan.latest),
        min_days=theme.days[0],
        max_days=theme.days[1],
    )
    return publish(facts, plan.key, by, min(moment(plan.opens, 9), calendars.now()))


def facts_of(
    title: dict[str, str], about: dict[str, str], kind: Kind, home: Agency, host: Agency, heading: int
) -> calls.CallFacts:
    """A call's facts, with placeholders for dates, places and topics, which the caller replaces."""
    placeholder, who, costs = datetime(2026, 1, 1, tzinfo=ZoneInfo("UTC")), call_texts()["who"], call_texts()["costs"]
    return calls.CallFacts(
        title_en=title["en"], title_tr=title["tr"], title_az=title["az"],
        description=about["en"], description_tr=about["tr"], description_az=about["az"],
        who_can_apply=who["en"], who_can_apply_tr=who["tr"], who_can_apply_az=who["az"],
        costs=costs["en"], costs_tr=costs["tr"], costs_az=costs["az"],
        kind=kind, home_id=home.id, host_id=host.id, agency_id=host.id, heading=heading, topics=(), places=1,
        opens=placeholder, deadline=placeholder, zone=host.zone,
        earliest=date.min, latest=date.max, min_days=1, max_days=1,
        min_years=3, required_documents=(DocumentKind.CV,), contact=host.contact,
    )  # fmt: skip


def publish(facts: calls.CallFacts, key: str, by: Actor, at: datetime) -> Call:
    """Creates and publishes a call as of `at`, at the latest a day before its deadline."""
    with calendars.at(min(at, facts.deadline - timedelta(days=1))):
        call = calls.create_call(facts, idempotency_key=f"seed-{key}-{facts.home_id}", by=by)
        return calls.publish_call(call.id, version=call.version, by=by)


def case_call(case: dict[str, Any], agencies: dict[str, Agency], by: Actor) -> Call:
    """Adds the call of one of the four cases, with the texts and dates of the case's file."""
    given = case["call"]
    home, host = agencies[case["home"]], agencies[case["host"]]
    about = call_texts()[f"{case['home']}-{case['heading']}"]  # the cases' files give the calls' titles only
    deadline = datetime.fromisoformat(given["deadline"])
    opens = datetime.combine(date.fromisoformat(given["opens"]), datetime.min.time(), deadline.tzinfo).replace(hour=9)
    zone = "Asia/Baku" if deadline.utcoffset() == timedelta(hours=4) else "Europe/Istanbul"
    facts = replace(
        facts_of(given["title"], about, Kind(case["kind"]), home, host, case["heading"]),
        opens=opens, deadline=deadline, zone=zone,
        places=given["places"],
        earliest=date.fromisoformat(given["earliest"]), latest=date.fromisoformat(given["latest"]),
        min_days=given["days"][0], max_days=given["days"][1],
    )  # fmt: skip
    return publish(facts, f"case-{case['home']}-{case['heading']}", by, min(opens, calendars.now()))
