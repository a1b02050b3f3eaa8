"""Registers the overview of an exchange, and the exchanges that wait for a person as tasks of the desk."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from portal.desk import exchange_tasks
from portal.registry import Registry, Tab, TaskSource
from portal.workflows.exchange import EXCHANGE


def register(registry: Registry) -> None:
    registry.add_tabs(EXCHANGE.name, Tab("overview", "desk.overview", _l("Overview"), 10))
    source = TaskSource(exchange_tasks.waiting, exchange_tasks.overdue, exchange_tasks.first, exchange_tasks.later)
    registry.tasks.append(source)
