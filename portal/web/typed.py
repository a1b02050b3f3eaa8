"""What somebody had typed into a form that cannot be shown again."""

from __future__ import annotations

import re

from flask import request

# nobody's words, or secret ones
UNTYPED = re.compile(
    "^(csrf_token|version|idempotency_key|warned|before|judged|again|to_language)$|password|token|code$"
)


def typed() -> list[tuple[str, str]]:
    """The text in the form that was sent, for pages that cannot show the form again; without passwords, and empty for
    a form of another site."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        return []
    written = request.form.items(multi=True)
    return [(name, value) for name, value in written if value.strip() and not UNTYPED.search(name)]
