"""The administrator's pages of agencies as controllers of personal data, and of the log of clearings."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts.agency_views import agency_or_404
from portal.accounts.models import Agency
from portal.accounts.queries import agency_names
from portal.personal_data import queries, service
from portal.personal_data.clearing import due_now
from portal.personal_data.forms import ControllerForm
from portal.personal_data.labels import FINDINGS, RULES
from portal.policy import Permission
from portal.web.pagination import page_of
from portal.web.permit import current_actor, permit

bp = Blueprint("data_protection", __name__, url_prefix="/admin")


@bp.get("/agencies/<code>/personal-data")
@permit(Permission.ADMINISTER)
def controller(code: str) -> ResponseReturnValue:
    agency = agency_or_404(code)
    return _page(agency, ControllerForm(obj=queries.controllers()[agency.id]))


def _page(agency: Agency, form: ControllerForm, status: int = 200) -> ResponseReturnValue:
    return render_template("personal_data/controller.html", agency=agency, form=form), status


@bp.post("/agencies/<code>/personal-data")
@permit(Permission.ADMINISTER)
def controller_post(code: str) -> ResponseReturnValue:
    agency, form = agency_or_404(code), ControllerForm()
    if form.validate():
        with form.refusals(FINDINGS):
            service.change_controller(agency, form.values(), by=current_actor())
            flash(_("Saved. Consents that were given keep the words that they had."))
            return redirect(url_for("places.agency", code=agency.code))
    return _page(agency, form, 422)


@bp.get("/clearing")
@permit(Permission.ADMINISTER)
def clearing() -> ResponseReturnValue:
    """What was destroyed, by the log, and what is due next."""
    values = {"page": page_of(queries.cleared(), entities=True), "runs": queries.clearings(), "due": due_now()}
    return render_template("personal_data/clearing.html", rules=RULES, names=agency_names(), **values)
