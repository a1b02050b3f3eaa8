"""Every field of a day takes the days that can be meant there, and says beside itself which these are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from wtforms import DateField, IntegerField
from wtforms import Form as PlainForm
from wtforms.fields.core import UnboundField
from wtforms.validators import NumberRange

from portal import calendars
from portal.web import days
from portal.web.days import Within
from portal.web.forms import Form

MOST_YEARS = 10


def forms(kind: Any = PlainForm) -> Iterator[Any]:
    """Every form and row of the portal, with those that they are made from."""
    for form in kind.__subclasses__():
        if form.__module__.startswith("portal."):
            yield form
        yield from forms(form)


def fields(kind: type) -> dict[str, UnboundField]:
    """Every field of this kind, by its form and name."""
    found = {}
    for form in forms():
        for name in dir(form):
            field = getattr(form, name)
            if isinstance(field, UnboundField) and issubclass(field.field_class, kind):
                found[f"{form.__module__}.{form.__name__}.{name}"] = field
    return found


def validators(field: UnboundField) -> list[Any]:
    return [*field.kwargs.get("validators", []), *(field.args[1] if len(field.args) > 1 else [])]


def test_every_field_of_a_day_has_a_first_and_a_last_one(application: Flask) -> None:
    found = fields(DateField)
    assert len(found) > 20
    for where, field in found.items():
        bounds = [validator for validator in validators(field) if isinstance(validator, Within)]
        assert len(bounds) == 1, where
        assert 0 <= bounds[0].back <= MOST_YEARS and 1 <= bounds[0].ahead <= MOST_YEARS, where


def test_every_whole_number_has_bounds(application: Flask) -> None:
    found = fields(IntegerField)
    assert len(found) > 20
    for where, field in found.items():
        assert any(isinstance(validator, NumberRange) for validator in validators(field)), where


class Sample(Form):
    near = DateField("Day", validators=[days.OF_AN_ABSENCE])
    far = DateField("Day", validators=[days.OF_A_VISIT])


def errors(app: Flask, name: str, typed: str) -> list[str]:
    with app.test_request_context(method="POST", data={name: typed}):
        form = Sample(meta={"csrf": False})
        form.validate()
        return [str(words) for words in form[name].errors]


@pytest.mark.parametrize(("name", "back", "ahead"), [("near", 1, 2), ("far", 10, 10)])
def test_the_first_and_the_last_day_are_taken_and_those_beyond_are_not(
    app: Flask, name: str, back: int, ahead: int
) -> None:
    year, one = calendars.today().year, timedelta(days=1)
    first, last = date(year - back, 1, 1), date(year + ahead, 12, 31)
    for day in (first, first + one, last - one, last):
        assert errors(app, name, day.isoformat()) == []
    for day in (first - one, last + one):
        [words] = errors(app, name, day.isoformat())
        assert words == f"Enter a day between 1 January {first.year} and 31 December {last.year}."


@pytest.mark.parametrize(
    "typed", ["0202-03-04", "20226-01-01", "99999-01-01", "0000-00-00", "9999-12-31", "0001-01-01"]
)
def test_years_that_are_typing_errors_are_told_beside_the_field(app: Flask, typed: str) -> None:
    assert len(errors(app, "far", typed)) == 1
