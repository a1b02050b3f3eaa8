"""What an application is decided on: the call's conditions with what the application says, for templates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from portal.applications.labels import LABEL
from portal.applications.models import Application
from portal.applications.requirements import Condition, Met, Requirement, requirements
from portal.documents.labels import DOCUMENT
from portal.documents.models import Document
from portal.web.formats import day_range, language_name, short_day


@dataclass(frozen=True)
class Ticked:
    """One condition of the call, what the application says, and the documents that show it."""

    label: str
    met: Met
    said: str
    files: Sequence[Document] = ()


def ticked(application: Application, documents: Sequence[Document]) -> list[Ticked]:
    """Every condition of the application's call."""
    call = application.call
    found = requirements(application, call, {document.kind for document in documents})
    return [_ticked(one, application, documents) for one in found]


def _ticked(one: Requirement, application: Application, documents: Sequence[Document]) -> Ticked:
    if one.kind is not None:
        files = [document for document in documents if document.kind is one.kind]
        return Ticked(str(DOCUMENT[one.kind]), one.met, "", files)
    return Ticked(_label(one.condition, application), one.met, _said(one, application))


def _label(condition: Condition, application: Application) -> str:
    call = application.call
    if condition is Condition.LANGUAGE:
        return _("Can work in %(language)s (B1 or better)", language=language_name(call.host.language))
    if condition is Condition.DATES:
        facts = {"least": call.min_days, "most": call.max_days, "dates": day_range(call.earliest, call.latest)}
        return _("%(least)s to %(most)s days within %(dates)s", **facts)
    if condition is Condition.TOPICS:
        return _("Topics of the call")
    return str(LABEL[condition.value])


def _said(one: Requirement, application: Application) -> str:
    """What the application says of it, in one line."""
    if one.condition is Condition.LANGUAGE:
        return ", ".join(f"{language_name(known.code)} {known.level.value}" for known in application.languages)
    if one.condition is Condition.DATES:
        windows = " · ".join(day_range(window.first, window.last) for window in application.windows)
        return _("%(days)s days, %(windows)s", days=application.days, windows=windows) if windows else ""
    if one.condition is Condition.YEARS:
        return "" if application.years is None else str(application.years)
    given = {Condition.DECLARED: application.declared_at, Condition.CONSENTED: application.consented_at}
    at = given.get(one.condition)
    return ", ".join(one.common) if at is None else _("Given on %(day)s", day=short_day(at, application.call.home.zone))
