"""Forms of decisions."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField
from wtforms.validators import Length, Optional

from portal.applications.labels import SECTION
from portal.applications.sections import Section
from portal.web.forms import LONG, VersionedForm, several_lines


class StepForm(VersionedForm):
    """A decision without a text."""


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
