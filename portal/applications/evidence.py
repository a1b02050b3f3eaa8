"""What an application is decided on: the call's conditions with what the application says, for templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from portal.applications.changes import Change
from portal.applications.labels import LABEL
from portal.applications.models import Application
from portal.applications.requirements import Condition, Met, Requirement, has_fallen, requirements
from portal.calls.labels import language_asked, years_asked
from portal.documents.labels import DOCUMENT
from portal.documents.models import Document
from portal.topics.queries import names_of as topic_names
from portal.units.queries import unit_names
from portal.web.formats import day_range, in_days, language_name, short_day
from portal.web.language import spoken


@dataclass(frozen=True)
class Ticked:
    """One condition of the call, what the application says, and the documents that show it."""

    label: str
    met: Met
    said: str
    files: Sequence[Document] = ()
    fallen: bool = False  # it was met when the application was handed in: the call was changed afterwards


def ticked(application: Application, documents: Sequence[Document], *, writing: bool = False) -> list[Ticked]:
    """Every condition of the application's call; while somebody is `writing` it, none of them has fallen."""
    call = application.call
    found = requirements(application, call, {document.kind for document in documents})
    return [_ticked(one, application, documents, has_fallen(one) and not writing) for one in found]


def _ticked(one: Requirement, application: Application, documents: Sequence[Document], fallen: bool) -> Ticked:
    if one.kind is not None:
        files = [document for document in documents if document.kind is one.kind]
        return Ticked(str(DOCUMENT[one.kind]), one.met, "", files, fallen)
    return Ticked(_label(one.condition, application), one.met, _said(one, application), fallen=fallen)


def _label(condition: Condition, application: Application) -> str:
    call = application.call
    if condition is Condition.LANGUAGE:
        return language_asked(call)
    if condition is Condition.YEARS and call.min_years is not None:
        return f"{LABEL[condition.value]}: {years_asked(call)}"
    if condition is Condition.DATES:
        length = in_days(call.kind.value, call.min_days, call.max_days)
        return _("%(length)s within %(dates)s", length=length, dates=day_range(call.earliest, call.latest))
    if condition is Condition.TOPICS:
        return _("Topics of the call")
    return str(LABEL[condition.value])


def _said(one: Requirement, application: Application) -> str:
    """What the application says of it, in one line."""
    if one.condition is Condition.LANGUAGE:
        return ", ".join(f"{language_name(known.code)} {known.level.value}" for known in application.languages)
    if one.condition is Condition.DATES:
        windows = " · ".join(day_range(window.first, window.last) for window in application.windows)
        length = in_days(application.call.kind.value, application.days or 0)
        return f"{length}, {windows}" if windows else ""
    if one.condition is Condition.YEARS:
        return "" if application.years is None else str(application.years)
    if one.condition is Condition.TOPICS:
        return ", ".join(topic.named(spoken()) for topic in one.common) or (
            _("none in common") if one.met is Met.NOT_MET else ""
        )
    given = {Condition.DECLARED: application.declared_at, Condition.CONSENTED: application.consented_at}
    at = given.get(one.condition)
    return "" if at is None else _("Given on %(day)s", day=short_day(at, application.call.home.zone))


@dataclass(frozen=True)
class Changed:
    """One answer that was changed since the return, as it is read: what it said, and what it says now."""

    label: str
    before: Sequence[str]
    after: Sequence[str]


def changed(found: Sequence[Change]) -> list[Changed]:
    """The changes in words; units by their names."""
    ids = {int(entry) for one in found if one.name == "unit_1" for entry in (*one.before, *one.after)}
    units = unit_names(ids) if ids else {}
    return [
        Changed(str(LABEL[one.name]), *(_shown(one.name, said, units) for said in (one.before, one.after)))
        for one in found
    ]


def _shown(name: str, said: Sequence[str], units: Mapping[int, str]) -> list[str]:
    if name == "unit_1":
        return [units.get(int(entry), entry) for entry in said]
    if name == "topics":
        known = topic_names([int(entry) for entry in said if entry.isdigit()], spoken())
        return [known.get(int(entry), entry) if entry.isdigit() else entry for entry in said]
    if name == "first_1":
        return [day_range(*map(date.fromisoformat, entry.split())) for entry in said]
    if name == "code_1":
        return [f"{language_name(code)} {level}" for code, _blank, level in (entry.partition(" ") for entry in said)]
    return list(said)
