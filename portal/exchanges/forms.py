"""Writing on an exchange."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from portal.web.forms import LONG, IdempotentForm, VersionedForm, several_lines


class NoteForm(IdempotentForm):
    text = several_lines(_l("Message"), most=LONG)


class UndoForm(VersionedForm):
    """Taking a step back needs no words."""
