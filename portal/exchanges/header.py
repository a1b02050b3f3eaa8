"""What every part of one exchange's page shares: head, arch, "your turn" and the tabs. Plain values for templates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import format_date
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal import policy
from portal.calendars import day_of
from portal.exchanges.labels import ARCH, PLAIN, SAID, STEP, TASK
from portal.exchanges.models import Event, Exchange, Kind
from portal.exchanges.step_endpoints import ENDPOINTS, TABS
from portal.policy import Actor
from portal.web.arch import Drawing, drawing
from portal.web.formats import day_range
from portal.workflow import ENDED_EARLY, STEPS, Action, Status, Turn, possible

# the arch's steps: which action ends each, on whose bank it stands
ARCH_STEPS: tuple[tuple[str, frozenset[Action], str], ...] = (
    ("application", frozenset({Action.EXPERT_SUBMIT}), "home"),
    ("endorsement", frozenset({Action.HOME_ENDORSE}), "home"),
    ("acceptance", frozenset({Action.HOST_ACCEPT}), "host"),
    ("unit", frozenset({Action.UNIT_CONFIRM}), "host"),
    ("dates", frozenset({Action.EXPERT_APPROVE_PLAN, Action.HOME_APPROVE_PLAN}), "home"),
    ("visit", frozenset({Action.UNIT_RECORD_DEPARTURE}), "host"),
    ("report", frozenset({Action.EXPERT_SUBMIT_REPORT}), "home"),
    ("accepted", frozenset({Action.HOST_ACCEPT_REPORT, Action.HOME_ACCEPT_REPORT}), "home"),
    ("closed", frozenset(), "home"),
)
PRESENT: dict[Status, int] = {
    Status.DRAFT: 0,
    Status.RETURNED: 0,
    Status.SUBMITTED: 1,
    Status.ENDORSED: 2,
    Status.WAITLISTED: 2,
    Status.ACCEPTED: 3,
    Status.PLACED: 3,
    Status.SCHEDULED: 4,
    Status.UNDER_WAY: 5,
    Status.COMPLETED: 6,
    Status.REPORTED: 7,
    Status.CLOSED: 8,
}
# where writing is what the turn is for, that comes first: the part of the page (or its address), and its button
WRITING: dict[Status, tuple[str, Any]] = {
    Status.DRAFT: ("application", _l("Go on with your application")),
    Status.RETURNED: ("application", _l("Make the changes")),
    Status.UNDER_WAY: ("attendance.record", _l("Record attendance")),
    Status.COMPLETED: ("report", _l("Write the report")),
}
# steps whose reason says what is to be done now, or why it ended
REASONED = frozenset(
    {Action.HOME_RETURN, Action.HOST_RETURN, Action.HOME_REJECT, Action.HOST_REJECT, Action.UNIT_DECLINE}
    | {Action.EXPERT_REQUEST_CHANGES, Action.HOME_REQUEST_CHANGES, Action.HOST_RETURN_REPORT, Action.HOME_RETURN_REPORT}
    | {Action.EXPERT_WITHDRAW, Action.HOME_CANCEL, Action.HOST_CANCEL}
)
# steps that lead forward are offered as the main buttons, those that end or delay stand behind them
QUIET = frozenset({Action.EXPERT_WITHDRAW, Action.HOME_CANCEL, Action.HOST_CANCEL})


@dataclass(frozen=True)
class ArchStep:
    label: str
    note: str
    bank: str  # "home" or "host"
    state: str  # "done", "now", "next" or "ended"


@dataclass(frozen=True)
class Button:
    action: Action | None  # None where one goes on writing
    label: str
    url: str


@dataclass(frozen=True)
class Tab:
    key: str
    label: str
    url: str
    current: bool
    count: int | None = None


@dataclass(frozen=True)
class Header:
    """The head of an exchange's page for one reader."""

    exchange: Exchange
    steps: Sequence[ArchStep]
    mine: bool  # it is this reader's turn
    task: str  # what the desk asks for, verb first; empty when it is nobody's turn
    plain: str  # where it is, in plain words
    desk: str  # whose turn, as a name
    country: str  # in which the present turn is taken: its working days count
    buttons: Sequence[Button]
    quiet: Sequence[Button]
    tabs: Sequence[Tab]
    summary: str  # kind, unit, dates
    wide: Drawing
    narrow: Drawing

    @property
    def then(self) -> str:
        """What follows the present step; empty at the end."""
        states = [step.state for step in self.steps]
        coming = states.index("now") + 1 if "now" in states else len(states)
        return self.steps[coming].label if coming < len(states) else ""

    @property
    def desk_words(self) -> str:
        """Whose turn it is, as a sentence."""
        return _("%(whose)s’s turn", whose=self.desk) if self.desk else _("Nothing is waiting")


def header(exchange: Exchange, actor: Actor, events: Sequence[Event], current: str, zone: str) -> Header:
    """The frame for `actor`, with the tab `current` open; `events` give the passed steps their days, in `zone`."""
    actions = [a for a in possible(exchange.state) if policy.allows(a, actor, exchange)]
    buttons = [Button(a, str(STEP[a]), url_for(ENDPOINTS[a], reference=exchange.reference)) for a in actions]
    state = (exchange.status, exchange.turn)
    words = PLAIN if actor.id == exchange.expert_id else SAID
    agencies = {"home": exchange.home.short_name, "host": exchange.host.short_name}
    steps, mine = arch_steps(exchange, events, zone), is_turn_of(actor, exchange)
    return Header(
        exchange=exchange,
        steps=steps,
        mine=mine,
        task=str(TASK.get(state, "")),
        plain=str(words[state]) % {**agencies, "name": exchange.person_name},
        desk=desk_name(exchange),
        country=(exchange.host if exchange.turn in (Turn.HOST, Turn.UNIT) else exchange.home).country,
        buttons=[*(writing(exchange) if mine else ()), *(b for b in buttons if b.action not in QUIET)],
        quiet=[b for b in buttons if b.action in QUIET],
        tabs=tabs(exchange, current),
        summary=summary(exchange),
        wide=drawing(steps),
        narrow=drawing(steps, narrow=True),
    )


def writing(exchange: Exchange) -> list[Button]:
    """The way to what is being written in this status, if anything is."""
    if exchange.status not in WRITING:
        return []
    part, label = WRITING[exchange.status]
    return [Button(None, str(label), url_for(TABS.get(part, part), reference=exchange.reference))]


def reasoned(events: Sequence[Event]) -> Event | None:
    """The last step, where its reason matters to whoever looks at the page now."""
    last = next((event for event in reversed(events) if event.what in set(Action)), None)
    return last if last is not None and last.what in REASONED else None


def summary(exchange: Exchange) -> str:
    """Kind, host unit and dates in one line."""
    kind = _("Short exchange") if exchange.kind is Kind.SHORT else _("Long exchange")
    return " · ".join(filter(None, [kind, exchange.unit_name, day_range(exchange.start, exchange.end)]))


def is_turn_of(actor: Actor, exchange: Exchange) -> bool:
    """Whether the present turn is this person's: some step out of this state, other than ending it, is theirs."""
    waiting = {step.action for step in STEPS if step.source == exchange.state} - QUIET
    if exchange.status is Status.SCHEDULED:
        waiting -= {Action.HOST_SCHEDULE}  # the host side may propose anew at any time, but nobody waits for it
    return any(policy.allows(action, actor, exchange) for action in waiting)


def desk_name(exchange: Exchange) -> str:
    """Whose desk it is on, as people say it."""
    return {
        Turn.EXPERT: exchange.person_name,
        Turn.HOME: exchange.home.short_name,
        Turn.HOST: exchange.host.short_name,
        Turn.UNIT: exchange.unit_name or _("the host unit"),
        Turn.EXPERT_AND_HOME: _("%(name)s and %(agency)s", name=exchange.person_name, agency=exchange.home.short_name),
        Turn.NOBODY: "",
    }[exchange.turn]


def tabs(exchange: Exchange, current: str) -> list[Tab]:
    """The parts of the page; each is an address of its own."""
    labels = {
        "overview": _("Overview"),
        "application": _("Application"),
        "documents": _("Documents"),
        "decisions": _("Decisions"),
        "host": _("Host"),
        "visit": _("Visit"),
        "report": _("Report"),
        "messages": _("Messages"),
        "history": _("History"),
    }
    reference = exchange.reference
    return [Tab(key, labels[key], url_for(TABS[key], reference=reference), key == current) for key in TABS]


def arch_steps(exchange: Exchange, events: Sequence[Event], zone: str) -> list[ArchStep]:
    """Nine steps from bank to bank: passed ones with their date, the present one on the bank of whose turn it is."""
    ended = exchange.status in ENDED_EARLY
    present = _reached(events) if ended else PRESENT[exchange.status]
    dates = _dates(events, zone)
    steps = []
    for index, (key, _actions, bank) in enumerate(ARCH_STEPS):
        state = "done" if index < present else "next" if index > present else "ended" if ended else "now"
        if exchange.status is Status.CLOSED:
            state = "done"
        if state == "now":
            bank = _bank_now(exchange, bank)
        steps.append(ArchStep(str(ARCH[key]), _note(exchange, key, state, dates), bank, state))
    return steps


def _bank_now(exchange: Exchange, default: str) -> str:
    if exchange.turn in (Turn.HOST, Turn.UNIT):
        return "host"
    return "home" if exchange.turn in (Turn.HOME, Turn.EXPERT, Turn.EXPERT_AND_HOME) else default


def _dates(events: Sequence[Event], zone: str) -> dict[str, date]:
    """The day, at the reader's place, on which each step of the arch was last passed."""
    days: dict[str, date] = {}
    for event in events:
        for key, actions, _bank in ARCH_STEPS:
            if event.what in actions:
                days[key] = day_of(event.at, zone)
        if event.what == Action.HOME_ACCEPT_REPORT:
            days["closed"] = day_of(event.at, zone)
    return days


def _reached(events: Sequence[Event]) -> int:
    """How far an exchange had come that ended early."""
    before = [PRESENT[event.status] for event in events if event.status in PRESENT]
    return before[-1] if before else 0


def _note(exchange: Exchange, key: str, state: str, dates: dict[str, date]) -> str:
    if state == "done" and key in dates:
        return format_date(dates[key], "d MMM")
    if state == "now":
        return _("%(whose)s’s turn", whose=desk_name(exchange))
    if state == "next" and key == "visit" and exchange.start:
        return _("from %(day)s", day=format_date(exchange.start, "d MMM"))
    return ""
