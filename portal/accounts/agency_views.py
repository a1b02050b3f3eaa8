"""The administrator's pages of agencies and closed days."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectField, ValidationError
from wtforms.validators import InputRequired

from portal import calendars
from portal.accounts import agencies as service
from portal.accounts import queries
from portal.accounts.models import Agency
from portal.policy import Permission
from portal.web.days import OF_A_VISIT
from portal.web.formats import COUNTRIES
from portal.web.forms import Form, choices, one_line
from portal.web.language import spoken
from portal.web.permit import current_actor, permit

DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")
bp = Blueprint("places", __name__, url_prefix="/admin")


class AgencyForm(Form):
    name_own = one_line(_l("Name in its own language"))
    name_en = one_line(_l("Name in English"))
    contact = one_line(_l("Contact"), required=False)
    domains = one_line(_l("Domains of its e-mail addresses"), required=False)
    taken: frozenset[str] = frozenset()  # domains of the other agency

    def validate_domains(self, field: Any) -> None:
        for domain in field.data.split():
            if not DOMAIN.fullmatch(domain):
                raise ValidationError(_("Write domains like kosgeb.gov.tr, separated by spaces."))
            if domain in self.taken:
                raise ValidationError(_("%(domain)s belongs to the other agency.", domain=domain))


class DayForm(Form):
    country = SelectField(_l("Country"), choices=choices(COUNTRIES.items()), validators=[InputRequired()])
    day = DateField(_l("Day"), validators=[InputRequired(), OF_A_VISIT])
    kind = SelectField(
        _l("Kind of day"),
        choices=choices([("closed", _l("Office closed")), ("open", _l("A working day"))]),
        validators=[InputRequired()],
    )
    note = one_line(_l("Why"), required=False)


def agency_or_404(code: str) -> Agency:
    found = next((agency for agency in queries.agencies() if agency.code == code), None)
    if found is None:
        abort(404)
    return found


@bp.get("/agencies")
@permit(Permission.ADMINISTER)
def agencies() -> ResponseReturnValue:
    return render_template("accounts/agencies.html", agencies=queries.agencies())


@bp.get("/agencies/<code>")
@permit(Permission.ADMINISTER)
def agency(code: str) -> ResponseReturnValue:
    found = agency_or_404(code)
    return render_template("accounts/agency.html", agency=found, form=AgencyForm(obj=found))


@bp.post("/agencies/<code>")
@permit(Permission.ADMINISTER)
def agency_post(code: str) -> ResponseReturnValue:
    found, form = agency_or_404(code), AgencyForm()
    others = (agency for agency in queries.agencies() if agency is not found)
    form.taken = frozenset(domain for agency in others for domain in agency.domains.split())
    if form.validate():
        service.change_agency(found, form.values(), by=current_actor())
        flash(_("Saved."))
        return redirect(url_for("places.agencies"))
    return render_template("accounts/agency.html", agency=found, form=form), 422


@bp.get("/days")
@permit(Permission.ADMINISTER)
def days() -> ResponseReturnValue:
    return render_template("accounts/days.html", form=DayForm(), days=calendars.exceptions())


@bp.post("/days")
@permit(Permission.ADMINISTER)
def days_post() -> ResponseReturnValue:
    form = DayForm()
    if form.validate():
        closed, note = form.kind.data == "closed", form.note.data or ""
        service.except_day(form.country.data, form.day.data, closed, note, spoken(), by=current_actor())
        flash(_("Saved. Due dates that are set from now on take it into account."))
        return redirect(url_for("places.days"))
    return render_template("accounts/days.html", form=form, days=calendars.exceptions()), 422


@bp.post("/days/<int:day_id>/remove")
@permit(Permission.ADMINISTER)
def days_remove(day_id: int) -> ResponseReturnValue:
    service.forget_exception(day_id, by=current_actor())
    return redirect(url_for("places.days"))
