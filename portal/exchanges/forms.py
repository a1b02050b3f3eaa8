"""Writing on an exchange."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from portal.web.forms import LONG, IdempotentForm, several_lines


class NoteForm(IdempotentForm):
    text = several_lines(_l("Message"), most=LONG)
