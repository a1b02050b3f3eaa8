"""Registers the tab, reminders and event labels of reports."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from portal.registry import Registry, Tab
from portal.reports import reminders, service, stored
from portal.reports.sealed_report import SEALED_REPORT
from portal.workflows.exchange import EXCHANGE
from portal.workflows.exchange_terms import Action


def register(registry: Registry) -> None:
    registry.stored += stored.STORED
    registry.add_document(SEALED_REPORT)
    registry.when_taken[Action.UNIT_UNDO_DEPARTURE].append(service.forget_recorded_days)
    registry.add_tabs(EXCHANGE.name, Tab("report", "reports.report_tab", _l("Report"), 70))
    registry.reminders += [
        reminders.ask_for_progress_reports,
        reminders.ask_for_evaluations,
        reminders.ask_for_follow_up,
    ]
    registry.add_event_labels(
        {
            "host_commented": _l("Host commented on the report"),
            "progress_report": _l("Progress report handed in"),
            "evaluated_host": _l("Expert evaluated the host"),
            "evaluated_expert": _l("Host evaluated the expert"),
            "sealed": _l("Report sealed as PDF"),
            "followed_up": _l("Follow-up of a recommendation recorded"),
        }
    )
