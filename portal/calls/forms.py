"""Forms of calls, announcements, headings and time limits, and the filter of the list of calls."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    TimeField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal.accounts.models import Agency, Level
from portal.calls.labels import CLOCK, KIND, KIND_LONG, WHEN
from portal.calls.models import Announcement, Call, Heading
from portal.calls.queries import CallFilter, When
from portal.documents.labels import DOCUMENT
from portal.documents.models import DocumentKind
from portal.exchanges.models import Clocks, Kind
from portal.topics.fields import other_topics, topics
from portal.web.days import OF_A_VISIT
from portal.web.formats import PLACES
from portal.web.forms import ConfirmingForm, Form, IdempotentForm, VersionedForm, choices, one_line, several_lines
from portal.web.language import spoken

__all__ = [
    "CallFilterForm",
    "ClocksForm",
    "EditAnnouncementForm",
    "EditCallForm",
    "HeadingForm",
    "NewAnnouncementForm",
    "NewCallForm",
    "StepForm",
]

REQUIRED = InputRequired(_l("Answer this question."))


def a_day(label: Any) -> DateField:
    return DateField(label, validators=[REQUIRED, OF_A_VISIT])


def a_number(label: Any, least: int, most: int) -> IntegerField:
    return IntegerField(label, validators=[REQUIRED, NumberRange(least, most)])


class _CallFields(Form):
    kind = RadioField(_l("Kind"), choices=choices(KIND_LONG.items()))
    direction = RadioField(_l("Direction"))
    agency_id = RadioField(_l("Which agency runs the call?"), coerce=int)
    heading = SelectField(_l("Heading of the action plan"), coerce=int)
    topics = topics(_l("Topics"))
    other_topics = other_topics()
    title_en = one_line(_l("Title in English"))
    description = several_lines(_l("Description in English"), required=False)
    who_can_apply = several_lines(_l("Who can apply, in English"), required=False)
    costs = several_lines(_l("Who bears which costs, in English"), required=False)
    title_tr = one_line(_l("Title in Turkish"), required=False)
    description_tr = several_lines(_l("Description in Turkish"), required=False)
    who_can_apply_tr = several_lines(_l("Who can apply, in Turkish"), required=False)
    costs_tr = several_lines(_l("Who bears which costs, in Turkish"), required=False)
    title_az = one_line(_l("Title in Azerbaijani"), required=False)
    description_az = several_lines(_l("Description in Azerbaijani"), required=False)
    who_can_apply_az = several_lines(_l("Who can apply, in Azerbaijani"), required=False)
    costs_az = several_lines(_l("Who bears which costs, in Azerbaijani"), required=False)
    places = a_number(_l("Places"), 1, 500)
    opens_day = a_day(_l("Opens on"))
    opens_time = TimeField(_l("Opens at"), validators=[REQUIRED])
    deadline_day = a_day(_l("Deadline: day"))
    deadline_time = TimeField(_l("Deadline: hour"), validators=[REQUIRED])
    zone = SelectField(_l("Hours are those of"), choices=choices(PLACES.items()))
    earliest = a_day(_l("Earliest day of a visit"))
    latest = a_day(_l("Latest day of a visit"))
    min_days = a_number(_l("Shortest stay in days"), 1, 365)
    max_days = a_number(_l("Longest stay in days"), 1, 365)
    min_years = IntegerField(_l("Years of experience at least"), validators=[Optional(), NumberRange(1, 50)])
    language_level = SelectField(
        _l("Language level at least"),
        choices=choices([("", _l("No level is asked for")), *((level.value, level.value) for level in Level)]),
        default=Level.B1.value,
    )
    required_documents = SelectMultipleField(_l("Required documents"), choices=choices(DOCUMENT.items()))
    contact = one_line(_l("Contact"), required=False)

    def offer(self, agencies: Sequence[Agency], running: Sequence[Agency], headings: Sequence[Heading]) -> None:
        """Fills the choices: both directions, the agencies that the actor may run a call for, the headings."""
        pairs = [(home, host) for home in agencies for host in agencies if home.id != host.id]
        self.direction.choices = choices((f"{a.id}-{b.id}", f"{a.short_name} → {b.short_name}") for a, b in pairs)
        self.agency_id.choices = choices((agency.id, agency.short_name) for agency in running)
        self.heading.choices = choices((h.number, f"{h.number}. {h.named(spoken())}") for h in headings)

    def show(self, call: Call) -> None:
        """Fills the answers from a call."""
        zone = ZoneInfo(call.zone)
        opens, deadline = call.opens.astimezone(zone), call.deadline.astimezone(zone)
        derived = {
            "kind": call.kind.value,
            "direction": f"{call.home_id}-{call.host_id}",
            "opens_day": opens.date(),
            "opens_time": opens.time(),
            "deadline_day": deadline.date(),
            "deadline_time": deadline.time(),
            "required_documents": [kind.value for kind in call.documents],
            "topics": [topic.id for topic in call.topics],
            "other_topics": "",
        }
        for name in self.values():
            self[name].data = derived[name] if name in derived else getattr(call, name)

    def facts(self) -> dict[str, Any]:
        """The answers as a call's facts (see service.CallFacts)."""
        answers = self.values()
        zone = ZoneInfo(answers["zone"])
        home, host = answers.pop("direction").split("-")
        for name in ("opens", "deadline"):
            answers[name] = datetime.combine(answers.pop(f"{name}_day"), answers.pop(f"{name}_time"), zone)
        answers.pop("other_topics")  # `calls.views` makes topics of them
        answers["topics"] = tuple(answers["topics"] or ())
        documents = tuple(DocumentKind(word) for word in answers.pop("required_documents") or ())
        kind = Kind(answers.pop("kind"))
        return answers | {"home_id": int(home), "host_id": int(host), "kind": kind, "required_documents": documents}


class NewCallForm(_CallFields, IdempotentForm):
    """A new call, with an idempotency key."""


class EditCallForm(_CallFields, ConfirmingForm):
    """Changes to a call, with the version that was read."""


class _AnnouncementFields(Form):
    agency_id = RadioField(_l("Which agency announces it?"), coerce=int)
    title_en = one_line(_l("Headline in English"), required=False)
    text_en = several_lines(_l("Text in English"), required=False)
    title_tr = one_line(_l("Headline in Turkish"), required=False)
    text_tr = several_lines(_l("Text in Turkish"), required=False)
    title_az = one_line(_l("Headline in Azerbaijani"), required=False)
    text_az = several_lines(_l("Text in Azerbaijani"), required=False)
    first = a_day(_l("Shown from"))
    last = DateField(_l("Shown until"), validators=[Optional(), OF_A_VISIT])
    published = BooleanField(_l("Everybody may read it from that day on"), default=True)

    def offer(self, agencies: Sequence[Agency]) -> None:
        """Fills the choices: the agencies that the actor may announce for; a single one is preselected."""
        self.agency_id.choices = choices((agency.id, agency.short_name) for agency in agencies)
        if len(agencies) == 1 and self.agency_id.data is None:
            self.agency_id.data = agencies[0].id

    def show(self, announcement: Announcement) -> None:
        """Fills the answers from an announcement."""
        for name in self.values():
            self[name].data = getattr(announcement, name)


class NewAnnouncementForm(_AnnouncementFields, IdempotentForm):
    """A new announcement, with an idempotency key."""


class EditAnnouncementForm(_AnnouncementFields, VersionedForm):
    """Changes to an announcement, with the version that was read."""


class StepForm(VersionedForm):
    """Publishing, cancelling or withdrawing: has only the version that was read."""


class HeadingForm(VersionedForm):
    title = one_line(_l("Heading in English"), most=300)
    purpose = several_lines(_l("What happens under it, in English"), required=False)
    title_tr = one_line(_l("Heading in Turkish"), most=300, required=False)
    purpose_tr = several_lines(_l("What happens under it, in Turkish"), required=False)
    title_az = one_line(_l("Heading in Azerbaijani"), most=300, required=False)
    purpose_az = several_lines(_l("What happens under it, in Azerbaijani"), required=False)
    active = BooleanField(_l("New calls can be made under this heading"))


class ClocksForm(Form):
    """The nine time limits: working days for decisions, days or months for the rest."""

    decision = a_number(CLOCK["decision"][0], 1, 60)
    escalation = a_number(CLOCK["escalation"][0], 2, 120)
    changes = a_number(CLOCK["changes"][0], 1, 60)
    plan_drafted = a_number(CLOCK["plan_drafted"][0], 0, 365)
    plan_agreed = a_number(CLOCK["plan_agreed"][0], 0, 365)
    evaluation = a_number(CLOCK["evaluation"][0], 1, 365)
    report = a_number(CLOCK["report"][0], 1, 365)
    progress = a_number(CLOCK["progress"][0], 1, 12)
    follow_up = a_number(CLOCK["follow_up"][0], 1, 36)

    def show(self, clocks: Clocks) -> None:
        for name in CLOCK:
            self[name].data = getattr(clocks, name)


class CallFilterForm(Form):
    """The filter of the list of calls; sent by GET, so that the address can be bookmarked."""

    class Meta(Form.Meta):
        csrf = False

    when = SelectField(_l("Which calls"), choices=choices(WHEN.items()), default=When.CURRENT.value)
    kind = SelectField(_l("Kind"), choices=choices([("", _l("Short and long")), *KIND.items()]))
    direction = SelectField(_l("Direction"), choices=[])
    heading = SelectField(_l("Heading of the action plan"), choices=[], validators=[Length(max=3)])

    def offer(self, agencies: Sequence[Agency], headings: Sequence[Heading], drafts: bool) -> None:
        """Fills the choices; `drafts` are offered to those who edit calls."""
        if not drafts:
            self.when.choices = choices(pair for pair in WHEN.items() if pair[0] is not When.DRAFT)
        pairs = [(home, host) for home in agencies for host in agencies if home.id != host.id]
        arrows = [(f"{a.code}-{b.code}", f"{a.short_name} → {b.short_name}") for a, b in pairs]
        numbered = [(str(h.number), f"{h.number}. {h.named(spoken())}") for h in headings]
        self.direction.choices = choices([("", _l("Both directions")), *arrows])
        self.heading.choices = choices([("", _l("All headings")), *numbered])

    def wanted(self) -> CallFilter:
        """The filter; ignores values that are not among the choices (an old or typed address)."""
        self.validate()
        for field in (self.when, self.kind, self.direction, self.heading):
            if field.errors or field.data is None:
                field.data, field.errors = (When.CURRENT.value if field is self.when else ""), ()
        home, _dash, host = self.direction.data.partition("-")
        return CallFilter(
            when=When(self.when.data),
            kind=Kind(self.kind.data) if self.kind.data else None,
            direction=(home, host) if host else None,
            heading=int(self.heading.data) if self.heading.data else None,
        )
