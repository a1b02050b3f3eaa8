"""Many exchanges for measuring: those that the services told, copied into the weeks of the last six years, with other
people, references, calls and host units.

Most are over (that is what a register of six years holds), some per cent wait on somebody's desk. Constraints, chains
of hashes, seats and places hold: nobody is in two places, no unit has more than it can. Left out are messages, sealed
PDFs and the documents' bytes; holidays are those of the weeks that were copied.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import count, islice
from typing import Any

from sqlalchemy import func, select, update

from portal.calls.models import Call
from portal.db import Base, session
from portal.exchanges.models import Exchange, Kind
from portal.exchanges.service import PREFIX
from portal.hosting.models import HostUnit
from portal.names import search_words
from portal.seed.bulk_people import Crowd
from portal.seed.copies import COPIED, Pattern, Target, highest_id
from portal.seed.people import document_name
from portal.seed.row_writer import Writer, number_on
from portal.seed.seats import Seats
from portal.subjects.models import ReferenceCounter
from portal.visits.models import VisitDay
from portal.workflows.exchange_terms import ENDED, TAKES_PLACE, Status

WRITTEN = ("call", "person", "person_language", "role_grant", *COPIED, "exchange_word")
AT_ONCE = 2_000  # exchanges in one transaction
CYCLES, CYCLE = 39, 8  # calls come every eight weeks, for six years
LIVE = 17  # one copy in so many still waits for somebody
LATELY = 4  # weeks into which those are spread
# how often the ended ones are copied, by status and kind
WEIGHTS = {
    (Status.CLOSED, Kind.SHORT): 15, (Status.CLOSED, Kind.LONG): 2, (Status.REJECTED, Kind.SHORT): 14,
    (Status.WITHDRAWN, Kind.SHORT): 13, (Status.CANCELLED, Kind.SHORT): 8,
}  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """One copy to be made: of which exchange, how many weeks before, under a call how many weeks before, and the
    how-manyeth copy of its expert."""

    of: Exchange
    number: int
    weeks: int
    call_weeks: int
    person: int


def plans(told: list[Exchange], calls: dict[int, Call]) -> Iterator[Plan]:
    """Copies without end: the ended exchanges by their weights over six years, the others in the last weeks."""
    ended = [e for e in told if e.status in ENDED]
    live = [e for e in told if e.status not in ENDED]
    turns = [((n + 0.5) / weight, e.id, e) for e in ended for weight in [weight_of(e)] for n in range(weight)]
    wheel = [e for _turn, _id, e in sorted(turns, key=lambda turn: turn[:2])]
    copied: Counter[int] = Counter()
    for number in count(1):
        nth, place = divmod(number, LIVE)
        if place == 0:
            weeks = nth // len(live) % LATELY
            yield Plan(live[nth % len(live)], number, weeks, weeks, number)
            continue
        told_one = wheel[number % len(wheel)]
        n = copied[told_one.id]
        copied[told_one.id] += 1
        call_weeks = CYCLE * (n * 17 % CYCLES + 1)
        later = n * 5 % (room(told_one, calls[told_one.call_id]) + 1)
        yield Plan(told_one, number, call_weeks - later, call_weeks, n // 3)  # three exchanges in a working life


def weight_of(exchange: Exchange) -> int:
    return WEIGHTS.get((exchange.status, exchange.kind), 1)


def room(exchange: Exchange, call: Call) -> int:
    """By how many weeks it could have been handed in later."""
    assert exchange.submitted_at is not None, "what has ended was handed in"
    return min((call.deadline - exchange.submitted_at).days // 7, CYCLE - 1)


class Multiplier:
    """Makes copies and writes them in rounds."""

    def __init__(self) -> None:
        self.told = list(session.scalars(select(Exchange).order_by(Exchange.id)))
        self.calls = {call.id: call for call in session.scalars(select(Call))}
        units = {unit.id: unit for unit in session.scalars(select(HostUnit))}
        self.unit_names = {number: unit.name_own for number, unit in units.items()}
        taken = select(VisitDay.unit_id, VisitDay.day, VisitDay.seat).where(VisitDay.seat.is_not(None))
        rows = [(unit, day, seat or 1) for unit, day, seat in session.execute(taken)]
        self.seats = Seats([(unit.id, unit.agency_id) for unit in units.values()], rows)
        self.pattern, self.crowd = Pattern(), Crowd(sorted({e.expert_id for e in self.told}))
        self.writers = {name: Writer(Base.metadata.tables[name]) for name in WRITTEN}
        self.copied_calls: dict[tuple[int, int], int] = {}
        counters = select(ReferenceCounter.year, ReferenceCounter.last).where(ReferenceCounter.prefix == PREFIX)
        self.last: Counter[int] = Counter(dict(session.execute(counters).all()))
        tables = Base.metadata.tables
        self.word_columns = tables["exchange_word"].columns.keys()
        self.call_ids, self.word_ids = (count(highest_id(tables[name]) + 1) for name in ("call", "exchange_word"))

    def write(self, round_of: list[Plan]) -> None:
        """One round, parents before children."""
        rows: dict[str, list[list[Any]]] = {name: [] for name in WRITTEN}
        for plan in round_of:
            self._add(plan, rows)
        for name in WRITTEN:
            self.writers[name].write(rows[name])
        session.commit()

    def _add(self, plan: Plan, rows: dict[str, list[list[Any]]]) -> None:
        of, shift = plan.of, timedelta(weeks=plan.weeks)
        person, name = self.crowd.person(of.expert_id, plan.person, rows)
        year = (of.created_at - shift).year
        self.last[year] += 1
        to = Target(plan.number, shift, f"{PREFIX}-{year}-{self.last[year]:04d}", name)
        to.ids["person", of.expert_id] = person
        to.ids["call", of.call_id] = self._call(of.call_id, plan.call_weeks, rows)
        days = [day - shift for day, seated in self.pattern.days(of.id) if seated]
        if days:
            unit, to.seat = self.seats.find(of.host_id, days, plan.number)
            to.unit = (unit, self.unit_names[unit])
        for table, row in self.pattern.copy(of.id, to):
            rows[table].append(row)
        exchange_id = to.ids["subject", of.id]
        unit_name = to.unit[1] if to.unit else of.unit_name
        for word in sorted(search_words(to.reference, name, document_name(name), unit_name)):
            said = {"id": next(self.word_ids), "exchange_id": exchange_id, "word": word[:60]}
            rows["exchange_word"].append([said[column] for column in self.word_columns])

    def _call(self, call_id: int, weeks: int, rows: dict[str, list[list[Any]]]) -> int:
        """The call so many weeks before, made where it is not there yet."""
        if weeks == 0:
            return call_id
        made = self.copied_calls.get((call_id, weeks))
        if made is None:
            made = self.copied_calls[call_id, weeks] = next(self.call_ids)
            rows["call"].append(earlier(self.calls[call_id], weeks, made))
        return made


def earlier(call: Call, weeks: int, new_id: int) -> list[Any]:
    """A call's row, so many weeks before."""
    row = []
    for column in Call.__table__.columns:
        value = getattr(call, column.name)
        moves = column.name in ("opens", "deadline", "earliest", "latest", "published_at") and value is not None
        row.append(value - timedelta(weeks=weeks) if moves else value)
    names = [column.name for column in Call.__table__.columns]
    row[names.index("id")], row[names.index("idempotency_key")] = new_id, f"copy-{new_id}"
    return row


def multiply(wanted: int) -> int:
    """Copies exchanges until there are `wanted`; answers how many there are."""
    have = session.scalar(select(func.count(Exchange.id))) or 0
    if wanted <= have:
        return have
    maker = Multiplier()
    endless = plans(maker.told, maker.calls)
    for begun in range(have, wanted, AT_ONCE):
        maker.write(list(islice(endless, min(AT_ONCE, wanted - begun))))
    adjust_capacities(maker)
    return wanted


def adjust_capacities(maker: Multiplier) -> None:
    """Places and seats are as many as are taken, the references go on behind the copies."""
    for unit, highest in maker.seats.highest.items():
        larger = HostUnit.id == unit, HostUnit.capacity < highest
        session.execute(update(HostUnit).where(*larger).values(capacity=highest))
    taken = (
        select(func.count(Exchange.id)).where(Exchange.call_id == Call.id, Exchange.status.in_(TAKES_PLACE))
    ).scalar_subquery()
    session.execute(update(Call).where(Call.places < taken).values(places=taken))
    for year, last in maker.last.items():
        counter = select(ReferenceCounter).where(ReferenceCounter.prefix == PREFIX, ReferenceCounter.year == year)
        known = session.scalars(counter).one_or_none()
        session.add(known or ReferenceCounter(prefix=PREFIX, year=year, last=last))
        if known:
            known.last = last
    session.commit()
    number_on(WRITTEN)
