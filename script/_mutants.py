"""Mutation testing: small changes to the pure modules, each in a copy of the tree, and whether its tests notice.

mutmut 3 leaves code outside of functions alone, where our tables and limits stand; cosmic-ray starts a new interpreter
and pytest for each change, which takes seconds of imports. Here the libraries are imported once, and each change is
tried in a fork of that process.
"""

from __future__ import annotations

import argparse
import gc
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
import traceback
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from _mutations import Mutant, mutants

LEAST = 0.95  # of all changes are to be noticed
SEED = 7  # of the sample


class Tries:
    """A copy of the tree in which changes are tried, one after the other, each in a fork."""

    def __init__(self, root: Path, settings: dict[str, Any]) -> None:
        self.settings = settings
        self.copy = Path(tempfile.mkdtemp(prefix="mutants-"))
        for name in settings["copied"]:
            if (root / name).is_dir():
                shutil.copytree(root / name, self.copy / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy2(root / name, self.copy / name)
        self.seconds: dict[str, float] = {}
        self.pure: set[str] = set()  # modules no test of which needs the application

    def first(self, module: str) -> None:
        """The tests of a module without any change: they must pass, and say how long they take."""
        begun = time.monotonic()
        if not self._passes(module, 600, first=True):
            said = (self.copy / "output.txt").read_text(encoding="utf-8")
            raise RuntimeError(f"{said[-3000:]}\nThe tests of {module} fail without any change.")
        self.seconds[module] = time.monotonic() - begun

    def survives(self, mutant: Mutant) -> bool:
        """Whether the tests pass although the module is changed; one that never ends is noticed."""
        if mutant.module not in self.seconds:
            self.first(mutant.module)
        target = self.copy / mutant.module
        kept = target.with_suffix(".kept")
        shutil.copy2(target, kept)
        target.write_text(mutant.source, encoding="utf-8")
        try:
            return self._passes(mutant.module, int(20 + 5 * self.seconds[mutant.module]))
        finally:
            kept.replace(target)  # with its old time, for which Python has it compiled

    def _passes(self, module: str, most: int, first: bool = False) -> bool:
        """First the tests that need no application, which are fast, then the others, if there are any."""
        for of_application in (False, True):
            if of_application and module in self.pure:
                continue
            status = self._fork(module, most, of_application, first)
            if status == pytest.ExitCode.NO_TESTS_COLLECTED:
                if of_application:
                    self.pure.add(module)
            elif status != pytest.ExitCode.OK:
                return False
        return True

    def _fork(self, module: str, most: int, of_application: bool, first: bool) -> int:
        pid = os.fork()
        if pid == 0:
            os.setsid()
            signal.alarm(most)
            sys.dont_write_bytecode = not first
            try:
                os._exit(self._run_tests(module, of_application))
            except BaseException:  # never back into the code that forked
                traceback.print_exc()
            os._exit(1)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)  # what a test left behind
        return status

    def _run_tests(self, module: str, of_application: bool) -> int:
        output = os.open(self.copy / "output.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # looking for plugins takes longer than most tests
        os.chdir(self.copy)
        sys.path.insert(0, str(self.copy))
        hypothesis.settings.register_profile("mutants", deadline=None, derandomize=True, database=None, max_examples=40)
        hypothesis.settings.load_profile("mutants")
        options = ["-x", "-q", "--assert=plain", "-p", "no:cacheprovider"]
        options += [] if of_application else ["--noconftest"]
        chosen = Chosen(frozenset(self.settings["application"]), of_application)
        return int(pytest.main([*options, *self.settings["modules"][module]], plugins=[chosen]))


class Chosen:
    """Takes the tests that ask for one of the application's fixtures, or those that do not."""

    def __init__(self, fixtures: frozenset[str], of_application: bool) -> None:
        self.fixtures, self.of_application = fixtures, of_application

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        asked = [(item, set(getattr(item, "fixturenames", ()))) for item in items]
        items[:] = [item for item, names in asked if bool(names & self.fixtures) is self.of_application]


def preload(root: Path, names: Sequence[str], own: Sequence[str]) -> None:
    """Imports what the portal and its tests import of others, and nothing of the portal itself."""
    listing = "import sys\n" + "".join(f"import {name}\n" for name in names) + "print(*sys.modules, sep='\\n')"
    environ = os.environ | {"PYTHONPATH": str(root)}
    run = subprocess.run([sys.executable, "-c", listing], cwd=root, env=environ, capture_output=True, text=True)
    for name in run.stdout.split():
        if name.partition(".")[0] not in {*own, "__main__"}:
            with suppress(Exception):  # parts of a package that cannot be imported by themselves
                import_module(name)


_tries: Tries | None = None


def _begin(root: Path, settings: dict[str, Any]) -> None:
    global _tries
    _tries = Tries(root, settings)


def _try(mutant: Mutant) -> tuple[Mutant, bool]:
    assert _tries is not None
    return mutant, _tries.survives(mutant)


def survivors(root: Path, settings: dict[str, Any], chosen: Sequence[Mutant]) -> list[Mutant]:
    """The changes that no test notices; two processes try them."""
    found, folder = [], tempfile.mkdtemp(prefix="mutants-")
    os.environ["TMPDIR"] = tempfile.tempdir = folder
    try:
        gc.freeze()  # what is imported by now is shared with all forks
        with get_context("fork").Pool(2, _begin, (root, settings)) as pool:
            for number, (mutant, survived) in enumerate(pool.imap_unordered(_try, chosen, chunksize=4), 1):
                if survived:
                    found.append(mutant)
                    sys.stderr.write(f"not noticed: {mutant.where}: {mutant.before} → {mutant.after}\n")
                elif number % 50 == 0:
                    sys.stderr.write(f"{number} of {len(chosen)} tried\n")
    finally:
        tempfile.tempdir = None
        shutil.rmtree(folder, ignore_errors=True)
    return found


def report(chosen: Sequence[Mutant], found: Sequence[Mutant], settings: dict[str, Any]) -> bool:
    """Writes what was noticed of each module and lists the rest; answers whether that is enough."""
    total, left = Counter(m.module for m in chosen), Counter(m.module for m in found)
    for module, count in total.items():
        sys.stdout.write(f"{module}: {count - left[module]} of {count} noticed\n")
    listed = {tuple(row[name] for name in ("module", "where", "before", "after")) for row in settings["survivors"]}
    unlisted = [mutant for mutant in found if mutant.key not in listed]
    for mutant in sorted(unlisted, key=lambda mutant: (mutant.module, mutant.line)):
        sys.stdout.write(
            f"not noticed: {mutant.module}:{mutant.line} {mutant.where}\n    {mutant.before}\n    {mutant.after}\n"
        )
    known = {mutant.key for mutant in found}
    gone = [key for key in listed & {m.key for m in chosen} if key not in known]
    for key in gone:
        sys.stdout.write(f"listed, but noticed: {' | '.join(key)}\n")
    share = 1 - len(found) / max(1, len(chosen))
    sys.stdout.write(f"{len(chosen) - len(found)} of {len(chosen)} noticed: {share:.1%}\n")
    return not unlisted and not gone and share >= LEAST


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", help="only these")
    parser.add_argument("--sample", type=int, help="so many of all changes, always the same ones")
    parser.add_argument("--list", action="store_true", help="show the changes and try none")
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent)
    asked = parser.parse_args()
    settings = tomllib.loads((asked.root / "script/mutants.toml").read_text(encoding="utf-8"))
    modules = asked.modules or settings["modules"]
    chosen = [m for name in modules for m in mutants(name, (asked.root / name).read_text(encoding="utf-8"))]
    if asked.sample and asked.sample < len(chosen):
        picked = set(random.Random(SEED).sample(range(len(chosen)), asked.sample))
        chosen = [mutant for number, mutant in enumerate(chosen) if number in picked]
    if asked.list:
        sys.stdout.writelines(f"{m.module}:{m.line} {m.where}: {m.before} → {m.after}\n" for m in chosen)
        return 0
    preload(asked.root, settings["preloaded"], [Path(name).stem for name in settings["copied"]])
    return 0 if report(chosen, survivors(asked.root, settings, chosen), settings) else 1


if __name__ == "__main__":
    raise SystemExit(main())
