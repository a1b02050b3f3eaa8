"""Puts a message into words for its receiver: what is to be done or has happened, about whom, until when, what is next.

Whatever is stored, there are words: what cannot be put properly is put in general terms and logged, so that one message
never takes an inbox or the sending of all others down.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import structlog
from flask_babel import force_locale
from flask_babel import gettext as _

from portal.messages.labels import KINDS, LEAD, OTHER, PARTS, TO_DO, TO_OWNER, TO_READ
from portal.messages.models import Message
from portal.names import in_language
from portal.web.formats import day_range, long_day
from portal.workflow import State, Workflow
from portal.workflows import WORKFLOWS
from portal.workflows.exchange import EXCHANGE
from portal.workflows.exchange_terms import Party, Turn

DAYS = ("first", "last", "end")  # facts that are dates and stand in texts, stored in ISO format
TASKS = ("reminder", "overdue")
NAMES = ("name", "home", "host", "unit", "count")
UNWORDABLE = (LookupError, ValueError, TypeError, AttributeError)
Facts = Mapping[str, Any]
log = structlog.get_logger()


@dataclass(frozen=True)
class Words:
    """The texts of one message: `about` is the subject's reference, `lead` the first sentences, `details` further facts
    as (label, text)."""

    what: str
    about: str
    lead: str
    by_when: str = ""
    details: tuple[tuple[str, str], ...] = ()

    @property
    def subject(self) -> str:
        return " – ".join(filter(None, [self.what, self.about]))


def words(message: Message, language: str | None = None) -> Words:
    """The texts of a message in `language`, by default its receiver's."""
    with force_locale(language or message.language):
        try:
            return _words(message.kind, message.facts, language or message.language)
        except UNWORDABLE as error:
            log.error("message_without_words", message=message.id, kind=message.kind, error=repr(error))
            about = str(message.facts.get("reference", "")) if isinstance(message.facts, dict) else ""
            return Words(_("There is something new for you"), about, _("Open it in the portal to see what it is."))


def _words(kind: str, stored: Facts, language: str) -> Words:
    facts: dict[str, Any] = {**dict.fromkeys(NAMES, ""), **stored}
    facts["unit"] = facts["unit"] or _("the host unit")
    facts |= {name: _day(facts[name]) for name in DAYS if name in stored and kind in OTHER}
    facts["parts"] = ", ".join(str(PARTS[part]) for part in stored.get("parts", ()))
    facts["title"] = _title(stored, language)
    if kind in TASKS:
        facts["task"] = _asked(facts) % facts
    by_when, lead = _by_when(kind, facts), " ".join(filter(None, [_lead(kind, facts), _deputy(facts)]))
    details = _details(kind, stored, language, by_when) if "reference" in facts else []
    about = str(facts.get("reference", ""))
    return Words(str(_what(kind, facts)) % facts, about, lead % facts, by_when, tuple(details))


# what it says


def _what(kind: str, facts: Facts) -> Any:
    group, _dot, rest = kind.partition(".")
    if group in ("turn", "news") and (reached := _reached(facts)):
        return _(reached)
    if group == "turn":
        step = _workflow(facts).by_action.get(facts.get("action", ""))
        return _(step.asks) if step and step.asks else _asked({"status": rest, **facts})
    if group == "news":
        step = _workflow(facts).by_action[rest]
        news = step.news if _owner(facts, True) else step.news_to_others or step.news
        return _(news)
    if group == "done":
        return _(_workflow(facts).by_action[rest].done)
    return TO_OWNER.get(kind, OTHER[kind]) if _owner(facts) else OTHER[kind]


def _reached(facts: Facts) -> str:
    """The text for the receiver's party where the step led to a state that has one."""
    step = _workflow(facts).by_action.get(facts.get("action", ""))
    if "turn" not in facts or not facts.get("to") or step is None or step.undoes:
        return ""
    return _state(facts).reached.get(facts["to"], "")


def _asked(facts: Facts) -> str:
    """What is asked of the receiver, whose turn it is, with a placeholder for the name."""
    state = _state(facts)
    if facts.get("gone") and facts.get("turn") in (Turn.EXPERT, Turn.EXPERT_AND_HOME):
        return _("End or finish what %(name)s left behind")
    text = state.asks(_owner(facts))
    if not text:
        raise LookupError(f"nothing is asked of anybody: {state}")
    return _(text)


def _owner(facts: Facts, otherwise: bool = False) -> bool:
    """Whether the receiver is the person whom it is about. Messages of former releases say it as "yours"."""
    return facts["to"] == Party.EXPERT if facts.get("to") else bool(facts.get("yours", otherwise))


def _workflow(facts: Facts) -> Workflow:
    return WORKFLOWS[facts.get("workflow", EXCHANGE.name)]


def _state(facts: Facts) -> State:
    workflow, status = _workflow(facts), facts["status"]
    return workflow.state(status, facts["turn"]) if "turn" in facts else workflow.of_status(status)


def _lead(kind: str, facts: Facts) -> str:
    """What was done and how it stands now, in whole sentences."""
    asks = kind.startswith("turn.") or kind in (*TASKS, "escalated", "plan_due")
    if kind in LEAD:
        return str(LEAD[kind])
    otherwise = TO_DO if asks or kind in OTHER else TO_READ
    if "turn" not in facts:
        return str(otherwise)
    state, owner = _state(facts), _owner(facts)
    text = state.to_owner if owner else state.to_others
    stands, done = _(text) if text else str(otherwise), _done(kind, facts)
    idle = not asks and kind not in OTHER and not (owner and _reached(facts))
    sentences = [
        "" if done and stands.startswith(done) else done,
        stands,
        _("You need not do anything.") if idle else "",
    ]
    return " ".join(filter(None, sentences))


def _done(kind: str, facts: Facts) -> str:
    """What the step was, as the history has it: nothing to the expert of what they did themselves, and nothing where
    the subject says so already, or the state that it completes."""
    step = _workflow(facts).by_action.get(facts.get("action", ""))
    if step is None or step.completes or (_owner(facts) and step.by == Party.EXPERT):
        return ""
    return "" if kind.startswith("news.") and not _reached(facts) else f"{_(step.history)}."


def _deputy(facts: Facts) -> str:
    if not facts.get("deputy") or facts.get("to") not in (Party.HOME, Party.HOST):
        return ""
    return _("You get this because you stand in at %(agency)s.", agency=facts[facts["to"]])


# until when


def _by_when(kind: str, facts: Facts) -> str:
    due = facts.get("due")
    if due and kind in ("overdue", "escalated"):
        return _("was due %(day)s", day=_day(due))
    return _("by %(day)s", day=_day(due)) if due and (kind == "reminder" or kind.startswith("turn.")) else ""


def _day(iso: str) -> str:
    return long_day(date.fromisoformat(iso))


# what it is about, and what comes next


def _details(kind: str, facts: Facts, language: str, by_when: str) -> list[tuple[str, str]]:
    first, last = (date.fromisoformat(facts[name]) if facts.get(name) else None for name in ("visit_from", "visit_to"))
    direction = " → ".join(filter(None, (facts.get("home"), facts.get("host"))))
    rows = [
        (_("Expert"), "" if _owner(facts) else facts.get("name", "")),
        (_("Call"), _title(facts, language)),
        (_("Exchange"), ", ".join(filter(None, [str(KINDS.get(facts.get("kind", ""), "")), direction]))),
        (_("Host unit"), facts.get("unit", "")),
        (_("Visit"), day_range(first, last) if first else ""),
        (_("When"), by_when),
        _next(kind, facts),
    ]
    return [(label, str(text)) for label, text in rows if text]


def _title(facts: Facts, language: str) -> str:
    """The title of the call for a reader of this language."""
    return in_language(facts.get("call") or {}, language)[0]


def _next(kind: str, facts: Facts) -> tuple[str, str]:
    """The step that follows what is asked of the receiver, or else the one that is waited for, and whose it is."""
    nothing = ("", "")
    if "turn" not in facts or (kind in OTHER and kind not in (*TASKS, "escalated")):
        return nothing
    state = _state(facts)
    if (kind.startswith("turn.") and not _reached(facts)) or kind in OTHER:
        step = _workflow(facts).main_step(state, facts.get("to", ""))
        following = _workflow(facts).follow(state, step.action) if step else None
        return (_("After that"), _whose(following, facts)) if following and following.task else nothing
    due = _("by %(day)s", day=_day(facts["due"])) if facts.get("due") else ""
    return (_("Next step"), ", ".join(filter(None, [_whose(state, facts), due]))) if state.task else nothing


def _whose(state: State, facts: Facts) -> str:
    """ "KOBİA: Accept or return": whose turn it is in a state, and for what."""
    expert = _("you") if _owner(facts) else facts["name"]
    unit = facts.get("unit") or facts["host"]
    whose = {
        Turn.EXPERT: expert,
        Turn.HOME: facts["home"],
        Turn.HOST: facts["host"],
        Turn.UNIT: unit,
        Turn.EXPERT_AND_HOME: _("%(name)s and %(agency)s", name=expert, agency=facts["home"]),
    }.get(Turn(state.turn), "")
    return f"{whose}: {_(state.task)}"
