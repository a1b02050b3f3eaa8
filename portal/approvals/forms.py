"""Forms of decisions, and the words for what is refused."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField
from wtforms.validators import Length, Optional

from portal.applications.labels import SECTION
from portal.applications.sections import Section
from portal.web.forms import LONG, VersionedForm, several_lines

MESSAGES: dict[str, Any] = {
    "reason": _l("Say why, so that the others understand it."),
    "consent": _l("The expert’s consent to show the data is missing. Return the application and ask for it."),
    "no_place": _l("The last place of this call has just gone. The application can wait until one comes free."),
    "both_sides": _l("You have acted for the other agency in this exchange and cannot act for this one."),
}


class StepForm(VersionedForm):
    """A decision that needs no words."""


class ReasonForm(VersionedForm):
    reason = several_lines(_l("Reason"), most=LONG)


class ReturnForm(VersionedForm):
    """A general remark and one for each section; one of them is enough."""

    reason = several_lines(_l("General remark"), required=False)


for section in Section:
    words = SECTION[section]
    setattr(
        ReturnForm,
        f"section_{section.value}",
        TextAreaField(words, validators=[Optional(), Length(max=LONG)]),
    )
