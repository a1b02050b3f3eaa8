"""Writing over time: pages that save themselves, what somebody else saved meanwhile, and where one goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from typing import Any, TypeVar

from flask import redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import Form as PlainForm
from wtforms.widgets import HiddenInput

from portal.findings import EditConflict
from portal.web.formats import clock, long_day, stamp
from portal.web.forms import Difference, Form, VersionedForm

CHOOSING = ("SelectField", "RadioField", "SelectMultipleField", "TopicsField")
Step = TypeVar("Step")


def automatic() -> bool:
    """Whether a page is saving itself while somebody writes: it is answered in JSON (`static/portal.js`)."""
    return "X-Autosave" in request.headers


def saved(version: int, at: datetime, zone: str) -> ResponseReturnValue:
    """Answers a page that saved itself: its new version, and when it was saved."""
    return {"version": version, "message": _("Saved at %(time)s. You can stop and come back.", time=stamp(at, zone))}


def not_saved(form: Form, elsewhere: str) -> ResponseReturnValue:
    """Answers a page that could not save itself; `elsewhere` says so where it was saved in another place meanwhile."""
    wrong = _("Not saved yet: something here cannot be right. Save the page to see what.")
    return {"message": wrong if form.differing is None else elsewhere}, form.status


def onward(following: str, stop: str) -> ResponseReturnValue:
    """After saving: to the address that follows, or to `stop` where one stops for now."""
    return redirect(stop if request.form.get("stop") else following)


def after(steps: Sequence[Step], step: Step) -> Step | None:
    """The step that follows in the order of filling in; None after the last."""
    place = steps.index(step) + 1
    return steps[place] if place < len(steps) else None


@contextmanager
def conflicts(form: VersionedForm, stored: Callable[[], VersionedForm]) -> Iterator[None]:
    """Around a service that saves: ends the block where what was read has been saved elsewhere since.

    The form then knows what differs from `stored()`, a form that is filled with what is stored now. It keeps what was
    typed, and the next press saves it.
    """
    try:
        yield
    except EditConflict:
        now = stored()
        form.renew(now.read, differences(form, now))


def differences(typed: PlainForm, stored: PlainForm) -> list[Difference]:
    """Each answer that differs from what was typed: its label, and what is stored now."""
    said, kept = dict(_answers(typed)), dict(_answers(stored))
    nothing = ("", "")
    return [
        ((kept.get(name) or said[name])[0], kept.get(name, nothing)[1] or _("empty"))
        for name in [*kept, *(name for name in said if name not in kept)]
        if said.get(name, nothing)[1] != kept.get(name, nothing)[1]
    ]


def _answers(form: PlainForm, row: str = "") -> Iterator[tuple[str, Difference]]:
    """Every answer by its name: its label, in rows with the row's number before it, and its value."""
    for field in form:
        if field.type == "FieldList":
            for number, entry in enumerate(field, start=1):
                yield from _answers(entry.form, f"{number}. ")
        elif not isinstance(field.widget, HiddenInput) and field.label.text:
            yield field.name, (f"{row}{field.label.text}", _shown(field))


def _shown(field: Any) -> str:
    """A value as people read it: choices by their labels, days and hours written out."""
    if field.type in CHOOSING:
        return ", ".join(str(choice.label) for choice in field.iter_choices() if choice.selected and choice.value)
    if isinstance(field.data, bool):
        return _("Yes") if field.data else _("No")
    if isinstance(field.data, date):
        return long_day(field.data)
    if isinstance(field.data, time):
        return clock(field.data)
    return "" if field.data is None else str(field.data)
