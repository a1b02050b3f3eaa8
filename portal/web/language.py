"""The portal's three languages, and changing between them on any page without losing what is being typed.

The buttons in a page's head send the page's own form (`id="answers"`) with FIELD: the view then answers as it does for
an incomplete form, with everything that was typed, in the other language and without complaints.
"""

from __future__ import annotations

from flask import request

LANGUAGES: dict[str, str] = {"tr": "Türkçe", "az": "Azərbaycanca", "en": "English"}  # each as it calls itself
FALLBACK = "en"
FIELD = "to_language"


def asked_for() -> str | None:
    """The language that this request changes to, None where it does not."""
    code = request.form.get(FIELD) if request.method == "POST" else None
    return code if code in LANGUAGES else None
