"""What both agencies announce in the demonstration (`announcements.json`); one of it in two languages only."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from babel.dates import format_date

from portal import calendars
from portal.accounts.models import Agency
from portal.calls.announcement_service import AnnouncementFacts, announce
from portal.policy import Role
from portal.seed.people import Cast

TEXTS = Path(__file__).with_name("announcements.json")
THURSDAY = 3


def add_announcements(agencies: Mapping[str, Agency], cast: Cast) -> None:
    """Each by the manager of the agency; `since` and `until` are days from now."""
    for said in json.loads(TEXTS.read_text("utf-8")):
        agency, by = agencies[said["agency"]], cast.staff[said["agency"]][Role.MANAGER]
        announce(facts_of(said, agency), idempotency_key=f"seed-announcement-{said['key']}", by=by)


def facts_of(said: Mapping[str, Any], agency: Agency) -> AnnouncementFacts:
    """Until a Thursday, the day of the seminar, where it ends at all."""
    today = calendars.today(agency.zone)
    last = today + timedelta(days=said["until"]) if "until" in said else None
    if last is not None:
        last += timedelta(days=(THURSDAY - last.weekday()) % 7)
    words: dict[str, Any] = {f"title_{code}": title for code, title in said["title"].items()}
    words |= {f"text_{code}": filled(text, code, last, agency) for code, text in said["text"].items()}
    return AnnouncementFacts(agency.id, today - timedelta(days=said["since"]), last, **words)


def filled(text: str, language: str, day: date | None, agency: Agency) -> str:
    shown = format_date(day, "d MMMM y", locale=language) if day else ""
    return text.replace("{day}", shown).replace("{contact}", agency.contact)
