"""What stages register: everything that pages and the worker expect, once, in the stages' order."""

from __future__ import annotations

import pytest
from flask import Flask

from config import Config
from portal.app import CONTRIBUTIONS, create_app
from portal.registry import Registry, Tab, registry
from portal.workflows import WORKFLOWS
from portal.workflows.exchange import EXCHANGE

TABS = ["overview", "application", "documents", "decisions", "host", "visit", "report", "messages", "history"]
REMINDERS = [
    "remind_experts", "tell_overdue", "escalate_decisions", "tell_without_manager", "ask_for_plans",
    "announce_eves", "announce_ends_of_stays",
    "ask_for_progress_reports", "ask_for_evaluations", "ask_for_follow_up",
]  # fmt: skip


def test_the_portal_registers_every_workflow_tab_and_reminder_once(app: Flask) -> None:
    assert set(registry.kinds) == set(WORKFLOWS)
    assert [tab.key for tab in registry.tabs[EXCHANGE.name]] == TABS
    assert [reminder.__name__ for reminder in registry.reminders] == REMINDERS
    assert len(registry.tasks) == 1 and len(registry.when_ended_early[EXCHANGE.name]) == 1
    assert set(registry.when_taken) >= {"unit_decline", "host_replace", "host_request_changes"}


def test_making_the_portal_a_second_time_registers_nothing_twice(config: Config) -> None:
    before = len(registry.reminders), len(registry.tasks), len(registry.tabs[EXCHANGE.name])
    create_app(config)
    assert (len(registry.reminders), len(registry.tasks), len(registry.tabs[EXCHANGE.name])) == before


def test_every_tab_and_step_leads_to_a_page_of_the_portal(app: Flask) -> None:
    endpoints = {tab.endpoint for tab in registry.tabs[EXCHANGE.name]}
    endpoints |= {step.endpoint for workflow in WORKFLOWS.values() for step in workflow.steps}
    endpoints |= {state.writing[0] for state in EXCHANGE.states if state.writing}
    missing = endpoints - set(app.view_functions)
    assert missing == set()
    for endpoint in endpoints:
        rules = list(app.url_map.iter_rules(endpoint))
        assert any("GET" in (rule.methods or ()) and rule.arguments == {"reference"} for rule in rules), endpoint


def test_tabs_stand_in_the_order_of_their_rank_whoever_registers_first() -> None:
    made = Registry()
    made.add_tabs("exchange", Tab("last", "a.b", "Last", 30), Tab("first", "a.c", "First", 10))
    made.add_tabs("exchange", Tab("middle", "a.d", "Middle", 20))
    assert [tab.key for tab in made.tabs["exchange"]] == ["first", "middle", "last"]


def test_two_stages_cannot_name_the_same_event() -> None:
    made = Registry()
    made.add_event_labels({"document_added": "Document added"})
    with pytest.raises(ValueError, match="document_added"):
        made.add_event_labels({"document_added": "Another line"})


def test_importing_the_stages_registers_nothing(app: Flask) -> None:
    """Everything stands in `register()`: a registry that nobody filled is empty, and filling it needs nothing else."""
    made = Registry()
    assert not made.kinds and not made.tasks and not made.reminders
    for contributions in CONTRIBUTIONS:
        contributions.register(made)
    assert [tab.key for tab in made.tabs[EXCHANGE.name]] == TABS
