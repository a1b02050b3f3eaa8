"""Rules of this project that no linter checks, read from the code itself."""

from __future__ import annotations

import ast
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from config import ROOT
from portal.app import CONTRIBUTIONS
from portal.documents.models import DocumentKind
from portal.registry import Registry
from portal.workflows import WORKFLOWS

PORTAL = ROOT / "portal"
STAGES = sorted(path.parent.name for path in PORTAL.glob("*/views.py"))
FILES = sorted(path for path in PORTAL.rglob("*.py") if "seed" not in path.parts)
COMMITTERS = {"cli.py", "jobs.py", "web/requests.py", "messages/delivery.py", "sealing/worker.py"}
OF_ROLES = (
    "policy.py",
    "accounts/",
    "people/",
    "subjects/recipients.py",
)  # the policy, the granting of roles, and receivers found by role
COLLECTIONS = {"utils", "util", "helpers", "helper", "common", "misc"}
TRANSLATING = {"_", "_l", "N_", "ngettext", "gettext", "lazy_gettext"}
SPEAKING = ("flash", "ValidationError", "Field", "one_line", "several_lines")
SERVICES = ("absences.py", "agencies.py", "attendance.py", "documents.py", "evaluations.py", "follow_up.py",
            "handover.py", "identity.py", "people.py", "progress_reports.py", "registration.py")  # fmt: skip
REFUSALS = {"RuleViolation", "Conflict", "AlreadyDone", "EditConflict", "Denied"}
RAISING = {"require": {"Denied"}, "advance": {"Denied", "Conflict"}}  # what these raise for every caller
# images that only this project's authors used, and plain uses of the same words
PRIVATE_IMAGES = (
    r"drawers?|floors? (above|below)|(the|this|our) house|house rules|rooms|spine|led on|leads on|"
    r"leaf(s|ed|ing)? (through|on)|stor(y|ies)|the (plot|cast|crowd)|clocks?"
)
PLAIN_USES = r"SME houses?|meeting rooms|`Clocks(\.\w+)?`"
RECORDING = ("record", "append", "record_new")
MAKING = {"RuleViolation", "Finding", "error", "warning", "info"}
# refusals whose texts are in the stages that call this one
ABOVE = {
    "subjects": ({"reason", "both_sides"}, ("approvals", "hosting", "visits", "reports")),
    "exchanges": ({"last_coordinator", "own_open", "decisions_wait"}, ("people",)),
    "calls": ({"no_place"}, ("approvals",)),
    "bookings": ({"unit_full", "elsewhere"}, ("visits",)),
    "documents": ({"no_file", "removed_before", "upload_together"}, ("applications",)),
}
Function = ast.FunctionDef | ast.AsyncFunctionDef


def named(path: Path) -> str:
    return path.relative_to(PORTAL).as_posix()


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


def functions() -> Iterator[tuple[str, Function]]:
    for path in FILES:
        for node in ast.walk(parsed(path)):
            if isinstance(node, Function):
                yield f"{named(path)} {node.name}", node


def calls(*paths: Path) -> Iterator[tuple[str, str, ast.Call]]:
    """Each call with its place and the last part of what is called: `session.commit()` → commit."""
    for path in paths or FILES:
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                yield f"{named(path)}:{node.lineno}", name, node


def assigned(function: Function) -> Iterator[str]:
    """The attributes that a function assigns to."""
    for node in ast.walk(function):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr


def test_only_advance_moves_a_subject() -> None:
    """Status and turn are written in one function, which one function calls; no bulk UPDATE names them."""
    writers = {where for where, function in functions() if {"status", "turn", "turn_since"} & {*assigned(function)}}
    assert writers == {"subjects/service.py _move"}
    movers = {
        where
        for where, function in functions()
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "_move"
    }
    assert movers == {"subjects/service.py advance"}
    updates = [keyword.arg for _where, name, call in calls() if name == "values" for keyword in call.keywords]
    assert "last" in updates and not {"status", "turn"} & set(updates)


def test_only_requests_the_worker_and_commands_commit() -> None:
    """A service flushes; the request, the worker and the commands commit."""
    assert {where.split(":")[0] for where, name, _call in calls() if name == "commit"} == COMMITTERS


def test_only_the_policy_compares_roles() -> None:
    """Elsewhere people are given roles, or found by them; who may is asked of the policy."""
    asking = {where.split(":")[0] for where, name, call in calls()
              if name in ("has", "agencies") and any("Role." in ast.unparse(value) for value in call.args)}  # fmt: skip
    assert asking == {"policy.py"}
    for path in FILES:
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Compare) and "Role." in (words := ast.unparse(node)):
                assert "RoleGrant.role" in words or named(path).startswith(OF_ROLES), words


def test_portal_is_imported_at_the_top_of_modules_only() -> None:
    hidden = [
        where
        for where, function in functions()
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom) and re.search(r"\b(portal|config)\b", ast.unparse(node))
    ]
    assert hidden == []


def test_no_table_is_reached_by_its_name() -> None:
    """A model is imported, so that the order of imports holds; only the seed copies tables in bulk."""
    by_name = [
        f"{named(path)}:{node.lineno}"
        for path in FILES
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Attribute) and node.attr in ("tables", "sorted_tables")
    ]
    assert by_name == []


def test_each_stage_has_only_the_agreed_modules() -> None:
    assert len(STAGES) == 15
    for stage in STAGES:
        assert (PORTAL / stage / "queries.py").exists(), stage
    assert [path for path in PORTAL.rglob("*") if path.stem in COLLECTIONS] == []


def test_gettext_is_called_with_whole_texts_only() -> None:
    """Nothing is pasted together before it is looked up: no f-string, no +, no %.

    (A name or an attribute is a text of a workflow, marked there.)
    """
    looked_up = [(where, call.args[0]) for where, name, call in calls() if name in TRANSLATING and call.args]
    pasted = [where for where, first in looked_up if not isinstance(first, ast.Constant | ast.Name | ast.Attribute)]
    assert pasted == []


def test_flashes_errors_and_field_labels_are_translated() -> None:
    """Labels of fields, flash messages and validation errors go through gettext."""
    spoken = [(where, call.args[0]) for where, name, call in calls() if name.endswith(SPEAKING) and call.args]
    bare = [f"{where} {ast.unparse(said)}" for where, said in spoken if isinstance(said, ast.Constant | ast.JoinedStr)]
    assert [words for words in bare if not words.endswith("''")] == []


def texts(values: list[ast.expr]) -> set[str]:
    return {value.value for value in values if isinstance(value, ast.Constant) and isinstance(value.value, str)}


def test_every_event_has_a_label() -> None:
    """An event without a label would break the page of the history."""
    told = set().union(*(texts(call.args) for _where, name, call in calls() if name.lstrip("_") in RECORDING))
    assert {"begin", "escalated", "note_written"} <= told
    known = Registry()
    for contributions in CONTRIBUTIONS:
        contributions.register(known)
    told |= {document.event for document in known.documents.values()}
    changes = set().union(*(kind.whats for kind in known.administered.values()))
    assert changes - told == set(), "words of a change that nobody records"
    facts = set().union(*(workflow.facts for workflow in WORKFLOWS.values()))
    assert told - set(known.event_labels) - facts - changes == set()


@cache
def messages(stage: str) -> dict[str, Any]:
    """The words of a stage's findings by their codes."""
    if not (PORTAL / stage / "labels.py").exists():
        return {}
    found: dict[str, Any] = getattr(import_module(f"portal.{stage}.labels"), "FINDINGS", {})
    return found


def codes(argument: ast.expr, function: Function) -> set[str]:
    """The codes that an argument can be: written out, one of two, or a variable that holds such."""
    if isinstance(argument, ast.IfExp):
        return codes(argument.body, function) | codes(argument.orelse, function)
    if not isinstance(argument, ast.Name):
        return texts([argument])
    assignments = [node for node in ast.walk(function) if isinstance(node, ast.Assign)]
    values = [node.value for node in assignments if argument.id in map(ast.unparse, node.targets)]
    return set().union(*(codes(value, function) for value in values))


def findings_of(*paths: Path) -> Iterator[tuple[str, set[str], ast.Call]]:
    """Each finding that is made, with the codes that it can have."""
    for path in paths:
        for function in [node for node in ast.walk(parsed(path)) if isinstance(node, Function)]:
            for call in [node for node in ast.walk(function) if isinstance(node, ast.Call)]:
                if getattr(call.func, "id", "") in MAKING and call.args:
                    yield f"{named(path)}:{call.lineno}", codes(call.args[0], function), call


@pytest.mark.parametrize("stage", [*STAGES, "bookings", "documents", "subjects"])
def test_every_finding_has_a_text(stage: str) -> None:
    """Every code that a stage uses has a text in its table; a missing one would raise KeyError in the view."""
    found = set().union(*(codes for _where, codes, _call in findings_of(*(PORTAL / stage).glob("*.py"))))
    passed_up, stages = ABOVE.get(stage, (set(), ()))
    assert found - set(messages(stage)) - passed_up == set()
    for above in stages:
        assert passed_up <= set(messages(above)), above


def test_every_finding_has_the_facts_that_its_text_names() -> None:
    """Facts are written out beside the code, so that the placeholders can be compared with them."""
    for stage in STAGES:
        for where, found, call in findings_of(*(PORTAL / stage).glob("*.py")):
            given = {keyword.arg for keyword in call.keywords}
            for code in found & set(messages(stage)) if None not in given else ():
                assert set(re.findall(r"%\((\w+)\)s", str(messages(stage)[code]))) <= given, f"{where} {code}"


def test_every_text_of_a_finding_has_a_code_that_is_used() -> None:
    strings = {node.value for path in FILES if path.name != "labels.py" for node in ast.walk(parsed(path))
               if isinstance(node, ast.Constant) and isinstance(node.value, str)}  # fmt: skip
    kinds = {kind.value for kind in DocumentKind}
    for stage in STAGES:
        assert set(messages(stage)) - strings - kinds == set(), stage


def service_functions() -> Iterator[tuple[str, Function, dict[str, Function]]]:
    """Each public function of a service with its place, and the functions of its module by their names."""
    for path in FILES:
        if path.name.endswith("service.py") or path.name in SERVICES:
            known = {node.name: node for node in parsed(path).body if isinstance(node, Function)}
            for name, node in known.items():
                if not name.startswith("_"):
                    yield f"{named(path)} {name}", node, known


def raised(function: Function, known: dict[str, Function]) -> set[str]:
    """The names of exceptions and the codes that a function raises, itself or in its module's private functions."""
    found: set[str] = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Raise) and node.exc:
            found |= {name.id for name in ast.walk(node.exc) if isinstance(name, ast.Name)} & REFUSALS
        elif isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            found |= RAISING.get(name, set())
            if name == "RuleViolation" and node.args:
                found |= {f'"{code}"' for code in codes(node.args[0], function)}
            elif name.startswith("_") and name in known and known[name] is not function:
                found |= raised(known[name], known)
    return found


def test_service_functions_name_what_they_raise() -> None:
    """After "Raises" in the docstring; codes in quotes."""
    missing = {}
    for where, function, known in service_functions():
        words = (ast.get_docstring(function) or "").partition("Raises")[2]
        if absent := sorted(name for name in raised(function, known) if name not in words):
            missing[where] = absent
    assert missing == {}


def prose(path: Path) -> Iterator[str]:
    """What people read in a file: its comments, docstrings, and the names of its tests as sentences."""
    with tokenize.open(path) as source:
        tokens = [*tokenize.generate_tokens(source.readline)]
    yield from (token.string for token in tokens if token.type == tokenize.COMMENT)
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Module | ast.ClassDef | Function):
            yield ast.get_docstring(node) or ""
            name = getattr(node, "name", "")
            yield name.replace("_", " ") if name.startswith("test_") else ""


def test_comments_and_docstrings_use_no_private_images() -> None:
    own = Path(__file__)  # names the images
    files = [path for folder in ("portal", "tests", "script") for path in (ROOT / folder).rglob("*.py") if path != own]
    assert len(files) > 200
    found = {
        f"{path.relative_to(ROOT)}: {image.group()!r} in {text[:60]!r}"
        for path in files
        for text in prose(path)
        for image in re.finditer(rf"\b({PRIVATE_IMAGES})\b", re.sub(PLAIN_USES, "", text))
    }
    assert found == set()


def test_functions_are_typed_and_short() -> None:
    lengths = []
    for where, function in functions():
        length = (function.end_lineno or 0) - function.lineno + 1
        lengths.append(length)
        given = [a for a in function.args.args + function.args.kwonlyargs if a.arg not in ("self", "cls")]
        assert function.returns and all(argument.annotation for argument in given), where
        assert length <= 45, where
    assert sorted(lengths)[int(len(lengths) * 0.95)] <= 25


def test_files_are_short() -> None:
    assert {named(path): n for path in FILES if (n := len(path.read_text("utf-8").splitlines())) > 300} == {}
