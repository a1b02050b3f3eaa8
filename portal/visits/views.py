"""The visit's tab of an exchange: proposing and agreeing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import calendars
from portal.applications.models import Application
from portal.applications.queries import of_exchange
from portal.calls.queries import by_id
from portal.exchanges.models import Exchange
from portal.exchanges.views import exchange_or_404, show, to_exchange
from portal.findings import Conflict, Finding, Level, error
from portal.policy import Permission
from portal.visits import attendance_views, figures, forms, plan_corrections, plan_forms, queries, service
from portal.visits.labels import FINDINGS
from portal.visits.stay_labels import source
from portal.web.findings import in_words, shown
from portal.web.language import spoken
from portal.web.permit import current_actor, permit
from portal.workflows.exchange_terms import Action

bp = Blueprint("visits", __name__, url_prefix="/exchanges/<reference>")
blueprints = (bp, attendance_views.bp, plan_corrections.bp)


@bp.get("/visit")
@permit(Permission.READ_EXCHANGE, load=exchange_or_404)
def visit_tab(exchange: Exchange) -> ResponseReturnValue:
    visit = queries.visit_of(exchange.id)
    if visit is None or exchange.start is None:  # called off: what is stored is only where the next proposal begins
        return show("visits/visit.html", exchange, "visit", visit=None)
    days = plan_forms.by_day(visit, exchange, calendars.overrides())
    notes = plan_forms.stay(visit, exchange)
    stay = [(n.finding.level, in_words(n.finding, FINDINGS), source(n, spoken())) for n in notes]
    held, there = queries.actual_days(visit), exchange.host.zone
    return show("visits/visit.html", exchange, "visit", visit=visit, days=days, stay=stay, held=held, there=there)


def _schedule_page(
    exchange: Exchange, application: Application | None, form: Any, status: int = 200, found: Sequence[Finding] = ()
) -> ResponseReturnValue:
    start, end = form.start.data, form.end.data
    ahead = None
    if application is not None and start and end and start <= end and not form.errors:
        dates = figures.Dates(start, end, form.travel_out.data, form.travel_back.data)
        ahead = figures.after(exchange, application.call, Action.HOST_SCHEDULE, dates)
    page = render_template(
        "visits/schedule.html",
        exchange=exchange,
        form=form,
        application=application,
        findings=shown(found, FINDINGS),
        rows=plan_forms.rows_name(exchange),
        ahead=ahead,
    )
    return page, status


@bp.get("/schedule")
@permit(Action.HOST_SCHEDULE, load=exchange_or_404)
def host_schedule(exchange: Exchange) -> ResponseReturnValue:
    application = of_exchange(exchange.id)
    form = plan_forms.prefilled(exchange, queries.plan_of(exchange), application)
    return _schedule_page(exchange, application, form)


@bp.post("/schedule")
@permit(Action.HOST_SCHEDULE, load=exchange_or_404)
def host_schedule_post(exchange: Exchange) -> ResponseReturnValue:
    """`more` adds a row, otherwise the plan is proposed."""
    form, application = forms.ScheduleForm(), of_exchange(exchange.id)
    if request.form.get("more"):
        if not plan_forms.add_row(form, exchange):
            form.refuse([error("most_rows", most=len(form[plan_forms.rows_name(exchange)]))], FINDINGS)
        return _schedule_page(exchange, application, form)
    if application is None or exchange.unit_id is None:
        raise Conflict(exchange.reference)
    if not form.validate():
        return _schedule_page(exchange, application, form, 422)
    proposal, call = plan_forms.proposal(form), plan_forms.limits(application.call)
    with form.refusals(FINDINGS):
        by, seen = current_actor(), form.confirmed
        service.schedule(exchange, proposal, call, version=form.read, by=by, confirmed=seen)
        words = _("Proposed. The expert and %(home)s are asked to agree.", home=exchange.home.short_name)
        return to_exchange(exchange, words)
    found = service.check(exchange, proposal, call, queries.plan_of(exchange))
    return _schedule_page(exchange, application, form, 422, [f for f in found if f.level is Level.INFO])


def _agree_page(exchange: Exchange, action: Action, form: Any, status: int = 200) -> ResponseReturnValue:
    visit, call, exceptions = queries.plan_of(exchange), by_id(exchange.call_id), calendars.overrides()
    if visit is None or call is None:
        abort(404)
    proposal = plan_forms.proposal_of(visit, exchange.kind)
    found = service.check(exchange, proposal, plan_forms.limits(call), visit, exceptions)
    found += [n.finding for n in plan_forms.stay(visit, exchange) if n.finding.level is Level.WARNING]
    page = render_template(
        "visits/agree.html",
        exchange=exchange,
        action=action,
        form=form,
        visit=visit,
        change=plan_forms.change(exchange, visit),
        days=plan_forms.by_day(visit, exchange, exceptions),
        there=exchange.host.zone,
        findings=shown(found, FINDINGS),
    )
    return page, status


def _agree(exchange: Exchange, action: Action) -> ResponseReturnValue:
    form = forms.StepForm()
    if form.validate():
        with form.refusals(FINDINGS):
            service.agree(exchange, action, version=form.read, by=current_actor())
            return to_exchange(exchange, _("You agreed to dates and plan."))
    return _agree_page(exchange, action, form, 422)


def _change(exchange: Exchange, action: Action) -> ResponseReturnValue:
    form = forms.ChangeForm()
    if form.validate():
        with form.refusals(FINDINGS):
            service.ask_change(exchange, action, form.reason.data, version=form.read, by=current_actor())
            return to_exchange(exchange, _("%(host)s was asked for a change.", host=exchange.host.short_name))
    return _agree_page(exchange, action, form, 422)


@bp.get("/agree-expert")
@permit(Action.EXPERT_APPROVE_PLAN, load=exchange_or_404)
def expert_approve_plan(exchange: Exchange) -> ResponseReturnValue:
    return _agree_page(exchange, Action.EXPERT_APPROVE_PLAN, forms.StepForm(version=exchange.version))


@bp.post("/agree-expert")
@permit(Action.EXPERT_APPROVE_PLAN, load=exchange_or_404)
def expert_approve_plan_post(exchange: Exchange) -> ResponseReturnValue:
    return _agree(exchange, Action.EXPERT_APPROVE_PLAN)


@bp.get("/agree-home")
@permit(Action.HOME_APPROVE_PLAN, load=exchange_or_404)
def home_approve_plan(exchange: Exchange) -> ResponseReturnValue:
    return _agree_page(exchange, Action.HOME_APPROVE_PLAN, forms.StepForm(version=exchange.version))


@bp.post("/agree-home")
@permit(Action.HOME_APPROVE_PLAN, load=exchange_or_404)
def home_approve_plan_post(exchange: Exchange) -> ResponseReturnValue:
    return _agree(exchange, Action.HOME_APPROVE_PLAN)


@bp.get("/ask-change-expert")
@permit(Action.EXPERT_REQUEST_CHANGES, load=exchange_or_404)
def expert_request_changes(exchange: Exchange) -> ResponseReturnValue:
    return _agree_page(exchange, Action.EXPERT_REQUEST_CHANGES, forms.ChangeForm(version=exchange.version))


@bp.post("/ask-change-expert")
@permit(Action.EXPERT_REQUEST_CHANGES, load=exchange_or_404)
def expert_request_changes_post(exchange: Exchange) -> ResponseReturnValue:
    return _change(exchange, Action.EXPERT_REQUEST_CHANGES)


@bp.get("/ask-change-home")
@permit(Action.HOME_REQUEST_CHANGES, load=exchange_or_404)
def home_request_changes(exchange: Exchange) -> ResponseReturnValue:
    return _agree_page(exchange, Action.HOME_REQUEST_CHANGES, forms.ChangeForm(version=exchange.version))


@bp.post("/ask-change-home")
@permit(Action.HOME_REQUEST_CHANGES, load=exchange_or_404)
def home_request_changes_post(exchange: Exchange) -> ResponseReturnValue:
    return _change(exchange, Action.HOME_REQUEST_CHANGES)


@bp.get("/ask-change-host")
@permit(Action.HOST_REQUEST_CHANGES, load=exchange_or_404)
def host_request_changes(exchange: Exchange) -> ResponseReturnValue:
    return _agree_page(exchange, Action.HOST_REQUEST_CHANGES, forms.ChangeForm(version=exchange.version))


@bp.post("/ask-change-host")
@permit(Action.HOST_REQUEST_CHANGES, load=exchange_or_404)
def host_request_changes_post(exchange: Exchange) -> ResponseReturnValue:
    return _change(exchange, Action.HOST_REQUEST_CHANGES)
