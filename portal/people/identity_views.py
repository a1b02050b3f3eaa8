"""The administrator's pages that correct who a person is: name, address, agency, invitation."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts import identity
from portal.accounts.models import Person
from portal.accounts.queries import agencies, person_with_profile
from portal.db import session
from portal.people import service
from portal.people.forms import AgencyForm, IdentityForm
from portal.people.labels import FINDINGS
from portal.policy import Permission
from portal.web.findings import flashed
from portal.web.forms import Form, choices
from portal.web.permit import current_actor, permit

bp = Blueprint("identity", __name__, url_prefix="/admin/people/<int:person_id>")


def person_or_404(person_id: int) -> Person:
    if session.get(Person, person_id) is None:
        abort(404)
    return person_with_profile(person_id)


def _to_person(person_id: int) -> ResponseReturnValue:
    return redirect(url_for("people.person", person_id=person_id))


@bp.get("/edit")
@permit(Permission.ADMINISTER)
def edit(person_id: int) -> ResponseReturnValue:
    found = person_or_404(person_id)
    return _edit_page(IdentityForm(name=found.name, email=found.email), found)


def _edit_page(form: IdentityForm, found: Person, status: int = 200) -> ResponseReturnValue:
    return render_template("people/edit.html", form=form, person=found), status


@bp.post("/edit")
@permit(Permission.ADMINISTER)
def edit_post(person_id: int) -> ResponseReturnValue:
    found, form = person_or_404(person_id), IdentityForm()
    if form.validate():
        with form.refusals(FINDINGS):
            flash(_saved(found, form))
            return _to_person(found.id)
    return _edit_page(form, found, 422)


def _saved(person: Person, form: IdentityForm) -> str:
    """Saves what was changed; says what happens next."""
    name, address, by = form.name.data, form.email.data, current_actor()
    if person.confirmed_at is None:
        identity.correct_invitation(person.id, name, address, by=by)
        return _("Saved. The invitation is on its way to %(address)s.", address=person.email)
    sent = identity.ask_new_address(person, address, by=by) if address != person.email else ""
    identity.rename(person, name, by=by)
    if sent:
        return _("The new address counts once it is confirmed: a mail is on its way to %(address)s.", address=sent)
    return _("Saved.")


@bp.post("/invitation/again")
@permit(Permission.ADMINISTER)
def again(person_id: int) -> ResponseReturnValue:
    person_or_404(person_id)
    with flashed(FINDINGS):
        identity.invite_again(person_id, by=current_actor())
        flash(_("The invitation is on its way."))
    return _to_person(person_id)


@bp.get("/invitation/take-back")
@permit(Permission.ADMINISTER)
def take_back(person_id: int) -> ResponseReturnValue:
    return render_template("people/take_back.html", form=Form(), person=person_or_404(person_id))


@bp.post("/invitation/take-back")
@permit(Permission.ADMINISTER)
def take_back_post(person_id: int) -> ResponseReturnValue:
    found, form = person_or_404(person_id), Form()
    with form.refusals(FINDINGS):
        flash(
            _(
                "The invitation of %(name)s is taken back.",
                name=identity.take_invitation_back(found.id, by=current_actor()),
            )
        )
        return redirect(url_for("people.index"))
    return render_template("people/take_back.html", form=form, person=found), 422


@bp.get("/agency")
@permit(Permission.ADMINISTER)
def agency(person_id: int) -> ResponseReturnValue:
    found = person_or_404(person_id)
    return _agency_page(_choices(AgencyForm(version=found.version, agency=_code(found))), found)


def _code(person: Person) -> str:
    return person.agency.code if person.agency else ""


def _choices(form: AgencyForm) -> AgencyForm:
    form.agency.choices = choices([("", _("No agency")), *((a.code, a.short_name) for a in agencies())])
    return form


def _agency_page(form: AgencyForm, found: Person, status: int = 200) -> ResponseReturnValue:
    return render_template("people/agency.html", form=form, person=found), status


@bp.post("/agency")
@permit(Permission.ADMINISTER)
def agency_post(person_id: int) -> ResponseReturnValue:
    found, form = person_or_404(person_id), _choices(AgencyForm())
    if form.validate():
        wanted = next((a for a in agencies() if a.code == form.agency.data), None)
        with form.refusals(FINDINGS):
            service.move(found.id, form.read, wanted, by=current_actor())
            flash(_("Moved. Give %(name)s the roles in the new agency.", name=found.name))
            return _to_person(found.id)
    return _agency_page(form, found, 422)
