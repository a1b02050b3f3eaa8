"""Optional values that a test expects to be there."""

from __future__ import annotations

from typing import TypeVar

T = TypeVar("T")


def found(value: T | None) -> T:
    """The value itself; the test fails here if there is none."""
    assert value is not None, "expected a value, found None"
    return value
