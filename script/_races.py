"""Runs races on one engine and prints what became of them. Called by `script/races`."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter, defaultdict
from contextlib import suppress
from pathlib import Path

import structlog

from config import Config
from portal.app import create_app
from portal.db import db
from tests.databases import empty_database
from tests.factories import make_world
from tests.lock_order import watched
from tests.races import KINDS, Ground, run

HEAD = f"{'race':38}{'times':>6}  answers"


def main() -> int:
    asked = argparse.ArgumentParser()
    asked.add_argument("--times", type=int, default=300, help="races, spread over the kinds")
    asked.add_argument("kinds", nargs="*", default=list(KINDS))
    given = asked.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    with tempfile.TemporaryDirectory(prefix="korpu-races.") as folder, empty_database("races", Path(folder)) as url:
        wrong = races(url, Path(folder), given.kinds, given.times)
    return 1 if wrong else 0


def races(url: str, folder: Path, kinds: list[str], times: int) -> int:
    """Runs them in turn, each kind as often as the others; returns in how many something was wrong."""
    secret = "only for these races, 32 letters"
    app = create_app(Config(secret, url, "http://localhost", folder / "var", testing=True))
    app.config["PROPAGATE_EXCEPTIONS"] = False  # as in a server: 500, which counts
    answers: dict[str, Counter[str]] = defaultdict(Counter)
    wrong: list[str] = []
    with app.app_context(), watched():
        db.create_all()
        ground = Ground(app, make_world())
        with suppress(KeyboardInterrupt):  # whoever has waited long enough sees what came out so far
            for number in range(times):
                name = kinds[number % len(kinds)]
                result = run(ground, KINDS[name])
                answers[name][" ".join(map(str, sorted(result.statuses)))] += 1
                wrong += [f"{name}: {words}" for words in result.wrong]
        engine = db.engine.dialect.name
        db.session.remove()
        db.engine.dispose()
    show(engine, answers, wrong)
    return len(wrong)


def say(words: str) -> None:
    sys.stdout.write(f"{words}\n")


def show(engine: str, answers: dict[str, Counter[str]], wrong: list[str]) -> None:
    total = sum(counted.total() for counted in answers.values())
    say(f"\n{engine}: {total} races of {len(answers)} kinds, {len(wrong)} violations\n{HEAD}")
    for name, counted in answers.items():
        told = ", ".join(f"{statuses} ({times}×)" for statuses, times in counted.most_common())
        say(f"{name.replace('_', ' '):38}{counted.total():>6}  {told}")
    for words in wrong:
        say(f"WRONG {words}")


if __name__ == "__main__":
    sys.exit(main())
