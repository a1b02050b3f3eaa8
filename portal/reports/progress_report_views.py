"""Progress reports: those handed in, the periods still to come, and the form."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.exchanges.models import Exchange, Kind
from portal.exchanges.views import exchange_or_404
from portal.policy import Permission
from portal.reports import forms, progress_reports, queries
from portal.reports.labels import FINDINGS
from portal.reports.models import Progress
from portal.reports.pages import to_report
from portal.reports.progress_reports import MilestoneAnswer, PeriodAnswer
from portal.reports.service import WRITABLE
from portal.visits.models import Milestone
from portal.web.permit import current_actor, permit

bp = Blueprint("progress_reports", __name__, url_prefix="/exchanges/<reference>/report")


def shown(exchange: Exchange) -> dict[str, Any]:
    """What the report's part of the page says of progress."""
    progress = queries.progress_reports(exchange.id) if exchange.kind is Kind.LONG else []
    return {"progress": progress, "periods": queries.open_periods(exchange, progress)}


@bp.get("/progress")
@permit(Permission.WRITE_REPORT, load=exchange_or_404)
def write(exchange: Exchange) -> ResponseReturnValue:
    """The form for the first open period, each milestone as it stood last."""
    if exchange.kind is not Kind.LONG or exchange.status not in WRITABLE:
        return redirect(url_for("reports.report_tab", reference=exchange.reference))
    known = queries.progress_reports(exchange.id)
    period = next(iter(queries.open_periods(exchange, known)), None)
    stood = {m.title: m.progress.value for report in known for m in report.milestones}
    rows = [
        {"number": number, "progress": stood.get(item.title, Progress.NOT_STARTED.value)}
        for number, item in _milestones(exchange).items()
    ]
    first, last = (period.first, period.last) if period else (None, None)
    return _page(exchange, forms.ProgressForm(first=first, last=last, rows=rows))


def _milestones(exchange: Exchange) -> dict[int, Milestone]:
    visit = queries.visit_with_plan(exchange.id)
    return {item.id: item for item in visit.milestones} if visit else {}


def _page(exchange: Exchange, form: forms.ProgressForm, status: int = 200) -> ResponseReturnValue:
    return render_template("reports/progress.html", exchange=exchange, form=form, plan=_milestones(exchange)), status


@bp.post("/progress")
@permit(Permission.WRITE_REPORT, load=exchange_or_404)
def write_post(exchange: Exchange) -> ResponseReturnValue:
    form = forms.ProgressForm()
    if form.validate():
        answers = {name: value or "" for name, value in form.values("text", "difficulties", "next").items()}
        milestones = [MilestoneAnswer(r["number"], Progress(r["progress"]), r["note"]) for r in form.rows.data]
        written = PeriodAnswer(form.first.data, form.last.data, answers, milestones)
        with form.refusals(FINDINGS):
            progress_reports.hand_in(exchange, written, form.key, by=current_actor())
            return to_report(exchange, _("Your progress report is handed in."))
    return _page(exchange, form, 422)
