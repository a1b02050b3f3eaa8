"""The workflows of all kinds of subjects, by name. A new kind is a file beside `exchange.py` and a row here."""

from __future__ import annotations

from collections.abc import Mapping

from portal.workflow import Workflow
from portal.workflows.exchange import EXCHANGE

WORKFLOWS: Mapping[str, Workflow] = {workflow.name: workflow for workflow in (EXCHANGE,)}
