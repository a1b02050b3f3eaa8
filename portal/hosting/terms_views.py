"""The terms of a placement, on a page of their own."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.exchanges.models import Exchange
from portal.exchanges.views import exchange_or_404
from portal.hosting import queries, terms
from portal.hosting.forms import TERMS, TermsForm
from portal.hosting.labels import FINDINGS
from portal.hosting.models import Placement
from portal.policy import Permission
from portal.units.queries import coordinators
from portal.web import drafts
from portal.web.permit import current_actor, permit

bp = Blueprint("terms", __name__, url_prefix="/exchanges/<reference>")


def people_of(placement: Placement) -> list[str]:
    """Whom the unit may name: its coordinators, and who worked with experts there before."""
    names = [person.name for person in coordinators(placement.unit_id)]
    return list(dict.fromkeys([*names, *queries.known_people(placement.unit_id)]))


def _host_tab(exchange: Exchange) -> ResponseReturnValue:
    return redirect(url_for("placing.host_tab", reference=exchange.reference))


def _stored(placement: Placement) -> TermsForm:
    values = {name: getattr(placement, name) for name in TERMS if name != "language" or placement.language}
    return TermsForm(formdata=None, version=placement.version, **values)


def _page(exchange: Exchange, placement: Placement, form: TermsForm, status: int = 200) -> ResponseReturnValue:
    names = people_of(placement)
    return render_template("hosting/terms.html", exchange=exchange, placement=placement, form=form, names=names), status


@bp.get("/terms")
@permit(Permission.WRITE_TERMS, load=exchange_or_404)
def edit(exchange: Exchange) -> ResponseReturnValue:
    placement = queries.current(exchange.id)
    if placement is None or placement.confirmed_at is not None:
        return _host_tab(exchange)
    return _page(exchange, placement, _stored(placement))


@bp.post("/terms")
@permit(Permission.WRITE_TERMS, load=exchange_or_404)
def edit_post(exchange: Exchange) -> ResponseReturnValue:
    form, placement = TermsForm(), queries.current(exchange.id)
    if placement is None:
        return _host_tab(exchange)
    if form.validate():
        answers = {name: value or "" for name, value in form.values(*TERMS).items()}
        with form.refusals(FINDINGS), drafts.conflicts(form, lambda: _stored(placement)):
            terms.save(exchange, answers, version=form.read, by=current_actor())
            flash(_("The terms are saved. The unit completes them when it confirms."))
            return _host_tab(exchange)
    if form.differing == []:  # as after the same press
        return _host_tab(exchange)
    return _page(exchange, placement, form, form.status)
