"""What those who carry the project on rely on: licence, hooks, hosted run, decisions, glossary, links."""

from __future__ import annotations

import csv
import hashlib
import re
import subprocess
import tomllib
from functools import cache
from pathlib import Path

import pytest

from config import ROOT
from tests.test_docs import script

SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
RECORDS = sorted((ROOT / "docs" / "decisions").glob("0*.md"))
# the letters and digits of the official English text, by their SHA-256: how it is laid out does not matter
EUPL = "a049445f3c373207980780838b9079133d6561c4a9e2426a89cd1f4bbc44bfdb"
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text("utf-8")
FIELD = {
    "exchange", "call", "endorsement", "host unit", "placement", "visit", "agenda", "work plan", "milestone",
    "CEFR level", "home agency", "host agency", "deputy", "counterpart", "progress report", "sealed report",
    "evaluation", "follow-up", "recommendation", "attendance", "waiting list", "action plan", "heading", "consent",
}  # fmt: skip
GOOD = "Refuse a stay shorter than its travel days\n\nThe report had no day to report on.\n"


def text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def test_the_licence_is_the_official_text_in_full() -> None:
    licence = text("LICENSE")
    assert re.findall(r"^(\d+)\.", licence, re.M) == [str(article) for article in range(1, 16)]
    assert hashlib.sha256(re.sub(r"\W+", "", licence).encode()).hexdigest() == EUPL


def test_the_licence_is_named_the_same_everywhere() -> None:
    assert SETTINGS["license"] == "EUPL-1.2"
    assert text("LICENSE").startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2")
    for page in ("README.md", "CONTRIBUTING.md"):
        assert re.findall(r"EUPL(?:-[\d.]+\d)?", text(page)) == ["EUPL-1.2"], page


def test_every_licence_file_is_declared_and_told_in_the_readme() -> None:
    ours = (path for folder in ("portal", "tests", "script", "templates") for path in (ROOT / folder).rglob("*"))
    vendored = {path.relative_to(ROOT).as_posix() for path in ours if re.search("licen[cs]e", path.name, re.I)}
    assert {*SETTINGS["license-files"]} == {"LICENSE"} | vendored
    assert [name for name in vendored if f"({name})" not in text("README.md")] == []


def test_the_hosted_run_calls_the_test_script_and_nothing_else() -> None:
    run = text(".github/workflows/test.yml")
    assert re.findall(r"\brun: (.*)", run) == ["script/test --measured"]
    assert re.findall(r"\buses: (\S+?)@", run) == ["actions/checkout"]
    assert "python:3.11" in run


def test_the_hooks_run_the_commands_of_the_test_script() -> None:
    checks = re.findall(r"^  run (\.venv/bin/.*)$", text("script/test"), re.M)
    hooks = re.findall(r"^ +entry: (.*)$", text(".pre-commit-config.yaml"), re.M)
    assert len(checks) >= 5
    assert hooks == [*checks, ".venv/bin/python script/_commit_message.py"]


def test_the_hooks_bring_in_no_tools_of_their_own() -> None:
    config = text(".pre-commit-config.yaml")
    assert re.findall(r"- repo: (.*)", config) == ["local"]
    assert {*re.findall(r"language: (.*)", config)} == {"system"}


def problems(message: str) -> list[str]:
    found: list[str] = script("_commit_message").problems(message)
    return found


@pytest.mark.parametrize(
    "message",
    [
        GOOD,
        f"{'A' * 72}\n\nWhy.",
        "Embed the fonts\n\nWhy.\n\nCo-authored-by: Somebody <somebody@korpu.example>\n",
        "Process the queue\n\n# a comment\nWhy.\n# ------------------------ >8 ------------------------\nfixed.\n",
        "Address the review\n\nWhy.",
        "Merge branch 'main'",
        'Revert "Add a page."\n',
        "fixup! Add a page",
    ],
)
def test_a_good_commit_message_passes(message: str) -> None:
    assert problems(message) == []


@pytest.mark.parametrize(
    ("message", "word"),
    [
        (f"{'A' * 73}\n\nWhy.", "72"),
        (GOOD.replace("days\n", "days.\n", 1), "full stop"),
        (GOOD.lower(), "capital"),
        ("Added a page\n\nWhy.", "imperative"),
        ("Adding a page\n\nWhy.", "imperative"),
        ("Adds a page\n\nWhy.", "imperative"),
        ("Add a page\nWhy.", "blank"),
        ("Add a page", "says why"),
        ("Add a page\n\nCo-authored-by: Somebody <somebody@korpu.example>", "says why"),
        ("Add a page\n\n# only a comment", "says why"),
    ],
)
def test_each_fault_of_a_commit_message_is_named(message: str, word: str) -> None:
    [problem] = problems(message)
    assert word in problem


def test_an_empty_commit_message_is_refused() -> None:
    assert problems("# nothing was written\n")


def test_the_hook_refuses_by_its_exit_code(tmp_path: Path) -> None:
    def code(message: str) -> int:
        (tmp_path / "message").write_text(message, "utf-8")
        command = [".venv/bin/python", "script/_commit_message.py", str(tmp_path / "message")]
        return subprocess.run(command, cwd=ROOT, capture_output=True).returncode

    assert code(GOOD) == 0
    assert code("added a page.") == 1


def anchors(page: str) -> set[str]:
    """The addresses of a page's headings, as hosting sites make them."""
    headings = re.findall(r"^#+ (.*)$", page, re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@cache
def documents() -> list[Path]:
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / ".github").rglob("*.md")])


@pytest.mark.parametrize("page", documents(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_between_documents_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8")):
        if "://" in link:
            continue
        name, _mark, anchor = link.partition("#")
        target = page.parent / name if name else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target.read_text("utf-8")), link


def test_every_document_is_linked_from_another() -> None:
    linked = {
        (page.parent / link.partition("#")[0]).resolve()
        for page in documents()
        for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8"))
        if "://" not in link
    }
    alone = {page for page in documents() if page.resolve() not in linked and ".github" not in page.parts}
    assert {page.name for page in alone} == {"README.md"}


@pytest.mark.parametrize("record", RECORDS, ids=lambda path: path.stem)
def test_decisions_are_short_records_of_one_form(record: Path) -> None:
    lines = record.read_text("utf-8").splitlines()
    assert lines[0].startswith(f"# {record.name[:4]} ")
    assert re.fullmatch(r"20\d\d-[01]\d-[0-3]\d", lines[2])
    assert [line for line in lines if line.startswith("## ")] == ["## Context", "## Decision", "## Consequences"]
    assert len(lines) <= 45
    title = lines[0].removeprefix(f"# {record.name[:4]} ")
    assert f"| [{record.name[:4]}]({record.name}) | {title} |" in text("docs/decisions/README.md")


def test_decisions_are_numbered_without_a_gap() -> None:
    assert [int(record.name[:4]) for record in RECORDS] == list(range(1, len(RECORDS) + 1))


def test_files_that_decisions_name_are_there() -> None:
    records = "".join(record.read_text("utf-8") for record in RECORDS)
    named = set(re.findall(r"`((?:portal|migrations)/[\w/.]+)`", records))
    assert len(named) >= 5
    assert [name for name in named if not (ROOT / name).exists()] == []


def rows() -> list[list[str]]:
    """The glossary's rows: one cell a language, each "**term**: meaning"."""
    return [line.strip("| ").split(" | ") for line in GLOSSARY.splitlines() if line.startswith("| **")]


def terms() -> list[list[str]]:
    """The glossary's terms: English, Turkish, Azerbaijani."""
    return [[cell.split("**")[1] for cell in row] for row in rows()]


def test_the_glossary_holds_the_terms_of_the_field() -> None:
    english = [row[0] for row in terms()]
    assert FIELD - set(english) == set()
    assert len(english) == len(set(english))


def test_the_glossary_explains_each_term_in_three_languages() -> None:
    assert {len(row) for row in rows()} == {3}
    assert [cell for row in rows() for cell in row if not re.fullmatch(r"\*\*[^*]+\*\*: .{10,}", cell)] == []


def test_the_glossary_uses_the_words_of_the_translations() -> None:
    with (ROOT / "portal" / "translations" / "glossary.csv").open(encoding="utf-8", newline="") as file:
        known = {row["en"]: (row["tr"].split("|"), row["az"].split("|")) for row in csv.DictReader(file)}
    held = [row for row in terms() if row[0] in known]
    assert len(held) >= 40
    assert [row for row in held if row[1] not in known[row[0]][0] or row[2] not in known[row[0]][1]] == []


def test_issue_forms_and_the_pull_request_template_are_there() -> None:
    for name in ("bug", "change"):
        form = text(f".github/ISSUE_TEMPLATE/{name}.yml")
        assert re.search(r"^name: \w", form) and re.search(r"^body:$", form, re.M)
    assert "script/test" in text(".github/PULL_REQUEST_TEMPLATE.md")
