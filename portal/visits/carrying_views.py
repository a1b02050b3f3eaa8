"""While the visit is carried out: arrival, attendance, departure, recorded by the host unit."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import calendars
from portal.exchanges.models import Exchange
from portal.exchanges.views import exchange_or_404, to_exchange
from portal.policy import Permission
from portal.refusals import Refused
from portal.visits import carrying, forms, queries
from portal.visits.forms import MESSAGES, worded
from portal.visits.models import Visit
from portal.web.formats import day as spelled
from portal.web.forms import choices
from portal.web.permit import current_actor, permit
from portal.workflow import Action

bp = Blueprint("carrying", __name__, url_prefix="/exchanges/<reference>")


def _page(exchange: Exchange, action: Action, form: Any, status: int = 200) -> ResponseReturnValue:
    visit = queries.visit_of(exchange.id)
    missing = 0
    if visit and action is Action.DEPART:
        missing = sum(day.present is None for day in carrying.attendable(visit, _last(exchange)))
    page = render_template("visits/day.html", exchange=exchange, action=action, form=form, visit=visit, missing=missing)
    return page, status


def _today(exchange: Exchange) -> date:
    return calendars.today(exchange.host.zone)


def _last(exchange: Exchange) -> date:
    """Today, or the visit's last day where that is over."""
    return min(_today(exchange), exchange.end or date.max)


@bp.get("/arrive")
@permit(Action.ARRIVE, load=exchange_or_404)
def arrive(exchange: Exchange) -> ResponseReturnValue:
    return _page(exchange, Action.ARRIVE, forms.DayForm(version=exchange.version, on=_today(exchange)))


@bp.post("/arrive")
@permit(Action.ARRIVE, load=exchange_or_404)
def arrive_post(exchange: Exchange) -> ResponseReturnValue:
    form = forms.DayForm()
    if form.validate():
        try:
            carrying.arrive(exchange, form.on.data, version=form.version.data, by=current_actor())
            return to_exchange(exchange, _("The arrival is recorded."))
        except Refused as refusal:
            form.refuse(worded(refusal), MESSAGES)
    return _page(exchange, Action.ARRIVE, form, 422)


@bp.get("/depart")
@permit(Action.DEPART, load=exchange_or_404)
def depart(exchange: Exchange) -> ResponseReturnValue:
    return _page(exchange, Action.DEPART, forms.DayForm(version=exchange.version, on=_last(exchange)))


@bp.post("/depart")
@permit(Action.DEPART, load=exchange_or_404)
def depart_post(exchange: Exchange) -> ResponseReturnValue:
    form = forms.DayForm()
    if form.validate():
        try:
            carrying.depart(exchange, form.on.data, version=form.version.data, by=current_actor())
            return to_exchange(exchange, _("The departure is recorded. The expert writes the report now."))
        except Refused as refusal:
            form.refuse(worded(refusal), MESSAGES)
    return _page(exchange, Action.DEPART, form, 422)


def _choices(form: forms.AttendanceForm, exchange: Exchange, visit: Visit) -> forms.AttendanceForm:
    """The days from the arrival until today, the newest first: that is the one to be recorded."""
    days = [row.day for row in carrying.attendable(visit, _today(exchange))][::-1]
    form.present.choices = choices((day.isoformat(), spelled(day)) for day in days)
    return form


def _visit_or_404(exchange: Exchange) -> Visit:
    visit = queries.visit_of(exchange.id)
    if visit is None:
        abort(404)
    return visit


@bp.get("/attendance")
@permit(Permission.RECORD_DAYS, load=exchange_or_404)
def attendance(exchange: Exchange) -> ResponseReturnValue:
    visit = _visit_or_404(exchange)
    there = [d.day.isoformat() for d in visit.days if d.present is not False]
    form = _choices(forms.AttendanceForm(version=visit.version, present=there), exchange, visit)
    unrecorded = sum(day.present is None for day in carrying.attendable(visit, _today(exchange)))
    return render_template("visits/attendance.html", exchange=exchange, form=form, unrecorded=unrecorded)


@bp.post("/attendance")
@permit(Permission.RECORD_DAYS, load=exchange_or_404)
def attendance_post(exchange: Exchange) -> ResponseReturnValue:
    form = _choices(forms.AttendanceForm(), exchange, _visit_or_404(exchange))
    if form.validate():
        present = {date.fromisoformat(day) for day in form.present.data}
        try:
            carrying.record_days(exchange, present, form.version.data, by=current_actor())
            flash(_("Attendance is recorded."))
            return redirect(url_for("visits.visit_tab", reference=exchange.reference))
        except Refused as refusal:
            form.refuse(refusal, MESSAGES)
    return render_template("visits/attendance.html", exchange=exchange, form=form, unrecorded=0), 422
