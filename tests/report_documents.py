"""Final reports as documents: an ordinary one, an empty draft, one of six pages, one with everything long."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from portal import limits
from portal.limits import Limit
from portal.reports.document import (
    Acceptance,
    AgencyFact,
    AgendaFact,
    AttendanceFact,
    MilestoneFact,
    MilestoneProgressFact,
    ObjectiveFact,
    ProgressFact,
    RecommendationFact,
    ReportDocument,
)
from portal.sealing.seals import Seal, seal_of

KOSGEB = AgencyFact(
    "KOSGEB", "KOSGEB", "Küçük ve Orta Ölçekli İşletmeleri Geliştirme ve Destekleme İdaresi Başkanlığı", "tr"
)
KOBIA = AgencyFact("KOBIA", "KOBİA", "Azərbaycan Respublikasının Kiçik və Orta Biznesin İnkişafı Agentliyi", "az")
CODE = "7F3KQ2MD98XA"
ADDRESS = f"https://korpu.example/verify/{CODE}"
SAID = (
    "Araçların dörtte biri her iki ülkede de aynı işletmeye aynı gideri karşılıyor; ortak fon bunu dışlamalıdır. "
    "Üç bölgede yapılan görüşmelerde işletmelerin yarısı başvurudan önce en az iki kuruma gittiğini söyledi. "
)
LONGEST_WORD = "Muvaffakiyetsizleştiricileştiriveremeyebileceklerimizdenmişsinizcesine"


def seal() -> Seal:
    return seal_of(CODE, datetime(2026, 12, 7, 7, 4, tzinfo=UTC), "https://korpu.example")


def paper(**changes: Any) -> ReportDocument:
    """A sealed report of a short visit from Baku to İzmir."""
    facts: dict[str, Any] = {
        "language": "en",
        "writer_language": "az",
        "reference": "KX-2026-0188",
        "title": "One window, one person: the way to a decision in an SME house",
        "title_language": "en",
        "home": KOBIA,
        "host": KOSGEB,
        "long": False,
        "expert_name": "Şəhriyar Qədirov",
        "document_name": "SHAHRIYAR GADIROV",
        "expert_post": "Baş mütəxəssis",
        "expert_unit": "KOB evlərinin əlaqələndirilməsi şöbəsi",
        "unit_name": "İzmir Güney Müdürlüğü",
        "counterpart": "Deniz Güneş",
        "start": date(2026, 10, 12),
        "end": date(2026, 10, 23),
        "days_worked": 9,
        "zone": "Europe/Istanbul",
        "place": "İzmir",
        "objectives": [ObjectiveFact(n, f"Məqsəd {n}", met, "") for n, met in enumerate(("met", "partly"), start=1)],
        "agenda": agenda(6),
        "not_held": 0,
        "plan_language": "tr",
        "host_language": "tr",
        "attendance": [
            AttendanceFact(date(2026, 10, 12), date(2026, 10, 16), 5, 5, [], 0),
            AttendanceFact(date(2026, 10, 19), date(2026, 10, 23), 5, 4, [date(2026, 10, 21)], 0),
        ],
        "milestones": [],
        "progress": [],
        "people_met": ["Deniz Güneş, İzmir Güney Müdürlüğü", "OSTİM-dən iki məsləhətçi"],
        "recommendations": recommendations(2),
        "agenda_changes": "Cümə günü görüş axşama keçirildi.",
        "findings": "Bir pəncərədə bir nəfər.\n\nQərar orta hesabla 12 gün çəkir.",
        "lessons": "Sənədlər səfərdən əvvəl göndərilməlidir.",
        "materials": "",
        "risks": "",
        "next_steps": "",
        "host_comment": "Uzmanın hazırlığı çok iyiydi.",
        "acceptances": [
            Acceptance(KOSGEB, datetime(2026, 12, 4, 8, tzinfo=UTC)),
            Acceptance(KOBIA, datetime(2026, 12, 7, 7, 4, tzinfo=UTC)),
        ],
        "seal": seal(),
    }
    return ReportDocument(**(facts | changes))


def agenda(items: int) -> list[AgendaFact]:
    first = date(2026, 10, 12)
    return [
        AgendaFact(
            first + timedelta(days=n // 2), time(9, 30), time(12, 30), "Tek gişe: on dosya", "İzmir Güney Müdürlüğü",
            "Deniz Güneş, iki danışman" if n % 3 == 0 else "", "Bir gün sonraya alındı" if n % 5 == 4 else "",
        )
        for n in range(items)
    ]  # fmt: skip


def recommendations(many: int, text: str = "Kontrol listesi iki dilde yayımlansın.") -> list[RecommendationFact]:
    priorities, owners = ("high", "medium", "low"), (KOBIA, KOSGEB)
    return [RecommendationFact(n + 1, text, owners[n % 2], date(2027, 12, 31), priorities[n % 3]) for n in range(many)]


def draft() -> ReportDocument:
    """Just begun: nothing is written yet."""
    empty: dict[str, Any] = dict.fromkeys(
        ("objectives", "agenda", "attendance", "people_met", "recommendations", "progress"), ()
    )
    words = dict.fromkeys(("agenda_changes", "findings", "lessons", "host_comment", "counterpart", "expert_post"), "")
    nobody = [Acceptance(KOSGEB, None), Acceptance(KOBIA, None)]
    return paper(**empty, **words, acceptances=nobody, seal=None, days_worked=None)


def six_pages() -> ReportDocument:
    """What the measured report is: as many tables as a real one, on six pages."""
    return paper(
        agenda=agenda(14),
        findings=(SAID * 5 + "\n\n") * 6,
        recommendations=recommendations(14),
        lessons=SAID * 3,
        risks=SAID,
        next_steps=SAID,
    )


def long_stay() -> ReportDocument:
    """A long stay with everything long: 40 recommendations, 20,000 characters of findings, words without end."""
    stood = [MilestoneProgressFact(date(2027, 3, 12), "Envanter", "under_way", SAID) for _n in range(6)]
    period = ProgressFact(date(2027, 1, 11), date(2027, 4, 10), SAID * 4, "Geç geldi.", "Harita.", stood)
    long_text = f"{SAID} https://www.kosgeb.example/{'cokuzunadres' * 12}"
    months = [
        AttendanceFact(date(2027, m, 1), date(2027, m, 28), 20, 18, [date(2027, m, 4), date(2027, m, 5)], m % 2)
        for m in range(1, 8)
    ]
    return paper(
        long=True,
        writer_language="tr",
        agenda=[],
        milestones=[
            MilestoneFact(date(2027, 2 + n, 12), "Çalışma planı", SAID, "İki onay", "" if n % 2 else SAID)
            for n in range(6)
        ],
        attendance=months,
        progress=[period, period],
        objectives=[ObjectiveFact(n, f"{LONGEST_WORD} {LONGEST_WORD}", "partly", SAID * 9) for n in range(1, 6)],
        people_met=[f"Kişi {n}, {LONGEST_WORD}" for n in range(30)],
        findings=((SAID * 6 + "\n\n") * 16)[:20_000],
        recommendations=recommendations(39) + recommendations(1, long_text * 2),
        lessons=SAID * 8,
        host_comment="Çox faydalı oldu. " * 40,
    )


def filled(limit: Limit, broken: bool) -> str:
    """As much as a limit allows: prose, or `broken` into as many lines as it allows."""
    if not broken:
        return _prose(limit.characters)
    width = limit.characters // limit.lines - 1
    return "\n".join([_prose(width)] * limit.lines)


def _prose(characters: int) -> str:
    return (SAID * (characters // len(SAID) + 1))[:characters].strip()


def largest(long: bool, broken: bool = False) -> ReportDocument:
    """The largest report that `portal.limits` allow, of a short visit or of a long stay."""
    text, more = filled(limits.TEXT, broken), filled(limits.PERIOD_MORE, broken)
    stood = [
        MilestoneProgressFact(
            date(2027, 3, 12), _prose(limits.MILESTONE_TITLE), "under_way", filled(limits.MILESTONE_NOTE, broken)
        )
    ] * limits.MOST_MILESTONES
    period = ProgressFact(date(2027, 1, 11), date(2027, 4, 10), filled(limits.PERIOD, broken), more, more, stood)
    return paper(
        long=long,
        agenda=[] if long else _largest_agenda(broken),
        milestones=_largest_work_plan(broken) if long else [],
        progress=[period] * limits.MOST_PROGRESS_REPORTS if long else [],
        objectives=[
            ObjectiveFact(n + 1, filled(limits.OBJECTIVE, broken), "partly", filled(limits.OBJECTIVE_NOTE, broken))
            for n in range(limits.MOST_OBJECTIVES)
        ],
        recommendations=recommendations(limits.MOST_RECOMMENDATIONS, filled(limits.RECOMMENDATION, broken)),
        people_met=filled(limits.PEOPLE_MET, True).splitlines(),
        **dict.fromkeys(
            ("agenda_changes", "findings", "lessons", "materials", "risks", "next_steps", "host_comment"), text
        ),
    )


def _largest_agenda(broken: bool) -> list[AgendaFact]:
    title, place, who = (_prose(most) for most in (limits.AGENDA_TITLE, limits.AGENDA_PLACE, limits.AGENDA_WHO))
    first, changed = date(2026, 10, 1), filled(limits.RESULT, broken)
    return [
        AgendaFact(first + timedelta(days=n // 5), time(9, 30), time(12, 30), title, place, who, changed)
        for n in range(limits.MOST_AGENDA_ITEMS)
    ]


def _largest_work_plan(broken: bool) -> list[MilestoneFact]:
    title = _prose(limits.MILESTONE_TITLE)
    output, indicator = _prose(limits.MILESTONE_OUTPUT), _prose(limits.MILESTONE_INDICATOR)
    result = filled(limits.RESULT, broken)
    return [MilestoneFact(date(2027, 3, 12), title, output, indicator, result)] * limits.MOST_MILESTONES
