"""The same thing from several places at the same moment."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Barrier, Thread
from typing import TypeVar

from flask import Flask

from portal.db import session
from portal.findings import Conflict, RuleViolation

T = TypeVar("T")


def together(app: Flask, work: Callable[[], T], times: int = 4) -> list[T | type[Exception]]:
    """Runs `work` in as many threads at once, each with its own session; returns the result of each: the value, or
    the class of the refusal."""
    return at_once(app, [work] * times)


def at_once(app: Flask, works: Sequence[Callable[[], T]]) -> list[T | type[Exception]]:
    """The same for different works, each in a thread of its own."""
    start = Barrier(len(works))
    results: list[T | type[Exception]] = []

    def run(work: Callable[[], T]) -> None:
        with app.app_context():
            start.wait()
            try:
                result = work()
                session.commit()
            except (Conflict, RuleViolation) as refused:
                session.rollback()
                results.append(type(refused))
            else:
                results.append(result)

    session.commit()
    threads = [Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
