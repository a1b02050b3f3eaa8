"""Handing out the report as PDF: the sealed files, and before that drafts, which the worker makes."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import structlog
from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import calendars
from portal.exchanges.models import Exchange
from portal.exchanges.views import exchange_or_404
from portal.policy import Permission
from portal.reports import queries, service
from portal.sealing import drafts
from portal.sealing import service as sealed_documents
from portal.sealing.models import SealedDocument
from portal.sealing.queries import drafts_before, versions_of
from portal.sealing.seals import file_name
from portal.storage import Missing
from portal.web.language import spoken
from portal.web.permit import current_actor, permit
from portal.web.uploads import attachment

log = structlog.get_logger()
bp = Blueprint("report_pdf", __name__, url_prefix="/exchanges/<reference>/report")


@bp.get("/pdf")
@permit(Permission.READ_EXCHANGE, load=exchange_or_404)
def sealed(exchange: Exchange) -> ResponseReturnValue:
    """The sealed file, in the language asked for where there is one; before it is sealed one can ask for a draft."""
    language = _version(exchange, request.args.get("language", ""))
    rows = versions_of(exchange.id, service.REPORT)
    if rows:
        return _handed_out(exchange, next((row for row in rows if row.language == language), rows[0]))
    if queries.report_of(exchange.id) is None:
        abort(404)
    return _elsewhere(exchange, _("The report is not sealed yet. You can ask for a draft of it here."), "info")


def _version(exchange: Exchange, asked: str) -> str:
    return asked if asked in service.versions(exchange) else spoken()


def _handed_out(exchange: Exchange, row: SealedDocument) -> ResponseReturnValue:
    """The stored file, never rendered again."""
    if row.sealed_at is None:
        return _elsewhere(exchange, _("The PDF is being sealed. Try again in a minute."))
    try:
        data = sealed_documents.read(exchange, row, by=current_actor(), storage=current_app.extensions["storage"])
    except Missing:
        log.error("sealed_file_missing", sealed=row.id)
        abort(503)
    day = row.sealed_at.astimezone(ZoneInfo(exchange.host.zone)).date()  # the one that is printed on it
    return _download(data, file_name(exchange.reference, row.language, day))


def _elsewhere(exchange: Exchange, words: str, kind: str = "problem") -> ResponseReturnValue:
    flash(words, kind)
    return redirect(url_for("reports.report_tab", reference=exchange.reference))


def _download(data: bytes, name: str) -> Response:
    return attachment(data, name, "application/pdf")


@bp.post("/draft")
@permit(Permission.READ_EXCHANGE, load=exchange_or_404)
def want_draft(exchange: Exchange) -> ResponseReturnValue:
    """Lets the worker make a PDF of the report as it stands, marked DRAFT."""
    if queries.report_of(exchange.id) is None or versions_of(exchange.id, service.REPORT):
        return redirect(url_for("report_pdf.sealed", reference=exchange.reference))
    version = _version(exchange, request.form.get("language", ""))
    row = drafts.want(exchange, service.REPORT, version, by=current_actor())
    return redirect(url_for("report_pdf.draft", reference=exchange.reference, draft_id=row.id))


@bp.get("/draft")
@permit(Permission.READ_EXCHANGE, load=exchange_or_404)
def no_draft(exchange: Exchange) -> ResponseReturnValue:
    """A GET of the address to which drafts are asked for, after a change of language or from a bookmark."""
    return redirect(url_for("reports.report_tab", reference=exchange.reference))


@bp.get("/draft/<int:draft_id>")
@permit(Permission.READ_EXCHANGE, load=exchange_or_404)
def draft(exchange: Exchange, draft_id: int) -> ResponseReturnValue:
    """How far one's draft is; once it is made, the link to it."""
    row = drafts.of(exchange, draft_id, by=current_actor())
    if row is None:
        return _elsewhere(exchange, _("This draft is no longer kept. You can ask for a new one."), "info")
    before = drafts_before(row) if row.made_at is None else 0
    return render_template(
        "reports/draft.html",
        exchange=exchange,
        row=row,
        until=drafts.until(row),
        before=before,
        zone=exchange.host.zone,
    )


@bp.get("/draft/<int:draft_id>/pdf")
@permit(Permission.READ_EXCHANGE, load=exchange_or_404)
def draft_pdf(exchange: Exchange, draft_id: int) -> ResponseReturnValue:
    """The file of one's draft."""
    row = drafts.of(exchange, draft_id, by=current_actor())
    if row is None or row.made_at is None:
        return redirect(url_for("report_pdf.draft", reference=exchange.reference, draft_id=draft_id))
    try:
        data = drafts.read(row, storage=current_app.extensions["storage"])
    except Missing:
        return _elsewhere(exchange, _("This draft is no longer kept. You can ask for a new one."), "info")
    today = calendars.today(exchange.host.zone)
    return _download(data, f"{_('DRAFT')}_{file_name(exchange.reference, row.language, today)}")
