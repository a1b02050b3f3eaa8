"""The answers of an application by section, as plain values for templates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from portal.applications.changes import LISTS
from portal.applications.labels import LABEL, SECTION, WORDS_OF
from portal.applications.models import Application
from portal.applications.sections import COLUMNS, Section, ticked_at
from portal.documents.labels import DOCUMENT
from portal.documents.models import Document
from portal.exchanges.models import Exchange
from portal.personal_data.models import ConsentAct
from portal.personal_data.queries import newest
from portal.units.queries import UnitName
from portal.web.formats import day_range, file_size, in_days, language_name, lines, said, short_day
from portal.web.language import spoken


@dataclass(frozen=True)
class Answer:
    """One answer: text, or entries of a list, or files to download; `written`: in the expert's own language."""

    label: str
    text: str = ""
    entries: Sequence[str] = ()
    files: Sequence[Document] = field(default=())
    written: bool = False
    lang: str = ""  # of a text that is not in the language of the page


@dataclass(frozen=True)
class Part:
    """A section with its answers, read-only."""

    section: Section
    title: str
    answers: Sequence[Answer]


def section_url(exchange: Exchange, section: Section, field_name: str = "") -> str:
    """The address on which a section, or one answer in it, is changed."""
    anchor = field_name or None
    if section is Section.DOCUMENTS:
        return url_for("documents.edit", reference=exchange.reference, _anchor=anchor)
    return url_for("applications.section", reference=exchange.reference, name=section.value, _anchor=anchor)


def answers_of(application: Application, section: Section) -> list[Answer]:
    """The answers of a section whose answers are columns of the application, and its topics."""
    return [
        _topics(application) if name == "topics" else _answer(name, getattr(application, name))
        for name in COLUMNS[section]
    ]


def _topics(application: Application) -> Answer:
    """As the reader's language names them; those in another are marked so, and those of a draft follow."""
    known = [said(topic.in_language(spoken())) for topic in application.topics]
    return Answer(str(LABEL["topics"]), entries=[*known, *lines(application.other_topics)])


def _answer(name: str, value: Any) -> Answer:
    label = str(LABEL[name])
    if name in LISTS:
        return Answer(label, entries=lines(value), written=True)
    return Answer(label, "" if value is None else str(value), written=isinstance(value, str))


def group(application: Application, wished: Sequence[UnitName], documents: Sequence[Document]) -> list[Part]:
    """Every section with its answers, in order."""
    answers = {
        Section.PERSON: answers_of(application, Section.PERSON),
        Section.LANGUAGES: [_languages(application)],
        Section.PLAN: answers_of(application, Section.PLAN),
        Section.BENEFIT: answers_of(application, Section.BENEFIT),
        Section.WISHES: _wishes(application, wished),
        Section.DOCUMENTS: [
            Answer(str(DOCUMENT[d.kind]), f"{d.name}, {file_size(d.size)}", files=[d]) for d in documents
        ]
        or [Answer(str(LABEL["file"]))],
        Section.CONSENT: _consent(application),
    }
    return [Part(section, str(SECTION[section]), answers[section]) for section in Section]


def _languages(application: Application) -> Answer:
    return Answer(
        str(LABEL["code_1"]), entries=[f"{language_name(k.code)}: {k.level.value}" for k in application.languages]
    )


def _wishes(application: Application, wished: Sequence[UnitName]) -> list[Answer]:
    units = [unit.label for unit in wished]
    windows = [day_range(window.first, window.last) for window in application.windows]
    anywhere = [_("Any unit")] if application.wishes_none else []
    return [
        Answer(str(LABEL["unit_1"]), entries=[*units, *anywhere]),
        Answer(str(LABEL["first_1"]), entries=windows),
        _answer("days", in_days(application.call.kind.value, application.days) if application.days else ""),
        *(_answer(name, getattr(application, name)) for name in ("needs", "replacement")),
    ]


def _consent(application: Application) -> list[Answer]:
    days = {name: short_day(at, application.call.home.zone) for name, at in ticked_at(application).items()}
    ticks = [Answer(str(LABEL[name]), _("Given on %(day)s", day=day) if day else "") for name, day in days.items()]
    ticked = [row for row in newest(application.exchange_id).values() if row.act is ConsentAct.GIVEN and row.words]
    said = [Answer(str(WORDS_OF[row.kind]), row.words.text, lang=row.language) for row in ticked if row.words]
    return [*ticks, *said]
