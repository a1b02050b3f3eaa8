"""The final report as a document that is sealed: its page in a language, and what is said of it when it is checked."""

from __future__ import annotations

from flask import render_template
from flask_babel import force_locale
from flask_babel import gettext as _

from portal.db import session
from portal.exchanges import queries as exchanges
from portal.exchanges.models import Exchange
from portal.exchanges.notifications import everyone, facts_of
from portal.messages.service import Notification, notify
from portal.registry import DocumentType, Verified
from portal.reports import queries
from portal.reports.document import ReportDocument
from portal.reports.service import REPORT
from portal.sealing.seals import Seal
from portal.web.formats import day_range


def html_of(document: ReportDocument) -> str:
    """The page that becomes the PDF, in the document's language."""
    with force_locale(document.language):
        return render_template("pdf/report.html", report=document)


def load(exchange_id: int) -> Exchange:
    """The exchange with its people."""
    return session.scalars(exchanges.WITH_PEOPLE.where(Exchange.id == exchange_id)).one()


def html(exchange: Exchange, language: str, seal: Seal | None) -> str:
    """The page of an exchange's report in one language; without a seal it is marked DRAFT."""
    return html_of(queries.document(exchange, language, seal))


def zone(exchange: Exchange) -> str:
    return exchange.host.zone


def verified(exchange: Exchange) -> Verified:
    """What the sealed report itself says of the exchange; it names no person."""
    visit = str(day_range(exchange.start, exchange.end)) if exchange.start and exchange.end else ""
    return Verified((exchange.home, exchange.host), [(_("Reference"), exchange.reference), (_("Visit"), visit)])


def notify_sealed(exchange: Exchange) -> None:
    """Notifies everyone involved once every version is sealed."""
    path = f"/exchanges/{exchange.reference}/report"
    sealed = Notification("sealed", facts_of(exchange), path, exchange.id)
    notify(everyone(exchange), sealed, f"sealed:{exchange.id}")


SEALED_REPORT = DocumentType(
    name=REPORT, load=load, html=html, zone=zone, verified=verified, event="sealed", all_sealed=notify_sealed
)
