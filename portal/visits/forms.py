"""Forms of visits, and the words for notices and refusals."""

from __future__ import annotations

from datetime import date
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

from portal.findings import RuleViolation
from portal.visits.plan_checks import Notice
from portal.visits.stay_rules import COUNTRY
from portal.web.formats import long_day
from portal.web.forms import Row, VersionedForm, in_range, several_lines

NOTICES: dict[str, Any] = {
    "outside_call": _l("This call allows visits from %(first)s to %(last)s."),
    "days": _l("The stay has %(days)s days; this call allows %(least)s to %(most)s."),
    "past": _l("The first day, %(first)s, is over already."),
    "travel_out": _l("The day of travel there must lie in the %(days)s days before %(first)s."),
    "travel_back": _l("The day of travel back must lie in the %(days)s days after %(last)s."),
    "unit_blocked": _l("The host unit takes nobody from %(first)s to %(last)s."),
    "unit_full": _l("The host unit is full on %(days)s of these days, first on %(first)s."),
    "elsewhere": _l("The expert is in another exchange on %(days)s of these days, first on %(first)s."),
    "item_outside": _l("“%(title)s” on %(day)s is not within the visit."),
    "item_order": _l("“%(title)s” on %(day)s ends before it begins."),
    "overlap": _l("“%(title)s” on %(day)s begins before “%(other)s” ends."),
    "milestone_outside": _l("A milestone on %(day)s is not within the visit."),
    "nothing_planned": _l("Nothing is planned on %(days)s working days, first on %(first)s."),
    "no_milestones": _l("The work plan has no milestone yet."),
    "holiday": _l("Something is planned on %(day)s, a holiday in %(country)s%(name)s."),
    "half_day": _l("Something is planned after 13:00 on %(day)s, when offices in %(country)s have closed."),
    "holidays": _l("Offices in %(country)s are closed: %(list)s."),
    "half_days": _l("Offices in %(country)s close at 13:00: %(list)s."),
}
MESSAGES: dict[str, Any] = NOTICES | {
    "reason": _l("Say what should be different."),
    "both_sides": _l("You have acted for the other agency in this exchange and cannot act for this one."),
    "not_now": _l("This is not possible at this stage."),
    "future": _l("That day is still to come."),
    "arrival_early": _l("The visit begins on %(first)s; arrival can be recorded from three days before."),
    "arrival_late": _l("The visit ended on %(last)s. Propose other dates first."),
    "depart_order": _l("Departure cannot be before the arrival on %(first)s."),
    "depart_late": _l("The visit ended on %(last)s. Enter the last day at the unit, not the day of travel."),
    "attendance": _l("Attendance of %(days)s working days is not recorded yet, first of %(first)s. Record it first."),
    "another": _l(
        "“%(after)s” is something else than “%(before)s”, which was agreed. Here slips are corrected; "
        "to change the plan, propose it anew."
    ),
    "most_rows": _l("A plan has %(most)s rows at most."),
}


def in_words(notice: Notice) -> str:
    """A notice with its days written out."""
    return str(NOTICES[notice.code]) % written(dict(notice.facts))


def written(facts: dict[str, Any]) -> dict[str, Any]:
    """Facts as people write them: days, countries, lists of days with their names."""
    return {key: _fact(key, value) for key, value in facts.items()}


def _fact(key: str, value: Any) -> Any:
    if isinstance(value, date):
        return long_day(value)
    if key == "country":
        return COUNTRY[value]
    if key == "name":
        return f" ({value})" if value else ""
    if key == "list":
        return ", ".join(format_date(day, "d MMMM") + _fact("name", name) for day, name in value)
    return value


def worded(refusal: RuleViolation) -> RuleViolation:
    """The same refusal with its days written out, for `Form.refuse`."""
    return RuleViolation(refusal.code, refusal.field, **written(refusal.facts))


def _line(label: Any, most: int = 200) -> StringField:
    return StringField(label, validators=[Optional(), Length(max=most)])


class AgendaRow(Row):
    """A row without title is left out."""

    day = DateField(_l("Day"), validators=[Optional(), in_range])
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

    due = DateField(_l("Due"), validators=[Optional(), in_range])
    title = _line(_l("Milestone"), 300)
    output = _line(_l("Output"), 500)
    indicator = _line(_l("Indicator"), 500)

    def validate_title(self, field: Any) -> None:
        if field.data and not self.due.data:
            raise ValidationError(str(_l("Give the day on which “%(title)s” is due.") % {"title": field.data}))


class ScheduleForm(VersionedForm):
    start = DateField(_l("First day"), validators=[InputRequired(message=_l("Enter the day.")), in_range])
    end = DateField(_l("Last day"), validators=[InputRequired(message=_l("Enter the day.")), in_range])
    travel_out = DateField(_l("Travels there on"), validators=[Optional(), in_range])
    travel_back = DateField(_l("Travels back on"), validators=[Optional(), in_range])
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


class DayForm(VersionedForm):
    on = DateField(_l("Day"), validators=[InputRequired(message=_l("Enter the day."))])


class AttendanceForm(VersionedForm):
    present = SelectMultipleField(_l("Days on which the expert was there"), validate_choice=True)


class ItemWords(Row):
    """The words of one agenda item."""

    number = IntegerField("", validators=[InputRequired()])
    title = _line(_l("Item"), 300)
    one = _line(_l("Place"))
    two = _line(_l("Who takes part"))


class MilestoneWords(Row):
    """The words of one milestone."""

    number = IntegerField("", validators=[InputRequired()])
    title = _line(_l("Milestone"), 300)
    one = _line(_l("Output"), 500)
    two = _line(_l("Indicator"), 500)


class ItemWordsForm(VersionedForm):
    rows = FieldList(FormField(ItemWords), max_entries=200)


class MilestoneWordsForm(VersionedForm):
    rows = FieldList(FormField(MilestoneWords), max_entries=60)
