"""The portal's three languages, and changing between them on any page without losing what is being typed.

The buttons in a page's header submit the page's own form (`id="answers"`) with FIELD. The view then answers as for an
incomplete form, with everything that was typed, in the other language and without error messages.
"""

from __future__ import annotations

from babel import Locale
from flask import g, has_app_context, request
from flask_babel import get_locale

from portal.names import LANGUAGES

FALLBACK = "en"
FIELD = "to_language"


def locale() -> Locale | None:
    """Flask-Babel's `get_locale()`; what it has found for this request (or was forced to) is looked up in one step
    instead of its six, for a page asks some hundred times."""
    known: Locale | None = getattr(g.get("_flask_babel"), "babel_locale", None) if has_app_context() else None
    return known or get_locale()


def spoken() -> str:
    """The code of the language of this request; outside of one, the fallback."""
    present = locale()
    return present.language if present else FALLBACK


def asked_for() -> str | None:
    """The language that this request changes to, None where it does not."""
    code = request.form.get(FIELD) if request.method == "POST" else None
    return code if code in LANGUAGES else None
