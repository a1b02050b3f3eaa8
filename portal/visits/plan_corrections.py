"""The calendar file of a visit, and corrections of slips in the texts of its plan."""

from __future__ import annotations

from email.utils import parseaddr
from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.exchanges.models import Exchange, Kind
from portal.exchanges.views import exchange_or_404
from portal.policy import Permission
from portal.visits import calendar_file, forms, plan_forms, queries, service
from portal.visits.labels import FINDINGS
from portal.visits.models import Visit
from portal.web.permit import current_actor, permit
from portal.web.uploads import attachment

bp = Blueprint("plans", __name__, url_prefix="/exchanges/<reference>")


def _visit_or_404(exchange: Exchange) -> Visit:
    visit = queries.plan_of(exchange)
    if visit is None:
        abort(404)
    return visit


@bp.get("/visit.ics")
@permit(Permission.READ_EXCHANGE, load=exchange_or_404)
def calendar(exchange: Exchange) -> ResponseReturnValue:
    _name, address = parseaddr(current_app.config["PORTAL"].mail_from)
    file = calendar_file.file(exchange, _visit_or_404(exchange), plan_forms.most_items(exchange), address)
    return attachment(file, f"{exchange.reference}.ics", "text/calendar")


def _form(exchange: Exchange, **values: Any) -> Any:
    return (forms.ItemWordsForm if exchange.kind is Kind.SHORT else forms.MilestoneWordsForm)(**values)


def _page(exchange: Exchange, visit: Visit, form: Any, status: int = 200) -> ResponseReturnValue:
    items = {row.id: row for row in (visit.agenda if exchange.kind is Kind.SHORT else visit.milestones)}
    return render_template("visits/wording.html", exchange=exchange, form=form, items=items), status


@bp.get("/wording")
@permit(Permission.WRITE_AGENDA, load=exchange_or_404)
def wording(exchange: Exchange) -> ResponseReturnValue:
    visit = _visit_or_404(exchange)
    if exchange.kind is Kind.SHORT:
        rows = [{"number": i.id, "title": i.title, "one": i.place, "two": i.who} for i in visit.agenda]
    else:
        rows = [{"number": m.id, "title": m.title, "one": m.output, "two": m.indicator} for m in visit.milestones]
    return _page(exchange, visit, _form(exchange, version=visit.version, rows=rows))


@bp.post("/wording")
@permit(Permission.WRITE_AGENDA, load=exchange_or_404)
def wording_post(exchange: Exchange) -> ResponseReturnValue:
    form, visit = _form(exchange), _visit_or_404(exchange)
    if form.validate():
        words = {row["number"]: (row["title"], row["one"], row["two"]) for row in form.rows.data if row["title"]}
        with form.refusals(FINDINGS):
            service.correct(exchange, words, form.read, by=current_actor())
            flash(_("Corrected. Days and hours stayed, so nobody needs to agree anew."))
            return redirect(url_for("visits.visit_tab", reference=exchange.reference))
    return _page(exchange, visit, form, 422)
