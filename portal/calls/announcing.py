"""Writing announcements, changing them and taking them back."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date

from portal.calls import queries
from portal.calls.models import Announcement
from portal.db import hold, session
from portal.policy import Actor, Permission, require
from portal.refusals import Refused, Stale


@dataclass(frozen=True)
class AnnouncementFacts:
    """What an announcement says, in one language at least; days at the agency. Not published, it is a draft."""

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


def check(facts: AnnouncementFacts) -> list[Refused]:
    """Everything that is missing or contradicts itself in an announcement, each with its field."""
    refusals = []
    for code in ("en", "tr", "az"):
        title, text = getattr(facts, f"title_{code}"), getattr(facts, f"text_{code}")
        if title and not text:
            refusals.append(Refused("text_missing", f"text_{code}"))
        if text and not title:
            refusals.append(Refused("title_missing", f"title_{code}"))
    if not (facts.title_en or facts.title_tr or facts.title_az) and not refusals:
        refusals.append(Refused("no_language", "title_en"))
    if facts.last is not None and facts.last < facts.first:
        refusals.append(Refused("shown_order", "last"))
    return refusals


def _checked(facts: AnnouncementFacts) -> None:
    for refusal in check(facts):
        raise refusal


def announce(facts: AnnouncementFacts, *, once: str, by: Actor) -> Announcement:
    """A new announcement; `once` sent twice makes one. Raises Denied, Refused with a code of `check`."""
    require(Permission.ANNOUNCE, by)
    require(Permission.EDIT_ANNOUNCEMENT, by, facts)
    hold(once)
    made = queries.announcement_by_once(once)
    if made is not None:
        return made
    _checked(facts)
    announcement = Announcement(**asdict(facts), once=once, created_by_id=by.id)
    session.add(announcement)
    session.flush()
    return announcement


def change(number: int, facts: AnnouncementFacts, *, version: int, by: Actor) -> Announcement:
    """Raises Denied, Stale, Refused with a code of `check`."""
    announcement = queries.locked_announcement(number)
    require(Permission.EDIT_ANNOUNCEMENT, by, announcement)
    require(Permission.EDIT_ANNOUNCEMENT, by, facts)
    if announcement.version != version:
        raise Stale
    _checked(facts)
    for name, value in asdict(facts).items():
        setattr(announcement, name, value)
    session.flush()
    return announcement


def take_back(number: int, *, version: int, by: Actor) -> Announcement:
    """Makes it a draft again; what is one already stays as it is. Raises Denied, Stale."""
    announcement = queries.locked_announcement(number)
    require(Permission.EDIT_ANNOUNCEMENT, by, announcement)
    if announcement.published and announcement.version != version:
        raise Stale
    announcement.published = False
    session.flush()
    return announcement
