"""Renders PDFs: drafts on demand; sealed ones once, by the worker, from what both agencies accepted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from hashlib import sha256

import segno
import structlog
from flask import render_template
from flask_babel import force_locale
from sqlalchemy import or_, select

from config import Config
from portal import calendars
from portal.db import reading, session
from portal.exchanges import queries as exchanges
from portal.exchanges.models import Exchange
from portal.exchanges.notifications import everyone, facts_of
from portal.messages.service import Notification, notify
from portal.policy import Side
from portal.reports import queries
from portal.reports.document import ReportDocument, Seal
from portal.reports.models import SealedPdf
from portal.reports.side_by_side import side_by_side
from portal.storage import Storage, new_key, put_with_commit
from portal.subjects import service as subjects
from portal.web.pdf import UNHURRIED, page_count, render

BATCH = 50
REST = timedelta(minutes=1)  # after the first failure; doubles with each further one
log = structlog.get_logger()


@dataclass(frozen=True)
class Made:
    """A rendered report and the moment that is printed on it."""

    data: bytes
    at: datetime


def html_of(document: ReportDocument) -> str:
    """The page that becomes the PDF, in the document's language."""
    with force_locale(document.language):
        return render_template("pdf/report.html", report=document)


def draft(exchange: Exchange, version: str) -> bytes:
    """The report as it stands, marked DRAFT on every page. Raises RenderFailed."""
    return render(_html(exchange, version))


def _html(exchange: Exchange, version: str, seal: Seal | None = None) -> str:
    """The page in one language ("az") or in two beside each other ("az-tr")."""
    return reduce(side_by_side, (html_of(queries.document(exchange, code, seal)) for code in version.split("-")))


def seal_due(config: Config, storage: Storage) -> int:
    """Seals the reports that wait for it, one transaction each; answers how many. Found again after a crash,
    and after a failure."""
    return sum(_seal_one(number, config, storage) for number in _waiting())


def _waiting() -> list[int]:
    """The rows without a file, but for those that failed and rest."""
    ready = or_(SealedPdf.next_try_at.is_(None), SealedPdf.next_try_at <= calendars.now())
    statement = select(SealedPdf.id).where(SealedPdf.sealed_at.is_(None), ready).order_by(SealedPdf.wanted_at)
    with reading():
        numbers = list(session.scalars(statement.limit(BATCH)))
        session.rollback()
    return numbers


def _seal_one(number: int, config: Config, storage: Storage) -> int:
    """Renders without a lock, so that nobody waits for it; of two workers the first to store its hash wins, and the
    other's file is deleted."""
    try:
        made = _make(number, config)
        if made is None:
            return 0
        key = new_key("sealed")
        put_with_commit(storage, key, made.data)
        sealed = _record(number, made, key)
    except Exception as error:  # a failing report must not stop the others
        session.rollback()
        _failed(number, error)
        return 0
    if sealed:
        session.commit()
    else:
        session.rollback()
    return int(sealed)


def _make(number: int, config: Config) -> Made | None:
    with reading():
        row = session.get(SealedPdf, number)
        if row is None or row.sealed_at is not None:
            session.rollback()
            return None
        at = calendars.now()
        seal = seal_of(row.code, at, config.base_url)
        exchange = session.scalars(exchanges.WITH_PEOPLE.where(Exchange.id == row.exchange_id)).one()
        html = _html(exchange, row.language, seal)
        session.rollback()
    return Made(render(html, UNHURRIED), at)


def _record(number: int, made: Made, key: str) -> bool:
    """Stores the file's key and hash; returns False where another worker did so first."""
    statement = select(SealedPdf).where(SealedPdf.id == number, SealedPdf.sealed_at.is_(None)).with_for_update()
    row = session.scalars(statement.execution_options(populate_existing=True)).first()
    if row is None:
        return False
    exchange = exchanges.locked(row.exchange_id)
    row.key, row.sha256, row.size = key, sha256(made.data).hexdigest(), len(made.data)
    row.pages, row.sealed_at, row.problem = page_count(made.data), made.at, ""
    facts = {"sha256": row.sha256, "language": row.language}
    subjects.record(exchange, "sealed", by=None, side=Side.SYSTEM, facts=facts)
    if all(version.sealed_at for version in queries.sealed(exchange.id)):
        path = f"/exchanges/{exchange.reference}/report"
        notify(
            everyone(exchange), Notification("sealed", facts_of(exchange), path, exchange.id), f"sealed:{exchange.id}"
        )
    log.info("sealed", sealed=row.id, pages=row.pages)
    return True


def _failed(number: int, error: Exception) -> None:
    """Counts the failure and stores its message in the row, for operators."""
    row = session.get(SealedPdf, number)
    if row is not None and row.sealed_at is None:
        row.tries += 1
        row.next_try_at = calendars.now() + REST * 2 ** min(row.tries - 1, 10)
        row.problem = f"{type(error).__name__}: {error}"[:500]
        log.error("seal_failed", sealed=number, tries=row.tries, error=type(error).__name__)
    session.commit()


def seal_of(code: str, at: datetime, base_url: str) -> Seal:
    """The seal with its QR code, which leads to the page that checks it."""
    address = f"{base_url}/verify/{code}"
    qr = segno.make(address, error="m", micro=False).svg_data_uri(scale=4, border=0, dark="#1b2430", omitsize=False)
    return Seal(code, address, qr, at)
