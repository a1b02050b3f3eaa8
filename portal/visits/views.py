"""The visit's tab of an exchange, and agreeing to its plan."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import calendars
from portal.applications.queries import of_exchange
from portal.calls.queries import by_id
from portal.exchanges.models import Exchange, Kind
from portal.exchanges.views import exchange_or_404, show, to_exchange
from portal.findings import Level
from portal.policy import Permission, allows
from portal.visits import (
    attendance_views,
    figures,
    forms,
    plan_corrections,
    plan_drafts,
    plan_forms,
    plan_views,
    queries,
    service,
    stay_rule_views,
)
from portal.visits.labels import FINDINGS
from portal.visits.plan_checks import CLOSED
from portal.visits.receiving import meeting
from portal.visits.stay_labels import source
from portal.web.findings import in_words, shown
from portal.web.language import spoken
from portal.web.permit import current_actor, permit
from portal.workflows.exchange import EXCHANGE
from portal.workflows.exchange_terms import Action

bp = Blueprint("visits", __name__, url_prefix="/exchanges/<reference>")
blueprints = (bp, plan_views.bp, attendance_views.bp, plan_corrections.bp, stay_rule_views.bp)


@bp.get("/visit")
@permit(Permission.READ_EXCHANGE, load=exchange_or_404)
def visit_tab(exchange: Exchange) -> ResponseReturnValue:
    visit, drafting = queries.visit_of(exchange.id), _drafting(exchange)
    if visit is None or exchange.start is None:  # called off: what is stored is only where the next proposal begins
        return show("visits/visit.html", exchange, "visit", visit=None, drafting=drafting)
    days = plan_forms.by_day(visit, exchange, calendars.overrides())
    notes = plan_forms.stay(visit, exchange)
    stay = [(n.finding.level, in_words(n.finding, FINDINGS), source(n, spoken()), n.rule) for n in notes]
    values: dict[str, Any] = {
        "visit": visit,
        "days": days,
        "stay": stay,
        "drafting": drafting,
        "there": exchange.host.zone,
    }
    values["meeting"] = meeting(exchange, current_actor())
    return show("visits/visit.html", exchange, "visit", held=queries.actual_days(visit), **values)


def _drafting(exchange: Exchange) -> str:
    """The button to the plan that is being written, for those who may write it; else empty."""
    if not plan_drafts.writable(exchange) or not allows(Permission.WRITE_AGENDA, current_actor(), exchange):
        return ""
    if queries.draft_of(exchange.id) is not None:
        return _("Go on with the draft")
    return _("Draft the agenda") if exchange.kind is Kind.SHORT else _("Draft the work plan")


def _agree_page(exchange: Exchange, action: Action, form: Any, status: int = 200) -> ResponseReturnValue:
    visit, call, exceptions = queries.plan_of(exchange), by_id(exchange.call_id), calendars.overrides()
    if visit is None or call is None:
        abort(404)
    proposal = plan_forms.proposal_of(visit, exchange.kind)
    found = service.check(exchange, proposal, plan_forms.limits(call, of_exchange(exchange.id)), visit, exceptions)
    found = [finding for finding in found if finding.code not in CLOSED]  # these stand among the figures
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
        ahead=figures.after(exchange, call, action) if EXCHANGE.follow(exchange.state, action) else None,
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
