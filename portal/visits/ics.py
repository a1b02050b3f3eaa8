"""A visit as a calendar file: stable UID, a new SEQUENCE with each proposal, CANCEL when it ended early."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from portal.exchanges.models import Exchange
from portal.visits.models import Visit
from portal.workflow import ENDED_EARLY


def file(exchange: Exchange, visit: Visit) -> bytes:
    """The visit as one all-day event and each agenda item at its local hour."""
    calendar = Calendar()
    calendar.add("prodid", "-//Korpu//Expert exchange//EN")
    calendar.add("version", "2.0")
    ended = exchange.status in ENDED_EARLY
    calendar.add("method", "CANCEL" if ended else "PUBLISH")
    days: tuple[date, date] = (visit.start, visit.end + timedelta(days=1))
    whole = _event(exchange, visit, "visit", f"{exchange.person_name}: {visit.unit.name_own}", ended)
    whole.add("dtstart", days[0])
    whole.add("dtend", days[1])
    calendar.add_component(whole)
    zone = ZoneInfo(exchange.host.zone)
    for number, item in enumerate(visit.agenda, start=1):
        event = _event(exchange, visit, f"item-{number}", item.title, ended)
        event.add("dtstart", datetime.combine(item.day, item.begins, zone))
        event.add("dtend", datetime.combine(item.day, item.ends, zone))
        event.add("location", item.place)
        calendar.add_component(event)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _event(exchange: Exchange, visit: Visit, part: str, summary: str, ended: bool) -> Event:
    event = Event()
    event.add("uid", f"{exchange.reference}-{part}@korpu")
    event.add("sequence", visit.plan_version + (1 if ended else 0))
    event.add("dtstamp", visit.proposed_at)
    event.add("summary", summary)
    if ended:
        event.add("status", "CANCELLED")
    return event
