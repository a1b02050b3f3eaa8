"""The geometry of the arch that shows an exchange's steps as a bridge: points and SVG paths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol


class Step(Protocol):
    @property
    def label(self) -> str: ...
    @property
    def note(self) -> str: ...
    @property
    def bank(self) -> str: ...
    @property
    def state(self) -> str: ...


@dataclass(frozen=True)
class Point:
    """One step on the drawing; `x` and `y` in the drawing's units."""

    x: float
    y: float
    number: int
    label: str
    note: str
    state: str
    bank: str


@dataclass(frozen=True)
class Drawing:
    """Width × height units; `passed` and `coming` are SVG path data."""

    width: float
    height: float
    host_y: float
    home_y: float
    points: Sequence[Point]
    passed: str
    coming: str

    @property
    def present(self) -> Point | None:
        """The present step, or the one at which the exchange ended early; None when all steps are done."""
        return next((point for point in self.points if point.state in ("now", "ended")), None)


def drawing(steps: Sequence[Step], left: float = 150, gap: float = 110, narrow: bool = False) -> Drawing:
    """Places the steps from left to right on two banks, in SVG units; `narrow` is the form for phones, without text."""
    if narrow:
        left, gap = 30, 46
    host_y, home_y = (16.0, 44.0) if narrow else (38.0, 100.0)
    points = [
        Point(
            left + gap * n,
            host_y if step.bank == "host" else home_y,
            n + 1,
            step.label,
            step.note,
            step.state,
            step.bank,
        )
        for n, step in enumerate(steps)
    ]
    reached = sum(point.state in ("done", "now", "ended") for point in points)
    return Drawing(
        width=left + gap * (len(points) - 1) + (30 if narrow else 70),
        height=60 if narrow else 138,
        host_y=host_y,
        home_y=home_y,
        points=points,
        passed=_path(points[:reached]),
        coming=_path(points[max(reached - 1, 0) :]),
    )


def _path(points: Sequence[Point]) -> str:
    """SVG path data: a line along a bank, a curve between the banks."""
    if len(points) < 2:
        return ""
    parts = [f"M{points[0].x:g} {points[0].y:g}"]
    for a, b in pairwise(points):
        middle = (a.x + b.x) / 2
        parts.append(f"L{b.x:g} {b.y:g}" if a.y == b.y else f"C{middle:g} {a.y:g} {middle:g} {b.y:g} {b.x:g} {b.y:g}")
    return " ".join(parts)
