"""Progress reports: those handed in, the periods still to come, and the form."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.exchanges.models import Exchange, Kind
from portal.exchanges.views import exchange_or_404
from portal.policy import Permission
from portal.reports import forms, progress_drafts, progress_reports, queries
from portal.reports.labels import FINDINGS
from portal.reports.models import Progress
from portal.reports.pages import to_report
from portal.reports.progress_reports import MilestoneAnswer, PeriodAnswer
from portal.visits.models import Milestone
from portal.web import drafts
from portal.web.permit import current_actor, permit

bp = Blueprint("progress_reports", __name__, url_prefix="/exchanges/<reference>/report")
TEXTS = ("text", "difficulties", "next")
ANSWERS = ("first", "last", *TEXTS)


def shown(exchange: Exchange) -> dict[str, Any]:
    """What the report's part of the page says of progress."""
    progress = queries.progress_reports(exchange.id) if exchange.kind is Kind.LONG else []
    return {"progress": progress, "periods": queries.open_periods(exchange, progress)}


@bp.get("/progress")
@permit(Permission.WRITE_REPORT, load=exchange_or_404)
def write(exchange: Exchange) -> ResponseReturnValue:
    if not progress_drafts.writable(exchange):
        return redirect(_report(exchange))
    return _page(exchange, _stored(exchange))


def _report(exchange: Exchange) -> str:
    return url_for("reports.report_tab", reference=exchange.reference)


def _stored(exchange: Exchange) -> forms.ProgressForm:
    """The form with the draft; else for the first open period, each milestone as it stood last."""
    draft, known = queries.progress_draft(exchange.id), queries.progress_reports(exchange.id)
    period = next(iter(queries.open_periods(exchange, known)), None)
    stood = {m.title: m.progress.value for report in known for m in report.milestones}
    kept = {row["number"]: row for row in draft.rows} if draft else {}
    rows = [
        {"number": number, "progress": stood.get(item.title, Progress.NOT_STARTED.value)} | kept.get(number, {})
        for number, item in _milestones(exchange).items()
    ]
    values: dict[str, Any] = {"first": period.first, "last": period.last} if period else {}
    if draft is not None:
        values = {name: getattr(draft, name) for name in ANSWERS}
    return forms.ProgressForm(formdata=None, version=progress_drafts.version_of(draft), rows=rows, **values)


def _milestones(exchange: Exchange) -> dict[int, Milestone]:
    visit = queries.visit_with_plan(exchange.id)
    return {item.id: item for item in visit.milestones} if visit else {}


def _page(exchange: Exchange, form: forms.ProgressForm, status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "reports/progress.html",
        exchange=exchange,
        form=form,
        plan=_milestones(exchange),
        draft=queries.progress_draft(exchange.id),
    )
    return page, status


@bp.post("/progress")
@permit(Permission.WRITE_REPORT, load=exchange_or_404)
def write_post(exchange: Exchange) -> ResponseReturnValue:
    """Hands in; or keeps the draft, while it is written (`drafts.automatic`) or to come back later."""
    form = forms.ProgressForm()
    keeping = drafts.automatic() or bool(request.form.get("stop"))
    if form.validate() and (keeping or form.complete()):
        with form.refusals(FINDINGS), drafts.conflicts(form, lambda: _stored(exchange)):
            if keeping:
                return _kept(exchange, form)
            progress_reports.hand_in(exchange, _written(form), form.key, by=current_actor(), draft=form.read)
            return to_report(exchange, _("Your progress report is handed in."))
    if drafts.automatic():
        words = _("Not saved: this report was saved elsewhere meanwhile. Save the page to compare.")
        return drafts.not_saved(form, words)
    return _page(exchange, form, form.status)


def _kept(exchange: Exchange, form: forms.ProgressForm) -> ResponseReturnValue:
    answers = form.values("first", "last") | {name: form[name].data or "" for name in TEXTS}
    rows = [dict(row) for row in form.rows.data]
    draft = progress_drafts.save(exchange, answers | {"rows": rows}, version=form.read, by=current_actor())
    if drafts.automatic():
        return drafts.saved(draft.version, draft.saved_at, exchange.home.zone)
    return redirect(_report(exchange))


def _written(form: forms.ProgressForm) -> PeriodAnswer:
    """What a complete form says."""
    milestones = [MilestoneAnswer(r["number"], Progress(r["progress"]), r["note"]) for r in form.rows.data]
    return PeriodAnswer(form.first.data, form.last.data, {name: form[name].data or "" for name in TEXTS}, milestones)
