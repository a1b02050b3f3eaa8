"""The worker's loop, which lets each task look for work in the database, then sleeps. It keeps no state in memory, so a
killed worker loses nothing."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from traceback import extract_tb
from types import FrameType
from typing import Any

import structlog

from portal.db import session

LONGEST_REST = 300.0  # seconds
log = structlog.get_logger()


@dataclass
class Task:
    """`work` does what is due and returns how much it did. It is called again at once while it finds something, `every`
    seconds after it found nothing, and after growing pauses (up to LONGEST_REST) while it fails."""

    name: str
    work: Callable[[], int]
    every: float = 1.0
    failures: int = 0
    next_at: float = 0.0

    def round(self) -> int:
        """Calls `work` if it is time for it; returns how much it did."""
        if monotonic() < self.next_at:
            return 0
        done = run_once(self.name, self.work)
        self.failures = self.failures + 1 if done is None else 0
        rest = min(2.0**self.failures, LONGEST_REST) if done is None else 0.0 if done else self.every
        self.next_at = monotonic() + rest
        return done or 0


def stop_at_signals() -> threading.Event:
    """An event that Ctrl-C and SIGTERM set; the worker finishes the present item and ends."""
    stop = threading.Event()

    def ask(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGINT, ask)
    signal.signal(signal.SIGTERM, ask)
    return stop


def run(tasks: Sequence[Task], stop: threading.Event, pause: float = 1.0) -> None:
    """Runs the tasks until `stop`; `pause` is in seconds. A failing task does not stop the others."""
    while not stop.is_set():
        done = 0
        for task in tasks:
            if not stop.is_set():
                done += task.round()
        stop.wait(0 if done else pause)


def run_lanes(lanes: Sequence[Sequence[Task]], stop: threading.Event, within: Callable[[], Any]) -> None:
    """Runs each lane of tasks in a thread of its own until `stop`: what takes long in one holds up no other.

    `within` makes the context that each thread needs. A lane that dies ends the others too, so that whoever watches
    the worker starts it again.
    """

    def lane(tasks: Sequence[Task]) -> None:
        try:
            with within():
                run(tasks, stop)
        finally:
            stop.set()

    threads = [threading.Thread(target=lane, args=(tasks,), name=tasks[0].name) for tasks in lanes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def run_once(name: str, work: Callable[[], int]) -> int | None:
    """Calls a task once; returns how much it did, None where it failed."""
    try:
        done = work()
        session.commit()
    except Exception as error:  # the worker must go on whatever fails
        session.rollback()
        log.error("task_failed", task=name, error=type(error).__name__, at=_place(error))
        return None
    finally:
        session.remove()
    return done


def _place(error: Exception) -> str:
    """The file, line and function of an error, for the log. Not its message, which can contain names and addresses."""
    frames = extract_tb(error.__traceback__)
    ours = [frame for frame in frames if f"{Path(__file__).parent}" in frame.filename] or frames
    return f"{Path(ours[-1].filename).name}:{ours[-1].lineno} {ours[-1].name}" if ours else ""
