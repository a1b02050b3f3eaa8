"""Registers the tab and the reminders of visits, and the release of days when an exchange ends early."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from portal.registry import Registry, Tab
from portal.visits import receiving, reminders
from portal.visits.attendance import call_off, end_agreements, release_days
from portal.workflows.exchange import EXCHANGE
from portal.workflows.exchange_terms import Action


def register(registry: Registry) -> None:
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
