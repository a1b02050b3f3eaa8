"""The sections of an application, what each requires, and what is wrong or missing, as findings. Pure.

Saving a draft checks only lengths and formats; submitting needs an empty list of findings, whose texts are in
`labels.FINDINGS`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from portal import calendars
from portal.applications.models import Application
from portal.calls.effects import Limits
from portal.calls.models import Call
from portal.documents.models import DocumentKind
from portal.exchanges.models import Kind
from portal.findings import Finding, Progress, error, warning
from portal.personal_data.models import ConsentKind
from portal.personal_data.texts import Words


class Section(StrEnum):
    """The sections, each a page, in the order in which they are filled in."""

    PERSON = "person"
    LANGUAGES = "languages"
    PLAN = "plan"
    BENEFIT = "benefit"
    WISHES = "wishes"
    DOCUMENTS = "documents"
    CONSENT = "consent"


@dataclass(frozen=True)
class Ticks:
    """The declaration, and the words of each kind that were ticked; None where one was not."""

    declared: bool
    words: Mapping[ConsentKind, Words | None]


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


def window_findings(number: int, first: date, last: date, call: Call | Limits) -> list[Finding]:
    """What is wrong with one wished window: its order, or days outside the call."""
    if last < first:
        return [error("window_order", f"last_{number}")]
    starts_inside = call.earliest <= first <= call.latest
    if starts_inside and last <= call.latest:
        return []
    field = f"last_{number}" if starts_inside else f"first_{number}"
    return [error("window_outside", field, earliest=call.earliest, latest=call.latest)]


def days_findings(days: int | None, windows: Sequence[tuple[date, date]], call: Call | Limits) -> list[Finding]:
    """Findings about the wished length, in the unit of the call's kind: the call's limits, and every wished window."""
    if days is None:
        return []
    if not call.min_days <= days <= call.max_days:
        return [error("days_limits", "days", allowed=(call.kind.value, call.min_days, call.max_days))]
    for first, last in windows:
        room = calendars.stay_days(first, last, call.kind is Kind.SHORT)
        if first <= last and room < days:
            return [error("days_window", "days", length=(call.kind.value, days), room=room)]
    return []


def wishes_findings(days: int | None, windows: Sequence[tuple[date, date]], call: Call | Limits) -> list[Finding]:
    """Findings about dates that even a draft may not have."""
    found = [finding for n, window in enumerate(windows, 1) for finding in window_findings(n, *window, call)]
    return found + days_findings(days, windows, call)


def wish_warnings(windows: Sequence[tuple[date, date]], soon: date) -> list[Finding]:
    """What to mind about dates that are allowed: those that begin before `soon`, by when nothing can be agreed."""
    numbered = enumerate(windows, 1)
    return [
        warning("window_soon", f"first_{n}", first=first, soon=soon) for n, (first, _last) in numbered if first < soon
    ]


def _texts(application: Application, section: Section) -> list[Finding]:
    return [error(MISSING, name) for name in REQUIRED[section] if not _given(application, name)]


def _given(application: Application, name: str) -> bool:
    if name == "topics":
        return bool(application.topics or application.other_topics)
    return getattr(application, name) not in ("", None)


def _wishes(application: Application, call: Call) -> list[Finding]:
    windows = [(window.first, window.last) for window in application.windows]
    found = wishes_findings(application.days, windows, call)
    if not application.wishes and not application.wishes_none:
        found.append(error(MISSING, "unit_1"))
    if not windows:
        found.append(error(MISSING, "first_1"))
    if application.days is None:
        found.append(error(MISSING, "days"))
    return found


def _consent(application: Application) -> list[Finding]:
    return [error(MISSING, name) for name, at in ticked_at(application).items() if at is None]


def ticked_at(application: Application) -> dict[str, datetime | None]:
    """When each box of the last section was ticked; None where it is not."""
    return {
        "declared": application.declared_at,
        "noticed": application.noticed_at,
        "consented": application.consented_at,
    }


def _documents(call: Call, held: Collection[DocumentKind]) -> list[Finding]:
    missing = [kind for kind in call.documents if kind not in held]
    return [error(DOCUMENT_MISSING, "file", kind=kind) for kind in missing]


def progress(application: Application, call: Call, held: Collection[DocumentKind]) -> list[Progress]:
    """Every section's state, in order. `held` are the kinds of the documents that have been added."""
    rows = []
    for section in (Section.PERSON, Section.PLAN, Section.BENEFIT):
        rows.append(_row(section, len(REQUIRED[section]), _texts(application, section)))
    languages = [] if application.languages else [error(MISSING, "code_1")]
    rows.append(_row(Section.LANGUAGES, 1, languages))
    rows.append(_row(Section.WISHES, 3, _wishes(application, call)))
    documents = _documents(call, held)
    rows.append(Progress(Section.DOCUMENTS, len(call.documents) - len(documents), len(call.documents), documents))
    rows.append(_row(Section.CONSENT, 3, _consent(application)))
    order = list(Section)
    return sorted(rows, key=lambda row: order.index(row.section))


def _row(section: Section, needed: int, findings: Sequence[Finding]) -> Progress:
    return Progress(section, needed - sum(finding.code == MISSING for finding in findings), needed, findings)


def findings(rows: Iterable[Progress]) -> list[Finding]:
    """All findings of all sections, in the sections' order."""
    return [finding for row in rows for finding in row.findings]
