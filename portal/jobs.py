"""The worker's loop: wakes, asks each task whether it finds work in the database, sleeps. It keeps nothing in memory,
so a killed worker loses nothing; what it had not finished is found again."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Mapping
from time import monotonic
from types import FrameType

import structlog

from portal.db import session

Task = Callable[[], int]
LONGEST_REST = 300.0  # seconds
log = structlog.get_logger()


def stop_at_signals() -> threading.Event:
    """An event that Ctrl-C and SIGTERM set: the present item is finished, then the worker ends."""
    stop = threading.Event()

    def ask(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGINT, ask)
    signal.signal(signal.SIGTERM, ask)
    return stop


def run(tasks: Mapping[str, Task], stop: threading.Event, pause: float = 1.0) -> None:
    """Runs the tasks until `stop`; `pause` is in seconds. A task that fails is logged, rests for ever longer, and does
    not hold up the others."""
    failures = dict.fromkeys(tasks, 0)
    rest_until = dict.fromkeys(tasks, 0.0)
    while not stop.is_set():
        done = 0
        for name, task in tasks.items():
            if monotonic() < rest_until[name]:
                continue
            result = run_once(name, task)
            failures[name] = failures[name] + 1 if result is None else 0
            rest_until[name] = monotonic() + min(2.0 ** failures[name], LONGEST_REST) if result is None else 0.0
            done += result or 0
        stop.wait(0 if done else pause)


def run_once(name: str, task: Task) -> int | None:
    """One round of one task: how much it did, None where it failed."""
    try:
        done = task()
        session.commit()
    except Exception as error:  # whatever it was, the worker goes on and says so
        session.rollback()
        log.error("task_failed", task=name, error=f"{type(error).__name__}: {error}"[:300])
        return None
    finally:
        session.remove()
    return done
