"""Around the report: the host's comment, progress reports, evaluations, follow-up."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.exchanges.models import Exchange
from portal.exchanges.views import exchange_or_404
from portal.policy import Permission
from portal.refusals import Refused
from portal.reports import forms, queries, service
from portal.reports.forms import MARKS_ON_EXPERT, MARKS_ON_HOST, MESSAGES
from portal.reports.models import Progress
from portal.web.forms import Form
from portal.web.permit import current_actor, permit

bp = Blueprint("outcome", __name__, url_prefix="/exchanges/<reference>/report")


def _back(exchange: Exchange, words: str) -> ResponseReturnValue:
    flash(words)
    return redirect(url_for("reports.report_tab", reference=exchange.reference))


def _page(exchange: Exchange, form: Form, title: str, status: int = 200) -> ResponseReturnValue:
    return render_template("reports/simple.html", exchange=exchange, form=form, title=title), status


@bp.post("/comment")
@permit(Permission.COMMENT_REPORT, load=exchange_or_404)
def comment(exchange: Exchange) -> ResponseReturnValue:
    form = forms.CommentForm()
    if form.validate():
        try:
            service.comment_as_host(exchange, form.text.data, by=current_actor())
            return _back(exchange, _("Your comment is printed with the report."))
        except Refused as refusal:
            form.refuse(refusal, MESSAGES)
    return _page(exchange, form, _("Comment of the host"), 422)


@bp.get("/progress")
@permit(Permission.WRITE_REPORT, load=exchange_or_404)
def progress(exchange: Exchange) -> ResponseReturnValue:
    known = queries.progress_reports(exchange.id)
    form = forms.ProgressForm(first=None if known else exchange.start)
    return _page(exchange, form, _("Progress report"))


@bp.post("/progress")
@permit(Permission.WRITE_REPORT, load=exchange_or_404)
def progress_post(exchange: Exchange) -> ResponseReturnValue:
    form = forms.ProgressForm()
    if form.validate():
        answers = {name: value or "" for name, value in form.values("text", "difficulties", "next").items()}
        try:
            service.hand_in_progress(
                exchange, form.first.data, form.last.data, answers, form.once.data, by=current_actor()
            )
            return _back(exchange, _("Your progress report is handed in."))
        except Refused as refusal:
            form.refuse(refusal, MESSAGES)
    return _page(exchange, form, _("Progress report"), 422)


@bp.get("/evaluate-host")
@permit(Permission.EVALUATE_HOST, load=exchange_or_404)
def evaluate_host(exchange: Exchange) -> ResponseReturnValue:
    return _page(exchange, forms.EvaluationForm().label(MARKS_ON_HOST), _("Evaluate the host"))


@bp.post("/evaluate-host")
@permit(Permission.EVALUATE_HOST, load=exchange_or_404)
def evaluate_host_post(exchange: Exchange) -> ResponseReturnValue:
    return _evaluate(exchange, True, _("Evaluate the host"))


@bp.get("/evaluate-expert")
@permit(Permission.EVALUATE_EXPERT, load=exchange_or_404)
def evaluate_expert(exchange: Exchange) -> ResponseReturnValue:
    return _page(exchange, forms.EvaluationForm().label(MARKS_ON_EXPERT), _("Evaluate the expert"))


@bp.post("/evaluate-expert")
@permit(Permission.EVALUATE_EXPERT, load=exchange_or_404)
def evaluate_expert_post(exchange: Exchange) -> ResponseReturnValue:
    return _evaluate(exchange, False, _("Evaluate the expert"))


def _evaluate(exchange: Exchange, on_host: bool, title: str) -> ResponseReturnValue:
    form = forms.EvaluationForm().label(MARKS_ON_HOST if on_host else MARKS_ON_EXPERT)
    if form.validate():
        try:
            service.evaluate(exchange, on_host, form.marks(), form.comment.data or "", by=current_actor())
            return _back(exchange, _("Thank you. Your evaluation is recorded."))
        except Refused as refusal:
            form.refuse(refusal, MESSAGES)
    return _page(exchange, form, title, 422)


@bp.post("/follow-up/<int:number>")
@permit(Permission.FOLLOW_UP, load=exchange_or_404)
def follow_up(exchange: Exchange, number: int) -> ResponseReturnValue:
    form = forms.FollowUpForm()
    if form.validate():
        try:
            service.follow_up(
                exchange, number, Progress(form.progress.data), form.evidence.data or "", by=current_actor()
            )
            return _back(exchange, _("Recorded."))
        except Refused as refusal:
            form.refuse(refusal, MESSAGES)
    return _page(exchange, form, _("Recommendation %(number)s", number=number), 422)
