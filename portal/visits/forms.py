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
from wtforms.widgets import HiddenInput

from portal import limits
from portal.web.days import OF_A_VISIT
from portal.web.forms import INT_MAX, ConfirmingForm, Printable, Row, VersionedForm, several_lines, written_in
from portal.web.rows import AtMost

# older plans may have more, up to `max_entries`: they are shown, and refused beside the rows when proposed again
AT_MOST_ITEMS = AtMost(limits.MOST_AGENDA_ITEMS, "title")
AT_MOST_MILESTONES = AtMost(limits.MOST_MILESTONES, "title")


def _line(label: Any, most: int = 200) -> StringField:
    return StringField(label, validators=[Optional(), Length(max=most), Printable()])


class PlanRow(Row):
    """One row of a plan. A row that says nothing is left out; one that says something is kept, complete or not."""

    def missing(self) -> list[Any]:
        """The fields that a row which says something still lacks before it can be proposed."""
        raise NotImplementedError

    @property
    def says(self) -> dict[str, str]:
        """Its answers as text, by name; empty where it says nothing."""
        texts = {field.short_name: _text(field.data) for field in self}
        return texts if self.said() else {}

    def said(self) -> bool:
        """Whether anything is filled in but what a new row holds already: of an agenda item its day, and the hour at
        which the item before ends."""
        raise NotImplementedError


def _text(value: Any) -> str:
    if value is None:
        return ""
    return str(value) if isinstance(value, str) else str(value.isoformat())


class AgendaRow(PlanRow):
    day = DateField(_l("Day"), validators=[Optional(), OF_A_VISIT])
    begins = TimeField(_l("From"), validators=[Optional()])
    ends = TimeField(_l("To"), validators=[Optional()])
    title = _line(_l("Item"), limits.AGENDA_TITLE)
    place = _line(_l("Place"), limits.AGENDA_PLACE)
    who = _line(_l("Who takes part"), limits.AGENDA_WHO)

    def said(self) -> bool:
        return any(field.data for field in (self.ends, self.title, self.place, self.who))

    def missing(self) -> list[Any]:
        needed = (self.title, self.begins, self.ends, self.day)
        return [field for field in needed if field.data in (None, "")] if self.said() else []


class MilestoneRow(PlanRow):
    due = DateField(_l("Due"), validators=[Optional(), OF_A_VISIT])
    title = _line(_l("Milestone"), limits.MILESTONE_TITLE)
    output = _line(_l("Output"), limits.MILESTONE_OUTPUT)
    indicator = _line(_l("Indicator"), limits.MILESTONE_INDICATOR)

    def said(self) -> bool:
        return any(field.data for field in self)

    def missing(self) -> list[Any]:
        return [field for field in (self.title, self.due) if field.data in (None, "")] if self.said() else []


class PlanForm(ConfirmingForm):
    """Dates and plan. `version` is that of the draft; `step` that of the exchange, for the proposal.

    A draft may be half empty, so `validate` only asks that nothing is wrong; `complete` asks for the rest.
    """

    step = IntegerField(widget=HiddenInput(), validators=[Optional(), NumberRange(1, INT_MAX)])
    start = DateField(_l("First day"), validators=[Optional(), OF_A_VISIT])
    end = DateField(_l("Last day"), validators=[Optional(), OF_A_VISIT])
    travel_out = DateField(_l("Travels there on"), validators=[Optional(), OF_A_VISIT])
    travel_back = DateField(_l("Travels back on"), validators=[Optional(), OF_A_VISIT])
    note = several_lines(_l("Note to the others"), most=1_000, required=False)
    language = written_in()
    agenda = FieldList(FormField(AgendaRow), label=_l("Agenda"), max_entries=200, validators=[AT_MOST_ITEMS])
    milestones = FieldList(
        FormField(MilestoneRow), label=_l("Work plan"), max_entries=60, validators=[AT_MOST_MILESTONES]
    )

    def validate_end(self, field: Any) -> None:
        if self.start.data and field.data and field.data < self.start.data:
            raise ValidationError(str(_l("The last day cannot be before the first.")))
        if self.start.data and field.data and (field.data - self.start.data).days > 400:
            raise ValidationError(str(_l("A visit lasts a year at most.")))

    def complete(self, rows: Any) -> bool:
        """Whether it can be proposed; else what is missing stands beside its field."""
        for field in (self.start, self.end):
            if field.data is None:
                field.errors = [*field.errors, _l("Enter the day.")]
        for row in rows:
            lacking = row.form.missing()
            if lacking:
                words = ", ".join(str(field.label.text) for field in lacking)
                lacking[0].errors = [_l("This row is not complete: it lacks %(what)s.") % {"what": words}]
        rows.errors = [row.errors for row in rows if row.errors]
        return not self.errors


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
    title = _line(_l("Item"), limits.AGENDA_TITLE)
    one = _line(_l("Place"), limits.AGENDA_PLACE)
    two = _line(_l("Who takes part"), limits.AGENDA_WHO)


class MilestoneWords(Row):
    """The words of one milestone."""

    number = IntegerField("", validators=[InputRequired(), NumberRange(0, INT_MAX)])
    title = _line(_l("Milestone"), limits.MILESTONE_TITLE)
    one = _line(_l("Output"), limits.MILESTONE_OUTPUT)
    two = _line(_l("Indicator"), limits.MILESTONE_INDICATOR)


class ItemWordsForm(VersionedForm):
    rows = FieldList(FormField(ItemWords), max_entries=200)


class MilestoneWordsForm(VersionedForm):
    rows = FieldList(FormField(MilestoneWords), max_entries=60)
