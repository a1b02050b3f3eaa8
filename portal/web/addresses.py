"""Where an address leads back to: only pages of this portal."""

from __future__ import annotations

from functools import cache
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, request, url_for
from werkzeug.exceptions import HTTPException


def page_address(endpoint: str, **values: Any) -> str:
    """`url_for()` of the templates: most links of a page lead to an endpoint without values, and are made once."""
    return url_for(endpoint, **values) if values else _address(endpoint, request.root_path)


@cache
def _address(endpoint: str, _mounted_at: str) -> str:
    return url_for(endpoint)


def safe_next(address: str, otherwise: str = "desk.index") -> str:
    """Only an address that this portal answers to GET, rebuilt from its route; anything else leads to `otherwise`."""
    parts = urlsplit(address)
    adapter = current_app.create_url_adapter(request)
    if adapter is None or parts.scheme or parts.netloc or not parts.path.startswith("/"):
        return url_for(otherwise)
    try:
        endpoint, values = adapter.match(parts.path, method="GET")
    except HTTPException:
        return url_for(otherwise)
    query = f"?{parts.query}" if parts.query else ""
    return url_for(endpoint, **values) + query
