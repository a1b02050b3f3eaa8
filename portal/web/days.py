"""Which days a field takes: those that somebody can mean there. A year of 0202 or 20226 is a typing error."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext as _
from wtforms.validators import StopValidation

from portal import calendars
from portal.web.formats import long_day


class Within:
    """Validator: so many whole years back, so many ahead of the present one."""

    def __init__(self, back: int, ahead: int) -> None:
        self.back, self.ahead = back, ahead

    def bounds(self) -> tuple[date, date]:
        """The first and the last day."""
        year = calendars.today().year
        return date(year - self.back, 1, 1), date(year + self.ahead, 12, 31)

    def __call__(self, form: Any, field: Any) -> None:
        first, last = self.bounds()
        if field.data is not None and not first <= field.data <= last:
            words = _("Enter a day between %(first)s and %(last)s.", first=long_day(first), last=long_day(last))
            raise StopValidation(words)


OF_A_VISIT = Within(10, 10)  # a visit, what is planned for it, and the call that leads to it
OF_AN_ABSENCE = Within(1, 2)
FROM_NOW_ON = Within(1, 10)  # what is to be done, or shown
OF_A_REPORT = Within(10, 1)  # the time that is told of
