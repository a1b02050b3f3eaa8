"""Forms of the report's sections."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, FieldList, FormField, IntegerField, RadioField, SelectField
from wtforms.validators import InputRequired, NumberRange, Optional
from wtforms.widgets import HiddenInput

from portal import limits
from portal.reports.labels import SECTION
from portal.reports.models import Met, Priority, Progress
from portal.web.days import FROM_NOW_ON, OF_A_REPORT
from portal.web.forms import (
    INT_MAX,
    ConfirmingForm,
    Form,
    IdempotentForm,
    Row,
    VersionedForm,
    choices,
    several_lines,
    written_in,
)
from portal.web.rows import CEILING, KeptRow, Rows, written

ENTER_DAY = _l("Enter the day.")
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


class ObjectiveRow(KeptRow):
    """How far an objective was met may be said later, but before handing in."""

    needed = ("text", "met")
    text = written(_l("Objective"), limits.OBJECTIVE)
    met = SelectField(_l("How far met"), choices=choices([CHOOSE, *MET]), default="")
    note = written(_l("Note"), limits.OBJECTIVE_NOTE)


class ObjectivesForm(VersionedForm):
    rows = Rows(FormField(ObjectiveRow), min_entries=1, max_entries=limits.MOST_OBJECTIVES)


def agency_id(value: Any) -> int | None:
    return int(value) if value else None


class RecommendationRow(KeptRow):
    """Owner and day may be given later, but before handing in."""

    needed = ("text", "owner", "horizon")
    given = ("priority",)
    text = written(_l("Recommendation"), limits.RECOMMENDATION)
    owner = SelectField(_l("Owner"), coerce=agency_id)
    horizon = DateField(_l("By"), validators=[Optional(), FROM_NOW_ON])
    priority = SelectField(_l("Priority"), choices=choices(PRIORITY), default=Priority.MEDIUM.value)


class RecommendationsForm(VersionedForm):
    rows = Rows(FormField(RecommendationRow), min_entries=1, max_entries=limits.MOST_RECOMMENDATIONS)


class PlanRow(KeptRow):
    given = ("number",)
    number = IntegerField("", validators=[InputRequired(), NumberRange(0, INT_MAX)])
    result = written(_l("What was different"), limits.RESULT)


class PlanForm(VersionedForm):
    changes = written(_l("What was different from the plan, in general"), limits.TEXT)
    rows = Rows(FormField(PlanRow), max_entries=CEILING)


class FindingsForm(VersionedForm):
    days_worked = IntegerField(_l("Working days spent at the host"), validators=[Optional(), NumberRange(0, 400)])
    people_met = written(_l("People met"), limits.PEOPLE_MET)
    findings = written(_l("Findings"), limits.TEXT)
    language = written_in()


class RestForm(VersionedForm):
    lessons = written(_l("Lessons for the next exchange"), limits.TEXT)
    materials = written(_l("Materials left with the host"), limits.TEXT)
    risks = written(_l("Risks"), limits.TEXT)
    next_steps = written(_l("Next steps"), limits.TEXT)
    publish = RadioField(
        _l("May the report be published?"),
        choices=choices([("yes", _l("Yes")), ("no", _l("No"))]),
        validators=[Optional()],
    )


class StepForm(VersionedForm):
    """Taking a step that needs no words."""


class HandInForm(ConfirmingForm):
    """Handing in a complete report, which may be warned of."""


class SendBackForm(VersionedForm):
    """What should be changed: in general, and in each section; one remark is enough. The sections' are added below."""

    reason = several_lines(_l("What should be changed, in general"), required=False)

    def words(self) -> str:
        """All remarks as one text, those on a section under its title."""
        said = [(SECTION[key], self[f"on_{key}"].data) for key in SECTION if self[f"on_{key}"].data]
        return "\n\n".join([*filter(None, [self.reason.data]), *(f"{title}: {text}" for title, text in said)])


for _key in SECTION:
    setattr(SendBackForm, f"on_{_key}", written(_l("Remark on this section"), limits.RECOMMENDATION))


class AcceptForm(VersionedForm):
    """The host agency accepts with its comment, which is printed; `commented` is the report's version that was read."""

    commented = IntegerField(widget=HiddenInput(), validators=[Optional(), NumberRange(0, INT_MAX)])
    comment = written(_l("Comment of the host"), limits.TEXT)


class CommentForm(VersionedForm):
    """`version` is the report's."""

    text = written(_l("Comment of the host"), limits.TEXT, required=True)


class StandRow(Row):
    """Where one milestone of the plan stands."""

    number = IntegerField("", validators=[InputRequired(), NumberRange(0, INT_MAX)])
    progress = SelectField(_l("Where it stands"), choices=choices(PROGRESS), default=Progress.NOT_STARTED.value)
    note = written(_l("What was done for it"), limits.MILESTONE_NOTE)


class ProgressForm(VersionedForm, IdempotentForm):
    """`version` is that of the draft, which may be half empty: `complete` asks for what handing in needs."""

    first = DateField(_l("First day of the period"), validators=[Optional(), OF_A_REPORT])
    last = DateField(_l("Last day of the period"), validators=[Optional(), OF_A_REPORT])
    text = written(_l("What was done in this period"), limits.PERIOD)
    rows = FieldList(FormField(StandRow), max_entries=CEILING)
    difficulties = written(_l("Difficulties and what was done about them"), limits.PERIOD_MORE)
    next = written(_l("Work of the next period"), limits.PERIOD_MORE)

    def complete(self) -> bool:
        """Whether it can be handed in; else what is missing stands beside its field."""
        needed = ((self.first, ENTER_DAY), (self.last, ENTER_DAY), (self.text, _l("Write what was done.")))
        for field, words in needed:
            if not field.data:
                field.errors = [*field.errors, words]
        return not self.errors


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
