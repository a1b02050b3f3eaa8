"""Sends malformed requests to the portal, in process, and prints how they were answered: see tests/probes.py."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import structlog  # noqa: E402

from config import Config  # noqa: E402
from portal.app import create_app  # noqa: E402
from portal.db import db, session  # noqa: E402
from portal.policy import Role  # noqa: E402
from tests.databases import empty_database  # noqa: E402
from tests.factories import make_world, person  # noqa: E402
from tests.probes import Probe, Prober, table  # noqa: E402
from tests.scenarios import make_exchange, old_call  # noqa: E402

STEPS = ("apply", "submit", "endorse", "accept", "confirm", "report")


def run(count: int, seed: int, folder: Path, address: str) -> list[Probe]:
    config = Config("only for the probes, 32 characters!", address, "http://localhost", folder, testing=True)
    app = create_app(config)
    with app.app_context():
        db.create_all()
        world = make_world()
        world.announcement()
        others = [person(f"{step}@kosgeb.example", f"Can {step}", world.kosgeb, Role.EXPERT) for step in STEPS[1:]]
        call, storage = old_call(world), app.extensions["storage"]
        experts = [world.expert, *others]
        made = [
            make_exchange(world, storage, step, call=call, expert=expert, number=number)
            for number, (step, expert) in enumerate(zip(STEPS, experts, strict=True))
        ]
        session.commit()
        people = {
            "nobody": None, "expert": world.expert, "expert back": others[-1],
            "home manager": world.manager, "home deputy": world.deputy,
            "host manager": world.host_manager, "coordinator": world.coordinator, "administrator": world.admin,
        }  # fmt: skip
        values = {
            "reference": [exchange.reference for exchange in made], "code": ["KOSGEB", "KOBIA", "AAAAAAAAAAAA"],
            "name": ["person", "languages", "plan", "benefit", "wishes", "consent", "documents"],
            "key": ["objectives", "plan", "findings", "recommendations", "rest"], "filename": ["portal.css", "fonts/x"],
        }  # fmt: skip
        prober, probes = Prober(app, people, values, seed), []
        for number, probe in enumerate(prober.probes(count), start=1):
            probes.append(probe)
            if number % 1_000 == 0:
                print(f"{number} requests", file=sys.stderr)  # noqa: T201
        session.remove()
        db.engine.dispose()
    return probes


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    with tempfile.TemporaryDirectory() as folder, empty_database("probes", Path(folder)) as address:
        probes = run(given.count, given.seed, Path(folder), address)
    print(table(probes))  # noqa: T201
    failed = [probe for probe in probes if probe.status >= 500]
    for kind, number in Counter(probe.error for probe in failed).most_common():
        print(number, next(str(probe) for probe in failed if probe.error == kind))  # noqa: T201
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
