"""How values of the history of administration are written out, for the stages that register what can change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _

from portal.web.formats import long_day, stamp

NOTHING = "—"


def words(value: Any) -> str:
    """Text and numbers as they are, several in a row."""
    if isinstance(value, bool):
        return yes_no(value)
    if isinstance(value, list):
        return ", ".join(map(str, value)) or NOTHING
    return NOTHING if value is None or value == "" else str(value)


def yes_no(value: Any) -> str:
    return _("Yes") if value else _("No")


def a_day(value: Any) -> str:
    """A stored day, written out."""
    return long_day(date.fromisoformat(value)) if value else NOTHING


def a_moment(value: Any) -> str:
    """A stored moment, in Ankara."""
    return stamp(datetime.fromisoformat(value), "Europe/Istanbul") if value else NOTHING


def one_of(table: Mapping[Any, Any]) -> Callable[[Any], str]:
    """One or several values by a table of words."""

    def named(value: Any) -> str:
        several = value if isinstance(value, list) else [value]
        return ", ".join(str(table.get(item, item)) for item in several if item not in (None, "")) or NOTHING

    return named
