"""Nothing is kept that nobody uses: every name that a module of the portal defines is read somewhere.

A name counts for the module that it is imported from, so that two modules may use the same one.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import ROOT

FILES = sorted((ROOT / "portal").rglob("*.py"))
READERS = [*FILES, ROOT / "wsgi.py", *sorted((ROOT / "tests").rglob("*.py")), *sorted((ROOT / "script").glob("*.py"))]
# what the app reads of every stage: the blueprints of its views, and `register` of its contributions
BY_NAME = {"blueprints", "register", "__all__"}


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def used_by(tree: ast.Module, module: str) -> Iterator[tuple[str, str]]:
    """Each (module, name) that a file imports, reads of a module that it imports, or reads of its own."""
    modules: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                modules[alias.asname or alias.name] = f"{node.module}.{alias.name}"
                yield node.module, alias.name
        elif isinstance(node, ast.Import):
            modules |= {alias.asname: alias.name for alias in node.names if alias.asname}
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield module, node.id
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules:
            yield modules[node.value.id], node.attr


def defined_in(tree: ast.Module) -> Iterator[str]:
    """The functions, classes and constants of a module; not what a decorator registers somewhere, as routes are."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            if not any(isinstance(decorator, ast.Call) for decorator in node.decorator_list) or is_dataclass(node):
                yield node.name
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (target.id for target in targets if isinstance(target, ast.Name))


def is_dataclass(node: ast.FunctionDef | ast.ClassDef) -> bool:
    return "dataclass" in {ast.unparse(getattr(decorator, "func", decorator)) for decorator in node.decorator_list}


def read_by_templates() -> set[str]:
    """What templates read of a module that a view hands to them: `words.KIND`."""
    return {
        name
        for path in (ROOT / "templates").rglob("*")
        if path.is_file()
        for name in re.findall(r"\.([A-Z][A-Z_]+)\b", path.read_text("utf-8"))
    }


@pytest.fixture(scope="module")
def used() -> set[tuple[str, str]]:
    trees = ((path, ast.parse(path.read_text("utf-8"))) for path in READERS)
    return {use for path, tree in trees for use in used_by(tree, module_of(path))}


def test_every_name_that_a_module_defines_is_used(used: set[tuple[str, str]]) -> None:
    by_name = BY_NAME | read_by_templates()
    unused = [
        f"{module_of(path)}.{name}"
        for path in FILES
        for name in defined_in(ast.parse(path.read_text("utf-8")))
        if (module_of(path), name) not in used and name not in by_name
    ]
    assert unused == []
