"""What differs from what somebody else saved meanwhile, and where one goes on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    FormField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TimeField,
)

from portal.findings import EditConflict
from portal.web import drafts
from portal.web.forms import Row, VersionedForm, choices

PAIRS = choices([("", "Choose"), ("a", "Ankara"), ("b", "Bakı")])


class StopRow(Row):
    number = IntegerField("")
    place = StringField("Place")


class TripForm(VersionedForm):
    name = StringField("Name")
    on = DateField("Day")
    at = TimeField("Hour")
    count = IntegerField("Count")
    begins = SelectField("Begins in", choices=PAIRS)
    ends = RadioField("Ends in", choices=PAIRS)
    languages = SelectMultipleField("Languages", choices=PAIRS)
    agreed = BooleanField("Agreed")
    stops = FieldList(FormField(StopRow))


STORED: dict[str, Any] = {
    "name": "Spring",
    "on": date(2027, 4, 5),
    "at": time(9, 30),
    "count": 3,
    "begins": "a",
    "ends": "b",
    "languages": ["a", "b"],
    "agreed": True,
    "stops": [{"number": 7, "place": "Gəncə"}],
}


def trip(version: int = 2, **changes: Any) -> TripForm:
    return TripForm(formdata=None, version=version, **(STORED | changes))


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({}, []),
        ({"name": "Autumn"}, [("Name", "Spring")]),
        ({"on": date(2027, 4, 6)}, [("Day", "5 April 2027")]),
        ({"at": time(9, 31)}, [("Hour", "09:30")]),
        ({"count": 0}, [("Count", "3")]),
        ({"count": None}, [("Count", "3")]),
        ({"begins": ""}, [("Begins in", "Ankara")]),
        ({"ends": "a"}, [("Ends in", "Bakı")]),
        ({"languages": ["a"]}, [("Languages", "Ankara, Bakı")]),
        ({"agreed": False}, [("Agreed", "Yes")]),
        ({"stops": [{"number": 8, "place": "Şəki"}]}, [("1. Place", "Gəncə")]),
        ({"stops": []}, [("1. Place", "Gəncə")]),
        ({"stops": [*STORED["stops"], {"number": 8, "place": "Şəki"}]}, [("2. Place", "empty")]),
        ({"name": "Autumn", "count": 4}, [("Name", "Spring"), ("Count", "3")]),
    ],
)
def test_each_answer_that_differs_is_told_with_what_is_stored(
    app: Flask, typed: dict[str, Any], told: list[tuple[str, str]]
) -> None:
    with app.test_request_context():
        assert drafts.differences(trip(**typed), trip()) == told


def test_what_is_stored_as_nothing_is_called_empty(app: Flask) -> None:
    with app.test_request_context():
        assert drafts.differences(trip(), trip(name="", languages=[])) == [("Name", "empty"), ("Languages", "empty")]


def test_after_a_conflict_the_next_press_saves_what_was_typed(app: Flask) -> None:
    with app.test_request_context(method="POST"):
        form = TripForm(formdata=MultiDict({"name": "Autumn", "version": "2"}))
        assert form.status == 422
        with drafts.conflicts(form, lambda: trip(version=5)):
            raise EditConflict
        assert (form.status, form.before, form.read, form.name.data) == (409, 2, 5, "Autumn")
        assert form.differing is not None and ("Name", "Spring") in form.differing


@pytest.mark.parametrize(
    ("answer", "status", "words"),
    [
        (lambda form: None, 422, "Not saved yet"),
        (lambda form: form.renew(5, []), 409, "Saved elsewhere."),
    ],
)
def test_a_page_that_cannot_save_itself_is_told_why(
    app: Flask, answer: Callable[[TripForm], None], status: int, words: str
) -> None:
    with app.test_request_context():
        form = trip()
        answer(form)
        told = app.make_response(drafts.not_saved(form, "Saved elsewhere."))
    assert told.status_code == status and words in told.get_data(as_text=True)


@pytest.mark.parametrize(("posted", "to"), [({}, "/next"), ({"stop": "1"}, "/list")])
def test_one_goes_on_or_stops(app: Flask, posted: dict[str, str], to: str) -> None:
    with app.test_request_context(method="POST", data=posted):
        assert app.make_response(drafts.onward("/next", "/list")).location == to


@pytest.mark.parametrize(("step", "following"), [("a", "b"), ("b", "c"), ("c", None)])
def test_after_the_last_step_there_is_none(step: str, following: str | None) -> None:
    assert drafts.after(("a", "b", "c"), step) == following
