"""Making the PDF: drafts on demand, sealed ones by the worker, once, from what both agencies accepted."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

import segno
import structlog
from flask import render_template
from flask_babel import force_locale
from sqlalchemy import select

from config import Config
from portal import calendars
from portal.db import session
from portal.exchanges import queries as exchanges
from portal.exchanges import service as spine
from portal.exchanges.models import Exchange
from portal.exchanges.notices import everyone, facts_of
from portal.messages.service import News, tell
from portal.policy import Side
from portal.reports import queries
from portal.reports.document import ReportDocument, Seal
from portal.reports.models import SealedPdf
from portal.storage import Storage, new_key
from portal.web.pdf import RenderFailed, page_count, render

TRIES = 10
log = structlog.get_logger()


def html_of(document: ReportDocument) -> str:
    """The page that becomes the PDF, in the document's language."""
    with force_locale(document.language):
        return render_template("pdf/report.html", report=document)


def draft(exchange: Exchange, language: str) -> bytes:
    """The report as it stands, marked DRAFT on every page. Raises RenderFailed."""
    return render(html_of(queries.document(exchange, language)))


def seal_due(config: Config, storage: Storage) -> int:
    """Seals the reports that wait for it, one transaction each; answers how many. Found again after a crash."""
    waiting = select(SealedPdf.id).where(SealedPdf.sealed_at.is_(None), SealedPdf.tries < TRIES)
    done = 0
    for number in list(session.scalars(waiting.order_by(SealedPdf.wanted_at).limit(10))):
        session.rollback()
        done += _seal_one(number, config, storage)
        session.commit()
    return done


def _seal_one(number: int, config: Config, storage: Storage) -> int:
    row = session.scalars(
        select(SealedPdf).where(SealedPdf.id == number, SealedPdf.sealed_at.is_(None)).with_for_update(skip_locked=True)
    ).first()
    if row is None:
        return 0
    exchange = exchanges.locked(row.exchange_id)
    at = calendars.now()
    try:
        data = render(html_of(queries.document(exchange, row.language, seal_of(row.code, at, config.base_url))))
    except RenderFailed as error:
        row.tries += 1
        row.problem = str(error)[:500]
        log.error("seal_failed", sealed=row.id, tries=row.tries)
        return 0
    row.key = new_key("sealed")
    storage.put(row.key, data)
    row.sha256, row.size, row.pages, row.sealed_at = sha256(data).hexdigest(), len(data), page_count(data), at
    spine.record(exchange, "sealed", by=None, side=Side.SYSTEM, facts={"sha256": row.sha256, "language": row.language})
    path = f"/exchanges/{exchange.reference}/report"
    tell(everyone(exchange), News("sealed", facts_of(exchange), path, exchange.id), f"sealed:{row.id}")
    log.info("sealed", sealed=row.id, pages=row.pages)
    return 1


def seal_of(code: str, at: datetime, base_url: str) -> Seal:
    """The seal with its QR code, which leads to the page that checks it."""
    address = f"{base_url}/verify/{code}"
    qr = segno.make(address, error="m", micro=False).svg_data_uri(scale=4, border=0, dark="#1b2430", omitsize=False)
    return Seal(code, address, qr, at)
