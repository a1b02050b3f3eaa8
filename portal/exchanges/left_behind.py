"""Exchanges that wait for an expert whose account is closed: the home agency ends them, or writes the report."""

from __future__ import annotations

from typing import Any

from portal.workflow import N_
from portal.workflows.exchange import EXCHANGE
from portal.workflows.exchange_terms import Status, Turn

LEFT_TASK = N_("End what was left behind")
LEFT_ASKS = N_("End or finish what %(name)s left behind")
LEFT_TASK_REPORT = N_("Write the report in the expert’s place")
LEFT_PLAIN = N_("The account of %(name)s is closed. %(home)s ends the exchange, unless the account is opened again.")
LEFT_REPORT = N_("The account of %(name)s is closed. %(home)s writes the report in the expert’s place.")


def left_behind(exchange: Any) -> bool:
    """Whether an exchange, or a row of one, waits for an expert whose account is closed."""
    waits: bool = exchange.turn in (Turn.EXPERT, Turn.EXPERT_AND_HOME)
    return waits and exchange.expert_gone


def task_of(exchange: Any) -> str:
    """The msgid of what is asked of whoever's turn it is in an exchange or a row of one, verb first; "" for nobody."""
    if left_behind(exchange):
        return LEFT_TASK_REPORT if exchange.status is Status.COMPLETED else LEFT_TASK
    return EXCHANGE.state(exchange.status, exchange.turn).task


def asked_of(exchange: Any, reader_id: int) -> str:
    """The msgid of the same for a reader as a whole sentence, with a place for the expert's name unless it is them."""
    if left_behind(exchange):
        return LEFT_ASKS
    return EXCHANGE.state(exchange.status, exchange.turn).asks(exchange.expert_id == reader_id)
