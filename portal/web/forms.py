"""The base of every form: text is cleaned once, stale pages and double submits are seen, refusals find their field."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

from babel.support import NullTranslations, Translations
from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.form import _Auto
from werkzeug.datastructures import MultiDict
from wtforms import Field, FileField, HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms import Form as PlainForm
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import HiddenInput

from config import ROOT
from portal import names
from portal.db import new_idempotency_key
from portal.findings import Finding, Level, RuleViolation, digest
from portal.printable import unprintable
from portal.web.bounds import answers, whole
from portal.web.findings import Messages, Shown, in_words, shown
from portal.web.language import asked_for, spoken

SHORT = 200  # characters in one-line answers
LONG = 4_000  # characters in several-line answers
CATALOGUES = ROOT / "portal" / "translations"
INT_MAX = 2_147_483_647
Difference = tuple[str, str]  # an answer's label, and what is stored now


def cleaned(value: Any) -> Any:
    """NUL, control and bidi characters never reach a service; surrounding blanks are not meant."""
    if value is None:
        return ""  # an answer that a text field did not get is an empty one
    return names.clean(value).strip() if isinstance(value, str) else value


def cleaned_line(value: Any) -> Any:
    """The same for an answer of one line: no line ends either, which would end the head of a mail."""
    value = cleaned(value)
    return names.one_line(value) if isinstance(value, str) else value


@cache
def _catalogue(language: str) -> NullTranslations:
    return Translations.load(CATALOGUES, [language], domain="wtforms")


class LibraryWords:
    """WTForms' own messages in the language of the request, from the portal's catalogues: WTForms has no `az`."""

    def gettext(self, text: str) -> str:
        return str(_catalogue(spoken()).ugettext(text))

    def ngettext(self, one: str, many: str, number: int) -> str:
        return str(_catalogue(spoken()).ungettext(one, many, number))


class Form(FlaskForm):
    """Errors that no single answer is to blame for stand in `form_errors`."""

    form_errors: list[Any]
    before = 0  # the version that was read, where the page shows what differs from a newer one
    differing: Sequence[Difference] | None = None  # from a newer version, where there is one

    @property
    def status(self) -> int:
        """With which the form is shown again: 409 beside a newer version, else 422."""
        return 422 if self.differing is None else 409

    class Meta(FlaskForm.Meta):
        def wrap_formdata(self, form: Any, formdata: Any) -> MultiDict[str, Any] | None:
            """What was sent, bounded: no text where a file is asked for, no file where a text is. JSON is no form."""
            if formdata is None or (formdata is not _Auto and not formdata):
                return None
            if formdata is not _Auto:
                return answers(formdata, {}, ())
            if not (form.is_submitted() and (request.form or request.files)):
                return None
            return answers(request.form, request.files, [field.name for field in form if isinstance(field, FileField)])

        def get_translations(self, form: Any) -> LibraryWords:
            return LibraryWords()

        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Field:
            filters = list(unbound_field.kwargs.get("filters", []))
            if issubclass(unbound_field.field_class, IntegerField):
                options = options | {"filters": [*filters, whole]}
            if issubclass(unbound_field.field_class, StringField):
                several = issubclass(unbound_field.field_class, TextAreaField)
                options = options | {"filters": [*filters, cleaned if several else cleaned_line]}
            bound: Field = unbound_field.bind(form=form, **options)
            return bound

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether all answers are good. A change of language is no handing in: only what was judged before is judged
        again, to be read in the other language."""
        switching = asked_for() is not None
        if switching and "judged" not in request.form:
            return False
        return bool(super().validate(extra_validators)) and not switching

    def refuse(self, findings: Iterable[Finding], messages: Messages) -> None:
        """Puts each finding beside its field, in words; without a field, above the form."""
        for finding in findings:
            words, field = in_words(finding, messages), self._fields.get(finding.field)
            if field is None:
                self.form_errors = [*self.form_errors, words]
            else:
                field.errors = [*field.errors, words]

    @contextmanager
    def refusals(self, messages: Messages) -> Iterator[None]:
        """Around the call of a service: ends the block where it refuses, with its findings beside their fields."""
        try:
            yield
        except RuleViolation as violation:
            self.refuse(violation.findings, messages)

    def values(self, *names: str) -> dict[str, Any]:
        """The answers of these fields (all but the hidden ones where none are named), as plain values."""
        hidden = {"csrf_token", "version", "idempotency_key", "warned"}
        wanted = names or [name for name in self._fields if name not in hidden]
        return {name: self._fields[name].data for name in wanted}


class Row(PlainForm):
    """One row of a form that has several; its text is cleaned like all other."""

    class Meta(Form.Meta):
        csrf = False

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            return formdata  # the whole form has bounded it


class VersionedForm(Form):
    """Carries the version of what was read; a service refuses to write over a newer one."""

    version = IntegerField(widget=HiddenInput(), validators=[InputRequired(), NumberRange(1, INT_MAX)])

    @property
    def read(self) -> int:
        """The version that was read, once the form is valid."""
        return self.version.data or 0

    def validate(self, extra_validators: Any = None) -> bool:
        """In another language what differs is not shown again; so the old version goes along, to be told once more."""
        before = whole(request.form.get("before", type=int))
        if asked_for() is not None and before:
            self._becomes(before)
        return super().validate(extra_validators)

    def renew(self, version: int, differing: Sequence[Difference]) -> None:
        """Shown beside what differs in this newer version: the next press writes over it."""
        self.before, self.differing = self.read, differing
        self._becomes(version)

    def _becomes(self, version: int) -> None:
        self.version.process_data(version)
        self.version.raw_data = None


class ConfirmingForm(VersionedForm):
    """Of a step that may be warned of: the first press shows the warnings, a second one confirms exactly those.

    `warned` names the warnings that the page shows; the service compares it with what it finds (`findings.settle`), so
    that others which have arisen meanwhile are shown before anything is done.
    """

    warned = HiddenField()
    warnings: Sequence[Shown] = ()

    def __init__(self, *given: Any, **values: Any) -> None:
        """A page that is shown again without its warnings (another row, another language) will ask for them anew."""
        super().__init__(*given, **values)
        self.confirmed = self.warned.data or ""  # the digest of the warnings that were shown, for the service
        self.warned.data = ""

    def refuse(self, findings: Iterable[Finding], messages: Messages) -> None:
        """Errors stand beside their fields and come first; warnings beside them are only shown."""
        found = list(findings)
        errors = [finding for finding in found if finding.level is Level.ERROR]
        warnings = [finding for finding in found if finding.level is Level.WARNING]
        super().refuse(errors, messages)
        self.warnings = shown(warnings, messages)
        self.warned.data = "" if errors else digest(warnings)


class IdempotentForm(Form):
    """Carries an idempotency key: sent twice, it makes one row."""

    idempotency_key = HiddenField(default=new_idempotency_key, validators=[InputRequired(), Length(min=12, max=40)])

    @property
    def key(self) -> str:
        """The idempotency key, once the form is valid."""
        return self.idempotency_key.data or ""


def choices(pairs: Iterable[tuple[Any, Any]]) -> list[Any]:
    """Choices of a select or radio field from (value, label)."""
    return [SelectChoice(value, label) for value, label in pairs]


class Printable:
    """Refuses characters that no sealed PDF can show; it tells which."""

    def __call__(self, form: Any, field: Any) -> None:
        unseen = unprintable(field.data or "")
        if unseen:
            raise ValidationError(
                _("No PDF can show “%(characters)s”. Please write it in other letters.", characters=unseen)
            )


def written_in() -> SelectField:
    """In which language the texts of a form are written; that of the page where nothing else was chosen."""
    return SelectField(_l("Written in"), choices=choices(names.LANGUAGES.items()), default=spoken)


def one_line(label: Any, *, required: bool = True, most: int = SHORT, printed: bool = True, **more: Any) -> StringField:
    """A one-line answer of at most `most` characters; names and titles, which are `printed` sooner or later."""
    presence: Callable[..., Any] = DataRequired() if required else Optional()  # blanks alone are no answer
    rules = [presence, Length(max=most), *([Printable()] if printed else []), *more.pop("validators", [])]
    return StringField(label, validators=rules, **more)


def several_lines(label: Any, *, required: bool = True, most: int = LONG, **more: Any) -> TextAreaField:
    """An answer of several lines, at most `most` characters."""
    presence: Callable[..., Any] = DataRequired() if required else Optional()  # blanks alone are no answer
    return TextAreaField(label, validators=[presence, Length(max=most), *more.pop("validators", [])], **more)
