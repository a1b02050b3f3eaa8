"""Telephones of the demonstration; nobody has a number that begins with three zeros."""

from __future__ import annotations

OFFICES = {"KOSGEB": "+90 312 000 10", "KOBIA": "+994 12 000 10"}
MOBILES = {"KOSGEB": "+90 530 000 20", "KOBIA": "+994 50 000 20"}


def office_phone(code: str, number: int) -> str:
    """The number of a host unit of this agency."""
    return f"{OFFICES[code]} {number:02}"


def mobile_phone(code: str, number: int) -> str:
    """The number of a person of this agency."""
    return f"{MOBILES[code]} {number % 100:02}"
