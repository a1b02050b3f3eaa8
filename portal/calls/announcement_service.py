"""Writes, changes and withdraws announcements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from portal.administration import service as administration
from portal.administration.service import Changes
from portal.calls import queries
from portal.calls.models import Announcement
from portal.db import advisory_lock, session
from portal.findings import EditConflict, Finding, RuleViolation, error
from portal.policy import Actor, Permission, require


@dataclass(frozen=True)
class AnnouncementFacts:
    """The contents of an announcement, in at least one language; `first` and `last` are days at the agency."""

    agency_id: int
    first: date
    last: date | None = None
    published: bool = True
    title_en: str = ""
    title_tr: str = ""
    title_az: str = ""
    text_en: str = ""
    text_tr: str = ""
    text_az: str = ""


def check(facts: AnnouncementFacts) -> list[Finding]:
    """Everything that is missing or contradictory in an announcement, each with its field."""
    found: list[Finding] = []
    for code in ("en", "tr", "az"):
        title, text = getattr(facts, f"title_{code}"), getattr(facts, f"text_{code}")
        if title and not text:
            found.append(error("text_missing", f"text_{code}"))
        if text and not title:
            found.append(error("title_missing", f"title_{code}"))
    if not (facts.title_en or facts.title_tr or facts.title_az) and not found:
        found.append(error("no_language", "title_en"))
    if facts.last is not None and facts.last < facts.first:
        found.append(error("shown_order", "last"))
    return found


def _checked(facts: AnnouncementFacts) -> None:
    found = check(facts)
    if found:
        raise RuleViolation(*found)


def announce(facts: AnnouncementFacts, *, idempotency_key: str, by: Actor) -> Announcement:
    """Adds an announcement; a repeated `idempotency_key` returns the first one.

    Raises Denied, RuleViolation: the codes of `check`.
    """
    require(Permission.ANNOUNCE, by)
    require(Permission.EDIT_ANNOUNCEMENT, by, facts)
    advisory_lock(idempotency_key)
    made = queries.announcement_by_idempotency_key(idempotency_key)
    if made is not None:
        return made
    _checked(facts)
    announcement = Announcement(**asdict(facts), idempotency_key=idempotency_key, created_by_id=by.id)
    session.add(announcement)
    session.flush()
    _record("announcement_written", announcement, by, administration.changed({}, _filled(asdict(facts))))
    return announcement


def change(number: int, facts: AnnouncementFacts, *, version: int, by: Actor) -> Announcement:
    """Changes an announcement. Raises Denied, EditConflict, RuleViolation: the codes of `check`."""
    announcement = queries.locked_announcement(number)
    require(Permission.EDIT_ANNOUNCEMENT, by, announcement)
    require(Permission.EDIT_ANNOUNCEMENT, by, facts)
    if announcement.version != version:
        raise EditConflict
    _checked(facts)
    before = {name: getattr(announcement, name) for name in asdict(facts)}
    for name, value in asdict(facts).items():
        setattr(announcement, name, value)
    session.flush()
    if differing := administration.changed(_filled(before), _filled(asdict(facts))):
        _record("announcement_changed", announcement, by, differing)
    return announcement


def take_back(number: int, *, version: int, by: Actor) -> Announcement:
    """Makes an announcement a draft again; a draft stays one. Raises Denied, EditConflict."""
    announcement = queries.locked_announcement(number)
    require(Permission.EDIT_ANNOUNCEMENT, by, announcement)
    if announcement.published and announcement.version != version:
        raise EditConflict
    if announcement.published:
        _record("announcement_taken_back", announcement, by)
    announcement.published = False
    session.flush()
    return announcement


def _filled(answers: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answers.items() if value not in (None, "")}


def _record(what: str, announcement: Announcement, by: Actor, facts: Changes | None = None) -> None:
    about = ("announcement", announcement.id)
    administration.record(what, about=about, by=by, agency_id=announcement.agency_id, facts=facts)
