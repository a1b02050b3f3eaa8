"""The visit's part of an exchange's page: proposing, agreeing, arriving, attending, leaving."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import calendars
from portal.applications.models import Application
from portal.applications.queries import of_exchange
from portal.calls.queries import by_id
from portal.exchanges.models import Exchange
from portal.exchanges.views import exchange_or_404, show, to_exchange
from portal.policy import Permission
from portal.refusals import Refused, Stale
from portal.visits import carrying_views, forms, plan, queries, service, words_views
from portal.visits.forms import MESSAGES, in_words, worded
from portal.web.permit import current_actor, permit
from portal.workflow import Action

bp = Blueprint("visits", __name__, url_prefix="/exchanges/<reference>")
blueprints = (bp, carrying_views.bp, words_views.bp)


@bp.get("/visit")
@permit(Permission.READ_EXCHANGE, load=exchange_or_404)
def visit_tab(exchange: Exchange) -> ResponseReturnValue:
    visit = queries.visit_of(exchange.id)
    if visit is None:
        return show("visits/visit.html", exchange, "visit", visit=None)
    days, stay = plan.by_day(visit, exchange, calendars.overrides()), plan.stay(visit, exchange)
    return show("visits/visit.html", exchange, "visit", visit=visit, days=days, stay=stay, there=exchange.host.zone)


def _schedule_page(
    exchange: Exchange, application: Application | None, form: Any, status: int = 200, notices: Any = ()
) -> ResponseReturnValue:
    page = render_template(
        "visits/schedule.html",
        exchange=exchange,
        form=form,
        application=application,
        notices=[(notice.level, in_words(notice)) for notice in notices],
        rows=plan.rows_name(exchange),
    )
    return page, status


@bp.get("/schedule")
@permit(Action.SCHEDULE, load=exchange_or_404)
def schedule(exchange: Exchange) -> ResponseReturnValue:
    application = of_exchange(exchange.id)
    form = plan.prefilled(exchange, queries.plan_of(exchange), application)
    return _schedule_page(exchange, application, form)


@bp.post("/schedule")
@permit(Action.SCHEDULE, load=exchange_or_404)
def schedule_post(exchange: Exchange) -> ResponseReturnValue:
    """`more` adds a row, `check` shows what speaks against the plan, otherwise it is proposed."""
    form, application = forms.ScheduleForm(), of_exchange(exchange.id)
    if request.form.get("more"):
        if not plan.add_row(form, exchange):
            form.refuse(Refused("most_rows", most=len(form[plan.rows_name(exchange)])), MESSAGES)
        return _schedule_page(exchange, application, form)
    if application is None or exchange.unit_id is None:
        raise Stale(exchange.reference)
    if not form.validate():
        return _schedule_page(exchange, application, form, 422)
    proposal, call = plan.proposal(form), plan.limits(application.call)
    if request.form.get("check"):
        notices = service.check(exchange, proposal, call, queries.plan_of(exchange))
        if not notices:
            flash(_("Nothing speaks against this plan."))
        return _schedule_page(exchange, application, form, notices=notices)
    try:
        service.schedule(exchange, proposal, call, version=form.version.data, by=current_actor())
    except Refused as refusal:
        form.refuse(worded(refusal), MESSAGES)
        notices = service.check(exchange, proposal, call, queries.plan_of(exchange))
        return _schedule_page(exchange, application, form, 422, notices)
    return to_exchange(
        exchange, _("Proposed. The expert and %(home)s are asked to agree.", home=exchange.home.short_name)
    )


def _agree_page(exchange: Exchange, action: Action, form: Any, status: int = 200) -> ResponseReturnValue:
    visit, call, exceptions = queries.plan_of(exchange), by_id(exchange.call_id), calendars.overrides()
    if visit is None or call is None:
        abort(404)
    proposal = plan.proposal_of(visit, exchange.kind)
    notices = service.check(exchange, proposal, plan.limits(call), visit, exceptions)
    page = render_template(
        "visits/agree.html",
        exchange=exchange,
        action=action,
        form=form,
        visit=visit,
        change=plan.change(exchange, visit),
        stay=[fact for fact in plan.stay(visit, exchange) if fact.mind],
        days=plan.by_day(visit, exchange, exceptions),
        there=exchange.host.zone,
        notices=[(notice.level, in_words(notice)) for notice in notices],
    )
    return page, status


def _agree(exchange: Exchange, action: Action) -> ResponseReturnValue:
    form = forms.StepForm()
    if form.validate():
        try:
            service.agree(exchange, action, version=form.version.data, by=current_actor())
            return to_exchange(exchange, _("You agreed to dates and plan."))
        except Refused as refusal:
            form.refuse(refusal, MESSAGES)
    return _agree_page(exchange, action, form, 422)


def _change(exchange: Exchange, action: Action) -> ResponseReturnValue:
    form = forms.ChangeForm()
    if form.validate():
        try:
            service.ask_change(exchange, action, form.reason.data, version=form.version.data, by=current_actor())
            return to_exchange(exchange, _("The host agency was asked for a change."))
        except Refused as refusal:
            form.refuse(refusal, MESSAGES)
    return _agree_page(exchange, action, form, 422)


@bp.get("/agree-expert")
@permit(Action.AGREE_EXPERT, load=exchange_or_404)
def agree_expert(exchange: Exchange) -> ResponseReturnValue:
    return _agree_page(exchange, Action.AGREE_EXPERT, forms.StepForm(version=exchange.version))


@bp.post("/agree-expert")
@permit(Action.AGREE_EXPERT, load=exchange_or_404)
def agree_expert_post(exchange: Exchange) -> ResponseReturnValue:
    return _agree(exchange, Action.AGREE_EXPERT)


@bp.get("/agree-home")
@permit(Action.AGREE_HOME, load=exchange_or_404)
def agree_home(exchange: Exchange) -> ResponseReturnValue:
    return _agree_page(exchange, Action.AGREE_HOME, forms.StepForm(version=exchange.version))


@bp.post("/agree-home")
@permit(Action.AGREE_HOME, load=exchange_or_404)
def agree_home_post(exchange: Exchange) -> ResponseReturnValue:
    return _agree(exchange, Action.AGREE_HOME)


@bp.get("/ask-change-expert")
@permit(Action.ASK_CHANGE_EXPERT, load=exchange_or_404)
def ask_change_expert(exchange: Exchange) -> ResponseReturnValue:
    return _agree_page(exchange, Action.ASK_CHANGE_EXPERT, forms.ChangeForm(version=exchange.version))


@bp.post("/ask-change-expert")
@permit(Action.ASK_CHANGE_EXPERT, load=exchange_or_404)
def ask_change_expert_post(exchange: Exchange) -> ResponseReturnValue:
    return _change(exchange, Action.ASK_CHANGE_EXPERT)


@bp.get("/ask-change-home")
@permit(Action.ASK_CHANGE_HOME, load=exchange_or_404)
def ask_change_home(exchange: Exchange) -> ResponseReturnValue:
    return _agree_page(exchange, Action.ASK_CHANGE_HOME, forms.ChangeForm(version=exchange.version))


@bp.post("/ask-change-home")
@permit(Action.ASK_CHANGE_HOME, load=exchange_or_404)
def ask_change_home_post(exchange: Exchange) -> ResponseReturnValue:
    return _change(exchange, Action.ASK_CHANGE_HOME)
