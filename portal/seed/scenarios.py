"""The dates and texts of the demonstration's exchanges.

The demonstration can be made on any day: all moments are before now, and all visits in weeks in which the host's
offices are open and the unit has a free seat.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from portal import calendars
from portal.bookings.queries import seats_taken
from portal.calls.models import Call
from portal.reports.periods import later, periods
from portal.seed.exchange_builder import STEPS, Extra
from portal.seed.office_hours import within_office_hours
from portal.seed.texts import EVIDENCE, LANGUAGE, topic
from portal.units.models import HostUnit

SHORT_GROUPS = ("services", "growth", "skills")
COUNTRY = {"KOSGEB": "TR", "KOBIA": "AZ"}
OTHER = {"KOSGEB": "KOBIA", "KOBIA": "KOSGEB"}
WEEK = timedelta(weeks=1)


@dataclass(frozen=True)
class Series:
    """`count` exchanges whose last step is `last`, followed by `ending` where there is one.

    `weeks` is when their visits began, in weeks from now (negative); 0 is the usual time for the step.
    """

    last: str
    count: int
    ending: str | None = None
    long: bool = False
    weeks: int = 0


# all statuses, both kinds; twenty exchanges in each direction
ALL_SERIES: tuple[Series, ...] = (
    Series("apply", 3), Series("submit", 3), Series("submit", 2, "home_return"), Series("submit", 1, "home_reject"),
    Series("endorse", 2), Series("endorse", 1, long=True), Series("endorse", 2, "host_waitlist"),
    Series("endorse", 1, "host_reject"), Series("submit", 1, "expert_withdraw"), Series("accept", 3),
    Series("place", 2), Series("confirm", 1), Series("confirm", 1, long=True), Series("schedule", 2),
    Series("home_approve_plan", 2), Series("home_approve_plan", 1, long=True),
    Series("home_approve_plan", 1, "host_cancel"), Series("attend", 2, weeks=-1),
    Series("attend", 1, long=True, weeks=-15), Series("depart", 2, weeks=-3), Series("report", 1, weeks=-6),
    Series("accept_host", 1, weeks=-8), Series("accept_home", 2, weeks=-14),
    Series("accept_home", 1, long=True, weeks=-60), Series("accept_home", 1, weeks=-32),
)  # fmt: skip
OPEN_CALL_STEPS = (
    "apply",
    "submit",
    "endorse",
)  # exchanges that stop here belong to calls that are open now
VISIT_STEPS = ("attend", "arrive", "depart", "report", "accept_host", "accept_home")


def length(last: str, long: bool, number: int) -> int:
    """The days of a visit, first and last included: a week, two weeks or half a year, from Monday to Friday."""
    if long:
        return 26 * 7 - 2
    return 12 if last in ("attend", "arrive") or number % 4 == 3 else 5


def visit_start(number: int, last: str, ending: str | None, call: Call, weeks: int = 0) -> date:
    """A Monday: in the past for visits that have ended, last week for those under way, else in the coming months."""
    today = calendars.today()
    if last in VISIT_STEPS:
        usual = {"depart": -3, "report": -6, "accept_host": -8, "accept_home": -14}.get(last, -1)
        day = today + WEEK * ((weeks or usual) - (number % 3 if last not in ("attend", "arrive") else 0))
    else:
        day = max(today + timedelta(weeks=6 + number % 8), call.earliest + timedelta(days=7))
    return day - timedelta(days=day.weekday())


def free_week(start: date, days: int, country: str, unit: HostUnit, step: timedelta) -> date:
    """The first Monday from `start` on, in steps of `step`, of a stay with a free seat and three working days or more.

    Raises LookupError: there is none within 52 steps.
    """
    exceptions = calendars.overrides()
    for n in range(52):
        first = start + step * n
        last = first + timedelta(days=days - 1)
        taken = seats_taken(unit.id, first, last)
        full = any(len(seats) >= unit.capacity for seats in taken.values())
        blocked = any(period.first <= last and period.last >= first for period in unit.blocked)
        if not full and not blocked and calendars.working_days(first, last, country, exceptions) >= 3:
            return first
    raise LookupError(f"no free week in {unit.name_own}")


def content(
    code: str, number: int, start: date, unit: HostUnit, groups: tuple[str, ...] = SHORT_GROUPS, days: int = 5
) -> dict[str, Any]:
    """The texts and dates of an exchange in the form of the cases' files, for an expert of the agency `code`."""
    texts = topic(code, groups, number // 2 // len(SHORT_GROUPS))  # pick_call takes the groups in turn
    end = start + timedelta(days=days - 1)
    names = ("situation", "aim", "results", "benefit_home", "benefit_host", "activities", "needs")
    return {
        "language": LANGUAGE[code],
        "application": {
            **{name: texts[name] for name in names},
            "windows": [(start.isoformat(), end.isoformat())],
            "days": days if "milestones" in texts else calendars.stay_days(start, end, True),
            "wished_ids": [unit.id],
        },
        "visit": {
            "start": start.isoformat(),
            "end": end.isoformat(),
            "travel": [(start - timedelta(days=1)).isoformat(), (end + timedelta(days=1)).isoformat()],
            **_plan(texts, start, end, COUNTRY[OTHER[code]], unit),
        },
        "report": _report(texts, code, start, end),
        "topic": texts,
    }


def _plan(texts: Mapping[str, Any], start: date, end: date, country: str, unit: HostUnit) -> dict[str, Any]:
    """An agenda on the first working days or, for long stays, milestones spread evenly."""
    if "milestones" in texts:
        step = (end - start) / len(texts["milestones"])
        return {
            "milestones": [
                {"due": (start + step * n).isoformat(), "title": title, "output": output, "indicator": indicator}
                for n, (title, output, indicator) in enumerate(texts["milestones"], start=1)
            ]
        }
    exceptions = calendars.overrides()
    open_days = [day for n in range(14) if (day := start + timedelta(days=n)) <= end]
    working = [day for day in open_days if calendars.is_working(day, country, exceptions)]
    spread = working[:: max(1, len(working) // len(texts["agenda"]))]  # so that a second week has its share
    hours = (("09:30", "12:30"), ("10:00", "16:30"), ("09:30", "17:00"), ("10:00", "15:30"), ("09:00", "13:00"))
    return {
        "agenda": [
            {"day": day.isoformat(), "from": hours[n][0], "to": hours[n][1], "title": title, "place": unit.name_own}
            for n, (day, title) in enumerate(zip(spread, texts["agenda"], strict=False))
        ]
    }


def _report(texts: Mapping[str, Any], code: str, start: date, end: date) -> dict[str, Any]:
    owners = {"home": code, "host": OTHER[code]}
    met = ("met", "partly", "met")
    worked = calendars.working_days(start, end, COUNTRY[OTHER[code]], calendars.overrides())
    return {
        "objectives": [
            (text, met[n % 3], note)
            for n, (text, note) in enumerate(zip(texts["results"], texts["objectives"], strict=True))
        ],
        "people_met": texts["people"],
        "findings": texts["findings"],
        "recommendations": [
            {"text": text, "owner": owners[owner], "horizon": later(end, months).isoformat(), "priority": priority}
            for text, owner, months, priority in texts["recommendations"]
        ],
        "lessons": texts["lessons"],
        "days_worked": worked,
        "publish": True,
    }


def moments_of(last: str, start: date, call: Call, number: int, days: int = 5) -> dict[str, datetime]:
    """When each step up to `last` happened: applying while the call was open, the others up to the visit or now."""
    now = calendars.now()
    opened = call.opens + timedelta(days=4 + number % 5, hours=number % 9)
    before = STEPS[: STEPS.index(last) + 1]
    moments = {step: opened + timedelta(days=3 * n) for n, step in enumerate(before)}
    arrival = datetime.combine(start, time(7), UTC)
    gone = days - 1
    fixed = {
        "arrive": 0, "attend": gone + 0.2, "depart": gone + 0.3, "report": gone + 8, "accept_host": gone + 13,
        "accept_home": gone + 17,
    }  # fmt: skip
    moments |= {step: arrival + timedelta(days=after) for step, after in fixed.items() if step in moments}
    waits = last in ("accept", "place", "confirm", "schedule", "home_approve_plan")
    taken = delayed(moments, now - timedelta(days=3 + number % 9)) if waits else moments
    return within_office_hours(taken, now - timedelta(hours=2))


def delayed(moments: dict[str, datetime], last: datetime) -> dict[str, datetime]:
    """The same steps with the last ones moved close to `last`, so that a decision is days overdue, not months."""
    steps = list(moments)
    return {
        step: max(at, last - timedelta(days=2 * (len(steps) - 1 - n))) if n > 1 else at
        for n, (step, at) in enumerate(moments.items())
    }


def extras_of(case: Mapping[str, Any], code: str, moments: Mapping[str, datetime]) -> list[Extra]:
    """What happens between the steps up to now: messages, progress reports, the host's comment, the evaluations of
    both sides and the follow-up after six months."""
    texts = case["topic"]
    makers: Sequence[Callable[[], list[Extra]]] = (
        lambda: _notes(texts, moments),
        lambda: _progress(case, moments),
        lambda: _evaluations(texts, moments),
        lambda: _follow_ups(texts, LANGUAGE[code], moments),
    )
    now = calendars.now()
    return [extra for make in makers for extra in make() if extra.at < now - timedelta(minutes=30)]


def _notes(texts: Mapping[str, Any], moments: Mapping[str, datetime]) -> list[Extra]:
    since = moments.get("schedule") or moments.get("confirm")
    if since is None:
        return []
    return [
        Extra(since + timedelta(hours=1 + 5 * n), "note", {"who": who, "text": text})
        for n, (who, text) in enumerate(texts["notes"])
    ]


def _progress(case: Mapping[str, Any], moments: Mapping[str, datetime]) -> list[Extra]:
    if "milestones" not in case["visit"] or "arrive" not in moments:
        return []
    start, end = (date.fromisoformat(case["visit"][name]) for name in ("start", "end"))
    found = []
    for period, (text, difficulties, following) in zip(periods(start, end), case["topic"]["progress"], strict=False):
        answers = {"text": text, "difficulties": difficulties, "next": following}
        at = datetime.combine(period.last + timedelta(days=6), time(8), UTC)
        if "report" not in moments or at < moments["report"]:
            found.append(Extra(at, "progress", {"first": period.first, "last": period.last, "answers": answers}))
    return found


def _evaluations(texts: Mapping[str, Any], moments: Mapping[str, datetime]) -> list[Extra]:
    found = []
    if "report" in moments:
        handed_in = moments["report"]
        found.append(Extra(handed_in - timedelta(days=2), "evaluate_host", {"text": texts["expert_says"]}))
        found.append(Extra(handed_in - timedelta(days=1), "evaluate_expert", {"text": texts["host_says"]}))
        found.append(Extra(handed_in + timedelta(days=1), "comment", {"text": texts["host_comment"]}))
    return found


def _follow_ups(texts: Mapping[str, Any], language: str, moments: Mapping[str, datetime]) -> list[Extra]:
    if "accept_home" not in moments:
        return []
    at = moments["accept_home"] + timedelta(days=183)
    kinds = ("done", "under_way", "not_started")
    return [
        Extra(at, "follow_up", {"number": n + 1, "progress": kinds[n], "text": EVIDENCE[language][n]})
        for n in range(len(texts["recommendations"]))
    ]
