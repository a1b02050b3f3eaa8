"""Calls: the list, a call's page, and writing, publishing and cancelling one."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import calendars
from portal.accounts import queries as people
from portal.calls import admin, announcement_views, labels, public, queries, service
from portal.calls.forms import CallFilterForm, ClocksForm, EditCallForm, NewCallForm, StepForm
from portal.calls.labels import FINDINGS
from portal.calls.models import Call, CallState, Phase
from portal.calls.queries import PAGE, CallPage
from portal.calls.service import CLOCK_NAMES, CallFacts
from portal.documents.labels import DOCUMENT
from portal.exchanges import queries as exchange_queries
from portal.policy import NOBODY, Actor, Permission, allows
from portal.topics import service as topics
from portal.web import drafts
from portal.web.permit import current_actor, permit

bp = Blueprint("calls", __name__)
blueprints = (public.bp, bp, announcement_views.bp, admin.bp)


def call_or_404(call_id: int) -> Call:
    """Loads the call of an address for `permit(load=…)`; 404 if unknown, or a draft that the actor may not edit."""
    call = queries.by_id(call_id)
    if call is None or (call.state is CallState.DRAFT and not allows(Permission.EDIT_CALL, current_actor(), call)):
        abort(404)
    return call


def pager(page: CallPage) -> dict[str, Any]:
    """The addresses of the previous and next page, with the filter."""
    names = (
        "when",
        "kind",
        "direction",
        "heading",
    )  # only these, since url_for gives other names, such as _external, a meaning
    kept = {name: request.args[name] for name in names if request.args.get(name)}

    def address(number: int) -> str:
        return url_for("calls.index", page=number, **kept)  # type: ignore[arg-type]  # names of our own filter

    return {
        "number": page.number,
        "prev_url": address(page.number - 1) if page.number > 1 else "",
        "next_url": address(page.number + 1) if page.number * PAGE < page.total else "",
    }


@bp.get("/calls")
@permit(Permission.PUBLIC)
def index() -> ResponseReturnValue:
    actor, at = current_actor(), calendars.now()
    form = CallFilterForm(formdata=request.args)
    form.offer(people.agencies(), queries.headings(), drafts=allows(Permission.CREATE_CALL, actor))
    number = request.args.get("page", 1, type=int)
    page = queries.page(form.wanted(), min(max(number, 1), 100_000), at, actor)
    return render_template("calls/index.html", form=form, page=page, pager=pager(page), at=at, labels=labels)


@bp.get("/calls/<int:call_id>")
@permit(Permission.PUBLIC, load=call_or_404)
def show(call: Call) -> ResponseReturnValue:
    actor, at = current_actor(), calendars.now()
    return render_template(
        "calls/show.html",
        call=call,
        phase=call.phase(at),
        labels=labels,
        documents=[str(DOCUMENT[kind]) for kind in call.documents],
        heading=queries.heading(call.heading),
        offer=offer_to(actor, call, call.phase(at)),
        own=queries.own_reference(call.id, actor.id) if actor is not NOBODY else None,
    )


def offer_to(actor: Actor, call: Call, phase: Phase) -> str:
    """What the page offers this reader: "apply", "sign_in", or why not: "over", "other_agency", "not_expert"."""
    if phase not in (Phase.OPEN, Phase.UPCOMING):
        return "over"
    if actor is NOBODY:
        return "sign_in"
    if not allows(Permission.APPLY, actor):
        return "not_expert"
    return "apply" if call.home_id in actor.applies_from else "other_agency"


@bp.get("/calls/new")
@permit(Permission.CREATE_CALL)
def new() -> ResponseReturnValue:
    form = NewCallForm()
    _offer(form)
    form.zone.data = next((agency.zone for agency in queries.agencies_of(current_actor())), None)
    return render_template("calls/edit.html", form=form, call=None, labels=labels, applications=0)


def _offer(form: NewCallForm | EditCallForm) -> None:
    running = queries.agencies_of(current_actor())
    form.offer(people.agencies(), running, queries.headings(active_only=True))
    if len(running) == 1 and form.agency_id.data is None:
        form.agency_id.data = running[0].id


@bp.post("/calls/new")
@permit(Permission.CREATE_CALL)
def new_post() -> ResponseReturnValue:
    form = NewCallForm()
    _offer(form)
    if valid(form):
        with form.refusals(FINDINGS):
            call = service.create_call(_facts(form), idempotency_key=form.key, by=current_actor())
            flash(_("The call is saved as a draft. Nobody else sees it until you publish it."))
            return redirect(url_for("calls.show", call_id=call.id))
    return render_template("calls/edit.html", form=form, call=None, labels=labels, applications=0), 422


def _facts(form: NewCallForm | EditCallForm) -> CallFacts:
    """What a valid form says; topics in somebody's own words are proposed for the list."""
    known = topics.chosen(form.topics.data or (), form.other_topics.data or "", by=current_actor())
    return CallFacts(**form.facts() | {"topics": tuple(topic.id for topic in known)})


def valid(form: NewCallForm | EditCallForm) -> bool:
    """Whether every answer is valid and none contradicts another; adds the findings to their fields."""
    if not form.validate():
        return False
    form.refuse(service.check(CallFacts(**form.facts())), FINDINGS)
    return not form.errors


@bp.get("/calls/<int:call_id>/edit")
@permit(Permission.EDIT_CALL, load=call_or_404)
def edit(call: Call) -> ResponseReturnValue:
    return _edit_page(_stored(call), call)


def _stored(call: Call) -> EditCallForm:
    """The form with what is stored now."""
    form = EditCallForm(formdata=None, version=call.version)
    _offer(form)
    form.show(call)
    return form


def _edit_page(form: EditCallForm, call: Call, status: int = 200) -> ResponseReturnValue:
    return render_template("calls/edit.html", form=form, call=call, labels=labels, **_counts(call)), status


def _counts(call: Call) -> dict[str, int]:
    return {"applications": queries.applications(call.id)}


@bp.post("/calls/<int:call_id>/edit")
@permit(Permission.EDIT_CALL, load=call_or_404)
def edit_post(call: Call) -> ResponseReturnValue:
    form = EditCallForm()
    _offer(form)
    if valid(form):
        with form.refusals(FINDINGS), drafts.conflicts(form, lambda: _stored(call)):
            facts, by = _facts(form), current_actor()
            service.edit_call(call.id, facts, version=form.read, by=by, confirmed=form.confirmed)
            flash(_("The call is saved."))
            return redirect(url_for("calls.show", call_id=call.id))
    if form.differing == []:  # as after the same press
        return redirect(url_for("calls.show", call_id=call.id))
    return _edit_page(form, call, form.status)


@bp.get("/calls/<int:call_id>/publish")
@permit(Permission.EDIT_CALL, load=call_or_404)
def publish(call: Call) -> ResponseReturnValue:
    return _step(call, _unchanged(call), "publish")


@bp.post("/calls/<int:call_id>/publish")
@permit(Permission.EDIT_CALL, load=call_or_404)
def publish_post(call: Call) -> ResponseReturnValue:
    form = StepForm()
    if form.validate():
        with form.refusals(FINDINGS), drafts.conflicts(form, lambda: _unchanged(call)):
            service.publish_call(call.id, version=form.read, by=current_actor())
            flash(_("The call is published. Everybody can read it now."))
            return redirect(url_for("calls.show", call_id=call.id))
    return _step(call, form, "publish", form.status)


def _unchanged(call: Call) -> StepForm:
    return StepForm(formdata=None, version=call.version)


def _step(call: Call, form: StepForm, step: str, status: int = 200) -> ResponseReturnValue:
    return render_template("calls/step.html", call=call, form=form, step=step, **_counts(call)), status


@bp.get("/calls/<int:call_id>/cancel")
@permit(Permission.EDIT_CALL, load=call_or_404)
def cancel(call: Call) -> ResponseReturnValue:
    return _step(call, _unchanged(call), "cancel")


@bp.post("/calls/<int:call_id>/cancel")
@permit(Permission.EDIT_CALL, load=call_or_404)
def cancel_post(call: Call) -> ResponseReturnValue:
    form = StepForm()
    if form.validate():
        with drafts.conflicts(form, lambda: _unchanged(call)):
            service.cancel_call(call.id, version=form.read, by=current_actor())
            flash(_("The call is cancelled. It takes no more applications."))
            return redirect(url_for("calls.show", call_id=call.id))
    return _step(call, form, "cancel", form.status)


@bp.get("/calls/<int:call_id>/clocks")
@permit(Permission.EDIT_CALL, load=call_or_404)
def clocks(call: Call) -> ResponseReturnValue:
    form = ClocksForm()
    form.show(exchange_queries.clocks_for(call.id))
    return render_template("calls/clocks.html", form=form, call=call, labels=labels, own=bool(queries.clocks(call.id)))


@bp.post("/calls/<int:call_id>/clocks")
@permit(Permission.EDIT_CALL, load=call_or_404)
def clocks_post(call: Call) -> ResponseReturnValue:
    if request.form.get("defaults"):
        service.use_default_clocks(call, by=current_actor())
        flash(_("The call follows the usual time limits."))
        return redirect(url_for("calls.show", call_id=call.id))
    form = ClocksForm()
    if form.validate():
        with form.refusals(FINDINGS):
            service.set_clocks(form.values(*CLOCK_NAMES), by=current_actor(), call=call)
            flash(_("The time limits of this call are saved."))
            return redirect(url_for("calls.show", call_id=call.id))
    own = bool(queries.clocks(call.id))
    return render_template("calls/clocks.html", form=form, call=call, labels=labels, own=own), 422
