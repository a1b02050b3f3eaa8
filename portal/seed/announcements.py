"""The demonstration's announcements, from `announcements.json`; one of them exists in two languages only."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from babel import Locale

from portal import calendars
from portal.accounts.models import Agency
from portal.calls.announcement_service import AnnouncementFacts, announce
from portal.policy import Role
from portal.seed.people import StaffActors
from portal.web.dates import date_in
from portal.web.formats import LONG

TEXTS = Path(__file__).with_name("announcements.json")
THURSDAY = 3


def add_announcements(agencies: Mapping[str, Agency], staff: StaffActors) -> None:
    """Publishes each one as the manager of its agency; in the file `since` and `until` are days from today."""
    for entry in json.loads(TEXTS.read_text("utf-8")):
        agency, by = agencies[entry["agency"]], staff.by_agency[entry["agency"]][Role.MANAGER]
        announce(facts_of(entry, agency), idempotency_key=f"seed-announcement-{entry['key']}", by=by)


def facts_of(entry: Mapping[str, Any], agency: Agency) -> AnnouncementFacts:
    """An announcement of the file as the service takes it; one that ends does so on a Thursday, the seminar's day."""
    today = calendars.today(agency.zone)
    last = today + timedelta(days=entry["until"]) if "until" in entry else None
    if last is not None:
        last += timedelta(days=(THURSDAY - last.weekday()) % 7)
    texts: dict[str, Any] = {f"title_{code}": title for code, title in entry["title"].items()}
    texts |= {f"text_{code}": fill_in(text, code, last, agency) for code, text in entry["text"].items()}
    return AnnouncementFacts(agency.id, today - timedelta(days=entry["since"]), last, **texts)


def fill_in(text: str, language: str, day: date | None, agency: Agency) -> str:
    shown = date_in(day, LONG, Locale(language)) if day else ""
    return text.replace("{day}", shown).replace("{contact}", agency.contact)
