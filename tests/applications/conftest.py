"""The same world as for calls."""

from tests.calls.conftest import as_person, browser, here

__all__ = ["as_person", "browser", "here"]
