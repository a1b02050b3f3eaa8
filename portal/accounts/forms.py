"""Forms of accounts."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import (
    DateField,
    FieldList,
    FormField,
    IntegerField,
    PasswordField,
    SelectField,
    ValidationError,
)
from wtforms.validators import Email, InputRequired, Length, NumberRange, Optional

from portal.accounts.models import Level
from portal.accounts.passwords import MAX_LENGTH, MIN_LENGTH
from portal.topics.fields import other_topics, topics
from portal.web.days import OF_AN_ABSENCE
from portal.web.formats import LANGUAGES
from portal.web.forms import Form, Row, VersionedForm, choices, one_line

ADDRESS = _l("E-mail address")


def address(label: Any = ADDRESS) -> Any:
    wrong = _l("Enter a whole e-mail address, with the part after the @.")
    return one_line(label, most=254, printed=False, validators=[Email(message=wrong)])


def new_password() -> PasswordField:
    length = Length(MIN_LENGTH, MAX_LENGTH, message=_l("Choose a password of %(min)d to %(max)d characters."))
    return PasswordField(_l("Password"), validators=[InputRequired(), length])


class SignInForm(Form):
    email = one_line(_l("E-mail address"), most=254, printed=False)
    password = PasswordField(_l("Password"), validators=[InputRequired(), Length(max=MAX_LENGTH)])


class RegisterForm(Form):
    name = one_line(_l("First and last name"), most=120)
    email = address()
    password = new_password()


class AddressForm(Form):
    email = address()


class NewAddressForm(Form):
    email = address(_l("New e-mail address"))
    password = PasswordField(_l("Your password"), validators=[InputRequired(), Length(max=MAX_LENGTH)])


class ConfirmForm(Form):
    password = PasswordField(_l("The password that you chose"), validators=[InputRequired(), Length(max=MAX_LENGTH)])


class PasswordForm(Form):
    password = new_password()


def level_choices() -> list[tuple[str, str]]:
    return [("", "–"), *((level.value, level.value) for level in Level)]


class LanguageRow(Row):
    """One language and its level; an empty row is left out."""

    code = SelectField(_l("Language"), choices=choices([("", "–"), *LANGUAGES.items()]), validators=[Optional()])
    level = SelectField(_l("Level (CEFR)"), choices=choices(level_choices()), validators=[Optional()])

    def validate_level(self, field: Any) -> None:
        if bool(self.code.data) != bool(field.data):
            raise ValidationError(str(_l("Choose a language and its level, or neither.")))


def language_rows() -> FieldList:
    return FieldList(FormField(LanguageRow), min_entries=5, max_entries=10)


def languages_of(rows: Any) -> dict[str, Level]:
    """The filled rows as {code: level}; the later of two rows of one language counts."""
    return {row["code"]: Level(row["level"]) for row in rows if row["code"] and row["level"]}


class ProfileForm(VersionedForm):
    name = one_line(_l("First and last name"), most=120)
    document_name = one_line(_l("Name as in your travel document"), most=120, required=False)
    post = one_line(_l("Post"), required=False)
    unit_name = one_line(_l("Unit"), required=False)
    years = IntegerField(_l("Years of experience"), validators=[Optional(), NumberRange(0, 60)])
    phone = one_line(_l("Telephone"), most=40, required=False)
    topics = topics(_l("Topics of expertise"))
    other_topics = other_topics()
    languages = language_rows()
    cv = FileField(_l("Curriculum vitae"))


class AbsenceForm(Form):
    deputy = SelectField(_l("Who stands in"), coerce=int, validators=[InputRequired()])
    first = DateField(_l("First day away"), validators=[InputRequired(), OF_AN_ABSENCE])
    last = DateField(_l("Last day away"), validators=[InputRequired(), OF_AN_ABSENCE])
