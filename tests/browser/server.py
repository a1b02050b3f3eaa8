"""A real server with its worker, on a free port, with a demonstration of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from flask import Flask

from config import ROOT, Config
from portal.accounts.demo import PASSWORD
from portal.accounts.models import Agency
from portal.app import create_app
from portal.calls.models import Call
from portal.db import db, session
from portal.policy import Actor, Grant, Role
from portal.seed import agencies_and_units
from portal.seed.run import seed
from portal.units.models import HostUnit

LANGUAGE = "en"


@dataclass(frozen=True)
class Live:
    """`call_id` is a call of KOSGEB → KOBİA whose visits may lie in the past, `unit_id` a unit that host@kobia has."""

    base: str
    var: Path
    call_id: int
    unit_id: int
    app: Flask


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def prepare(config: Config) -> tuple[Flask, int, int]:
    """The demonstration's rows, and the call for the journey."""
    app = create_app(config)
    with app.app_context():
        db.create_all()
        seed(app.extensions["storage"])
        call = open_call()
        unit = session.scalars(db.select(HostUnit).where(HostUnit.name_own == "Yevlax KOB evi")).one()
        unit.blocked = []
        session.commit()
        numbers = call.id, unit.id
        session.remove()
    return app, *numbers


def open_call() -> Call:
    """Open now, for visits of the past weeks: arrival and departure can be recorded on the spot."""
    agencies = {agency.code: agency for agency in session.scalars(db.select(Agency))}
    admin = Actor(1, frozenset({Grant(Role.ADMIN)}))
    plan = agencies_and_units.CallPlan("journey-growth-KOSGEB", "KOSGEB", -5, 30, -60, 60, 5)
    return agencies_and_units.add_call(plan, agencies, admin)


@contextmanager
def served(database_url: str, var: Path) -> Iterator[Live]:
    """Everything running, until the block ends."""
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    config = Config("only for the tests, 32 characters!", database_url, base, var, demo=True)
    app, call_id, unit_id = prepare(config)
    environ = os.environ | {
        "SECRET_KEY": config.secret_key, "DATABASE_URL": database_url, "PORTAL_VAR": str(var), "PORTAL_DEMO": "1",
        "PORTAL_BASE_URL": base, "PYTHONWARNINGS": "default",
    }  # fmt: skip
    options = ["--no-control-socket", "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread", "--threads", "8"]
    commands = [["gunicorn", "wsgi:app", *options, "--log-level", "warning"], ["flask", "--app", "wsgi", "worker"]]
    with (var / "browser.log").open("wb") as log:
        running = [
            subprocess.Popen([sys.executable, "-m", *command], cwd=ROOT, env=environ, stdout=log, stderr=log)
            for command in commands
        ]
        try:
            wait_for(base)
            yield Live(base, var, call_id, unit_id, app)
        finally:
            for process in running:
                process.terminate()
            for process in running:
                process.wait(timeout=20)
    with app.app_context():
        db.engine.dispose()


def wait_for(base: str) -> None:
    for _try in range(200):
        try:
            urlopen(f"{base}/healthz").close()
            return
        except (URLError, ConnectionError):
            time.sleep(0.1)
    raise TimeoutError(base)


__all__ = ["LANGUAGE", "PASSWORD", "Live", "served"]
