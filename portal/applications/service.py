"""Begins, saves, submits and withdraws applications, and stores the agencies' comments on sections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from portal import calendars
from portal.accounts import queries as people
from portal.accounts.models import Level, Person, PersonLanguage
from portal.applications import queries
from portal.applications.changes import snapshot
from portal.applications.models import Application, ApplicationLanguage, HandedIn, SectionComment, Window, WishedUnit
from portal.applications.sections import COLUMNS, Section, Ticks, findings, progress, wish_warnings, wishes_findings
from portal.calls.models import Call, Phase
from portal.calls.places import lock_places
from portal.db import advisory_lock, session
from portal.documents.queries import of_subject as documents_of_subject
from portal.exchanges import queries as exchange_queries
from portal.exchanges import service as exchanges
from portal.exchanges.models import Exchange
from portal.findings import Conflict, EditConflict, Finding, RuleViolation, error, settle
from portal.personal_data import service as personal_data
from portal.personal_data import withdrawal
from portal.policy import Actor, Permission, require
from portal.subjects import service as subjects
from portal.topics import queries as topics
from portal.topics.models import Topic
from portal.topics.service import chosen
from portal.units.queries import names_of
from portal.workflows.exchange import EXCHANGE
from portal.workflows.exchange_terms import Action, Status

WRITABLE = frozenset({Status.DRAFT, Status.RETURNED})
PROFILE = ("document_name", "post", "unit_name", "years")
WRITTEN_IN = "language"  # of the expert's texts
MOST_LANGUAGES = 6
MOST_WISHES = 3


class Incomplete(RuleViolation):
    """Submitting was refused because of findings about single answers."""


@dataclass(frozen=True)
class Answers:
    """One section's answers. `columns` are plain values by name, topics by their ids; a list that is given replaces the
    one before.

    `languages` are (code, CEFR level), `wishes` ids of host units by rank, `windows` (first, last) in rank;
    `consent` says whether the person declares that all is correct, and what else they ticked (None: nothing).
    """

    columns: Mapping[str, Any] = field(default_factory=dict)
    languages: Sequence[tuple[str, str]] | None = None
    wishes: Sequence[int] | None = None
    windows: Sequence[tuple[date, date]] | None = None
    consent: Ticks | None = None


def begin_application(call: Call, by: Actor) -> Exchange:
    """A draft for `by` under this call, filled from the profile; the one that exists already where there is one.

    Raises Denied, RuleViolation: "not_open" (not published, closed or cancelled), "other_agency".
    """
    require(Permission.APPLY, by)
    advisory_lock(f"apply:{call.id}:{by.id}")
    existing = queries.own(call.id, by.id)
    if existing is not None:
        return existing
    call = lock_places(call.id)  # it may have been changed, or cancelled, since it was read
    if call.phase(calendars.now()) not in (Phase.OPEN, Phase.UPCOMING):
        raise RuleViolation("not_open")
    if call.home_id not in by.applies_from:
        raise RuleViolation("other_agency", agency=call.home.short_name)
    person = people.person_with_profile(by.id)
    exchange = exchanges.begin(
        by=by,
        kind=call.kind,
        call_id=call.id,
        heading=call.heading,
        home_id=call.home_id,
        host_id=call.host_id,
        due=call.deadline.astimezone(ZoneInfo(call.zone)).date(),
        expert=person,
    )
    session.add(_from_profile(exchange, person, by.language or person.mail_language))
    session.flush()
    return exchange


def _from_profile(exchange: Exchange, person: Person, language: str) -> Application:
    return Application(
        exchange_id=exchange.id,
        call_id=exchange.call_id,
        language=language,
        name=person.name,
        saved_at=calendars.now(),
        languages=[ApplicationLanguage(code=known.code, level=known.level) for known in person.languages],
        topics=list(person.topics),
        **{name: getattr(person, name) for name in PROFILE},
    )


def save(exchange: Exchange, section: Section, answers: Answers, *, version: int, by: Actor) -> Application:
    """Saves one section of a draft, complete or not; returns the application with its new version.

    Raises Denied, EditConflict (`version` is not the present one), Conflict (the exchange is no longer being written),
    RuleViolation: "too_many_languages", "level", "language_twice", "unit", "unit_twice" and the codes of
    `_check_draft`.
    """
    exchange = exchange_queries.locked(exchange.id)
    require(Permission.WRITE_APPLICATION, by, exchange)
    if exchange.status not in WRITABLE:
        raise Conflict(exchange.reference)
    application = queries.locked(exchange.id)
    if application.version != version:
        raise EditConflict(exchange.reference)
    _check_draft(application, section, answers)
    _write(application, section, answers)
    _give_back(application, by.id, section)
    names = (application.name or exchange.person_name, application.document_name)
    if names != (exchange.person_name, exchange.document_name):
        exchanges.rename(exchange, *names)
    session.flush()
    return application


def _check_draft(application: Application, section: Section, answers: Answers) -> None:
    """Raises RuleViolation for what cannot be stored or is wrong in any draft: codes of `sections` and those below."""
    if section is Section.LANGUAGES:
        _check_languages(answers.languages or ())
    if section is Section.WISHES:
        found = wishes_findings(answers.columns.get("days"), answers.windows or (), application.call)
        if found:
            raise RuleViolation(*found)
        _check_wishes(application, answers.wishes or ())


def _check_languages(languages: Sequence[tuple[str, str]]) -> None:
    codes: set[str] = set()
    for number, (code, level) in enumerate(languages, 1):
        if level not in set(Level):
            raise RuleViolation("level", field=f"level_{number}")
        if code in codes:
            raise RuleViolation("language_twice", field=f"code_{number}")
        codes.add(code)
    if len(languages) > MOST_LANGUAGES:
        raise RuleViolation("too_many_languages", field="code_1", most=MOST_LANGUAGES)


def _check_wishes(application: Application, wishes: Sequence[int]) -> None:
    allowed = {unit.id for unit in names_of(application.call.host_id)}
    allowed |= {wish.unit_id for wish in application.wishes}  # a wished unit may stay although it has become inactive
    for number, unit_id in enumerate(wishes, 1):
        if unit_id not in allowed:
            raise RuleViolation("unit", field=f"unit_{number}")
        if unit_id in wishes[: number - 1]:
            raise RuleViolation("unit_twice", field=f"unit_{number}")
    if len(wishes) > MOST_WISHES:
        raise RuleViolation("unit", field=f"unit_{MOST_WISHES}")


def _write(application: Application, section: Section, answers: Answers) -> None:
    for name in (*COLUMNS.get(section, ()), WRITTEN_IN, "other_topics"):
        if name in answers.columns:
            value = answers.columns[name]
            setattr(application, name, topics.now(value or ()) if name == "topics" else value)
    application.saved_at = calendars.now()
    if answers.consent is not None:
        _write_ticks(application, answers.consent)
    if answers.languages is not None:
        given = [(code, Level(level)) for code, level in answers.languages]
        if given != [(known.code, known.level) for known in application.languages]:
            _replace(application.languages, [ApplicationLanguage(code=code, level=level) for code, level in given])
    if answers.wishes is not None and list(answers.wishes) != [wish.unit_id for wish in application.wishes]:
        ranked = enumerate(answers.wishes, 1)
        _replace(application.wishes, [WishedUnit(rank=rank, unit_id=unit_id) for rank, unit_id in ranked])
    if answers.windows is not None and list(answers.windows) != [(w.first, w.last) for w in application.windows]:
        dates = enumerate(answers.windows, 1)
        _replace(application.windows, [Window(rank=rank, first=first, last=last) for rank, (first, last) in dates])


def _replace(rows: list[Any], new: list[Any]) -> None:
    """Deletes the old rows first, because ranks are unique."""
    rows.clear()
    session.flush()
    rows.extend(new)


def _write_ticks(application: Application, ticks: Ticks) -> None:
    """Stores the moment of a new tick; one that stays keeps its moment unless the text has changed."""
    application.declared_at = (application.declared_at or calendars.now()) if ticks.declared else None
    personal_data.tick(application.exchange_id, application.exchange.expert_id, ticks.words)
    session.expire(application, ["noticed_at", "consented_at"])


def _give_back(application: Application, person_id: int, section: Section) -> None:
    """Copies to the profile what is still empty there, so that people enter it once."""
    if section not in (Section.PERSON, Section.LANGUAGES):
        return
    person = people.person_with_profile(person_id)
    if section is Section.LANGUAGES and not person.languages:
        person.languages = [PersonLanguage(code=known.code, level=known.level) for known in application.languages]
    if section is Section.PERSON:
        person.topics = person.topics or list(application.topics)
        for name in PROFILE:
            if getattr(person, name) in ("", None) and getattr(application, name) not in ("", None):
                setattr(person, name, getattr(application, name))


def submit(exchange: Exchange, *, version: int, by: Actor, confirmed: str | None = None) -> None:
    """Submits the application. A returned one may be submitted after the deadline, since it was in time.

    Raises Denied, Conflict, AlreadyDone as `advance()` does, RuleViolation: "not_open", "deadline", "call_cancelled";
    warnings that are not `confirmed` (`findings.settle`); Incomplete with all findings.
    """
    known = _with_proposed(exchange, by)
    exchange = exchange_queries.locked(exchange.id)
    if exchange.version == version and EXCHANGE.follow(exchange.state, Action.EXPERT_SUBMIT) is not None:
        require(Action.EXPERT_SUBMIT, by, exchange)
        application = queries.locked(exchange.id)
        application.topics, application.other_topics = known or application.topics, ""
        late = time_finding(application.call, exchange.status)
        if late is not None:
            raise RuleViolation(late)
        held = {document.kind for document in documents_of_subject(exchange.id)}
        found = findings(progress(application, application.call, held))
        if found:
            raise Incomplete(*found)
        settle(_to_mind(exchange, application), confirmed)
    subjects.advance(exchange, Action.EXPERT_SUBMIT, by=by, version=version)
    said = snapshot(queries.locked(exchange.id), [document.name for document in documents_of_subject(exchange.id)])
    session.add(HandedIn(exchange_id=exchange.id, version=version + 1, answers=said))
    session.flush()


def _with_proposed(exchange: Exchange, by: Actor) -> list[Topic]:
    """The topics of an application together with those that its draft still names in the expert's own words; none where
    there are no such words."""
    draft = queries.of_exchange(exchange.id)
    if draft is None or not draft.other_topics or draft.exchange.expert_id != by.id:
        return []
    return chosen([topic.id for topic in draft.topics], draft.other_topics, by=by)


def _to_mind(exchange: Exchange, application: Application) -> list[Finding]:
    """The warnings about the wished dates; the call's time limits say how long before the start a plan is agreed."""
    agreed = timedelta(days=exchange_queries.clocks_for(exchange.call_id).plan_agreed)
    windows = [(window.first, window.last) for window in application.windows]
    return wish_warnings(windows, calendars.today(exchange.host.zone) + agreed)


def time_finding(call: Call, status: Status) -> Finding | None:
    """Why an application in this status cannot be submitted at this moment, None where it can."""
    phase = call.phase(calendars.now())
    if status is Status.RETURNED:
        return None  # it was in time, and what was handed in goes on
    if phase is Phase.CANCELLED:
        return error("call_cancelled")
    if phase is Phase.CLOSED:
        return error("deadline", deadline=call.deadline, zone=call.zone)
    return None if phase is Phase.OPEN else error("not_open_yet", opens=call.opens, zone=call.zone)


def withdraw(exchange: Exchange, *, version: int, reason: str, by: Actor) -> None:
    """Ends the exchange for the expert, and with it the host side's sight. Raises Denied, Conflict, AlreadyDone."""
    withdrawal.withdraw(exchange, version=version, reason=reason, by=by)


def comment(exchange: Exchange, version: int, agency_id: int, by: Actor, texts: Mapping[str, str]) -> None:
    """Stores what `agency_id` asks to be changed, section by section, on the version that it read.

    `texts` are by `Section` value; blank ones are left out. Raises ValueError for an unknown section.
    The caller (the decision to return) has asked the policy and flushes with its own step.
    """
    at = calendars.now()
    for section, text in texts.items():
        if text.strip():
            session.add(
                SectionComment(
                    exchange_id=exchange.id,
                    version=version,
                    agency_id=agency_id,
                    by_id=by.id,
                    section=Section(section).value,
                    text=text.strip(),
                    language=by.language,
                    at=at,
                )
            )
    session.flush()
