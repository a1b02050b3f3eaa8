"""Addresses of pages, and redirects that stay on this portal."""

from __future__ import annotations

from functools import cache
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, request, url_for
from werkzeug.exceptions import HTTPException


def page_address(endpoint: str, **values: Any) -> str:
    """`url_for()` of the templates: caches links without values, which most links of a page are."""
    return url_for(endpoint, **values) if values else _address(endpoint, request.root_path)


@cache
def _address(endpoint: str, _mounted_at: str) -> str:
    return url_for(endpoint)


def safe_next(address: str, otherwise: str = "desk.index") -> str:
    """`address` rebuilt from its route if this portal answers it to GET, else the address of `otherwise`."""
    try:
        parts = urlsplit(address)
    except ValueError:  # no address at all
        return url_for(otherwise)
    adapter = current_app.create_url_adapter(request)
    if adapter is None or parts.scheme or parts.netloc or not parts.path.startswith("/"):
        return url_for(otherwise)
    try:
        endpoint, values = adapter.match(parts.path, method="GET")
    except HTTPException:
        return url_for(otherwise)
    query = f"?{parts.query}" if parts.query else ""
    return url_for(endpoint, **values) + query
