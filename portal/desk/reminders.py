"""One round of all reminders. Each stage registers its own; what is due is found in the database and told once."""

from __future__ import annotations

from portal.db import advisory_lock
from portal.exchanges.reminder_run import ReminderRun
from portal.messages.service import store
from portal.registry import registry


def remind() -> int:
    """All stages' reminders, in one transaction; answers how many messages were stored. Two workers take turns."""
    advisory_lock("clocks")
    run = ReminderRun()
    for reminder in registry.reminders:
        reminder(run)
    store(run.messages)
    return len(run.messages)
