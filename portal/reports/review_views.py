"""Reviewing the final report: commenting as the host, accepting or sending back."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.exchanges import undo_pages
from portal.exchanges.header import alternatives
from portal.exchanges.models import Exchange
from portal.exchanges.views import exchange_or_404, to_exchange
from portal.findings import Conflict, RuleViolation
from portal.policy import Permission
from portal.reports import forms, queries, service
from portal.reports.changes import since_returned
from portal.reports.labels import FINDINGS, SECTION
from portal.reports.pages import form_page, to_report
from portal.web.language import spoken
from portal.web.permit import current_actor, permit, possible
from portal.workflows.exchange_terms import Action

# the rest of the report's part of the page is in views.py and pdf_views.py, on the same blueprint
bp = Blueprint("reports", __name__, url_prefix="/exchanges/<reference>/report")
BACK = frozenset({Action.HOST_RETURN_REPORT, Action.HOME_RETURN_REPORT})


def _ask(exchange: Exchange, action: Action) -> ResponseReturnValue:
    """The page on which the step is taken."""
    report = queries.report_of(exchange.id)
    if report is not None and action is Action.HOST_ACCEPT_REPORT:
        form: Any = forms.AcceptForm(
            formdata=None, version=exchange.version, commented=report.version, comment=report.host_comment
        )
    else:
        form = (forms.SendBackForm if action in BACK else forms.StepForm)(version=exchange.version)
    return _decide(exchange, action, form)


def _decide(exchange: Exchange, action: Action, form: Any, status: int = 200) -> ResponseReturnValue:
    """The page with all that is decided on: the report, its agenda as carried out, and what changed since it was sent
    back. Raises Conflict where there is nothing to decide on any more, or not yet."""
    if not possible(action, exchange):
        raise Conflict(exchange.reference)
    page = render_template(
        "reports/decide.html",
        exchange=exchange,
        action=action,
        form=form,
        instead=alternatives(exchange, current_actor(), action),
        r=queries.document(exchange, spoken()),
        changed=since_returned(exchange.id),
        sections=SECTION,
        both_languages=service.both_languages(exchange),
    )
    return page, status


def _decide_post(exchange: Exchange, action: Action) -> ResponseReturnValue:
    """Accepting, or sending back with what should be changed."""
    kinds: dict[Action, Any] = dict.fromkeys(BACK, forms.SendBackForm) | {Action.HOST_ACCEPT_REPORT: forms.AcceptForm}
    form = kinds.get(action, forms.StepForm)()
    if form.validate():
        with form.refusals(FINDINGS):
            return to_exchange(exchange, _take(exchange, action, form))
        _read_again(exchange, form)
    return _decide(exchange, action, form, 422)


def _read_again(exchange: Exchange, form: Any) -> None:
    """The next press keeps one's own comment, now that the other is shown."""
    report = queries.report_of(exchange.id)
    if "commented" in form and report is not None:
        form.commented.process_data(report.version)
        form.commented.raw_data = None


def _take(exchange: Exchange, action: Action, form: Any) -> str:
    by = current_actor()
    if action in BACK:
        words = form.words()
        if not words:
            raise RuleViolation("remark", field="reason")
        service.send_back(exchange, action, form.read, words, by=by)
        return _("The report is back with the expert.")
    host = action is Action.HOST_ACCEPT_REPORT
    comment = service.HostComment(form.comment.data or "", form.commented.data or 0) if host else None
    service.accept(exchange, action, form.read, by=by, comment=comment)
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


undo_pages.add(bp, "/undo-accept", Action.HOST_UNDO_ACCEPT_REPORT, service.undo_accept)


@bp.post("/comment")
@permit(Permission.COMMENT_REPORT, load=exchange_or_404)
def comment(exchange: Exchange) -> ResponseReturnValue:
    form = forms.CommentForm()
    if form.validate():
        with form.refusals(FINDINGS):
            service.comment_as_host(exchange, form.text.data, form.read, by=current_actor())
            return to_report(exchange, _("Your comment is printed with the report."))
    return form_page(exchange, form, _("Comment of the host"), 422)
