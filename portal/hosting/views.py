"""The host's tab of an exchange: proposing a unit, and the unit's answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.applications.models import Application
from portal.applications.queries import of_exchange
from portal.exchanges.models import Exchange
from portal.exchanges.views import exchange_or_404, show, to_exchange
from portal.findings import Finding, Level
from portal.hosting import forms, queries, service, units_views
from portal.hosting.forms import TERMS
from portal.hosting.labels import FINDINGS, REMEDIES
from portal.hosting.matching import Candidate, ranked
from portal.policy import Permission
from portal.units.models import HostUnit
from portal.units.queries import coordinators, of_agency
from portal.web.findings import Shown, in_words, shown
from portal.web.language import spoken
from portal.web.permit import current_actor, permit
from portal.workflows.exchange_terms import Action

bp = Blueprint("placing", __name__, url_prefix="/exchanges/<reference>")
blueprints = (bp, units_views.bp)
BEST = 6  # units that are shown in full; the others are collapsed


@dataclass(frozen=True)
class UnitRow:
    """One unit on the page: how well it fits of 100, and why; `change` says what would make it possible."""

    unit: HostUnit
    score: int
    possible: bool
    reasons: Sequence[Shown]
    hindrance: str
    change: str


def _row(unit: HostUnit, found: Candidate) -> UnitRow:
    against, reasons = found.hindrance, shown(found.findings, FINDINGS)
    if against is None:
        return UnitRow(unit, found.score, True, reasons, "", "")
    return UnitRow(unit, found.score, False, reasons, in_words(against, FINDINGS), str(REMEDIES[against.code]))


def _place_page(exchange: Exchange, application: Application, form: Any, status: int = 200) -> ResponseReturnValue:
    units = {unit.id: unit for unit in of_agency(spoken(), exchange.host_id)}
    wish = queries.wish_of(application)
    candidates = ranked(queries.facts(list(units.values()), wish.windows), wish)
    rows = [_row(units[found.unit_id], found) for found in candidates]
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
    application, language = _application(exchange), exchange.host.language
    form = forms.PlaceForm(
        version=exchange.version, expected_results=application.results, working_language=language, lodging="host",
        unit=None,
    )  # fmt: skip
    return _place_page(exchange, application, form)


def _application(exchange: Exchange) -> Application:
    application = of_exchange(exchange.id)
    assert application is not None, "every exchange has an application"
    return application


@bp.post("/place")
@permit(Action.HOST_PLACE, load=exchange_or_404)
def host_place_post(exchange: Exchange) -> ResponseReturnValue:
    form = forms.PlaceForm()
    if form.validate():
        terms = {name: value or "" for name, value in form.values(*TERMS).items()}
        with form.refusals(FINDINGS):
            by, seen = current_actor(), form.confirmed
            service.place(exchange, form.unit.data, terms, version=form.read, by=by, confirmed=seen)
            return to_exchange(exchange, _("The unit has been asked."))
    return _place_page(exchange, _application(exchange), form, 422)


def _answer_page(exchange: Exchange, action: Action, form: Any, status: int = 200) -> ResponseReturnValue:
    placement, application = queries.current(exchange.id), of_exchange(exchange.id)
    against: list[Finding] = []
    if placement and application and action is Action.UNIT_CONFIRM:
        found = queries.judged(placement.unit, application).findings
        against = [finding for finding in found if finding.level is not Level.INFO]
    page = render_template(
        "hosting/answer.html", exchange=exchange, action=action, form=form, placement=placement,
        application=application, against=[words for _level, words in shown(against, FINDINGS)],
    )  # fmt: skip
    return page, status


@bp.get("/confirm")
@permit(Action.UNIT_CONFIRM, load=exchange_or_404)
def unit_confirm(exchange: Exchange) -> ResponseReturnValue:
    return _answer_page(exchange, Action.UNIT_CONFIRM, forms.StepForm(version=exchange.version))


@bp.post("/confirm")
@permit(Action.UNIT_CONFIRM, load=exchange_or_404)
def unit_confirm_post(exchange: Exchange) -> ResponseReturnValue:
    form = forms.StepForm()
    if form.validate():
        with form.refusals(FINDINGS):
            service.confirm(exchange, version=form.read, by=current_actor())
            agency = exchange.host.short_name
            return to_exchange(exchange, _("You confirmed. %(host)s proposes the dates next.", host=agency))
    return _answer_page(exchange, Action.UNIT_CONFIRM, form, 422)


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
