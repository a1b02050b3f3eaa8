"""Forms of visits, and the words for notices and refusals."""

from __future__ import annotations

from typing import Any

from flask_babel import format_date
from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    FieldList,
    FormField,
    IntegerField,
    SelectMultipleField,
    StringField,
    TimeField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, Optional

from portal.refusals import Refused
from portal.visits.checks import Notice
from portal.web.forms import Row, VersionedForm, several_lines

NOTICES: dict[str, Any] = {
    "outside_call": _l("This call allows visits from %(first)s to %(last)s."),
    "days": _l("The stay has %(days)s days; this call allows %(least)s to %(most)s."),
    "travel_inside": _l("Travel days must lie before the first and after the last day."),
    "unit_blocked": _l("The host unit takes nobody from %(first)s to %(last)s."),
    "unit_full": _l("The host unit is full on %(days)s of these days, first on %(first)s."),
    "elsewhere": _l("The expert is in another exchange on %(days)s of these days, first on %(first)s."),
    "item_outside": _l("“%(title)s” on %(day)s is not within the visit."),
    "item_order": _l("“%(title)s” on %(day)s ends before it begins."),
    "overlap": _l("“%(title)s” on %(day)s begins before “%(other)s” ends."),
    "milestone_outside": _l("A milestone on %(day)s is not within the visit."),
    "holiday": _l("%(day)s is a holiday there: %(name)s."),
    "half_day": _l("On %(day)s offices there close at 13:00."),
}
MESSAGES: dict[str, Any] = NOTICES | {
    "reason": _l("Say what should be different."),
    "both_sides": _l("You have acted for the other agency in this exchange and cannot act for this one."),
    "not_now": _l("This is not possible at this stage."),
    "future": _l("This day has not come yet."),
    "arrival_early": _l("The visit begins on %(first)s; arrival can be recorded from three days before."),
    "arrival_late": _l("The visit ended on %(last)s. Propose other dates first."),
    "depart_order": _l("Departure cannot be before the arrival on %(first)s."),
}


def in_words(notice: Notice) -> str:
    """A notice with its days written out."""
    return str(NOTICES[notice.code]) % written(dict(notice.facts))


def written(facts: dict[str, Any]) -> dict[str, Any]:
    return {key: format_date(value, "d MMMM y") if hasattr(value, "year") else value for key, value in facts.items()}


def worded(refusal: Refused) -> Refused:
    """The same refusal with its days written out, for `Form.refuse`."""
    return Refused(refusal.code, refusal.field, **written(refusal.facts))


def _line(label: Any, most: int = 200) -> StringField:
    return StringField(label, validators=[Optional(), Length(max=most)])


class AgendaRow(Row):
    """A row without title is left out."""

    day = DateField(_l("Day"), validators=[Optional()])
    begins = TimeField(_l("From"), validators=[Optional()])
    ends = TimeField(_l("To"), validators=[Optional()])
    title = _line(_l("Item"), 300)
    place = _line(_l("Place"))
    who = _line(_l("Who takes part"))

    def validate_title(self, field: Any) -> None:
        if field.data and not (self.day.data and self.begins.data and self.ends.data):
            raise ValidationError(str(_l("Give day, beginning and end of “%(title)s”.") % {"title": field.data}))


class MilestoneRow(Row):
    """A row without title is left out."""

    due = DateField(_l("Due"), validators=[Optional()])
    title = _line(_l("Milestone"), 300)
    output = _line(_l("Output"), 500)
    indicator = _line(_l("Indicator"), 500)

    def validate_title(self, field: Any) -> None:
        if field.data and not self.due.data:
            raise ValidationError(str(_l("Give the day on which “%(title)s” is due.") % {"title": field.data}))


class ScheduleForm(VersionedForm):
    start = DateField(_l("First day"))
    end = DateField(_l("Last day"))
    travel_out = DateField(_l("Travels there on"), validators=[Optional()])
    travel_back = DateField(_l("Travels back on"), validators=[Optional()])
    note = several_lines(_l("Note to the others"), most=1_000, required=False)
    agenda = FieldList(FormField(AgendaRow), max_entries=200)
    milestones = FieldList(FormField(MilestoneRow), max_entries=60)

    def validate_end(self, field: Any) -> None:
        if self.start.data and field.data and field.data < self.start.data:
            raise ValidationError(str(_l("The last day cannot be before the first.")))
        if self.start.data and field.data and (field.data - self.start.data).days > 400:
            raise ValidationError(str(_l("A visit lasts a year at most.")))


class StepForm(VersionedForm):
    """A step without words."""


class ChangeForm(VersionedForm):
    reason = several_lines(_l("What should be different"))


class DayForm(VersionedForm):
    on = DateField(_l("Day"), validators=[InputRequired(message=_l("Enter the day."))])


class AttendanceForm(VersionedForm):
    present = SelectMultipleField(_l("Present"), validate_choice=True)


class WordingRow(Row):
    number = IntegerField("", validators=[InputRequired()])
    title = _line(_l("Item"), 300)
    place = _line(_l("Place"))
    who = _line(_l("Who takes part"))


class WordingForm(VersionedForm):
    rows = FieldList(FormField(WordingRow), max_entries=200)
