"""Registers the tab and the reminders of visits, and the release of days when an exchange ends early."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.administration.labels import a_day, one_of, words
from portal.bookings.models import BookedDay
from portal.registry import Administered, Fact, Registry, Stored, Tab
from portal.visits import queries, receiving, reminders
from portal.visits.attendance import call_off, end_agreements, release_days
from portal.visits.labels import STAY_RULE
from portal.visits.models import AgendaItem, Milestone, PlanDraft, Visit
from portal.web.formats import COUNTRIES
from portal.workflows.exchange import EXCHANGE
from portal.workflows.exchange_terms import Action

RULE_FACTS = {
    "country": Fact(_l("Country"), one_of(COUNTRIES)),
    "code": Fact(_l("What it says"), one_of(STAY_RULE)),
    "days": Fact(_l("Days"), words),
    "valid_from": Fact(_l("Holds from"), a_day),
    "valid_until": Fact(_l("Last day on which it holds"), a_day),
    "source": Fact(_l("Source in English"), words),
    "source_tr": Fact(_l("Source in Turkish"), words),
    "source_az": Fact(_l("Source in Azerbaijani"), words),
    "address": Fact(_l("Address of the source"), words),
    "checked_on": Fact(_l("When somebody last read the source"), a_day),
    "withdrawn_on": Fact(_l("Withdrawn on"), a_day),
}
RULE = {
    "rule_added": _l("Rule added"),
    "rule_ended": _l("Last day of the rule set"),
    "rule_withdrawn": _l("Rule withdrawn"),
}


def register(registry: Registry) -> None:
    registry.stored += [
        Stored(Visit, _l("Visit"), lambda ids: Visit.exchange_id.in_(ids), ("note",), deletes=False),
        Stored(PlanDraft, _l("Draft of the plan"), lambda ids: PlanDraft.exchange_id.in_(ids), ("note", "rows")),
        Stored(AgendaItem, _l("Agenda"), _of_visit(AgendaItem), ("title", "place", "who", "changed")),
        Stored(Milestone, _l("Work plan"), _of_visit(Milestone), ("title", "output", "indicator", "result")),
        Stored(BookedDay, _l("Days of visits"), lambda ids: BookedDay.subject_id.in_(ids), ("person_id", "present")),
    ]
    registry.add_tabs(EXCHANGE.name, Tab("visit", "visits.visit_tab", _l("Visit"), 60))
    registry.when_ended_early[EXCHANGE.name].append(release_days)
    for action in (Action.UNIT_DECLINE, Action.HOST_REPLACE):
        registry.when_taken[action].append(call_off)
    registry.when_taken[Action.HOST_REQUEST_CHANGES].append(end_agreements)
    registry.reminders += [reminders.ask_for_plans, reminders.announce_eves, reminders.announce_ends_of_stays]
    registry.meetings.append(receiving.meetings)
    registry.mail_details[reminders.EVE] = reminders.details_of_eve
    registry.add_event_labels(
        {"plan_corrected": _l("Wording of the plan corrected"), "days_recorded": _l("Attendance recorded")}
    )
    registry.add_administered(
        Administered("stay_rule", _l("Rule for stays"), RULE, RULE_FACTS, names_of_rules, "/admin/stay-rules/{}".format)
    )


def names_of_rules(ids: Collection[int]) -> Mapping[int, str]:
    """These rules by their ids, as country and what they say."""
    rules = (rule for rule in queries.all_stay_rules() if rule.id in ids)
    return {rule.id: f"{COUNTRIES[rule.country]}: {STAY_RULE[rule.code]}" for rule in rules}


def _of_visit(model: Any) -> Callable[[Any], Any]:
    """The rows of a table that belong to a visit."""
    return lambda ids: model.visit_id.in_(select(Visit.id).where(Visit.exchange_id.in_(ids)))
