"""The options of a select, written once a list: the calls, headings and units of a filter stand on every page of it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from markupsafe import Markup

OPTION = Markup('<option value="{}"{}>{}</option>\n')
SELECTED = Markup(" selected")

Options = tuple[tuple[Any, str], ...]


@lru_cache(256)
def option_list(options: Options, chosen: Any) -> Markup:
    """Value and words of each, the chosen one selected."""
    return Markup().join(OPTION.format(value, SELECTED if value == chosen else "", words) for value, words in options)
