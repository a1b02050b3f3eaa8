"""The half-yearly clearing: destroys what is due, one exchange or account in a transaction, with a log.

It looks into the database for what is to be done and keeps no state besides: killed in the middle, it goes on where it
was. Files go before the row is committed: where that fails, the row is still due and found again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import JSON, delete, func, select, update

from portal.accounts import queries as accounts
from portal.accounts.models import Agency
from portal.calendars import now, today
from portal.db import advisory_lock, name_keys, session
from portal.exchanges.queries import locked
from portal.exchanges.service import index
from portal.personal_data.models import Cleared, Clearing
from portal.personal_data.retention import LOG, OF_EXCHANGES, due_accounts, due_exchanges, half_of, passed
from portal.registry import Stored, registry
from portal.storage import Storage


def clear_next(storage: Storage) -> int:
    """Destroys the next exchange or account that is due; 0 when this half-year's clearings are finished."""
    advisory_lock("clearing")
    for agency in accounts.agencies():
        run = _run(agency)
        if run.finished_at is not None:
            continue
        if not _clear_one(agency, run, storage):
            run.finished_at = now()
            session.execute(delete(Clearing).where(Clearing.finished_at < passed(agency.zone, LOG)))
        session.flush()
        return 1
    return 0


def _run(agency: Agency) -> Clearing:
    """This half-year's clearing of an agency, begun where it is not yet."""
    half = half_of(today(agency.zone))
    known = select(Clearing).where(Clearing.agency_id == agency.id, Clearing.half == half)
    run = session.scalars(known).one_or_none()
    if run is None:
        run = Clearing(agency_id=agency.id, half=half, started_at=now())
        session.add(run)
        session.flush()
    return run


def _clear_one(agency: Agency, run: Clearing, storage: Storage) -> bool:
    for rule in OF_EXCHANGES:
        found = session.execute(due_exchanges(agency, rule).limit(1)).first()
        if found is not None:
            exchange = locked(found.id)
            counts = _destroy([exchange.id], False, storage)
            session.expire(exchange)
            exchange.cleared_at = now()
            session.flush()
            index(exchange)
            _log(run, rule.key, *counts, reference=exchange.reference)
            return True
    person_id = session.scalar(due_accounts(agency).limit(1))
    if person_id is not None:
        _log(run, "account", *_destroy([person_id], True, storage))
    return person_id is not None


def _log(run: Clearing, kind: str, count: int, files: int, reference: str = "") -> None:
    session.add(Cleared(clearing_id=run.id, kind=kind, reference=reference, count=count, files=files, at=now()))
    session.flush()


def _destroy(ids: Sequence[int], of_person: bool, storage: Storage) -> tuple[int, int]:
    """Deletes or blanks everything that the stages store of these; the numbers of rows and files."""
    rows = files = 0
    for stored in (one for one in registry.stored if one.of_person is of_person):
        if stored.file:
            column = getattr(stored.model, stored.file)
            keys = list(session.scalars(select(column).where(stored.belongs(ids), column != "")))
            for key in keys:
                storage.delete(key)
            files += len(keys)
        change = delete(stored.model) if stored.deletes else update(stored.model).values(**dict(_blanks(stored)))
        done = session.execute(change.where(stored.belongs(ids)).execution_options(synchronize_session=False))
        rows += done.rowcount  # type: ignore[attr-defined]
    session.expire_all()
    return rows, files


def _blanks(stored: Stored) -> Iterator[tuple[str, Any]]:
    for name in {**dict.fromkeys(stored.columns), **stored.blank}:
        column = stored.model.__table__.c[name]
        if name in stored.blank:
            value = stored.blank[name]
            yield name, value() if callable(value) else value
        elif name.startswith("name_key_"):
            yield name, name_keys("—")[name]
        elif column.nullable:
            yield name, None
        else:
            yield name, {} if isinstance(column.type, JSON) else ""


def due_now() -> dict[str, list[str]]:
    """What the next clearing would destroy: references of exchanges by the rule, and how many accounts."""
    found: dict[str, list[str]] = {}
    for agency in accounts.agencies():
        for rule in OF_EXCHANGES:
            found.setdefault(rule.key, []).extend(row.reference for row in session.execute(due_exchanges(agency, rule)))
        count = session.scalar(select(func.count()).select_from(due_accounts(agency).subquery())) or 0
        found.setdefault("account", []).extend([agency.code] * count)
    return found


def overdue() -> list[str]:
    """The agencies with something due whose last clearing was finished before this half-year, or never."""
    late = []
    for agency in accounts.agencies():
        half = half_of(today(agency.zone))
        done = select(Clearing.id).where(Clearing.agency_id == agency.id, Clearing.half == half)
        if session.scalar(done.where(Clearing.finished_at.is_not(None))) is None and _anything_due(agency):
            late.append(agency.short_name)
    return late


def _anything_due(agency: Agency) -> bool:
    statements = [*(due_exchanges(agency, rule) for rule in OF_EXCHANGES), due_accounts(agency)]
    return any(session.execute(statement.limit(1)).first() is not None for statement in statements)
