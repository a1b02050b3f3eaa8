"""What the portal uses of Flask-Babel 4, whose own annotations are too few for strict checking."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

from babel import Locale
from flask import Flask

class Babel:
    def __init__(
        self, app: Flask | None = None, *, locale_selector: Callable[[], str | None] | None = None
    ) -> None: ...

def force_locale(locale: str | Locale) -> AbstractContextManager[None]: ...
def get_locale() -> Locale | None: ...
def gettext(string: str, **variables: Any) -> str: ...
def ngettext(singular: str, plural: str, num: int, **variables: Any) -> str: ...
def lazy_gettext(string: str, **variables: Any) -> Any: ...  # a LazyString; labels and `%` take it as text
def format_date(date: date | None = None, format: str | None = None, rebase: bool = True) -> str: ...
