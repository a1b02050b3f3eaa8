"""Registers the tab of approvals."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from portal.approvals.models import Decision
from portal.registry import Registry, Stored, Tab
from portal.workflows.exchange import EXCHANGE


def register(registry: Registry) -> None:
    registry.stored.append(
        Stored(Decision, _l("Decisions"), lambda ids: Decision.exchange_id.in_(ids), ("reason",), deletes=False)
    )
    registry.add_tabs(EXCHANGE.name, Tab("decisions", "approvals.decisions", _l("Decisions"), 40))
