"""A visit as a calendar file: stable UIDs, a higher SEQUENCE with each change, CANCEL when it ended early.

Items are identified by their place in the plan. Where a newer plan has fewer, the rest is cancelled, so that nothing
stays behind in anybody's calendar. PUBLISH and CANCEL both name an organizer (RFC 5546, 3.2): the host agency.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, vCalAddress

from portal import calendars
from portal.exchanges.labels import status_label
from portal.exchanges.models import Exchange
from portal.visits.models import Visit
from portal.workflows.exchange_terms import ENDED_EARLY, Status, Turn


def file(exchange: Exchange, visit: Visit, most: int, portal: str) -> bytes:
    """The visit as one all-day event and each agenda item at its local hour; `most` items were ever proposed.

    `portal` is the address from which the portal writes, for an agency that has given none of its own.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Korpu//Expert exchange//EN")
    calendar.add("version", "2.0")
    ended = exchange.status in ENDED_EARLY
    calendar.add("method", "CANCEL" if ended else "PUBLISH")
    calendar.add_component(_zone(exchange, visit))
    for event in _events(exchange, visit, most):
        event.add("organizer", _organizer(exchange, portal))
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _zone(exchange: Exchange, visit: Visit) -> Timezone:
    """The place's offsets in the years of the visit only: both countries keep one time all year, and what was before
    concerns no calendar."""
    years = date(visit.start.year, 1, 1), date(visit.end.year, 12, 31)
    return Timezone.from_tzid(exchange.host.zone, first_date=years[0], last_date=years[1])


def _organizer(exchange: Exchange, portal: str) -> vCalAddress:
    contact = exchange.host.contact
    organizer = vCalAddress(f"mailto:{contact if contact.count('@') == 1 and ' ' not in contact else portal}")
    organizer.params["cn"] = exchange.host.short_name
    return organizer


def _events(exchange: Exchange, visit: Visit, most: int) -> Iterator[Event]:
    state = _state(exchange)
    whole = _event(exchange, visit, "visit", f"{exchange.person_name}: {visit.unit.name_own}", state)
    whole.add("location", visit.unit.address or visit.unit.city)
    whole.add("description", f"{exchange.reference}: {status_label(exchange)}")
    _all_day(whole, visit)
    yield whole
    zone = ZoneInfo(exchange.host.zone)
    for number, item in enumerate(visit.agenda, start=1):
        event = _event(exchange, visit, f"item-{number}", item.title, state)
        event.add("dtstart", datetime.combine(item.day, item.begins, zone))
        event.add("dtend", datetime.combine(item.day, item.ends, zone))
        event.add("location", item.place)
        yield event
    for number in range(len(visit.agenda) + 1, most + 1):
        gone = _event(exchange, visit, f"item-{number}", exchange.person_name, "CANCELLED")
        _all_day(gone, visit)
        yield gone


def _state(exchange: Exchange) -> str:
    """Proposed dates are tentative until both have agreed; they are gone with the unit that took them back."""
    if exchange.status in ENDED_EARLY or exchange.start is None:
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
