"""Forms of visits."""

from __future__ import annotations

from typing import Any

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
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal.web.days import OF_A_VISIT
from portal.web.forms import INT_MAX, ConfirmingForm, Row, VersionedForm, several_lines


def _line(label: Any, most: int = 200) -> StringField:
    return StringField(label, validators=[Optional(), Length(max=most)])


class AgendaRow(Row):
    """A row without title is left out."""

    day = DateField(_l("Day"), validators=[Optional(), OF_A_VISIT])
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

    due = DateField(_l("Due"), validators=[Optional(), OF_A_VISIT])
    title = _line(_l("Milestone"), 300)
    output = _line(_l("Output"), 500)
    indicator = _line(_l("Indicator"), 500)

    def validate_title(self, field: Any) -> None:
        if field.data and not self.due.data:
            raise ValidationError(str(_l("Give the day on which “%(title)s” is due.") % {"title": field.data}))


class ScheduleForm(ConfirmingForm):
    start = DateField(_l("First day"), validators=[InputRequired(message=_l("Enter the day.")), OF_A_VISIT])
    end = DateField(_l("Last day"), validators=[InputRequired(message=_l("Enter the day.")), OF_A_VISIT])
    travel_out = DateField(_l("Travels there on"), validators=[Optional(), OF_A_VISIT])
    travel_back = DateField(_l("Travels back on"), validators=[Optional(), OF_A_VISIT])
    note = several_lines(_l("Note to the others"), most=1_000, required=False)
    agenda = FieldList(FormField(AgendaRow), label=_l("Agenda"), max_entries=200)
    milestones = FieldList(FormField(MilestoneRow), label=_l("Work plan"), max_entries=60)

    def validate_end(self, field: Any) -> None:
        if self.start.data and field.data and field.data < self.start.data:
            raise ValidationError(str(_l("The last day cannot be before the first.")))
        if self.start.data and field.data and (field.data - self.start.data).days > 400:
            raise ValidationError(str(_l("A visit lasts a year at most.")))


class StepForm(VersionedForm):
    """A step without words."""


class ChangeForm(VersionedForm):
    reason = several_lines(_l("What should be different"))


class DayForm(ConfirmingForm):
    on = DateField(_l("Day"), validators=[InputRequired(message=_l("Enter the day.")), OF_A_VISIT])


class AttendanceForm(VersionedForm):
    present = SelectMultipleField(_l("Days on which the expert was there"), validate_choice=True)


class ItemWords(Row):
    """The words of one agenda item."""

    number = IntegerField("", validators=[InputRequired(), NumberRange(0, INT_MAX)])
    title = _line(_l("Item"), 300)
    one = _line(_l("Place"))
    two = _line(_l("Who takes part"))


class MilestoneWords(Row):
    """The words of one milestone."""

    number = IntegerField("", validators=[InputRequired(), NumberRange(0, INT_MAX)])
    title = _line(_l("Milestone"), 300)
    one = _line(_l("Output"), 500)
    two = _line(_l("Indicator"), 500)


class ItemWordsForm(VersionedForm):
    rows = FieldList(FormField(ItemWords), max_entries=200)


class MilestoneWordsForm(VersionedForm):
    rows = FieldList(FormField(MilestoneWords), max_entries=60)
