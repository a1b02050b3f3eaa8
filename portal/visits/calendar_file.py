"""A visit as a calendar file: stable UIDs, a higher SEQUENCE with each change, CANCEL when it ended early.

Items are identified by their place in the plan. Where a newer plan has fewer, the rest is cancelled, so that nothing
stays behind in anybody's calendar.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from portal import calendars
from portal.exchanges.labels import status_label
from portal.exchanges.models import Exchange
from portal.visits.models import Visit
from portal.workflows.exchange_terms import ENDED_EARLY, Status, Turn


def file(exchange: Exchange, visit: Visit, most: int) -> bytes:
    """The visit as one all-day event and each agenda item at its local hour; `most` items were ever proposed."""
    calendar = Calendar()
    calendar.add("prodid", "-//Korpu//Expert exchange//EN")
    calendar.add("version", "2.0")
    ended = exchange.status in ENDED_EARLY
    calendar.add("method", "CANCEL" if ended else "PUBLISH")
    state = _state(exchange)
    whole = _event(exchange, visit, "visit", f"{exchange.person_name}: {visit.unit.name_own}", state)
    whole.add("location", visit.unit.address or visit.unit.city)
    whole.add("description", f"{exchange.reference}: {status_label(exchange)}")
    _all_day(whole, visit)
    calendar.add_component(whole)
    zone = ZoneInfo(exchange.host.zone)
    for number, item in enumerate(visit.agenda, start=1):
        event = _event(exchange, visit, f"item-{number}", item.title, state)
        event.add("dtstart", datetime.combine(item.day, item.begins, zone))
        event.add("dtend", datetime.combine(item.day, item.ends, zone))
        event.add("location", item.place)
        calendar.add_component(event)
    for number in range(len(visit.agenda) + 1, most + 1):
        gone = _event(exchange, visit, f"item-{number}", exchange.person_name, "CANCELLED")
        _all_day(gone, visit)
        calendar.add_component(gone)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _state(exchange: Exchange) -> str:
    """Proposed dates are tentative until both have agreed."""
    if exchange.status in ENDED_EARLY:
        return "CANCELLED"
    proposed = exchange.status in (Status.PLACED, Status.SCHEDULED) and exchange.turn is not Turn.UNIT
    return "TENTATIVE" if proposed else "CONFIRMED"


def _event(exchange: Exchange, visit: Visit, part: str, summary: str, state: str) -> Event:
    event = Event()
    event.add("uid", f"{exchange.reference}-{part}@korpu")
    event.add("sequence", exchange.version + visit.version)  # both only grow: steps count, corrected words too
    event.add("dtstamp", calendars.now())
    event.add("summary", summary)
    event.add("status", state)
    return event


def _all_day(event: Event, visit: Visit) -> None:
    """Days, not hours: the same days in every zone."""
    first: date = visit.start
    event.add("dtstart", first)
    event.add("dtend", visit.end + timedelta(days=1))
