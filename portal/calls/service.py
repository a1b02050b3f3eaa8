"""Writes, publishes and cancels calls, and edits headings and time limits."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from portal import calendars
from portal.accounts.models import Level
from portal.administration import service as administration
from portal.administration.service import Changes
from portal.calls import effects, queries
from portal.calls.effects import Limits
from portal.calls.models import Call, CallState, Heading
from portal.db import advisory_lock, session
from portal.documents.models import DocumentKind
from portal.exchanges import service as exchanges
from portal.exchanges.call_changes import tell_writers
from portal.exchanges.models import Clocks, Kind
from portal.findings import EditConflict, Finding, RuleViolation, error, settle
from portal.policy import Actor, Permission, require
from portal.topics import queries as topics

HEADINGS = Path(__file__).with_name("headings.csv")
LIMITS = {Kind.SHORT: (2, 30), Kind.LONG: (31, 365)}  # days of a stay, in the unit of the kind
CLOCKS = ("decision", "escalation", "changes", "plan_drafted", "plan_agreed", "evaluation", "report", "progress")
CLOCK_NAMES = (*CLOCKS, "follow_up")
HEADING_TEXTS = ("title", "purpose", "title_tr", "purpose_tr", "title_az", "purpose_az")
FIXED = ("kind", "home_id", "host_id", "heading")  # copied into every exchange, hence fixed once there is one


@dataclass(frozen=True)
class CallFacts:
    """The contents of a call. `opens` and `deadline` are aware; `topics` are ids. `min_days` and `max_days` of a stay
    are working days in a short call, calendar days in a long one."""

    title_en: str
    title_tr: str
    title_az: str
    kind: Kind
    home_id: int
    host_id: int
    agency_id: int
    heading: int
    description: str
    who_can_apply: str
    topics: tuple[int, ...]
    places: int
    opens: datetime
    deadline: datetime
    zone: str
    earliest: date
    latest: date
    min_days: int
    max_days: int
    required_documents: tuple[DocumentKind, ...]
    costs: str
    contact: str
    description_tr: str = ""
    description_az: str = ""
    who_can_apply_tr: str = ""
    who_can_apply_az: str = ""
    costs_tr: str = ""
    costs_az: str = ""
    min_years: int | None = None
    language_level: str = Level.B1.value

    @property
    def limits(self) -> Limits:
        days = (self.kind, self.earliest, self.latest, self.min_days, self.max_days)
        level = Level(self.language_level) if self.language_level else None
        return Limits(*days, self.required_documents, self.min_years, level)

    @property
    def columns(self) -> dict[str, object]:
        documents = " ".join(kind.value for kind in self.required_documents)
        return asdict(self) | {"required_documents": documents, "topics": topics.now(self.topics)}


COLUMNS = tuple(field.name for field in fields(CallFacts))


@dataclass(frozen=True)
class _Runner:
    """The agency of a call that does not exist yet, for the policy."""

    agency_id: int


def check(facts: CallFacts) -> list[Finding]:
    """All contradictions in a call, each with its field."""
    least, most = LIMITS[facts.kind]
    room = calendars.stay_days(facts.earliest, facts.latest, facts.kind is Kind.SHORT)
    allowed = (facts.kind.value, least, most)
    rules = (
        (facts.home_id == facts.host_id, error("same_agency", "host_id")),
        (facts.agency_id not in (facts.home_id, facts.host_id), error("not_involved", "agency_id")),
        (facts.deadline <= facts.opens, error("deadline_order", "deadline_day")),
        (facts.latest < facts.earliest, error("visit_order", "latest")),
        (not least <= facts.min_days <= most, error("days_kind", "min_days", allowed=allowed)),
        (not least <= facts.max_days <= most, error("days_kind", "max_days", allowed=allowed)),
        (facts.max_days < facts.min_days, error("days_order", "max_days")),
        (
            facts.earliest <= facts.latest and room < facts.min_days,
            error("days_room", "latest", length=(facts.kind.value, facts.min_days)),
        ),
        (facts.places < 1, error("places", "places")),
    )
    return [finding for wrong, finding in rules if wrong]


def _checked(facts: CallFacts) -> None:
    found = check(facts)
    if found:
        raise RuleViolation(*found)
    if queries.heading(facts.heading) is None:
        raise RuleViolation("heading", field="heading")


def create_call(facts: CallFacts, *, idempotency_key: str, by: Actor) -> Call:
    """Adds a call as a draft; a repeated `idempotency_key` returns the first one.

    Raises Denied, RuleViolation: "heading" and the codes of `check`.
    """
    require(Permission.CREATE_CALL, by)
    require(Permission.EDIT_CALL, by, _Runner(facts.agency_id))
    advisory_lock(idempotency_key)
    made = queries.by_idempotency_key(idempotency_key)
    if made is not None:
        return made
    _checked(facts)
    call = Call(**facts.columns, idempotency_key=idempotency_key)
    session.add(call)
    session.flush()
    _record("call_created", call, by, administration.changed({}, _stored(call)))
    return call


def edit_call(call_id: int, facts: CallFacts, *, version: int, by: Actor, confirmed: str | None = None) -> Call:
    """Changes a call, and tells those who apply under it what differs for them.

    Raises Denied, EditConflict, RuleViolation: "heading", "places_taken", "fixed", "cancelled", the codes of `check`,
    warnings that are not `confirmed` (`findings.settle`).
    """
    call = _current(call_id, version, by)
    require(Permission.EDIT_CALL, by, _Runner(facts.agency_id))
    if call.state is CallState.CANCELLED:
        raise RuleViolation("cancelled")
    _checked(facts)
    taken = queries.places_taken(call.id)
    if facts.places < taken:
        raise RuleViolation("places_taken", field="places", taken=taken)
    changed = [name for name in FIXED if getattr(facts, name) != getattr(call, name)]
    if changed and queries.applications(call.id):
        raise RuleViolation("fixed", field=changed[0])
    falling = effects.falling(call, facts.limits)
    settle(effects.against(falling, by), confirmed)
    before = _stored(call)
    for name, value in facts.columns.items():
        setattr(call, name, value)
    if _stored(call)["topics"] != before["topics"]:
        flag_modified(call, "title_en")  # links carry no version of their own
    session.flush()
    if differing := administration.changed(before, _stored(call)):
        _record("call_changed", call, by, differing)
    exchanges.redate_drafts(call.id, facts.deadline.astimezone(ZoneInfo(facts.zone)).date())
    effects.tell(call, differing, falling, by)
    return call


def _stored(call: Call) -> dict[str, Any]:
    """What a call says, for the history of administration."""
    said = {name: getattr(call, name) or None for name in COLUMNS}
    listed = {"required_documents": call.required_documents.split(), "topics": [topic.id for topic in call.topics]}
    return said | listed


def _record(what: str, call: Call, by: Actor, facts: Changes | None = None) -> None:
    administration.record(what, about=("call", call.id), by=by, agency_id=call.agency_id, facts=facts)


def _current(call_id: int, version: int, by: Actor, done: CallState | None = None) -> Call:
    """The call as it was read, locked; where it is `done` already, as after the same press, in whatever version."""
    call = queries.locked(call_id)
    require(Permission.EDIT_CALL, by, call)
    if call.version != version and call.state is not done:
        raise EditConflict
    return call


def publish_call(call_id: int, *, version: int, by: Actor) -> Call:
    """Publishes a draft.

    Raises Denied, EditConflict, RuleViolation: "cancelled", "incomplete_call", "deadline_past".
    """
    call = _current(call_id, version, by, CallState.PUBLISHED)
    if call.state is CallState.PUBLISHED:
        return call
    if call.state is CallState.CANCELLED:
        raise RuleViolation("cancelled")
    if not (call.description and call.who_can_apply and call.contact):  # English stands in for what is missing
        raise RuleViolation("incomplete_call")
    if call.deadline < calendars.minute(calendars.now()):
        raise RuleViolation("deadline_past")
    call.state, call.published_at = CallState.PUBLISHED, calendars.now()
    session.flush()
    _record("call_published", call, by)
    return call


def cancel_call(call_id: int, *, version: int, by: Actor) -> Call:
    """Cancels a call: no more applications; submitted ones go on. Raises Denied, EditConflict."""
    call = _current(call_id, version, by, CallState.CANCELLED)
    if call.state is not CallState.CANCELLED:
        _record("call_cancelled", call, by)
    open_before = call.state is CallState.PUBLISHED
    call.state = CallState.CANCELLED
    session.flush()
    if open_before:
        tell_writers(call.id, "call_cancelled", by)
    return call


def load_headings() -> int:
    """Adds the action plan's headings that are not there yet, from headings.csv; returns how many."""
    known = set(session.scalars(select(Heading.number)))
    with HEADINGS.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if int(row["number"]) not in known]
    session.add_all(_heading(row) for row in rows)
    session.flush()
    return len(rows)


def _heading(row: Mapping[str, str]) -> Heading:
    return Heading(number=int(row["number"]), **{name: row[name] for name in HEADING_TEXTS})


def edit_heading(number: int, texts: Mapping[str, str], *, active: bool, version: int, by: Actor) -> None:
    """Changes the texts of a heading (`HEADING_TEXTS`), or retires it.

    Raises Denied, EditConflict, RuleViolation: "heading".
    """
    require(Permission.ADMINISTER, by)
    heading = queries.heading(number)
    if heading is None:
        raise RuleViolation("heading")
    if heading.version != version:
        raise EditConflict
    wanted = {**texts, "active": active}
    facts = administration.changed({name: getattr(heading, name) for name in wanted}, wanted)
    for name, value in wanted.items():
        setattr(heading, name, value)
    session.flush()
    if facts:
        administration.record("heading_changed", about=("heading", number), by=by, facts=facts)


def set_clocks(values: Mapping[str, int], *, by: Actor, call: Call | None = None) -> None:
    """Sets the time limits of a call, or the defaults where no call is given; `values` by the names in CLOCK_NAMES.

    Raises Denied, RuleViolation: "escalation".
    """
    if call is None:
        require(Permission.ADMINISTER, by)
    else:
        require(Permission.EDIT_CALL, by, call)
    if values["escalation"] <= values["decision"]:
        raise RuleViolation("escalation", field="escalation")
    advisory_lock(f"clocks:{call.id if call else 0}")
    row = queries.clocks(call.id if call else None)
    if row is None:
        row = Clocks(call_id=call.id if call else None)
        session.add(row)
    before = {name: getattr(row, name) for name in CLOCK_NAMES}
    for name in CLOCK_NAMES:
        setattr(row, name, values[name])
    session.flush()
    if facts := administration.changed(before, {name: values[name] for name in CLOCK_NAMES}):
        about = ("call", call.id) if call else ("clocks", 1)
        administration.record("clocks_changed", about=about, by=by, facts=facts)


def use_default_clocks(call: Call, *, by: Actor) -> None:
    """Deletes a call's own time limits, so that the defaults apply. Raises Denied."""
    require(Permission.EDIT_CALL, by, call)
    row = queries.clocks(call.id)
    if row is not None:
        session.delete(row)
        session.flush()
        _record("clocks_default", call, by)
