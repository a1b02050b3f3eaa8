"""Evaluations: of the host by the expert, and of the expert by the host."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.exchanges.models import Exchange
from portal.exchanges.views import exchange_or_404
from portal.policy import Permission
from portal.reports import evaluations, forms, queries
from portal.reports.forms import MARKS_ON_EXPERT, MARKS_ON_HOST
from portal.reports.labels import FINDINGS
from portal.reports.pages import form_page, to_report
from portal.web.permit import current_actor, permit

bp = Blueprint("evaluations", __name__, url_prefix="/exchanges/<reference>/report")


def shown(exchange: Exchange) -> dict[str, Any]:
    """What the report's part of the page says of evaluations."""
    return {"evaluations": queries.evaluations(exchange.id), "marks": {True: MARKS_ON_HOST, False: MARKS_ON_EXPERT}}


@bp.get("/evaluate-host")
@permit(Permission.EVALUATE_HOST, load=exchange_or_404)
def evaluate_host(exchange: Exchange) -> ResponseReturnValue:
    return _evaluation(exchange, True)


@bp.post("/evaluate-host")
@permit(Permission.EVALUATE_HOST, load=exchange_or_404)
def evaluate_host_post(exchange: Exchange) -> ResponseReturnValue:
    return _evaluate(exchange, True)


@bp.get("/evaluate-expert")
@permit(Permission.EVALUATE_EXPERT, load=exchange_or_404)
def evaluate_expert(exchange: Exchange) -> ResponseReturnValue:
    return _evaluation(exchange, False)


@bp.post("/evaluate-expert")
@permit(Permission.EVALUATE_EXPERT, load=exchange_or_404)
def evaluate_expert_post(exchange: Exchange) -> ResponseReturnValue:
    return _evaluate(exchange, False)


def _evaluation(exchange: Exchange, on_host: bool) -> ResponseReturnValue:
    """The form, with what was said before: a second time corrects the first."""
    known = queries.evaluations(exchange.id).get(on_host)
    marks = {f"mark{n}": mark for n, mark in enumerate(known.marks, start=1)} if known else {}
    form = forms.EvaluationForm(formdata=None, comment=known.comment if known else "", **marks)
    return form_page(exchange, form.label(MARKS_ON_HOST if on_host else MARKS_ON_EXPERT), _title(on_host))


def _title(on_host: bool) -> str:
    return _("Evaluate the host") if on_host else _("Evaluate the expert")


def _evaluate(exchange: Exchange, on_host: bool) -> ResponseReturnValue:
    form = forms.EvaluationForm().label(MARKS_ON_HOST if on_host else MARKS_ON_EXPERT)
    if form.validate():
        with form.refusals(FINDINGS):
            evaluations.evaluate(exchange, on_host, form.marks(), form.comment.data or "", by=current_actor())
            return to_report(exchange, _("Thank you. Your evaluation is recorded."))
    return form_page(exchange, form, _title(on_host), 422)
