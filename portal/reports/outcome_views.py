"""Around the report: the host's comment, progress reports, evaluations, follow-up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.exchanges.models import Exchange, Kind
from portal.exchanges.views import exchange_or_404
from portal.policy import Permission
from portal.reports import forms, outcome, queries, service
from portal.reports.forms import MARKS_ON_EXPERT, MARKS_ON_HOST
from portal.reports.labels import FINDINGS
from portal.reports.models import Progress, ProgressReport
from portal.reports.periods import Period, unreported
from portal.reports.service import WRITABLE
from portal.visits.models import Milestone
from portal.web.forms import Form
from portal.web.permit import current_actor, permit

bp = Blueprint("outcome", __name__, url_prefix="/exchanges/<reference>/report")


def shown(exchange: Exchange) -> dict[str, Any]:
    """What the report's part of the page says of progress, evaluations and follow-up."""
    progress = queries.progress_reports(exchange.id) if exchange.kind is Kind.LONG else []
    return {
        "progress": progress,
        "periods": _open_periods(exchange, progress),
        "evaluations": queries.evaluations(exchange.id),
        "marks": {True: MARKS_ON_HOST, False: MARKS_ON_EXPERT},
        "stands": dict(forms.PROGRESS),
        "follow_up": forms.FollowUpForm(formdata=None),
    }


def _open_periods(exchange: Exchange, known: Sequence[ProgressReport]) -> list[Period]:
    """The periods of a long stay that are not reported on yet."""
    if exchange.kind is not Kind.LONG or exchange.start is None or exchange.end is None:
        return []
    return unreported(exchange.start, exchange.end, [(row.first, row.last) for row in known])


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
        with form.refusals(FINDINGS):
            service.comment_as_host(exchange, form.text.data, form.read, by=current_actor())
            return _back(exchange, _("Your comment is printed with the report."))
    return _page(exchange, form, _("Comment of the host"), 422)


@bp.get("/progress")
@permit(Permission.WRITE_REPORT, load=exchange_or_404)
def progress(exchange: Exchange) -> ResponseReturnValue:
    if exchange.kind is not Kind.LONG or exchange.status not in WRITABLE:
        return redirect(url_for("reports.report_tab", reference=exchange.reference))
    known = queries.progress_reports(exchange.id)
    period = next(iter(_open_periods(exchange, known)), None)
    stood = {m.title: m.progress.value for report in known for m in report.milestones}
    rows = [
        {"number": number, "progress": stood.get(item.title, Progress.NOT_STARTED.value)}
        for number, item in _milestones(exchange).items()
    ]
    first, last = (period.first, period.last) if period else (None, None)
    return _progress_page(exchange, forms.ProgressForm(first=first, last=last, rows=rows))


def _milestones(exchange: Exchange) -> dict[int, Milestone]:
    visit = queries.visit_with_plan(exchange.id)
    return {item.id: item for item in visit.milestones} if visit else {}


def _progress_page(exchange: Exchange, form: forms.ProgressForm, status: int = 200) -> ResponseReturnValue:
    return render_template("reports/progress.html", exchange=exchange, form=form, plan=_milestones(exchange)), status


@bp.post("/progress")
@permit(Permission.WRITE_REPORT, load=exchange_or_404)
def progress_post(exchange: Exchange) -> ResponseReturnValue:
    form = forms.ProgressForm()
    if form.validate():
        answers = {name: value or "" for name, value in form.values("text", "difficulties", "next").items()}
        stands = [outcome.MilestoneAnswer(r["number"], Progress(r["progress"]), r["note"]) for r in form.rows.data]
        written = outcome.PeriodAnswer(form.first.data, form.last.data, answers, stands)
        with form.refusals(FINDINGS):
            outcome.hand_in_progress(exchange, written, form.key, by=current_actor())
            return _back(exchange, _("Your progress report is handed in."))
    return _progress_page(exchange, form, 422)


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
    return _page(exchange, form.label(MARKS_ON_HOST if on_host else MARKS_ON_EXPERT), _evaluation_title(on_host))


def _evaluation_title(on_host: bool) -> str:
    return _("Evaluate the host") if on_host else _("Evaluate the expert")


def _evaluate(exchange: Exchange, on_host: bool) -> ResponseReturnValue:
    form = forms.EvaluationForm().label(MARKS_ON_HOST if on_host else MARKS_ON_EXPERT)
    if form.validate():
        with form.refusals(FINDINGS):
            outcome.evaluate(exchange, on_host, form.marks(), form.comment.data or "", by=current_actor())
            return _back(exchange, _("Thank you. Your evaluation is recorded."))
    return _page(exchange, form, _evaluation_title(on_host), 422)


@bp.post("/follow-up/<int:number>")
@permit(Permission.FOLLOW_UP, load=exchange_or_404)
def follow_up(exchange: Exchange, number: int) -> ResponseReturnValue:
    form = forms.FollowUpForm()
    if form.validate():
        with form.refusals(FINDINGS):
            outcome.follow_up(
                exchange, number, Progress(form.progress.data), form.evidence.data or "", by=current_actor()
            )
            return _back(exchange, _("Recorded."))
    return _page(exchange, form, _("Recommendation %(number)s", number=number), 422)
