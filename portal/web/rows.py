"""Answers within a limit and rows of a form: too much is refused beside its field, and a half-filled row is kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from flask_babel import gettext as _
from wtforms import FieldList, TextAreaField
from wtforms.utils import unset_value
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from portal.limits import Limit
from portal.web.forms import Printable, Row

CEILING = 400  # rows that one page sends at most


class Within:
    """Refuses more lines than the limit allows; its characters are counted by `Length`. The field shows both."""

    def __init__(self, limit: Limit) -> None:
        self.limit = limit
        self.field_flags = {"characters": limit.characters, "lines": limit.lines}

    def __call__(self, form: Any, field: Any) -> None:
        lines = len((field.data or "").splitlines())
        if lines > self.limit.lines:
            words = _("Write at most %(most)s lines; these are %(have)s.", most=self.limit.lines, have=lines)
            raise ValidationError(words)


class AtMost:
    """Refuses more rows of a list than so many in which the cell `by` is filled."""

    def __init__(self, most: int, by: str) -> None:
        self.most, self.by = most, by

    def __call__(self, form: Any, field: Any) -> None:
        _refuse_more(sum(bool(entry.form[self.by].data) for entry in field), self.most)


def _refuse_more(have: int, most: int) -> None:
    """Raises ValidationError: more rows than there may be."""
    if have > most:
        raise ValidationError(_("There may be %(most)s rows; these are %(have)s.", most=most, have=have))


def written(label: Any, limit: Limit, *, required: bool = False) -> TextAreaField:
    """An answer of several lines within a limit; what has one is printed."""
    presence = DataRequired() if required else Optional()
    return TextAreaField(label, validators=[Within(limit), presence, Length(max=limit.characters), Printable()])


class KeptRow(Row):
    """A row that is kept as soon as something stands in it: what is `needed` and lacking is shown beside its cell.

    `given` are cells that hold something before anybody has written; they alone make no row.
    """

    needed: ClassVar[tuple[str, ...]] = ()
    given: ClassVar[tuple[str, ...]] = ()

    @property
    def begun(self) -> bool:
        """Whether somebody has written in this row."""
        return any(field.data not in (None, "") for name, field in self._fields.items() if name not in self.given)

    def lacking(self) -> list[Any]:
        """The needed cells that are still empty, where the row is begun."""
        return [self[name] for name in self.needed if self.begun and self[name].data in (None, "")]


class Rows(FieldList):
    """Rows of which `max_entries` may be filled. More, from before there was a limit, are shown and kept; they are
    refused beside the rows when they are saved again, and none is cut off."""

    max_entries: int | None

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self.type = "FieldList"  # by which pages tell it from a single answer

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        most = self.max_entries
        self.max_entries = CEILING if formdata else None
        try:
            super().process(formdata, data, extra_filters)
        finally:
            self.max_entries = most

    def validate(self, form: Any, extra_validators: Any = ()) -> bool:
        return bool(super().validate(form, (*extra_validators, _few_enough)))

    def begun(self) -> Iterator[Any]:
        """The forms of the rows in which something stands, in order."""
        return (entry.form for entry in self if entry.form.begun)

    def point_out(self) -> None:
        """Marks what is still lacking in rows that are begun, to be shown beside the cells."""
        for row in self.begun():
            for field in row.lacking():
                field.flags.lacking = True


def _few_enough(form: Any, field: Any) -> None:
    _refuse_more(len(list(field.begun())), field.max_entries)
