"""The host's tab of an exchange: proposing a unit, and the unit's answer."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.applications.models import Application
from portal.applications.queries import of_exchange
from portal.exchanges.models import Exchange
from portal.exchanges.views import exchange_or_404, show, to_exchange
from portal.findings import Finding, Level
from portal.hosting import comparison, forms, queries, service, terms, terms_views, units_views
from portal.hosting.labels import FINDINGS
from portal.policy import Permission
from portal.units.queries import coordinators
from portal.units.queries import unit as unit_by_id
from portal.web import drafts
from portal.web.findings import shown
from portal.web.permit import current_actor, permit
from portal.workflows.exchange_terms import Action

bp = Blueprint("placing", __name__, url_prefix="/exchanges/<reference>")
blueprints = (bp, terms_views.bp, units_views.bp)
PEOPLE = ("counterpart", "counterpart_phone", "supervisor")
BEST = 6  # units that are shown in full; the others are collapsed


def _place_page(exchange: Exchange, application: Application, form: Any, status: int = 200) -> ResponseReturnValue:
    rows = comparison.rows(exchange, application)
    possible = [row for row in rows if row.possible]
    page = render_template(
        "hosting/place.html",
        exchange=exchange,
        form=form,
        best=possible[:BEST],
        others=possible[BEST:],
        impossible=[row for row in rows if not row.possible],
        application=application,
    )
    return page, status


@bp.get("/place")
@permit(Action.HOST_PLACE, load=exchange_or_404)
def host_place(exchange: Exchange) -> ResponseReturnValue:
    application = _application(exchange)
    return _place_page(exchange, application, forms.PlaceForm(version=exchange.version, unit=None))


def _application(exchange: Exchange) -> Application:
    application = of_exchange(exchange.id)
    assert application is not None, "every exchange has an application"
    return application


@bp.post("/place")
@permit(Action.HOST_PLACE, load=exchange_or_404)
def host_place_post(exchange: Exchange) -> ResponseReturnValue:
    form, application = forms.PlaceForm(), _application(exchange)
    if form.validate():
        with form.refusals(FINDINGS):
            unit, seen = unit_by_id(form.unit.data), form.confirmed
            begin = terms.suggested(exchange, application, unit) if unit else {}
            by = current_actor()
            service.place(exchange, form.unit.data, begin, version=form.read, by=by, confirmed=seen)
            flash(_("The unit has been asked. Look over the terms: they begin with what is known."))
            return redirect(url_for("terms.edit", reference=exchange.reference))
    return _place_page(exchange, application, form, 422)


def _answer_page(exchange: Exchange, action: Action, form: Any, status: int = 200) -> ResponseReturnValue:
    placement, application = queries.current(exchange.id), of_exchange(exchange.id)
    against: list[Finding] = []
    if placement and application and action is Action.UNIT_CONFIRM:
        found = queries.judged(placement.unit, application).findings
        against = [finding for finding in found if finding.level is not Level.INFO]
    page = render_template(
        "hosting/answer.html", exchange=exchange, action=action, form=form, placement=placement,
        names=terms_views.people_of(placement) if placement else [],
        weeks=queries.weeks(placement.unit, application) if placement and application else [],
        application=application, against=[words for _level, words in shown(against, FINDINGS)],
    )  # fmt: skip
    return page, status


@bp.get("/confirm")
@permit(Action.UNIT_CONFIRM, load=exchange_or_404)
def unit_confirm(exchange: Exchange) -> ResponseReturnValue:
    return _answer_page(exchange, Action.UNIT_CONFIRM, _people(exchange))


def _people(exchange: Exchange) -> forms.PeopleForm:
    """The form with the people whom the terms name so far."""
    placement = queries.current(exchange.id)
    read = {name: getattr(placement, name) for name in PEOPLE} | {"version": placement.version} if placement else {}
    return forms.PeopleForm(formdata=None, step=exchange.version, **read)


@bp.post("/confirm")
@permit(Action.UNIT_CONFIRM, load=exchange_or_404)
def unit_confirm_post(exchange: Exchange) -> ResponseReturnValue:
    form = forms.PeopleForm()
    if form.validate():
        with form.refusals(FINDINGS), drafts.conflicts(form, lambda: _people(exchange)):
            host_name = exchange.host.short_name
            people = {name: value or "" for name, value in form.values(*PEOPLE).items()}
            step, by = form.step.data or 0, current_actor()
            service.confirm(exchange, version=step, by=by, terms=form.read, people=people)
            words = _("You confirmed. You can draft the plan of the visit; %(host)s proposes it.", host=host_name)
            return to_exchange(exchange, words)
    return _answer_page(exchange, Action.UNIT_CONFIRM, form, form.status)


@bp.get("/decline")
@permit(Action.UNIT_DECLINE, load=exchange_or_404)
def unit_decline(exchange: Exchange) -> ResponseReturnValue:
    return _answer_page(exchange, Action.UNIT_DECLINE, forms.DeclineForm(version=exchange.version))


@bp.post("/decline")
@permit(Action.UNIT_DECLINE, load=exchange_or_404)
def unit_decline_post(exchange: Exchange) -> ResponseReturnValue:
    form = forms.DeclineForm()
    if form.validate():
        with form.refusals(FINDINGS):
            service.decline(exchange, form.reason.data, version=form.read, by=current_actor())
            words = _("You declined. %(host)s looks for another unit.", host=exchange.host.short_name)
            return to_exchange(exchange, words)
    return _answer_page(exchange, Action.UNIT_DECLINE, form, 422)


@bp.get("/replace")
@permit(Action.HOST_REPLACE, load=exchange_or_404)
def host_replace(exchange: Exchange) -> ResponseReturnValue:
    return _answer_page(exchange, Action.HOST_REPLACE, forms.DeclineForm(version=exchange.version))


@bp.post("/replace")
@permit(Action.HOST_REPLACE, load=exchange_or_404)
def host_replace_post(exchange: Exchange) -> ResponseReturnValue:
    form = forms.DeclineForm()
    if form.validate():
        with form.refusals(FINDINGS):
            service.replace(exchange, form.reason.data, version=form.read, by=current_actor())
            return to_exchange(exchange, _("Everybody was told. Find another host unit now."))
    return _answer_page(exchange, Action.HOST_REPLACE, form, 422)


@bp.get("/host")
@permit(Permission.READ_EXCHANGE, load=exchange_or_404)
def host_tab(exchange: Exchange) -> ResponseReturnValue:
    asked = queries.placements(exchange.id)
    people = coordinators(exchange.unit_id) if exchange.unit_id else []
    return show("hosting/host.html", exchange, "host", asked=asked, people=people)
