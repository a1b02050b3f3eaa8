"""Writing a plan: the unit and the host agency draft it, the host agency proposes it."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.applications.models import Application
from portal.applications.queries import of_exchange
from portal.exchanges.models import Exchange, Kind
from portal.exchanges.views import exchange_or_404, to_exchange
from portal.findings import Conflict, Finding, Level, error
from portal.policy import Permission
from portal.visits import figures, plan_drafts, plan_editor, plan_forms, queries, service
from portal.visits.forms import PlanForm
from portal.visits.labels import FINDINGS
from portal.web import drafts
from portal.web.findings import shown
from portal.web.permit import current_actor, permit
from portal.workflows.exchange_terms import Action

bp = Blueprint("plan", __name__, url_prefix="/exchanges/<reference>")


def _stored(exchange: Exchange) -> PlanForm:
    draft = queries.draft_of(exchange.id)
    return plan_editor.stored(exchange, queries.plan_of(exchange), of_exchange(exchange.id), draft)


def _page(
    exchange: Exchange, form: PlanForm, status: int = 200, *, proposing: bool, found: Sequence[Finding] = ()
) -> ResponseReturnValue:
    application = of_exchange(exchange.id)
    page = render_template(
        "visits/plan.html",
        exchange=exchange,
        form=form,
        proposing=proposing,
        application=application,
        ahead=_ahead(exchange, application, form) if proposing else None,
        draft=queries.draft_of(exchange.id),
        blocks=plan_editor.blocks(form, exchange) if exchange.kind is Kind.SHORT else [],
        total=plan_editor.sum_of_days(form, exchange),
        findings=shown(found, FINDINGS),
    )
    return page, status


def _ahead(exchange: Exchange, application: Application | None, form: PlanForm) -> figures.Figures | None:
    """The figures as they will be with the dates of the form; none where these are not right."""
    start, end = form.start.data, form.end.data
    if application is None or not plan_drafts.writable(exchange) or form.errors or not start or not end or start > end:
        return None
    dates = figures.Dates(start, end, form.travel_out.data, form.travel_back.data)
    return figures.after(exchange, application.call, Action.HOST_SCHEDULE, dates)


def _visit_tab(exchange: Exchange) -> ResponseReturnValue:
    return redirect(url_for("visits.visit_tab", reference=exchange.reference))


def _reshaped(form: PlanForm, exchange: Exchange, proposing: bool) -> ResponseReturnValue | None:
    """The page with another row, without one or with other days, where a button asks for that; nothing is saved."""
    if more := request.form.get("more"):
        if not plan_editor.add_row(form, exchange, more):
            most = form[plan_forms.rows_name(exchange)].max_entries
            form.refuse([error("most_rows", most=most)], FINDINGS)
    elif gone := request.form.get("remove"):
        plan_editor.remove_row(form, exchange, gone)
    elif request.form.get("days"):
        if not form.validate():
            return _page(exchange, form, 422, proposing=proposing)
        plan_editor.fill_days(form, exchange)
    else:
        return None
    return _page(exchange, form, proposing=proposing)


@bp.get("/plan")
@permit(Permission.WRITE_AGENDA, load=exchange_or_404)
def draft(exchange: Exchange) -> ResponseReturnValue:
    if not plan_drafts.writable(exchange):
        return _visit_tab(exchange)
    return _page(exchange, _stored(exchange), proposing=False)


@bp.post("/plan")
@permit(Permission.WRITE_AGENDA, load=exchange_or_404)
def draft_post(exchange: Exchange) -> ResponseReturnValue:
    """Saves the draft, also while it is written (`drafts.automatic`)."""
    form = PlanForm()
    if (page := _reshaped(form, exchange, proposing=False)) is not None:
        return page
    if form.validate():
        with form.refusals(FINDINGS), drafts.conflicts(form, lambda: _stored(exchange)):
            said = plan_editor.answers(form, exchange)
            kept = plan_drafts.save(exchange, said, version=form.read, by=current_actor())
            if drafts.automatic():
                return drafts.saved(kept.version, kept.saved_at, exchange.host.zone)
            flash(_("The draft is saved. %(host)s proposes it.", host=exchange.host.short_name))
            return _visit_tab(exchange)
    if drafts.automatic():
        return drafts.not_saved(
            form, _("Not saved: this plan was saved elsewhere meanwhile. Save the page to compare.")
        )
    return _page(exchange, form, form.status, proposing=False)


@bp.get("/schedule")
@permit(Action.HOST_SCHEDULE, load=exchange_or_404)
def host_schedule(exchange: Exchange) -> ResponseReturnValue:
    if not plan_drafts.writable(exchange):
        return _visit_tab(exchange)
    return _page(exchange, _stored(exchange), proposing=True)


@bp.post("/schedule")
@permit(Action.HOST_SCHEDULE, load=exchange_or_404)
def host_schedule_post(exchange: Exchange) -> ResponseReturnValue:
    form, application = PlanForm(), of_exchange(exchange.id)
    if (page := _reshaped(form, exchange, proposing=True)) is not None:
        return page
    if application is None or exchange.unit_id is None:
        raise Conflict(exchange.reference)
    if not form.validate() or not form.complete(form[plan_forms.rows_name(exchange)]):
        return _page(exchange, form, 422, proposing=True)
    made, call = plan_editor.proposal(form), plan_forms.limits(application.call, application)
    with form.refusals(FINDINGS), drafts.conflicts(form, lambda: _stored(exchange)):
        seen, step = form.confirmed, form.step.data or 0
        by = current_actor()
        service.schedule(exchange, made, call, version=step, draft=form.read, by=by, confirmed=seen)
        words = _("Proposed. The expert and %(home)s are asked to agree.", home=exchange.home.short_name)
        return to_exchange(exchange, words)
    found = service.check(exchange, made, call, queries.plan_of(exchange))
    told = [finding for finding in found if finding.level is Level.INFO]
    return _page(exchange, form, form.status, proposing=True, found=told)
