"""The administrator's pages of people: list, invitation, roles."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import calendars
from portal.accounts import registration
from portal.accounts.absences import absences_of
from portal.accounts.labels import ROLES
from portal.accounts.models import Person
from portal.accounts.queries import agencies
from portal.people import identity_views, mail_views, queries, service
from portal.people.forms import InviteForm, RolesForm
from portal.people.identity_views import person_or_404
from portal.people.labels import FINDINGS
from portal.policy import Permission, Role
from portal.units.queries import unit_choices
from portal.web.forms import choices
from portal.web.language import spoken
from portal.web.pagination import page_of
from portal.web.permit import current_actor, permit

bp = Blueprint("people", __name__, url_prefix="/admin/people")
blueprints = (bp, identity_views.bp, mail_views.bp)


@bp.get("")
@permit(Permission.ADMINISTER)
def index() -> ResponseReturnValue:
    text, role = request.args.get("q", "")[:100], request.args.get("role", "")
    page = page_of(queries.people(spoken(), text, role if role in set(Role) else ""), entities=True)
    return render_template("people/people.html", page=page, text=text, role=role, roles=ROLES)


@bp.get("/invite")
@permit(Permission.ADMINISTER)
def invite() -> ResponseReturnValue:
    return render_template("people/invite.html", form=_choices(InviteForm()))


@bp.post("/invite")
@permit(Permission.ADMINISTER)
def invite_post() -> ResponseReturnValue:
    form = _choices(InviteForm())
    if form.validate():
        agency = next((a for a in agencies() if a.code == form.agency.data), None)
        roles = [Role(value) for value in form.roles.data]
        with form.refusals(FINDINGS):
            registration.invite(
                form.email.data, form.name.data, agency, roles, unit_ids=form.units.data, by=current_actor()
            )
            flash(_("The invitation is on its way."))
            return redirect(url_for("people.index"))
    return render_template("people/invite.html", form=form), 422


def _choices(form: InviteForm) -> InviteForm:
    form.agency.choices = choices([("", _("No agency")), *((a.code, a.short_name) for a in agencies())])
    form.units.choices = choices(unit_choices(spoken()))
    return form


@bp.get("/<int:person_id>")
@permit(Permission.ADMINISTER)
def person(person_id: int) -> ResponseReturnValue:
    found = person_or_404(person_id)
    form = RolesForm(
        version=found.version,
        roles=sorted({g.role.value for g in found.grants}),
        active=found.active,
        units=[g.unit_id for g in found.grants if g.unit_id],
    )
    form.units.choices = choices(unit_choices(spoken(), found.agency_id))
    return _person_page(form, found)


def _person_page(form: RolesForm, found: Person, status: int = 200) -> ResponseReturnValue:
    absences = absences_of(found.id, calendars.today())
    return render_template("people/person.html", form=form, person=found, absences=absences), status


@bp.post("/<int:person_id>")
@permit(Permission.ADMINISTER)
def person_post(person_id: int) -> ResponseReturnValue:
    found = person_or_404(person_id)
    form = RolesForm()
    form.units.choices = choices(unit_choices(spoken(), found.agency_id))
    if form.validate():
        roles = [Role(value) for value in form.roles.data]
        with form.refusals(FINDINGS):
            wanted, by = (roles, form.units.data, form.active.data), current_actor()
            service.change_roles(found.id, form.read, *wanted, by=by, confirmed=form.confirmed)
            flash(_("Saved. %(name)s signs in anew.", name=found.name))
            return redirect(url_for("people.index"))
    return _person_page(form, found, 422)
