"""Small changes to a module's source: comparisons, numbers, conditions, elements of tables that are left out."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from typing import Any

SWAPS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.And: ast.Or, ast.Or: ast.And,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr,
}  # fmt: skip
NAMES = {"min": "max", "max": "min", "any": "all", "all": "any"}
# not code that runs: types, and columns, which tests/test_migrations.py compares
SKIPPED_FIELDS = {"annotation", "returns", "decorator_list", "bases", "type_params"}
SKIPPED_CALLS = {"mapped_column", "relationship", "UniqueConstraint"}


@dataclass(frozen=True)
class Mutant:
    """One change: `where` is the function or table that it is in, `before` and `after` are the expression there."""

    module: str
    where: str
    before: str
    after: str
    line: int
    source: str

    @property
    def key(self) -> tuple[str, str, str, str]:
        return self.module, self.where, self.before, self.after


def replacements(node: ast.AST, table: bool) -> Iterator[ast.AST]:
    """What can stand in a node's place; `table`: outside of functions, where elements are left out one by one too."""
    if isinstance(node, ast.Compare):
        for number, op in enumerate(node.ops):
            if type(op) in SWAPS:
                yield _changed(node, ops=[*node.ops[:number], SWAPS[type(op)](), *node.ops[number + 1 :]])
    elif isinstance(node, ast.BoolOp | ast.BinOp | ast.AugAssign) and type(node.op) in SWAPS:
        yield _changed(node, op=SWAPS[type(node.op)]())
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        yield from (ast.Constant(node.value + step) for step in (1, -1))
    elif isinstance(node, ast.Name) and node.id in NAMES:
        yield ast.Name(NAMES[node.id], node.ctx)
    elif isinstance(node, ast.Set) or (table and isinstance(node, ast.Tuple | ast.List)):
        if len(node.elts) > 1 and not isinstance(getattr(node, "ctx", None), ast.Store):
            yield from (_changed(node, elts=node.elts[:n] + node.elts[n + 1 :]) for n in range(len(node.elts)))
    elif table and isinstance(node, ast.Dict):
        for n in range(len(node.keys)):
            yield _changed(node, keys=node.keys[:n] + node.keys[n + 1 :], values=node.values[:n] + node.values[n + 1 :])


def _changed(node: ast.AST, **fields: Any) -> ast.AST:
    made = copy(node)
    for name, value in fields.items():
        setattr(made, name, value)
    return made


@dataclass(frozen=True)
class Place:
    """A node, what holds it, and how the place is called."""

    node: ast.AST
    parent: ast.AST
    field: str
    index: int | None
    where: str
    table: bool

    def put(self, node: ast.AST) -> None:
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node


def places(node: ast.AST, where: str = "", table: bool = True) -> Iterator[Place]:
    """Every node beneath this one that may be changed."""
    for field, value in ast.iter_fields(node):
        if field in SKIPPED_FIELDS:
            continue
        for index, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if not isinstance(child, ast.AST) or _is_skipped(child):
                continue
            name = where
            if isinstance(child, ast.FunctionDef | ast.ClassDef):
                name = f"{where}.{child.name}".lstrip(".")
            elif isinstance(child, ast.Assign | ast.AnnAssign) and table:
                target = child.targets[0] if isinstance(child, ast.Assign) else child.target
                name = f"{where}.{ast.unparse(target)}".lstrip(".")
            inside = table and not isinstance(child, ast.FunctionDef)
            yield Place(child, node, field, index, name, inside)
            yield from places(child, name, inside)


def _is_skipped(node: ast.AST) -> bool:
    """Columns, and names for types: `Rule = Callable[...]`."""
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Subscript):
        return ast.unparse(node.value)[:1].isupper()
    called = node.func if isinstance(node, ast.Call) else None
    return isinstance(called, ast.Name) and called.id in SKIPPED_CALLS


def mutants(module: str, source: str) -> list[Mutant]:
    """All changes of a module, in its order."""
    tree, found = ast.parse(source), []
    counted: Counter[tuple[str, str, str]] = Counter()
    for place in places(tree):
        for new in replacements(place.node, place.table):
            # the expression around a bare number or name says more than itself
            around = place.parent if isinstance(place.parent, ast.expr | ast.keyword) else place.node
            before = _short(ast.unparse(around), place.node)
            place.put(new)
            shown = around if around is place.parent else new
            after, changed = _short(ast.unparse(shown), new), ast.unparse(tree)
            place.put(place.node)
            counted[place.where, before, after] += 1
            times = counted[place.where, before, after]
            after += f"  (no. {times})" if times > 1 else ""
            found.append(Mutant(module, place.where, before, after, getattr(place.node, "lineno", 0), changed))
    return found


def _short(text: str, node: ast.AST) -> str:
    return text if len(text) <= 160 else ast.unparse(node)[:160]
