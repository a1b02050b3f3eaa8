"""Forms of an application, one for each section. Drafts may be incomplete, so only lengths and formats are checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, DateField, IntegerField, SelectField
from wtforms.validators import NumberRange, Optional

from portal.accounts.models import Level
from portal.applications.consent import Asked, asked
from portal.applications.labels import FINDINGS, LABEL
from portal.applications.models import Application
from portal.applications.sections import Section, Ticks, days_findings, window_findings
from portal.calls.models import Call
from portal.documents.labels import DOCUMENT
from portal.personal_data.models import ConsentKind
from portal.topics.fields import other_topics, topics
from portal.units.queries import UnitName
from portal.web.days import OF_A_VISIT
from portal.web.findings import in_words
from portal.web.formats import LANGUAGES
from portal.web.forms import ConfirmingForm, IdempotentForm, VersionedForm, choices, one_line, several_lines, written_in
from portal.web.language import asked_for

ROWS = range(1, 7)  # languages
RANKS = range(1, 4)  # wished units, wished dates


class SectionForm(VersionedForm):
    """`prepare` sets what depends on the application, `show` fills in the answers, `answers` returns them."""

    def prepare(self, application: Application, units: Sequence[UnitName]) -> None: ...

    def show(self, application: Application) -> None:
        for name in self.values():
            self[name].data = getattr(application, name)

    def answers(self) -> Mapping[str, Any]:
        """Keywords of service.Answers."""
        return {"columns": self.values()}


class PersonForm(SectionForm):
    name = one_line(LABEL["name"], required=False, most=120)
    document_name = one_line(LABEL["document_name"], required=False, most=120)
    post = one_line(LABEL["post"], required=False)
    unit_name = one_line(LABEL["unit_name"], required=False)
    years = IntegerField(LABEL["years"], validators=[Optional(), NumberRange(0, 70)])
    topics = topics(LABEL["topics"])
    other_topics = other_topics()

    def show(self, application: Application) -> None:
        super().show(application)
        self["topics"].data = [topic.id for topic in application.topics]


class PlanForm(SectionForm):
    language = written_in()
    situation = several_lines(LABEL["situation"], required=False)
    aim = several_lines(LABEL["aim"], required=False)
    results = several_lines(LABEL["results"], required=False)
    activities = several_lines(LABEL["activities"], required=False)


class BenefitForm(SectionForm):
    benefit_home = several_lines(LABEL["benefit_home"], required=False)
    benefit_host = several_lines(LABEL["benefit_host"], required=False)
    earlier = several_lines(LABEL["earlier"], required=False)


LANGUAGE_CHOICES = choices([("", _l("Choose")), *LANGUAGES.items()])
LEVEL_CHOICES = choices([("", _l("Choose")), *((level.value, level.value) for level in Level)])


class LanguagesForm(SectionForm):
    """Rows of language and level; `code_1` … `level_6` are added below."""

    def show(self, application: Application) -> None:
        for number, known in zip(ROWS, application.languages, strict=False):
            self[f"code_{number}"].data, self[f"level_{number}"].data = known.code, known.level.value

    def rows(self) -> list[tuple[str, str]]:
        """The rows that have something in them."""
        rows = [(self[f"code_{n}"].data or "", self[f"level_{n}"].data or "") for n in ROWS]
        return [row for row in rows if any(row)]

    def validate(self, extra_validators: Any = None) -> bool:
        """Adds an error to the missing half of a row, and to a language that is named a second time."""
        right: bool = super().validate(extra_validators)
        if asked_for():
            return False
        named: set[str] = set()
        for number in ROWS:
            code, level = self[f"code_{number}"], self[f"level_{number}"]
            if level.errors:
                level.errors = [FINDINGS["level"]]
            elif bool(code.data) != bool(level.data):
                lacking = level if code.data else code
                lacking.errors, right = [FINDINGS["language_half"]], False
            elif code.data in named:
                code.errors, right = [FINDINGS["language_twice"]], False
            named |= {code.data} - {""}
        return right

    def answers(self) -> Mapping[str, Any]:
        return {"languages": self.rows()}


for _number in ROWS:
    _label = _l("Language %(number)s", number=_number)
    setattr(LanguagesForm, f"code_{_number}", SelectField(_label, choices=LANGUAGE_CHOICES, default=""))
    _label = _l("Level in language %(number)s", number=_number)
    setattr(LanguagesForm, f"level_{_number}", SelectField(_label, choices=LEVEL_CHOICES, default=""))


def unit_number(text: str) -> int | None:
    """The id of a chosen unit; the field itself refuses values that are no choices."""
    return int(text) if text else None


class WishesForm(SectionForm):
    """Wished units, dates and length; `unit_1` … `last_3` are added below."""

    call: Call  # whose limits apply
    wishes_none = BooleanField(_l("Any unit suits me"))
    days = IntegerField(LABEL["days"], validators=[Optional(), NumberRange(1, 366)])
    needs = several_lines(LABEL["needs"], required=False)
    replacement = one_line(LABEL["replacement"], required=False)

    def prepare(self, application: Application, units: Sequence[UnitName]) -> None:
        self.call = application.call
        for number in RANKS:
            self[f"unit_{number}"].choices = choices([("", _l("No wish")), *((unit.id, unit.label) for unit in units)])

    def show(self, application: Application) -> None:
        for name in ("wishes_none", "days", "needs", "replacement"):
            self[name].data = getattr(application, name)
        for wish in application.wishes:
            self[f"unit_{wish.rank}"].data = wish.unit_id
        for window in application.windows:
            self[f"first_{window.rank}"].data, self[f"last_{window.rank}"].data = window.first, window.last

    def validate(self, extra_validators: Any = None) -> bool:
        """Adds everything that the call does not allow, each to the field that it concerns."""
        right: bool = super().validate(extra_validators)
        if asked_for():
            return False
        for name, words in (*self._windows_half(), *self._outside_the_call(), *self._units_twice()):
            self[name].errors, right = [words], False
        return right

    def windows(self) -> dict[int, tuple[date, date]]:
        """The wished dates by rank, those with both days."""
        both = {n: (self[f"first_{n}"].data, self[f"last_{n}"].data) for n in RANKS}
        return {n: window for n, window in both.items() if all(window)}

    def _windows_half(self) -> Iterator[tuple[str, Any]]:
        for number in RANKS:
            first, last = self[f"first_{number}"], self[f"last_{number}"]
            if not (first.errors or last.errors) and bool(first.data) != bool(last.data):
                yield (last if first.data else first).name, FINDINGS["window_half"]

    def _outside_the_call(self) -> Iterator[tuple[str, str]]:
        windows = {
            n: w for n, w in self.windows().items() if not (self[f"first_{n}"].errors or self[f"last_{n}"].errors)
        }
        found = [finding for n, window in windows.items() for finding in window_findings(n, *window, self.call)]
        if not self["days"].errors:
            found += days_findings(self["days"].data, list(windows.values()), self.call)
        return ((finding.field, in_words(finding, FINDINGS)) for finding in found)

    def _units_twice(self) -> Iterator[tuple[str, Any]]:
        named: set[int] = set()
        for field in (self[f"unit_{number}"] for number in RANKS):
            if field.data in named:
                yield field.name, FINDINGS["unit_twice"]
            named |= {field.data} - {None}

    def answers(self) -> Mapping[str, Any]:
        return {
            "columns": self.values("wishes_none", "days", "needs", "replacement"),
            "wishes": [self[f"unit_{n}"].data for n in RANKS if self[f"unit_{n}"].data],
            "windows": list(self.windows().values()),
        }


CHOICES = (
    (_l("First choice"), _l("First choice: first day"), _l("First choice: last day")),
    (_l("Second choice"), _l("Second choice: first day"), _l("Second choice: last day")),
    (_l("Third choice"), _l("Third choice: first day"), _l("Third choice: last day")),
)
for _number, (_unit, _first, _last) in enumerate(CHOICES, 1):
    setattr(WishesForm, f"unit_{_number}", SelectField(_unit, coerce=unit_number))
    setattr(WishesForm, f"first_{_number}", DateField(_first, validators=[Optional(), OF_A_VISIT]))
    setattr(WishesForm, f"last_{_number}", DateField(_last, validators=[Optional(), OF_A_VISIT]))


class ConsentForm(SectionForm):
    declared = BooleanField(_l("I declare that what I have written is correct."))
    noticed = BooleanField(_l("I have read the notice on personal data."))
    consented = BooleanField(_l("I consent to the release of my data as described above."))
    asked: Asked  # what is taken note of and consented to

    def prepare(self, application: Application, units: Sequence[UnitName]) -> None:
        self.asked = asked(application)

    def show(self, application: Application) -> None:
        self.declared.data = application.declared_at is not None
        self.noticed.data = application.noticed_at is not None
        self.consented.data = application.consented_at is not None

    def answers(self) -> Mapping[str, Any]:
        ticked = {ConsentKind.NOTICE: self.noticed.data, ConsentKind.CONSENT: self.consented.data}
        words = {kind: self.asked.kept[kind] if yes else None for kind, yes in ticked.items()}
        return {"consent": Ticks(self.declared.data, words)}


FORMS: dict[Section, type[SectionForm]] = {
    Section.PERSON: PersonForm,
    Section.LANGUAGES: LanguagesForm,
    Section.PLAN: PlanForm,
    Section.BENEFIT: BenefitForm,
    Section.WISHES: WishesForm,
    Section.CONSENT: ConsentForm,
}


class UploadForm(IdempotentForm):
    """A file and its kind, with an idempotency key."""

    kind = SelectField(_l("What kind of document is it?"), choices=choices(DOCUMENT.items()))
    file = FileField(_l("File"))


class CheckForm(ConfirmingForm):
    """Submitting: has only the version that was read."""


class WithdrawForm(VersionedForm):
    reason = several_lines(_l("Why do you withdraw?"), required=False, most=1_000)
