"""The report's part of an exchange's page: reading, writing in sections, handing in."""

from __future__ import annotations

from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.applications.queries import of_exchange
from portal.exchanges.models import Exchange
from portal.exchanges.views import exchange_or_404, show, to_exchange
from portal.policy import Permission, allows, reads_reason
from portal.reports import (
    evaluation_views,
    follow_up_views,
    forms,
    pdf_views,
    progress_report_views,
    queries,
    sections,
    service,
)
from portal.reports.completeness import progress
from portal.reports.labels import FINDINGS, SECTION
from portal.reports.models import Report
from portal.reports.review_views import bp
from portal.sealing.queries import versions_of
from portal.subjects.queries import GivenReason
from portal.web import drafts
from portal.web.findings import flashed, in_words
from portal.web.permit import current_actor, permit
from portal.workflows.exchange_terms import Action, Status

blueprints = (bp, pdf_views.bp, progress_report_views.bp, evaluation_views.bp, follow_up_views.bp)


@bp.get("")
@permit(Permission.READ_EXCHANGE, load=exchange_or_404)
def report_tab(exchange: Exchange) -> ResponseReturnValue:
    report = queries.report_of(exchange.id)
    return show(
        "reports/report.html",
        exchange,
        "report",
        report=report,
        **progress_report_views.shown(exchange),
        **evaluation_views.shown(exchange),
        **follow_up_views.shown(exchange, report),
        sealed=versions_of(exchange.id, service.REPORT) if exchange.status is Status.CLOSED else [],
        both_languages=service.both_languages(exchange),
        writing=writing(exchange),
        **_tasks(exchange, report),
        comments=sent_back(exchange),
        comment=forms.CommentForm(formdata=None, text=report.host_comment, version=report.version) if report else None,
    )


def _tasks(exchange: Exchange, report: Report | None) -> dict[str, Any]:
    """The sections with their states, for whoever is writing, and where to go on."""
    if report is None or not writing(exchange):
        return {"tasks": []}
    rows = [(row, SECTION[row.section], sections.address(exchange, row.section)) for row in progress(report)]
    return {"tasks": rows, "go_on": sections.to_write(exchange, report)}


def writing(exchange: Exchange) -> bool:
    """Whether this reader is writing the report just now."""
    return exchange.status in service.WRITABLE and allows(Permission.WRITE_REPORT, current_actor(), exchange)


def sent_back(exchange: Exchange) -> GivenReason | None:
    """What should be changed, where the report was sent back and not yet handed in again, and this reader may know."""
    if exchange.status is not Status.COMPLETED:
        return None
    given = queries.sent_back(exchange.id)
    return given if given.text and reads_reason(given.what, current_actor(), exchange) else None


@bp.post("/begin")
@permit(Permission.WRITE_REPORT, load=exchange_or_404)
def begin(exchange: Exchange) -> ResponseReturnValue:
    application = of_exchange(exchange.id)
    if application is None:
        abort(404)
    results = [line.strip() for line in application.results.splitlines() if line.strip()]
    with flashed(FINDINGS):
        report = service.begin(exchange, results, application.language, current_actor())
        return redirect(sections.to_write(exchange, report))
    return redirect(url_for("reports.report_tab", reference=exchange.reference))


def _editor(exchange: Exchange, key: str) -> tuple[sections.Section, Report]:
    editor, report = sections.find(key), queries.report_of(exchange.id)
    if editor is None or report is None:
        abort(404)
    return editor, report


@bp.get("/write/<key>")
@permit(Permission.WRITE_REPORT, load=exchange_or_404)
def section(exchange: Exchange, key: str) -> ResponseReturnValue:
    editor, report = _editor(exchange, key)
    if not writing(exchange):
        return redirect(url_for("reports.report_tab", reference=exchange.reference))
    form = editor.form(exchange, report)
    if "rows" in form:
        form["rows"].point_out()
    return _section_page(exchange, report, editor, form)


@bp.post("/write/<key>")
@permit(Permission.WRITE_REPORT, load=exchange_or_404)
def section_post(exchange: Exchange, key: str) -> ResponseReturnValue:
    editor, report = _editor(exchange, key)
    form = editor.posted(exchange)
    if request.form.get("more"):
        sections.add_row(form)
        return _section_page(exchange, report, editor, form)
    if form.validate():
        with form.refusals(FINDINGS), drafts.conflicts(form, lambda: editor.form(exchange, _editor(exchange, key)[1])):
            kept = editor.save(exchange, form, current_actor())
            if drafts.automatic():
                return drafts.saved(kept.version, kept.saved_at, exchange.home.zone)
            stop = url_for("reports.report_tab", reference=exchange.reference)
            return drafts.onward(sections.after(exchange, editor), stop)
    if drafts.automatic():
        words = _("Not saved: this report was saved elsewhere meanwhile. Save the page to compare.")
        return drafts.not_saved(form, words)
    if form.differing == []:  # as after the same press, or where the page had saved itself a moment ago
        stop = url_for("reports.report_tab", reference=exchange.reference)
        return drafts.onward(sections.after(exchange, editor), stop)
    return _section_page(exchange, report, editor, form, form.status)


def _section_page(
    exchange: Exchange, report: Report, editor: sections.Section, form: Any, status: int = 200
) -> ResponseReturnValue:
    values = {
        "exchange": exchange,
        "report": report,
        "form": form,
        "title": editor.title,
        "sections": sections.SECTIONS,
        "key": editor.key,
        "comments": sent_back(exchange),
    }
    plan = sections.plan_rows(exchange) if editor.key == "plan" else {}
    present = queries.days_present(exchange.id) if editor.key == "findings" else None
    page = render_template(f"reports/write_{editor.key}.html", **values, plan=plan, present=present)
    return page, status


@bp.get("/check")
@permit(Permission.WRITE_REPORT, load=exchange_or_404)  # during the visit too: it says what is still missing
def check(exchange: Exchange) -> ResponseReturnValue:
    if exchange.status not in service.WRITABLE | service.BEFORE_DEPARTURE:
        return redirect(url_for("reports.report_tab", reference=exchange.reference))
    return _check_page(exchange, forms.HandInForm(version=exchange.version))


def _check_page(exchange: Exchange, form: forms.HandInForm, status: int = 200) -> ResponseReturnValue:
    report = queries.report_of(exchange.id)
    page = render_template(
        "reports/check.html",
        exchange=exchange,
        report=report,
        form=form,
        problems=_problems(exchange, report) if report else [],
        before=FINDINGS["not_departed"] if exchange.status in service.BEFORE_DEPARTURE else "",
        sections=sections.SECTIONS,
        both_languages=service.both_languages(exchange),
    )
    return page, status


def _problems(exchange: Exchange, report: Report) -> list[tuple[Any, str, str, str]]:
    """What is missing: its section, words, and the address of the field in which it is answered."""
    return [
        (SECTION[row.section], in_words(it, FINDINGS), "", sections.address(exchange, row.section, it.field))
        for row in progress(report)
        for it in row.findings
    ]


@bp.post("/check")
@permit(Action.EXPERT_SUBMIT_REPORT, load=exchange_or_404)
def check_post(exchange: Exchange) -> ResponseReturnValue:
    form = forms.HandInForm()
    if form.validate():
        with form.refusals(FINDINGS):
            service.hand_in(exchange, form.read, by=current_actor(), confirmed=form.confirmed)
            words = _("Your report is handed in. %(host)s reads it now.", host=exchange.host.short_name)
            return to_exchange(exchange, words)
    return _check_page(exchange, form, 422)
