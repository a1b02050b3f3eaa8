"""Runs all reminders. Each stage registers its own; stored messages show what has been sent."""

from __future__ import annotations

from portal.db import advisory_lock
from portal.exchanges.reminder_run import ReminderRun
from portal.messages.service import store
from portal.registry import registry


def remind() -> int:
    """Stores all stages' due reminders in one transaction, under a lock; returns the number of messages."""
    advisory_lock("clocks")
    run = ReminderRun()
    for reminder in registry.reminders:
        reminder(run)
    store(run.complete())
    return len(run.messages)
