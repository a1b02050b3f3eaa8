"""The report's part of an exchange's page: reading, writing in sections, handing in, accepting."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from portal import calendars
from portal.applications.queries import of_exchange
from portal.exchanges.models import Exchange
from portal.exchanges.views import exchange_or_404, show, to_exchange
from portal.policy import Permission
from portal.refusals import Refused
from portal.reports import forms, outcome_views, queries, sealing, sections, service, verify_views
from portal.reports.document import file_name
from portal.reports.forms import MESSAGES
from portal.web.pdf import RenderFailed
from portal.web.permit import current_actor, permit
from portal.web.uploads import attachment
from portal.workflow import Action, Status

bp = Blueprint("reports", __name__, url_prefix="/exchanges/<reference>/report")
blueprints = (bp, outcome_views.bp, verify_views.bp)


@bp.get("")
@permit(Permission.READ_EXCHANGE, load=exchange_or_404)
def report_tab(exchange: Exchange) -> ResponseReturnValue:
    return show(
        "reports/report.html",
        exchange,
        "report",
        report=queries.report_of(exchange.id),
        visit=queries.visit_with_plan(exchange.id),
        progress=queries.progress_reports(exchange.id),
        sealed=queries.sealed(exchange.id),
        evaluations=queries.evaluations(exchange.id),
        sections=sections.SECTIONS,
        comment=forms.CommentForm(formdata=None),
        follow_up=forms.FollowUpForm(formdata=None),
    )


@bp.post("/begin")
@permit(Permission.WRITE_REPORT, load=exchange_or_404)
def begin(exchange: Exchange) -> ResponseReturnValue:
    application = of_exchange(exchange.id)
    if exchange.status is not Status.COMPLETED or application is None:
        abort(409)
    results = [line.strip() for line in application.results.splitlines() if line.strip()]
    service.begin(exchange, results, application.language, current_actor())
    return redirect(url_for("reports.section", reference=exchange.reference, key="objectives"))


@bp.get("/write/<key>")
@permit(Permission.WRITE_REPORT, load=exchange_or_404)
def section(exchange: Exchange, key: str) -> ResponseReturnValue:
    editor, report = sections.find(key), queries.report_of(exchange.id)
    if editor is None or report is None:
        abort(404)
    return _section_page(exchange, key, editor.form(exchange, report))


@bp.post("/write/<key>")
@permit(Permission.WRITE_REPORT, load=exchange_or_404)
def section_post(exchange: Exchange, key: str) -> ResponseReturnValue:
    editor, report = sections.find(key), queries.report_of(exchange.id)
    if editor is None or report is None:
        abort(404)
    form = editor.posted(exchange)
    if request.form.get("more"):
        form["rows"].append_entry()
        return _section_page(exchange, key, form)
    if not form.validate():
        return _section_page(exchange, key, form, 422)
    try:
        saved = editor.save(exchange, form, current_actor())
    except Refused as refusal:
        form.refuse(refusal, MESSAGES)
        return _section_page(exchange, key, form, 422)
    if request.headers.get("X-Autosave"):
        local = saved.saved_at.astimezone()
        return {"version": saved.version, "message": _("Saved at %(time)s.", time=f"{local:%H:%M}")}
    return redirect(sections.after(exchange, key))


def _section_page(exchange: Exchange, key: str, form: Any, status: int = 200) -> ResponseReturnValue:
    title = next(s.title for s in sections.SECTIONS if s.key == key)
    plan = sections.plan_rows(exchange) if key == "plan" else {}
    page = render_template(
        f"reports/write_{key}.html",
        exchange=exchange,
        form=form,
        title=title,
        sections=sections.SECTIONS,
        key=key,
        plan=plan,
    )
    return page, status


@bp.get("/check")
@permit(Action.REPORT, load=exchange_or_404)
def check(exchange: Exchange) -> ResponseReturnValue:
    return _check_page(exchange, forms.StepForm(version=exchange.version))


def _check_page(exchange: Exchange, form: forms.StepForm, status: int = 200) -> ResponseReturnValue:
    report = queries.report_of(exchange.id)
    missing = [MESSAGES[code] for code in service.problems(report)] if report else []
    page = render_template(
        "reports/check.html", exchange=exchange, report=report, form=form, missing=missing,
        visit=queries.visit_with_plan(exchange.id), sections=sections.SECTIONS,
    )  # fmt: skip
    return page, status


@bp.post("/check")
@permit(Action.REPORT, load=exchange_or_404)
def check_post(exchange: Exchange) -> ResponseReturnValue:
    form = forms.StepForm()
    if form.validate():
        try:
            service.hand_in(exchange, form.version.data, by=current_actor())
            return to_exchange(
                exchange.reference, _("Your report is handed in. %(host)s reads it now.", host=exchange.host.short_name)
            )
        except Refused as refusal:
            form.refuse(refusal, MESSAGES)
    return _check_page(exchange, form, 422)


def _decide(exchange: Exchange, action: Action, form: Any, status: int = 200) -> ResponseReturnValue:
    return render_template("reports/decide.html", exchange=exchange, action=action, form=form), status


def _decide_post(exchange: Exchange, action: Action) -> ResponseReturnValue:
    """Accepting, or sending back with what should be changed."""
    back = action in (Action.SEND_BACK_HOST, Action.SEND_BACK_HOME)
    form = forms.SendBackForm() if back else forms.StepForm()
    if form.validate():
        try:
            if back:
                service.send_back(exchange, action, form.version.data, form.reason.data, by=current_actor())
                return to_exchange(exchange.reference, _("The report is back with the expert."))
            service.accept(exchange, action, form.version.data, sealing_languages(), by=current_actor())
            return to_exchange(exchange.reference, _("You accepted the report."))
        except Refused as refusal:
            form.refuse(refusal, MESSAGES)
    return _decide(exchange, action, form, 422)


def sealing_languages() -> tuple[str, ...]:
    """The languages in which a report is sealed: those that the portal speaks."""
    return tuple(current_app.config["PORTAL"].languages)


@bp.get("/accept-host")
@permit(Action.ACCEPT_REPORT_HOST, load=exchange_or_404)
def accept_host(exchange: Exchange) -> ResponseReturnValue:
    return _decide(exchange, Action.ACCEPT_REPORT_HOST, forms.StepForm(version=exchange.version))


@bp.post("/accept-host")
@permit(Action.ACCEPT_REPORT_HOST, load=exchange_or_404)
def accept_host_post(exchange: Exchange) -> ResponseReturnValue:
    return _decide_post(exchange, Action.ACCEPT_REPORT_HOST)


@bp.get("/accept-home")
@permit(Action.ACCEPT_REPORT_HOME, load=exchange_or_404)
def accept_home(exchange: Exchange) -> ResponseReturnValue:
    return _decide(exchange, Action.ACCEPT_REPORT_HOME, forms.StepForm(version=exchange.version))


@bp.post("/accept-home")
@permit(Action.ACCEPT_REPORT_HOME, load=exchange_or_404)
def accept_home_post(exchange: Exchange) -> ResponseReturnValue:
    return _decide_post(exchange, Action.ACCEPT_REPORT_HOME)


@bp.get("/send-back-host")
@permit(Action.SEND_BACK_HOST, load=exchange_or_404)
def send_back_host(exchange: Exchange) -> ResponseReturnValue:
    return _decide(exchange, Action.SEND_BACK_HOST, forms.SendBackForm(version=exchange.version))


@bp.post("/send-back-host")
@permit(Action.SEND_BACK_HOST, load=exchange_or_404)
def send_back_host_post(exchange: Exchange) -> ResponseReturnValue:
    return _decide_post(exchange, Action.SEND_BACK_HOST)


@bp.get("/send-back-home")
@permit(Action.SEND_BACK_HOME, load=exchange_or_404)
def send_back_home(exchange: Exchange) -> ResponseReturnValue:
    return _decide(exchange, Action.SEND_BACK_HOME, forms.SendBackForm(version=exchange.version))


@bp.post("/send-back-home")
@permit(Action.SEND_BACK_HOME, load=exchange_or_404)
def send_back_home_post(exchange: Exchange) -> ResponseReturnValue:
    return _decide_post(exchange, Action.SEND_BACK_HOME)


@bp.get("/pdf")
@permit(Permission.READ_EXCHANGE, load=exchange_or_404)
def pdf(exchange: Exchange) -> ResponseReturnValue:
    """The sealed file where there is one, else the report as it stands, marked DRAFT."""
    language = str(get_locale())
    row = queries.sealed_in(exchange.id, language)
    if row is not None and row.sealed_at is not None:
        data = current_app.extensions["storage"].get(row.key)
        return _download(data, file_name(exchange.reference, language, row.sealed_at.date()))
    report = queries.report_of(exchange.id)
    if report is None:
        abort(404)
    try:
        data = sealing.draft(exchange, language)
    except RenderFailed:
        flash(_("The PDF could not be made just now. Try again in a minute."), "problem")
        return redirect(url_for("reports.report_tab", reference=exchange.reference))
    return _download(data, f"DRAFT_{file_name(exchange.reference, language, calendars.today())}")


def _download(data: bytes, name: str) -> Response:
    return attachment(data, name, "application/pdf")
