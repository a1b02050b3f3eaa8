"""Makes many exchanges for measuring speed: copies of those that the services made, spread over the last six years,
with other people, references, calls and host units.

Most have ended, as in a register of six years; one in LIVE_EVERY waits for somebody. Constraints, chains of hashes,
seats and places are respected: nobody has two visits on one day, no unit more experts than its capacity. Not copied
are messages, sealed PDFs and the bytes of documents; public holidays are those of the weeks of the originals.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import count, islice
from typing import Any

from sqlalchemy import func, select, update

from portal.bookings.models import BookedDay
from portal.calls.models import Call
from portal.db import Base, session
from portal.exchanges.models import Exchange, Kind
from portal.exchanges.service import PREFIX
from portal.names import search_words
from portal.seed.bulk_people import ExpertCopies
from portal.seed.copies import COPIED, CopyValues, ExchangeRows, highest_id
from portal.seed.people import document_name
from portal.seed.row_writer import TableWriter, advance_sequences
from portal.seed.seats import Seats
from portal.subjects.models import ReferenceCounter
from portal.units.models import HostUnit
from portal.workflows.exchange_terms import ENDED, TAKES_PLACE, Status

TABLES = ("call", "person", "person_language", "role_grant", *COPIED, "exchange_word")
BATCH_SIZE = 2_000  # exchanges in one transaction
CALL_ROUNDS, CALL_INTERVAL = 39, 8  # a call every eight weeks (CALL_INTERVAL), for six years
LIVE_EVERY = 17  # one copy in so many has not ended
LIVE_WEEKS = 4  # the recent weeks over which those are spread
# how often an ended exchange is copied in relation to others, by status and kind
WEIGHTS = {
    (Status.CLOSED, Kind.SHORT): 15, (Status.CLOSED, Kind.LONG): 2, (Status.REJECTED, Kind.SHORT): 14,
    (Status.WITHDRAWN, Kind.SHORT): 13, (Status.CANCELLED, Kind.SHORT): 8,
}  # fmt: skip


@dataclass(frozen=True)
class PlannedCopy:
    """One copy to be made: `weeks` before the original, under a copy of its call `call_weeks` before the original's,
    with the `person`th copy of its expert."""

    original: Exchange
    number: int
    weeks: int
    call_weeks: int
    person: int


def planned_copies(originals: list[Exchange], calls: dict[int, Call]) -> Iterator[PlannedCopy]:
    """An endless sequence of copies: ended exchanges by their weights over six years, the others in recent weeks."""
    ended = [e for e in originals if e.status in ENDED]
    live = [e for e in originals if e.status not in ENDED]
    turns = [((n + 0.5) / weight, e.id, e) for e in ended for weight in [weight_of(e)] for n in range(weight)]
    rotation = [e for _turn, _id, e in sorted(turns, key=lambda turn: turn[:2])]
    copied: Counter[int] = Counter()
    for number in count(1):
        nth, place = divmod(number, LIVE_EVERY)
        if place == 0:
            weeks = nth // len(live) % LIVE_WEEKS
            yield PlannedCopy(live[nth % len(live)], number, weeks, weeks, number)
            continue
        original = rotation[number % len(rotation)]
        n = copied[original.id]
        copied[original.id] += 1
        call_weeks = CALL_INTERVAL * (n * 17 % CALL_ROUNDS + 1)
        later = n * 5 % (spare_weeks(original, calls[original.call_id]) + 1)
        yield PlannedCopy(original, number, call_weeks - later, call_weeks, n // 3)  # each expert has three exchanges


def weight_of(exchange: Exchange) -> int:
    return WEIGHTS.get((exchange.status, exchange.kind), 1)


def spare_weeks(exchange: Exchange, call: Call) -> int:
    """How many weeks later the application could have been submitted, less than CALL_INTERVAL."""
    assert exchange.submitted_at is not None, "an ended exchange was submitted"
    return min((call.deadline - exchange.submitted_at).days // 7, CALL_INTERVAL - 1)


class BulkWriter:
    """Makes copies and writes them in batches."""

    def __init__(self) -> None:
        self.originals = list(session.scalars(select(Exchange).order_by(Exchange.id)))
        self.calls = {call.id: call for call in session.scalars(select(Call))}
        units = {unit.id: unit for unit in session.scalars(select(HostUnit))}
        self.unit_names = {number: unit.name_own for number, unit in units.items()}
        taken = select(BookedDay.unit_id, BookedDay.day, BookedDay.seat).where(BookedDay.seat.is_not(None))
        rows = [(unit, day, seat or 1) for unit, day, seat in session.execute(taken)]
        self.seats = Seats([(unit.id, unit.agency_id) for unit in units.values()], rows)
        self.rows_of, self.experts = ExchangeRows(), ExpertCopies(sorted({e.expert_id for e in self.originals}))
        self.writers = {name: TableWriter(Base.metadata.tables[name]) for name in TABLES}
        self.copied_calls: dict[tuple[int, int], int] = {}
        counters = select(ReferenceCounter.year, ReferenceCounter.last).where(ReferenceCounter.prefix == PREFIX)
        self.last: Counter[int] = Counter(dict(session.execute(counters).all()))
        tables = Base.metadata.tables
        self.word_columns = tables["exchange_word"].columns.keys()
        self.call_ids, self.word_ids = (count(highest_id(tables[name]) + 1) for name in ("call", "exchange_word"))

    def write(self, batch: list[PlannedCopy]) -> None:
        """Writes one batch, parents before children, and commits."""
        rows: dict[str, list[list[Any]]] = {name: [] for name in TABLES}
        for plan in batch:
            self._add(plan, rows)
        for name in TABLES:
            self.writers[name].write(rows[name])
        session.commit()

    def _add(self, plan: PlannedCopy, rows: dict[str, list[list[Any]]]) -> None:
        original, shift = plan.original, timedelta(weeks=plan.weeks)
        person, name = self.experts.person(original.expert_id, plan.person, rows)
        year = (original.created_at - shift).year
        self.last[year] += 1
        to = CopyValues(plan.number, shift, f"{PREFIX}-{year}-{self.last[year]:04d}", name)
        to.ids["person", original.expert_id] = person
        to.ids["call", original.call_id] = self._call(original.call_id, plan.call_weeks, rows)
        days = [day - shift for day, seated in self.rows_of.days(original.id) if seated]
        if days:
            unit, to.seat = self.seats.find(original.host_id, days, plan.number)
            to.unit = (unit, self.unit_names[unit])
        for table, row in self.rows_of.copy(original.id, to):
            rows[table].append(row)
        exchange_id = to.ids["subject", original.id]
        unit_name = to.unit[1] if to.unit else original.unit_name
        for word in sorted(search_words(to.reference, name, document_name(name), unit_name)):
            values = {"id": next(self.word_ids), "exchange_id": exchange_id, "word": word[:60]}
            rows["exchange_word"].append([values[column] for column in self.word_columns])

    def _call(self, call_id: int, weeks: int, rows: dict[str, list[list[Any]]]) -> int:
        """The id of the call's copy so many weeks before, which is made on first use."""
        if weeks == 0:
            return call_id
        made = self.copied_calls.get((call_id, weeks))
        if made is None:
            made = self.copied_calls[call_id, weeks] = next(self.call_ids)
            rows["call"].append(earlier_call(self.calls[call_id], weeks, made))
        return made


def earlier_call(call: Call, weeks: int, new_id: int) -> list[Any]:
    """The row of a call's copy, so many weeks before."""
    row = []
    for column in Call.__table__.columns:
        value = getattr(call, column.name)
        moves = column.name in ("opens", "deadline", "earliest", "latest", "published_at") and value is not None
        row.append(value - timedelta(weeks=weeks) if moves else value)
    names = [column.name for column in Call.__table__.columns]
    row[names.index("id")], row[names.index("idempotency_key")] = new_id, f"copy-{new_id}"
    return row


def multiply(wanted: int) -> int:
    """Copies exchanges until there are `wanted`; returns how many there are. Commits."""
    have = session.scalar(select(func.count(Exchange.id))) or 0
    if wanted <= have:
        return have
    writer = BulkWriter()
    endless_copies = planned_copies(writer.originals, writer.calls)
    for done in range(have, wanted, BATCH_SIZE):
        writer.write(list(islice(endless_copies, min(BATCH_SIZE, wanted - done))))
    adjust_capacities(writer)
    return wanted


def adjust_capacities(writer: BulkWriter) -> None:
    """Raises capacities and places to what the copies take, and the counters of references to their last number."""
    for unit, highest in writer.seats.highest.items():
        larger = HostUnit.id == unit, HostUnit.capacity < highest
        session.execute(update(HostUnit).where(*larger).values(capacity=highest))
    taken = (
        select(func.count(Exchange.id)).where(Exchange.call_id == Call.id, Exchange.status.in_(TAKES_PLACE))
    ).scalar_subquery()
    session.execute(update(Call).where(Call.places < taken).values(places=taken))
    for year, last in writer.last.items():
        counter = select(ReferenceCounter).where(ReferenceCounter.prefix == PREFIX, ReferenceCounter.year == year)
        known = session.scalars(counter).one_or_none()
        session.add(known or ReferenceCounter(prefix=PREFIX, year=year, last=last))
        if known:
            known.last = last
    session.commit()
    advance_sequences(TABLES)
