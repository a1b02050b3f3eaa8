"""script/mutants sees a change that no test notices, and holds its list of those that may pass."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MODULE = """
LIMITS = {"short": 30, "long": 365}


def allowed(days: int, kind: str) -> bool:
    return 0 < days <= LIMITS[kind]
"""
TESTS = """
import pytest

from planted.limits import allowed


@pytest.mark.parametrize(("days", "kind", "right"), [
    (0, "short", False), (1, "short", True), (30, "short", True), (31, "short", False), (365, "long", True),
    (366, "long", %s),
])
def test_days(days, kind, right):
    assert allowed(days, kind) is (right if right is not None else allowed(days, kind))
"""
SETTINGS = """
copied = ["planted"]
preloaded = []
application = []
{survivors}

[modules]
"planted/limits.py" = ["planted/test_limits.py"]
"""
LISTED = """[[survivors]]
module = "planted/limits.py"
where = "LIMITS"
before = "{{'short': 30, 'long': 365}}"
after = "{{'short': 30, 'long': 366}}"
reason = "planted by this test"
"""


def run(folder: Path, above_is_tested: bool, survivors: str) -> subprocess.CompletedProcess[str]:
    """The tool on a tree with one module, whose upper limit of long stays is tested from above or not."""
    (folder / "script").mkdir()
    (folder / "planted").mkdir()
    settings = SETTINGS if survivors == "survivors = []" else SETTINGS.replace("{survivors}", "") + "{survivors}"
    (folder / "script/mutants.toml").write_text(settings.format(survivors=survivors.format()))
    (folder / "planted/limits.py").write_text(MODULE)
    (folder / "planted/test_limits.py").write_text(TESTS % (False if above_is_tested else None))
    command = [sys.executable, str(ROOT / "script/_mutants.py"), "--root", str(folder)]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, env=dict(os.environ), timeout=120)


def test_every_change_is_noticed_where_each_limit_is_tested_from_both_sides(tmp_path: Path) -> None:
    done = run(tmp_path, above_is_tested=True, survivors="survivors = []")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "planted/limits.py: 10 of 10 noticed" in done.stdout and "100.0%" in done.stdout


@pytest.mark.parametrize("listed", [False, True])
def test_a_change_that_no_test_notices_is_named_and_fails(tmp_path: Path, listed: bool) -> None:
    """One of ten is below the share, so it fails even where it is listed with a reason."""
    done = run(tmp_path, above_is_tested=False, survivors=LISTED if listed else "survivors = []")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "9 of 10 noticed: 90.0%" in done.stdout
    assert ("not noticed: planted/limits.py:2 LIMITS" in done.stdout) is not listed


def test_a_listed_change_that_is_noticed_is_taken_off_the_list(tmp_path: Path) -> None:
    done = run(tmp_path, above_is_tested=True, survivors=LISTED)
    assert done.returncode == 1 and "listed, but noticed: planted/limits.py" in done.stdout
