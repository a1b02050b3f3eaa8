"""Forms of hosting."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    FormField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import HiddenInput

from portal.hosting.models import Bearer
from portal.topics.fields import other_topics, topics
from portal.web.days import OF_A_VISIT
from portal.web.formats import LANGUAGES
from portal.web.forms import (
    INT_MAX,
    ConfirmingForm,
    Form,
    Row,
    VersionedForm,
    choices,
    one_line,
    several_lines,
    written_in,
)

BEARERS = [
    (Bearer.HOME.value, _l("Home agency")),
    (Bearer.HOST.value, _l("Host agency")),
    (Bearer.EXPERT.value, _l("Expert")),
]


def bearer(label: Any) -> SelectField:
    return SelectField(label, choices=choices(BEARERS))


class PlaceForm(ConfirmingForm):
    """The press on a unit of the comparison."""

    unit = RadioField(
        _l("Host unit"),
        coerce=int,
        validators=[InputRequired(message=_l("Choose a host unit."))],
        validate_choice=False,
    )


class PeopleForm(VersionedForm):
    """Who receives the expert: the unit says so when it confirms. `version` is that of the terms that were read, `step`
    that of the exchange."""

    step = IntegerField(widget=HiddenInput(), validators=[InputRequired(), NumberRange(1, INT_MAX)])
    counterpart = one_line(_l("Counterpart"), most=120)
    counterpart_phone = one_line(_l("Telephone of the counterpart"), most=40, required=False)
    supervisor = one_line(_l("Supervisor"), most=120, required=False)


class TermsForm(VersionedForm):
    """The terms of a placement; `version` is theirs."""

    counterpart = one_line(_l("Counterpart"), most=120, required=False)
    counterpart_phone = one_line(_l("Telephone of the counterpart"), most=40, required=False)
    supervisor = one_line(_l("Supervisor"), most=120, required=False)
    duties = several_lines(_l("Duties"), required=False)
    expected_results = several_lines(_l("Expected results"), required=False)
    working_language = SelectField(_l("Working language"), choices=choices(LANGUAGES.items()))
    facilities = several_lines(_l("Facilities"), most=1_000, required=False)
    travel = bearer(_l("Travel is borne by"))
    lodging = bearer(_l("Lodging is borne by"))
    insurance = bearer(_l("Insurance is borne by"))
    confidentiality = several_lines(_l("Confidentiality"), required=False)
    intellectual_property = several_lines(_l("Intellectual property"), required=False)
    language = written_in()


TERMS = (
    "counterpart",
    "counterpart_phone",
    "supervisor",
    "duties",
    "expected_results",
    "working_language",
    "facilities",
    "travel",
    "lodging",
    "insurance",
    "confidentiality",
    "intellectual_property",
    "language",
)


class DeclineForm(VersionedForm):
    reason = several_lines(_l("Reason"))


class BlockedRow(Row):
    """An empty row is left out."""

    first = DateField(_l("From"), validators=[Optional(), OF_A_VISIT])
    last = DateField(_l("To"), validators=[Optional(), OF_A_VISIT])
    why = StringField(_l("Why"), validators=[Optional(), Length(max=200)])

    def validate_why(self, field: Any) -> None:
        if not self.first.data and not self.last.data:
            raise ValidationError(str(_l("Enter both days.")))

    def validate_first(self, field: Any) -> None:
        if not self.last.data:
            raise ValidationError(str(_l("Enter both days, or neither.")))

    def validate_last(self, field: Any) -> None:
        if not self.first.data:
            raise ValidationError(str(_l("Enter both days, or neither.")))
        if field.data < self.first.data:
            raise ValidationError(str(_l("The last day cannot be before the first.")))


class UnitForm(ConfirmingForm):
    """A unit's page; `reason` is what those read whose visits it moves, and is asked for only then."""

    name_own = one_line(_l("Name in the agency’s language"))
    name_en = one_line(_l("Name in English"), required=False)
    name_tr = one_line(_l("Name in Turkish"), required=False)
    name_az = one_line(_l("Name in Azerbaijani"), required=False)
    city = one_line(_l("City"), most=60)
    address = several_lines(_l("Address"), most=500, required=False)
    phone = one_line(_l("Telephone"), most=40, required=False)
    topics = topics(_l("Topics"))
    other_topics = other_topics()
    languages = SelectMultipleField(_l("Working languages"), choices=choices(LANGUAGES.items()))
    offers = several_lines(_l("What the unit offers"), most=1_000, required=False)
    capacity = IntegerField(_l("How many experts at once"), validators=[InputRequired(), NumberRange(1, 50)])
    active = BooleanField(_l("Takes experts"))
    blocked = FieldList(FormField(BlockedRow), label=_l("Blocked periods"), min_entries=2, max_entries=40)
    reason = several_lines(_l("Why, for those whose visits are moved"), most=1_000, required=False)


class NewUnitForm(Form):
    agency = SelectField(_l("Agency"), coerce=int)
    name = one_line(_l("Name in the agency’s language"))
    city = one_line(_l("City"), most=60)
