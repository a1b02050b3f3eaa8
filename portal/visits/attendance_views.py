"""While the visit is carried out: arrival, attendance, departure, recorded by the host unit."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import calendars
from portal.exchanges import undo_pages
from portal.exchanges.models import Exchange
from portal.exchanges.views import exchange_or_404, to_exchange
from portal.policy import Permission
from portal.visits import attendance, forms, queries
from portal.visits.labels import FINDINGS
from portal.visits.models import Visit
from portal.web.formats import day as spelled
from portal.web.forms import choices
from portal.web.permit import current_actor, permit
from portal.workflows.exchange_terms import Action

bp = Blueprint("attendance", __name__, url_prefix="/exchanges/<reference>")


def _page(exchange: Exchange, action: Action, form: Any, status: int = 200) -> ResponseReturnValue:
    visit = queries.visit_of(exchange.id)
    missing = 0
    if visit and action is Action.UNIT_RECORD_DEPARTURE:
        missing = sum(day.present is None for day in attendance.attendable(visit, min(_today(exchange), visit.end)))
    page = render_template("visits/day.html", exchange=exchange, action=action, form=form, visit=visit, missing=missing)
    return page, status


def _today(exchange: Exchange) -> date:
    return calendars.today(exchange.host.zone)


@bp.get("/arrive")
@permit(Action.UNIT_RECORD_ARRIVAL, load=exchange_or_404)
def unit_record_arrival(exchange: Exchange) -> ResponseReturnValue:
    """Filled with the agreed first day; before it with today."""
    on = min(_today(exchange), exchange.start or date.max)
    return _page(exchange, Action.UNIT_RECORD_ARRIVAL, forms.DayForm(version=exchange.version, on=on))


@bp.post("/arrive")
@permit(Action.UNIT_RECORD_ARRIVAL, load=exchange_or_404)
def unit_record_arrival_post(exchange: Exchange) -> ResponseReturnValue:
    form = forms.DayForm()
    if form.validate():
        with form.refusals(FINDINGS):
            by, seen = current_actor(), form.confirmed
            attendance.arrive(exchange, form.on.data, version=form.read, by=by, confirmed=seen)
            return to_exchange(exchange, _("The arrival is recorded."))
    return _page(exchange, Action.UNIT_RECORD_ARRIVAL, form, 422)


@bp.get("/depart")
@permit(Action.UNIT_RECORD_DEPARTURE, load=exchange_or_404)
def unit_record_departure(exchange: Exchange) -> ResponseReturnValue:
    """Filled with the agreed last day, so that no press ends a visit earlier unnoticed."""
    return _page(exchange, Action.UNIT_RECORD_DEPARTURE, forms.DayForm(version=exchange.version, on=exchange.end))


@bp.post("/depart")
@permit(Action.UNIT_RECORD_DEPARTURE, load=exchange_or_404)
def unit_record_departure_post(exchange: Exchange) -> ResponseReturnValue:
    form = forms.DayForm()
    if form.validate():
        with form.refusals(FINDINGS):
            by, seen = current_actor(), form.confirmed
            attendance.depart(exchange, form.on.data, version=form.read, by=by, confirmed=seen)
            return to_exchange(exchange, _("The departure is recorded. The expert writes the report now."))
    return _page(exchange, Action.UNIT_RECORD_DEPARTURE, form, 422)


def _choices(form: forms.AttendanceForm, exchange: Exchange, visit: Visit) -> forms.AttendanceForm:
    """The days from the arrival until today, the newest first: that is the one to be recorded."""
    days = [row.day for row in attendance.attendable(visit, _today(exchange))][::-1]
    form.present.choices = choices((day.isoformat(), spelled(day)) for day in days)
    return form


def _visit_or_404(exchange: Exchange) -> Visit:
    visit = queries.visit_of(exchange.id)
    if visit is None:
        abort(404)
    return visit


@bp.get("/attendance")
@permit(Permission.RECORD_DAYS, load=exchange_or_404)
def record(exchange: Exchange) -> ResponseReturnValue:
    visit = _visit_or_404(exchange)
    there = [d.day.isoformat() for d in visit.days if d.present is not False]
    form = _choices(forms.AttendanceForm(version=visit.version, present=there), exchange, visit)
    unrecorded = sum(day.present is None for day in attendance.attendable(visit, _today(exchange)))
    return render_template("visits/attendance.html", exchange=exchange, form=form, unrecorded=unrecorded)


@bp.post("/attendance")
@permit(Permission.RECORD_DAYS, load=exchange_or_404)
def record_post(exchange: Exchange) -> ResponseReturnValue:
    form = _choices(forms.AttendanceForm(), exchange, _visit_or_404(exchange))
    if form.validate():
        present = {date.fromisoformat(day) for day in form.present.data}
        with form.refusals(FINDINGS):
            attendance.record_days(exchange, present, form.read, by=current_actor())
            flash(_("Attendance is recorded."))
            return redirect(url_for("visits.visit_tab", reference=exchange.reference))
    return render_template("visits/attendance.html", exchange=exchange, form=form, unrecorded=0), 422


undo_pages.add(bp, "/undo-arrival", Action.UNIT_UNDO_ARRIVAL, attendance.undo_arrival)


undo_pages.add(bp, "/undo-departure", Action.UNIT_UNDO_DEPARTURE, attendance.undo_departure)
