"""Registers the tab of hosting."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from portal.registry import Registry, Tab
from portal.workflows.exchange import EXCHANGE


def register(registry: Registry) -> None:
    registry.add_tabs(EXCHANGE.name, Tab("host", "placing.host_tab", _l("Host"), 50))
