"""Reviewing the final report: commenting as the host, accepting or sending back, and handing out its PDF."""

from __future__ import annotations

from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import calendars
from portal.exchanges.models import Exchange
from portal.exchanges.views import exchange_or_404, to_exchange
from portal.policy import Permission
from portal.reports import forms, queries, service
from portal.reports.labels import FINDINGS
from portal.reports.pages import form_page, to_report
from portal.sealing import service as sealed_documents
from portal.sealing.models import SealedDocument
from portal.sealing.queries import versions_of
from portal.sealing.seals import file_name
from portal.sealing.worker import draft
from portal.storage import Missing
from portal.web.language import spoken
from portal.web.pdf import RenderFailed
from portal.web.permit import current_actor, permit
from portal.web.uploads import attachment
from portal.workflows.exchange import EXCHANGE
from portal.workflows.exchange_terms import Action, Status

log = structlog.get_logger()
# the rest of the report's part of the page is in views.py, on the same blueprint
bp = Blueprint("reports", __name__, url_prefix="/exchanges/<reference>/report")
BACK = frozenset({Action.HOST_RETURN_REPORT, Action.HOME_RETURN_REPORT})


def _ask(exchange: Exchange, action: Action) -> ResponseReturnValue:
    """The page on which the step is taken; where it cannot be taken now, the exchange as it stands."""
    if EXCHANGE.follow(exchange.state, action) is None:
        return redirect(url_for("desk.overview", reference=exchange.reference))
    form = forms.SendBackForm if action in BACK else forms.StepForm
    return _decide(exchange, action, form(version=exchange.version))


def _decide(exchange: Exchange, action: Action, form: Any, status: int = 200) -> ResponseReturnValue:
    return render_template("reports/decide.html", exchange=exchange, action=action, form=form), status


def _decide_post(exchange: Exchange, action: Action) -> ResponseReturnValue:
    """Accepting, or sending back with what should be changed."""
    form = forms.SendBackForm() if action in BACK else forms.StepForm()
    if form.validate():
        with form.refusals(FINDINGS):
            return to_exchange(exchange, _take(exchange, action, form))
    return _decide(exchange, action, form, 422)


def _take(exchange: Exchange, action: Action, form: Any) -> str:
    if action in BACK:
        service.send_back(exchange, action, form.read, form.reason.data, by=current_actor())
        return _("The report is back with the expert.")
    service.accept(exchange, action, form.read, by=current_actor())
    return _("You accepted the report.")


# the four decisions are the same page with other words: their routes are made from a table, like the approvals'
for _action, _path in {
    Action.HOST_ACCEPT_REPORT: "/accept-host",
    Action.HOME_ACCEPT_REPORT: "/accept-home",
    Action.HOST_RETURN_REPORT: "/send-back-host",
    Action.HOME_RETURN_REPORT: "/send-back-home",
}.items():
    _guard = permit(_action, load=exchange_or_404)
    bp.add_url_rule(_path, _action.value, _guard(partial(_ask, action=_action)), methods=["GET"])
    bp.add_url_rule(_path, f"{_action.value}_post", _guard(partial(_decide_post, action=_action)), methods=["POST"])


@bp.post("/comment")
@permit(Permission.COMMENT_REPORT, load=exchange_or_404)
def comment(exchange: Exchange) -> ResponseReturnValue:
    form = forms.CommentForm()
    if form.validate():
        with form.refusals(FINDINGS):
            service.comment_as_host(exchange, form.text.data, form.read, by=current_actor())
            return to_report(exchange, _("Your comment is printed with the report."))
    return form_page(exchange, form, _("Comment of the host"), 422)


@bp.get("/pdf")
@permit(Permission.READ_EXCHANGE, load=exchange_or_404)
def pdf(exchange: Exchange) -> ResponseReturnValue:
    """The sealed file where there is one, in the language asked for; before, the report as it stands, marked DRAFT."""
    asked = request.args.get("language", "")
    language = asked if asked in service.versions(exchange) else spoken()
    rows = versions_of(exchange.id, service.REPORT)
    if rows:
        return _sealed(exchange, next((row for row in rows if row.language == language), rows[0]))
    report = queries.report_of(exchange.id)
    if report is None or exchange.status is Status.CLOSED:
        abort(404)
    try:
        data = draft(exchange, service.REPORT, language)
    except RenderFailed:
        return _not_now(exchange, _("The PDF could not be made just now. Try again in a minute."))
    today = calendars.today(exchange.host.zone)
    return _download(data, f"{_('DRAFT')}_{file_name(exchange.reference, language, today)}")


def _sealed(exchange: Exchange, row: SealedDocument) -> ResponseReturnValue:
    """The stored file, never rendered again."""
    if row.sealed_at is None:
        return _not_now(exchange, _("The PDF is being sealed. Try again in a minute."))
    try:
        data = sealed_documents.read(exchange, row, by=current_actor(), storage=current_app.extensions["storage"])
    except Missing:
        log.error("sealed_file_missing", sealed=row.id)
        abort(503)
    day = row.sealed_at.astimezone(ZoneInfo(exchange.host.zone)).date()  # the one that is printed on it
    return _download(data, file_name(exchange.reference, row.language, day))


def _not_now(exchange: Exchange, words: str) -> ResponseReturnValue:
    flash(words, "problem")
    return redirect(url_for("reports.report_tab", reference=exchange.reference))


def _download(data: bytes, name: str) -> Response:
    return attachment(data, name, "application/pdf")
