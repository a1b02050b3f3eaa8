"""Commands: `flask --app wsgi …`."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Adds the portal's commands to the app."""
