"""Forms of the report's sections."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, FieldList, FormField, IntegerField, RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal.reports.models import Met, Priority, Progress
from portal.web.days import FROM_NOW_ON, OF_A_REPORT
from portal.web.forms import INT_MAX, LONG, Form, IdempotentForm, Row, VersionedForm, choices, several_lines

MOST_RECOMMENDATIONS = 50
CHOOSE = ("", _l("Choose"))
MET = [(Met.MET.value, _l("Met")), (Met.PARTLY.value, _l("Partly met")), (Met.NOT_MET.value, _l("Not met"))]
PRIORITY = [
    (Priority.HIGH.value, _l("High")),
    (Priority.MEDIUM.value, _l("Medium")),
    (Priority.LOW.value, _l("Low")),
]
PROGRESS = [
    (Progress.DONE.value, _l("Done")),
    (Progress.UNDER_WAY.value, _l("Under way")),
    (Progress.NOT_STARTED.value, _l("Not started")),
    (Progress.DROPPED.value, _l("Dropped")),
]
MARKS_ON_HOST = (
    _l("Preparation"),
    _l("Relevance"),
    _l("People met"),
    _l("Logistics"),
    _l("Goals reached"),
)
MARKS_ON_EXPERT = (
    _l("Preparation"),
    _l("Expertise"),
    _l("Communication"),
    _l("Usefulness"),
    _l("We would host this expert again"),
)


def _cell(label: Any, most: int = LONG) -> TextAreaField:
    return TextAreaField(label, validators=[Optional(), Length(max=most)])


class ObjectiveRow(Row):
    """A row without text is left out; how far it was met may be said later."""

    text = _cell(_l("Objective"), 1_000)
    met = SelectField(_l("How far met"), choices=choices([CHOOSE, *MET]), default="")
    note = _cell(_l("Note"), 2_000)


class ObjectivesForm(VersionedForm):
    rows = FieldList(FormField(ObjectiveRow), min_entries=1, max_entries=20)


def agency_id(value: Any) -> int | None:
    return int(value) if value else None


class RecommendationRow(Row):
    """A row without text is left out; owner and day may be given later, but before handing in."""

    text = _cell(_l("Recommendation"), 2_000)
    owner = SelectField(_l("Owner"), coerce=agency_id)
    horizon = DateField(_l("By"), validators=[Optional(), FROM_NOW_ON])
    priority = SelectField(_l("Priority"), choices=choices(PRIORITY), default=Priority.MEDIUM.value)


class RecommendationsForm(VersionedForm):
    rows = FieldList(FormField(RecommendationRow), min_entries=1, max_entries=MOST_RECOMMENDATIONS)


class PlanRow(Row):
    number = IntegerField("", validators=[InputRequired(), NumberRange(0, INT_MAX)])
    result = _cell(_l("What was different"), 1_000)


class PlanForm(VersionedForm):
    changes = several_lines(_l("What was different from the plan, in general"), required=False)
    rows = FieldList(FormField(PlanRow), max_entries=200)


class FindingsForm(VersionedForm):
    days_worked = IntegerField(_l("Days worked"), validators=[Optional(), NumberRange(0, 400)])
    people_met = several_lines(_l("People met"), required=False)
    findings = several_lines(_l("Findings"), required=False)


class RestForm(VersionedForm):
    lessons = several_lines(_l("Lessons for the next exchange"), required=False)
    materials = several_lines(_l("Materials left with the host"), required=False)
    risks = several_lines(_l("Risks"), required=False)
    next_steps = several_lines(_l("Next steps"), required=False)
    publish = RadioField(
        _l("May the report be published?"),
        choices=choices([("yes", _l("Yes")), ("no", _l("No"))]),
        validators=[Optional()],
    )


class StepForm(VersionedForm):
    """Taking a step that needs no words."""


class SendBackForm(VersionedForm):
    reason = several_lines(_l("What should be changed"))


class CommentForm(VersionedForm):
    """`version` is the report's."""

    text = several_lines(_l("Comment of the host"))


class StandRow(Row):
    """Where one milestone of the plan stands."""

    number = IntegerField("", validators=[InputRequired(), NumberRange(0, INT_MAX)])
    progress = SelectField(_l("Where it stands"), choices=choices(PROGRESS), default=Progress.NOT_STARTED.value)
    note = _cell(_l("What was done for it"), 1_000)


class ProgressForm(IdempotentForm):
    first = DateField(_l("First day of the period"), validators=[OF_A_REPORT])
    last = DateField(_l("Last day of the period"), validators=[OF_A_REPORT])
    text = several_lines(_l("What was done in this period"))
    rows = FieldList(FormField(StandRow), max_entries=60)
    difficulties = several_lines(_l("Difficulties and what was done about them"), required=False)
    next = several_lines(_l("Work of the next period"), required=False)


def _mark(label: Any) -> RadioField:
    return RadioField(label, choices=choices((str(n), str(n)) for n in range(1, 6)))


class EvaluationForm(Form):
    """Five marks; their labels are set by who evaluates whom."""

    mark1, mark2, mark3, mark4, mark5 = (_mark("") for _ in range(5))
    comment = several_lines(_l("Comment"), required=False)

    def label(self, words: tuple[Any, ...]) -> EvaluationForm:
        for n, word in enumerate(words, start=1):
            self[f"mark{n}"].label.text = str(word)
        return self

    def marks(self) -> list[int]:
        return [int(self[f"mark{n}"].data) for n in range(1, 6)]


class FollowUpForm(IdempotentForm):
    progress = SelectField(_l("Where it stands"), choices=choices(PROGRESS))
    evidence = several_lines(_l("Evidence, or what stands in the way"), required=False)
