"""Labels of applications: sections, answers, the consent, and the texts of findings."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from portal.applications.sections import DOCUMENT_MISSING, MISSING, Section
from portal.documents.labels import DOCUMENT
from portal.findings import Finding
from portal.personal_data.models import ConsentKind
from portal.topics import labels as topics
from portal.web import uploads
from portal.web.findings import in_words

SECTION: dict[Section, Any] = {
    Section.PERSON: _l("Person and post"),
    Section.LANGUAGES: _l("Languages"),
    Section.PLAN: _l("What is planned"),
    Section.BENEFIT: _l("What both sides gain"),
    Section.WISHES: _l("Wished hosts and dates"),
    Section.DOCUMENTS: _l("Documents"),
    Section.CONSENT: _l("Consent to show the data"),
}
LABEL: dict[str, Any] = {
    "name": _l("Name"),
    "document_name": _l("Name as in your travel document"),
    "post": _l("Post"),
    "unit_name": _l("Unit"),
    "years": _l("Years of experience"),
    "topics": _l("Topics of expertise"),
    "code_1": _l("Languages"),
    "situation": _l("Situation and problem"),
    "aim": _l("Aim"),
    "results": _l("Expected results"),
    "activities": _l("Activities proposed"),
    "benefit_home": _l("Benefit for the home agency"),
    "benefit_host": _l("Benefit for the host agency"),
    "earlier": _l("Earlier exchanges"),
    "unit_1": _l("Wished host units"),
    "first_1": _l("Wished dates"),
    "days": _l("Days wished"),
    "needs": _l("Needs"),
    "replacement": _l("Replacement person"),
    "file": _l("Documents"),
    "declared": _l("Declaration"),
    "noticed": _l("Notice on personal data"),
    "consented": _l("Consent"),
}
WORDS_OF: dict[ConsentKind, Any] = {
    ConsentKind.NOTICE: _l("Words of the notice"),
    ConsentKind.CONSENT: _l("Words of the consent"),
}
FINDINGS: dict[str, Any] = {
    "missing": _l("Answer this question."),
    "window_order": _l("The last day must not come before the first."),
    "window_outside": _l("This call allows visits from %(earliest)s to %(latest)s. Choose days within."),
    "window_half": _l("Enter both the first and the last day, or leave both empty."),
    "days_limits": _l("This call allows stays of %(allowed)s."),
    "days_window": _l(
        "A stay of %(length)s does not fit into wished dates that have %(room)s of them. Wish for fewer days or wider "
        "dates."
    ),
    "window_soon": _l(
        "The wished dates from %(first)s begin before %(soon)s; dates and plan may not be agreed by then."
    ),
    "document_missing": _l("Add this document: %(kind)s."),
    "level": _l("Choose a level from A1 to C2."),
    "language_half": _l("Choose both the language and the level."),
    "language_twice": _l("This language is named twice."),
    "too_many_languages": _l("Name at most %(most)s languages."),
    "unit": _l("Choose a unit of the host agency."),
    "unit_twice": _l("This unit is named twice."),
    "not_open": _l("This call takes no applications."),
    "other_agency": _l("This call is for experts of %(agency)s."),
    "deadline": _l(
        "The deadline has passed: it was %(deadline)s. The application was not handed in; your text is kept."
    ),
    "not_open_yet": _l("The call opens on %(opens)s. Until then you can prepare, but not hand in."),
    "call_cancelled": _l("The call has been cancelled and takes no applications."),
    "no_file": _l("Choose a file."),
    "choose_again": _l("Choose the file again: a browser does not keep it when the page is shown in another language."),
    "not_writable": _l("The application has been handed in; documents can no longer be changed."),
    "removed_before": _l("This document was removed already."),
    **{kind.value: words for kind, words in DOCUMENT.items()},
    **uploads.FINDINGS,
    **topics.FINDINGS,
}


def concerned(finding: Finding) -> str:
    """The label of what a finding concerns: the question, or the missing document."""
    if finding.code == DOCUMENT_MISSING:
        return str(DOCUMENT[finding.facts["kind"]])
    return str(LABEL[finding.field])


def beside(finding: Finding) -> str:
    """The text of a finding for the check-answers page; empty for a missing answer, whose label is enough."""
    return "" if finding.code in (MISSING, DOCUMENT_MISSING) else in_words(finding, FINDINGS)
