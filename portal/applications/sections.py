"""The application's sections, what each must hold, and what is still wrong with it. Pure: plain values in, codes out.

Saving a draft checks only lengths and formats; handing in needs an empty list of problems. The words for each code
stand in `words.MESSAGES`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from portal.applications.models import Application
from portal.calls.models import Call, DocumentKind


class Section(StrEnum):
    """One subject a page, in the order in which they are filled in."""

    PERSON = "person"
    LANGUAGES = "languages"
    PLAN = "plan"
    BENEFIT = "benefit"
    WISHES = "wishes"
    DOCUMENTS = "documents"
    CONSENT = "consent"


PREPARE = (
    Section.PERSON,
    Section.LANGUAGES,
    Section.PLAN,
    Section.BENEFIT,
    Section.WISHES,
    Section.DOCUMENTS,
)

# the columns of each section, and which of them must be answered before handing in
COLUMNS: dict[Section, tuple[str, ...]] = {
    Section.PERSON: ("name", "document_name", "post", "unit_name", "years", "topics"),
    Section.PLAN: ("situation", "aim", "results", "activities"),
    Section.BENEFIT: ("benefit_home", "benefit_host", "earlier"),
    Section.WISHES: ("wishes_none", "days", "needs", "replacement"),
}
REQUIRED: dict[Section, tuple[str, ...]] = {
    Section.PERSON: ("name", "document_name", "post", "unit_name", "years", "topics"),
    Section.PLAN: ("situation", "aim", "results", "activities"),
    Section.BENEFIT: ("benefit_home", "benefit_host"),
}
MISSING = "missing"
DOCUMENT_MISSING = "document_missing"


@dataclass(frozen=True)
class Problem:
    """Something that keeps the application from being handed in: `code` names the rule, `field` the answer."""

    section: Section
    field: str
    code: str
    facts: dict[str, Any] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True)
class Progress:
    """How far one section is: answers that it needs, how many are there, and what is wrong beside those missing."""

    section: Section
    answered: int
    needed: int
    problems: Sequence[Problem]

    @property
    def complete(self) -> bool:
        return not self.problems

    @property
    def wrong(self) -> int:
        """Problems other than answers that are not there yet."""
        return sum(problem.code != MISSING for problem in self.problems)


def window_problems(number: int, first: date, last: date, call: Call) -> list[Problem]:
    """What is wrong with one wished window: its order, or days outside the call."""
    if last < first:
        return [Problem(Section.WISHES, f"last_{number}", "window_order")]
    facts = {"earliest": call.earliest, "latest": call.latest}
    if first < call.earliest or first > call.latest:
        return [Problem(Section.WISHES, f"first_{number}", "window_outside", facts)]
    if last > call.latest:
        return [Problem(Section.WISHES, f"last_{number}", "window_outside", facts)]
    return []


def days_problems(days: int | None, windows: Sequence[tuple[date, date]], call: Call) -> list[Problem]:
    """A wished length within the call's limits that fits into every wished window."""
    if days is None:
        return []
    if not call.min_days <= days <= call.max_days:
        return [Problem(Section.WISHES, "days", "days_limits", {"least": call.min_days, "most": call.max_days})]
    for first, last in windows:
        if first <= last and (last - first).days + 1 < days:
            return [Problem(Section.WISHES, "days", "days_window", {"days": days, "room": (last - first).days + 1})]
    return []


def wishes_problems(days: int | None, windows: Sequence[tuple[date, date]], call: Call) -> list[Problem]:
    """Everything about dates that a draft may not say either."""
    found = [p for n, (first, last) in enumerate(windows, 1) for p in window_problems(n, first, last, call)]
    return found + days_problems(days, windows, call)


def _missing(section: Section, *names: str) -> list[Problem]:
    return [Problem(section, name, MISSING) for name in names]


def _texts(application: Application, section: Section) -> list[Problem]:
    return [p for n in REQUIRED[section] if getattr(application, n) in ("", None) for p in _missing(section, n)]


def _wishes(application: Application, call: Call) -> list[Problem]:
    windows = [(window.first, window.last) for window in application.windows]
    found = wishes_problems(application.days, windows, call)
    if not application.wishes and not application.wishes_none:
        found += _missing(Section.WISHES, "unit_1")
    if not windows:
        found += _missing(Section.WISHES, "first_1")
    if application.days is None:
        found += _missing(Section.WISHES, "days")
    return found


def _consent(application: Application) -> list[Problem]:
    given = {"declared": application.declared_at, "consented": application.consented_at}
    return [problem for name, at in given.items() if at is None for problem in _missing(Section.CONSENT, name)]


def _documents(call: Call, held: Collection[DocumentKind]) -> list[Problem]:
    missing = [kind for kind in call.documents if kind not in held]
    return [Problem(Section.DOCUMENTS, "file", DOCUMENT_MISSING, {"kind": kind}) for kind in missing]


def progress(application: Application, call: Call, held: Collection[DocumentKind]) -> list[Progress]:
    """Every section's state, in order. `held` are the kinds of the documents that have been added."""
    rows = []
    for section in (Section.PERSON, Section.PLAN, Section.BENEFIT):
        rows.append(_row(section, len(REQUIRED[section]), _texts(application, section)))
    languages = [] if application.languages else _missing(Section.LANGUAGES, "code_1")
    rows.append(_row(Section.LANGUAGES, 1, languages))
    rows.append(_row(Section.WISHES, 3, _wishes(application, call)))
    documents = _documents(call, held)
    rows.append(Progress(Section.DOCUMENTS, len(call.documents) - len(documents), len(call.documents), documents))
    rows.append(_row(Section.CONSENT, 2, _consent(application)))
    order = list(Section)
    return sorted(rows, key=lambda row: order.index(row.section))


def _row(section: Section, needed: int, problems: Sequence[Problem]) -> Progress:
    return Progress(section, needed - sum(problem.code == MISSING for problem in problems), needed, problems)


def problems(rows: Iterable[Progress]) -> list[Problem]:
    """All problems of all sections, in the sections' order."""
    return [problem for row in rows for problem in row.problems]
