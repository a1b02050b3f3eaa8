"""Forms of hosting, and the words for what is refused."""

from __future__ import annotations

from collections.abc import Mapping
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

from portal.findings import RuleViolation
from portal.hosting.matching import Reason, Why
from portal.hosting.models import Bearer
from portal.web.formats import LANGUAGES, day_range, language_name
from portal.web.forms import Form, Row, VersionedForm, choices, in_range, one_line, several_lines

MESSAGES: dict[str, Any] = {
    "unit": _l("Choose one of the host agency’s units."),
    "reason": _l("Say why, so that another unit can be found."),
    "both_sides": _l("You have acted for the other agency in this exchange and cannot act for this one."),
    "capacity": _l("%(booked)s experts are booked on a coming day already."),
    "blocked": _l("This unit takes nobody %(days)s. Choose another one."),
    "full": _l("This unit has just become full: no seat is free %(days)s. Choose another one."),
    "most_rows": _l("A page has %(most)s periods at most."),
    "stale": _l("Somebody else saved this page meanwhile: %(changed)s. Look at it before you save yours."),
}
WHY: dict[Why, Any] = {
    Why.WISHED: _l("%(rank)s wish"),
    Why.TOPICS: _l("topics in common: %(topics)s"),
    Why.NO_TOPICS: _l("no topic in common"),
    Why.LANGUAGE: _l("%(language)s %(level)s suffices"),
    Why.NO_LANGUAGE: _l("works in %(languages)s: needs an interpreter"),
    Why.FREE: _l("a seat is free %(days)s"),
    Why.BLOCKED: _l("takes nobody %(days)s"),
    Why.FULL: _l("full %(days)s"),
    Why.DECLINED: _l("has declined already"),
}
RANK = {1: _l("first"), 2: _l("second"), 3: _l("third")}
CHANGED_BY: dict[Why, Any] = {
    Why.BLOCKED: _l("Other wished dates, or the coordinator shortens the blocked period."),
    Why.FULL: _l("Other wished dates, or a seat that comes free."),
}


def in_words(reason: Reason) -> str:
    """A reason for or against a unit, its days and languages written out."""
    return str(WHY[reason.why]) % written(reason.facts)


def written(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts as people write them: days as a range, languages by their names."""
    words = dict(facts)
    if "rank" in facts:
        words["rank"] = RANK.get(facts["rank"], facts["rank"])
    if "first" in facts:
        words["days"] = day_range(facts["first"], facts["last"])
    if "language" in facts:
        words["language"] = language_name(facts["language"])
    if "languages" in facts:
        words["languages"] = ", ".join(map(language_name, facts["languages"]))
    return words


def worded(refusal: RuleViolation) -> RuleViolation:
    """The same refusal with its days written out, for `Form.refuse`."""
    return RuleViolation(refusal.code, refusal.field, **written(refusal.facts))


BEARERS = [
    (Bearer.HOME.value, _l("Home agency")),
    (Bearer.HOST.value, _l("Host agency")),
    (Bearer.EXPERT.value, _l("Expert")),
]


def bearer(label: Any) -> SelectField:
    return SelectField(label, choices=choices(BEARERS))


class PlaceForm(VersionedForm):
    unit = RadioField(
        _l("Host unit"),
        coerce=int,
        validators=[InputRequired(message=_l("Choose a host unit."))],
        validate_choice=False,
    )
    counterpart = one_line(_l("Counterpart"), most=120)
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


TERMS = (
    "counterpart",
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
)


class StepForm(VersionedForm):
    """A step without words."""


class DeclineForm(VersionedForm):
    reason = several_lines(_l("Reason"))


class BlockedRow(Row):
    """An empty row is left out."""

    first = DateField(_l("From"), validators=[Optional(), in_range])
    last = DateField(_l("To"), validators=[Optional(), in_range])
    why = StringField(_l("Why"), validators=[Optional(), Length(max=200)])

    def validate_first(self, field: Any) -> None:
        if not self.last.data:
            raise ValidationError(str(_l("Enter both days, or neither.")))

    def validate_last(self, field: Any) -> None:
        if not self.first.data:
            raise ValidationError(str(_l("Enter both days, or neither.")))
        if field.data < self.first.data:
            raise ValidationError(str(_l("The last day cannot be before the first.")))


class UnitForm(VersionedForm):
    name_own = one_line(_l("Name in the agency’s language"))
    name_en = one_line(_l("Name in English"), required=False)
    name_tr = one_line(_l("Name in Turkish"), required=False)
    name_az = one_line(_l("Name in Azerbaijani"), required=False)
    city = one_line(_l("City"), most=60)
    address = several_lines(_l("Address"), most=500, required=False)
    topics = several_lines(_l("Topics"), most=1_000, required=False)
    languages = SelectMultipleField(_l("Working languages"), choices=choices(LANGUAGES.items()))
    offers = several_lines(_l("What the unit offers"), most=1_000, required=False)
    capacity = IntegerField(_l("How many experts at once"), validators=[InputRequired(), NumberRange(1, 50)])
    active = BooleanField(_l("Takes experts"))
    blocked = FieldList(FormField(BlockedRow), label=_l("Blocked periods"), min_entries=2, max_entries=40)


class NewUnitForm(Form):
    agency = SelectField(_l("Agency"), coerce=int)
    name = one_line(_l("Name in the agency’s language"))
    city = one_line(_l("City"), most=60)
