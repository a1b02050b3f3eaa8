"""What messages ask for after a visit, by name: the answer settles them, whoever gives it."""

from __future__ import annotations

PROGRESS = "progress"


def evaluation(on_host: bool) -> str:
    return "evaluate_host" if on_host else "evaluate_expert"


def follow_up(agency_id: int) -> str:
    return f"follow_up:{agency_id}"
