"""script/server: starts from nothing, ends by one Ctrl-C, and starts again with the same data."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from sqlalchemy import create_engine, text

from config import ROOT, database_url
from tests.databases import empty_database

PATIENCE = 180  # seconds until something counts as never happening, on a busy machine too


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def hears_ctrl_c() -> None:
    """A terminal's processes do; those that a script has put into the background, these tests perhaps, do not."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextmanager
def started(var: Path, database: str, port: int) -> Iterator[subprocess.Popen[str]]:
    """The script in a process group of its own, like one that was started in a terminal."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("PORTAL_", "SECRET_KEY"))}
    plain = database.replace("postgresql+psycopg://", "postgresql://")  # as people write it
    environ = ours | {"PORTAL_VAR": str(var), "DATABASE_URL": plain, "PORT": str(port), "PORTAL_DEMO": "0"}
    process = subprocess.Popen(
        [ROOT / "script" / "server"], cwd=ROOT, env=environ, text=True, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, preexec_fn=hears_ctrl_c,
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(PATIENCE)
        assert process.stdout is not None
        process.stdout.close()


def answers(process: subprocess.Popen[str], port: int) -> bool:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=30) as page:
                return bool(page.status == 200)
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    return False


def ended_by_ctrl_c(process: subprocess.Popen[str]) -> str:
    """The script's output; Ctrl-C goes to the whole process group, as a terminal sends it."""
    os.killpg(process.pid, signal.SIGINT)
    said, _nothing = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, said
    return said


@pytest.fixture
def database(tmp_path: Path) -> Iterator[str]:
    with empty_database("served", tmp_path) as address:
        yield address


def test_the_server_starts_from_nothing_ends_by_one_ctrl_c_and_keeps_its_data(database: str, tmp_path: Path) -> None:
    var, port = tmp_path / "not there yet", free_port()
    with started(var, database, port) as first:
        assert answers(first, port)
        said = ended_by_ctrl_c(first)
    assert f"http://127.0.0.1:{port}" in said and "Traceback" not in said
    log = (var / "worker.log").read_text("utf-8")
    assert "Traceback" not in log
    engine = create_engine(database_url(database))
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO calendar_override (country, day, closed, note) "
                                "VALUES ('TR', '2026-10-30', true, 'kept')"))  # fmt: skip
    key = (var / "secret-key").read_text("utf-8")
    with started(var, database, port) as second:
        assert answers(second, port)
        ended_by_ctrl_c(second)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT note FROM calendar_override")) == "kept"
    engine.dispose()
    assert (var / "secret-key").read_text("utf-8") == key, "whoever is signed in stays so"
    assert os.stat(var / "secret-key").st_mode & 0o077 == 0, "nobody else reads it"


def test_the_server_names_a_port_that_is_in_use(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with started(tmp_path, f"sqlite:///{tmp_path / 'none.sqlite3'}", port) as process:
            said, _nothing = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1 and f"Port {port} is in use" in said
    assert not (tmp_path / "none.sqlite3").exists()
