"""The header of every page of an exchange: title, arch of nine steps, "your turn" and tabs, as values for templates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import url_for
from flask_babel import gettext as _

from portal import policy
from portal.calendars import day_of, now
from portal.exchanges.eve import is_later
from portal.exchanges.labels import ARCH
from portal.exchanges.left_behind import LEFT_PLAIN, LEFT_REPORT, left_behind, task_of
from portal.exchanges.models import Exchange, Kind
from portal.policy import Actor
from portal.registry import registry
from portal.subjects.models import Event
from portal.subjects.undoing import refusal
from portal.web.arch import Drawing, drawing
from portal.web.formats import day_range, long_day, short_day
from portal.workflow import State, Step
from portal.workflows.exchange import EXCHANGE
from portal.workflows.exchange_terms import ENDED_EARLY, HOSTING, Action, Status, Turn

# the arch's steps, which are the phases of the states, and on whose bank each stands
BANKS: dict[str, str] = {
    "application": "home",
    "endorsement": "home",
    "acceptance": "host",
    "unit": "host",
    "dates": "home",
    "visit": "host",
    "report": "home",
    "accepted": "home",
    "closed": "home",
}
PLACES: dict[str, int] = {phase: place for place, phase in enumerate(BANKS)}


@dataclass(frozen=True)
class ArchStep:
    label: str
    note: str
    bank: str  # "home" or "host"
    state: str  # "done", "now", "next" or "ended"


@dataclass(frozen=True)
class Button:
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
    """The header of an exchange's page for one reader."""

    exchange: Exchange
    steps: Sequence[ArchStep]
    mine: bool  # it is this reader's turn
    task: str  # what is asked of the person whose turn it is, verb first; empty when it is nobody's
    plain: str  # the state as a sentence
    desk: str  # the name of the person or agency whose turn it is
    country: str  # whose working days count for the present turn
    zone: str  # whose midnight ends its due date
    buttons: Sequence[Button]
    quiet: Sequence[Button]
    tabs: Sequence[Tab]
    summary: str  # kind, unit, dates
    wide: Drawing
    narrow: Drawing
    later: date | None = None  # the first day of the visit for which everybody waits

    @property
    def then(self) -> str:
        """The text of what follows the present step; empty at the end."""
        states = [step.state for step in self.steps]
        coming = states.index("now") + 1 if "now" in states else len(states)
        return self.steps[coming].label if coming < len(states) else ""

    @property
    def desk_words(self) -> str:
        """Whose turn it is, as a sentence; or for what everybody waits."""
        if self.later:
            return _("The visit begins on %(day)s", day=long_day(self.later))
        return _("%(whose)s’s turn", whose=self.desk) if self.desk else _("Nothing is waiting")


def header(exchange: Exchange, actor: Actor, events: Sequence[Event], current: str, zone: str) -> Header:
    """The header for `actor`, with the tab `current` open; the steps taken get their dates from `events`, in `zone`."""
    reference, plain = exchange.reference, _plain(exchange, actor)
    taken = _open_steps(exchange, events, actor)
    unit = exchange.unit_name or _("the host unit")
    names = {"home": exchange.home.short_name, "host": exchange.host.short_name, "unit": unit}
    steps, mine, later = arch_steps(exchange, events, zone), is_turn_of(actor, exchange), is_later(exchange)
    shown = [step for step in taken if not (later and step.action in EXCHANGE.awaited(exchange.state))]
    return Header(
        exchange=exchange,
        steps=steps,
        mine=mine,
        task=_(task) if (task := task_of(exchange)) else "",
        plain=_(plain) % {**names, "name": exchange.person_name},
        desk=desk_name(exchange),
        country=(exchange.host if exchange.turn in HOSTING else exchange.home).country,
        zone=(exchange.host if exchange.turn in HOSTING else exchange.home).zone,
        buttons=[
            *(writing(exchange) if mine else ()),
            *(_button(step, reference) for step in shown if not step.ends_early and step.undoes is None),
        ],
        quiet=[_button(step, reference) for step in shown if step.ends_early or step.undoes is not None],
        tabs=tabs(exchange, current),
        summary=summary(exchange),
        wide=drawing(steps),
        narrow=drawing(steps, narrow=True),
        later=exchange.start if later else None,
    )


def _open_steps(exchange: Exchange, events: Sequence[Event], actor: Actor) -> list[Step]:
    """The steps that this reader may take now; taking one back only as long as that is possible."""
    found = [EXCHANGE.by_action[a] for a in EXCHANGE.possible(exchange.state) if policy.allows(a, actor, exchange)]
    at = now()
    return [step for step in found if step.undoes is None or not refusal(EXCHANGE, step, events, actor.id, at)]


def _plain(exchange: Exchange, actor: Actor) -> str:
    """The state as a sentence for this reader, with placeholders."""
    if left_behind(exchange):
        return LEFT_REPORT if exchange.status is Status.COMPLETED else LEFT_PLAIN
    return exchange.state.to_owner if actor.id == exchange.expert_id else exchange.state.to_others


def _button(step: Step, reference: str) -> Button:
    return Button(_(step.button), url_for(step.endpoint, reference=reference))


def alternatives(exchange: Exchange, actor: Actor, action: str) -> list[Button]:
    """The other steps that are expected in this state and that this person may take instead of `action`."""
    expected = EXCHANGE.awaited(exchange.state) - {action}
    steps = [EXCHANGE.by_action[a] for a in EXCHANGE.possible(exchange.state) if a in expected]
    return [_button(step, exchange.reference) for step in steps if policy.allows(step.action, actor, exchange)]


def writing(exchange: Exchange) -> list[Button]:
    """The way to what is being written in this state, if anything is: where that is what the turn is for, it comes
    first."""
    if exchange.state.writing is None:
        return []
    endpoint, label = exchange.state.writing
    return [Button(_(label), url_for(endpoint, reference=exchange.reference))]


def reasoned(events: Sequence[Event]) -> Event | None:
    """The event of the last step, if its reason matters in the present state, else None."""
    last = next((event for event in reversed(events) if event.what in EXCHANGE.by_action), None)
    return last if last is not None and EXCHANGE.by_action[last.what].reason_matters else None


def summary(exchange: Exchange) -> str:
    """Kind, host unit and dates of an exchange in one line."""
    kind = _("Short exchange") if exchange.kind is Kind.SHORT else _("Long exchange")
    return " · ".join(filter(None, [kind, exchange.unit_name, day_range(exchange.start, exchange.end)]))


def is_turn_of(actor: Actor, exchange: Exchange) -> bool:
    """Whether the present turn is this person's: it counts already, and they may take one of the steps that it waits
    for, or may end what an expert has left behind."""
    if left_behind(exchange) and policy.allows(Action.HOME_CANCEL, actor, exchange):
        return True
    awaited = EXCHANGE.awaited(exchange.state)
    return not is_later(exchange) and any(policy.allows(action, actor, exchange) for action in awaited)


def desk_name(exchange: Exchange) -> str:
    """The name of the person, agency or unit whose turn it is."""
    if left_behind(exchange):
        return exchange.home.short_name
    unit = exchange.unit_name or _("the host unit")
    return {
        Turn.EXPERT: exchange.person_name,
        Turn.HOME: exchange.home.short_name,
        Turn.HOST: exchange.host.short_name,
        Turn.UNIT: unit if exchange.unit_staffed or exchange.unit_id is None else exchange.host.short_name,
        Turn.EXPERT_AND_HOME: _("%(name)s and %(agency)s", name=exchange.person_name, agency=exchange.home.short_name),
        Turn.NOBODY: "",
    }[exchange.turn]


def tabs(exchange: Exchange, current: str) -> list[Tab]:
    """The tabs of the page, each a page of its own that a stage has registered."""
    return [
        Tab(tab.key, str(tab.label), url_for(tab.endpoint, reference=exchange.reference), tab.key == current)
        for tab in registry.tabs[EXCHANGE.name]
    ]


def arch_steps(exchange: Exchange, events: Sequence[Event], zone: str) -> list[ArchStep]:
    """The nine steps of the arch: those taken with their date, the present one on the bank of the side in turn."""
    ended = exchange.status in ENDED_EARLY
    present = PLACES[(_before_the_end(events) if ended else exchange.state).phase]
    dates = _dates(events, zone)
    steps = []
    for index, (key, bank) in enumerate(BANKS.items()):
        state = "done" if index < present else "next" if index > present else "ended" if ended else "now"
        if exchange.status is Status.CLOSED:
            state = "done"
        if state == "now":
            bank = _bank_now(exchange, bank)
        steps.append(ArchStep(str(ARCH[key]), _note(exchange, key, state, dates), bank, state))
    return steps


def _bank_now(exchange: Exchange, default: str) -> str:
    if exchange.turn in HOSTING:
        return "host"
    return "home" if exchange.turn in (Turn.HOME, Turn.EXPERT, Turn.EXPERT_AND_HOME) else default


def _dates(events: Sequence[Event], zone: str) -> dict[str, date]:
    """The day, in the reader's time zone, on which each step of the arch was last taken."""
    days: dict[str, date] = {}
    for event in events:
        step = EXCHANGE.by_action.get(event.what)
        days |= dict.fromkeys(step.completes if step else (), day_of(event.at, zone))
    return days


def _before_the_end(events: Sequence[Event]) -> State:
    """The last state in which an exchange was before it ended early: its steps taken once more, from the start."""
    state = EXCHANGE.start
    for event in events:
        step = EXCHANGE.by_action.get(event.what)
        after = EXCHANGE.follow(state, step.action) if step else None
        if after is not None and after.phase:
            state = after
    return state


def _note(exchange: Exchange, key: str, state: str, dates: dict[str, date]) -> str:
    if state == "done" and key == "visit" and exchange.end:
        return short_day(exchange.end)  # its last day, whenever that was recorded
    if state == "done" and key in dates:
        return short_day(dates[key])
    if state == "now" and is_later(exchange) and exchange.start:
        return _("from %(day)s", day=short_day(exchange.start))
    if state == "now":
        return _("%(whose)s’s turn", whose=desk_name(exchange))
    if state == "next" and key == "visit" and exchange.start:
        return _("from %(day)s", day=short_day(exchange.start))
    return ""
