"""The conditions of a call, and whether an application meets them. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from portal.accounts.models import Level
from portal.applications.models import Application
from portal.applications.sections import wishes_findings
from portal.calls.models import Call
from portal.documents.models import DocumentKind
from portal.topics.models import Topic


class Met(StrEnum):
    MET = "met"
    NOT_MET = "not_met"
    NOT_SAID = "not_said"


class Condition(StrEnum):
    """What a call asks for, in the order in which it is read."""

    YEARS = "years"
    LANGUAGE = "language"
    TOPICS = "topics"
    DATES = "dates"
    DOCUMENT = "document"  # one for each kind that the call requires
    DECLARED = "declared"
    CONSENTED = "consented"


@dataclass(frozen=True)
class Requirement:
    """One condition: whether it is met; `kind` of a required document; `common` topics."""

    condition: Condition
    met: Met
    kind: DocumentKind | None = None
    common: Sequence[Topic] = field(default=())


def has_fallen(one: Requirement) -> bool:
    """Whether a condition of an application that was handed in is not met although nobody hands in without it: the call
    was changed afterwards."""
    return one.met is Met.NOT_MET and one.condition in (Condition.DATES, Condition.DOCUMENT)


def requirements(application: Application, call: Call, held: Collection[DocumentKind]) -> list[Requirement]:
    """Every condition of the call. `held` are the kinds of the documents that have been added."""
    common = [topic for topic in application.topics if topic in call.topics]
    topics = _met(bool(common), said=bool(application.topics and call.topics))
    return [
        Requirement(Condition.YEARS, years(application.years, call.min_years)),
        *([Requirement(Condition.LANGUAGE, speaks(application, call.host.language, call.level))] if call.level else ()),
        Requirement(Condition.TOPICS, topics, common=common),
        Requirement(Condition.DATES, _dates(application, call)),
        *(Requirement(Condition.DOCUMENT, _met(kind in held), kind) for kind in call.documents),
        Requirement(Condition.DECLARED, _met(application.declared_at is not None)),
        Requirement(Condition.CONSENTED, _met(application.consented_at is not None)),
    ]


def _met(fulfilled: bool, said: bool = True) -> Met:
    if not said:
        return Met.NOT_SAID
    return Met.MET if fulfilled else Met.NOT_MET


def years(said: int | None, least: int | None) -> Met:
    return _met(said is not None and said >= (least or 0), said=said is not None)


def speaks(application: Application, language: str, least: Level) -> Met:
    """Whether the expert knows the language of the host agency well enough."""
    enough = list(Level)[list(Level).index(least) :]
    known = any(known.code == language and known.level in enough for known in application.languages)
    return _met(known, said=bool(application.languages))


def _dates(application: Application, call: Call) -> Met:
    """Whether wished dates and length lie within the call's limits."""
    windows = [(window.first, window.last) for window in application.windows]
    within = not wishes_findings(application.days, windows, call)
    return _met(within, said=bool(windows) and application.days is not None)
