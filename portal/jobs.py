"""The worker's loop: wakes, asks each task whether it finds work in the database, sleeps. It keeps nothing in memory,
so a killed worker loses nothing; what it had not finished is found again."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Mapping
from types import FrameType

import structlog

from portal.db import session

Task = Callable[[], int]
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
    """Runs the tasks until `stop`; `pause` is in seconds. An error in one task is logged and does not hold up the others."""
    while not stop.is_set():
        done = sum(run_once(name, task) for name, task in tasks.items())
        stop.wait(0 if done else pause)


def run_once(name: str, task: Task) -> int:
    """One round of one task; answers how much it did."""
    try:
        done = task()
        session.commit()
    except Exception as error:  # whatever it was, the worker goes on and says so
        session.rollback()
        log.error("task_failed", task=name, error=f"{type(error).__name__}: {error}"[:300])
        done = 0
    finally:
        session.remove()
    return done
