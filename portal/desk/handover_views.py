"""The administrator's page of handing over: what hangs on somebody, and to whom it passes."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField
from wtforms.validators import InputRequired

from portal.accounts.labels import ROLES
from portal.accounts.models import Person
from portal.accounts.queries import person_with_profile
from portal.db import session
from portal.desk import handover
from portal.desk.labels import FINDINGS
from portal.policy import Permission
from portal.web.forms import VersionedForm, choices
from portal.web.permit import current_actor, permit

bp = Blueprint("handover", __name__, url_prefix="/admin/people/<int:person_id>/handover")


class HandoverForm(VersionedForm):
    successor = SelectField(_l("Successor"), validators=[InputRequired()])
    close = BooleanField(_l("Close the account: the person leaves"))


def _person_or_404(person_id: int) -> Person:
    if session.get(Person, person_id) is None:
        abort(404)
    return person_with_profile(person_id)


def _choices(form: HandoverForm, person: Person) -> HandoverForm:
    others = handover.successors(person)
    named = ((str(other.id), f"{other.name} ({other.email})") for other in others)
    form.successor.choices = choices([("", _("Choose")), *named])  # nobody succeeds by not having been looked at
    return form


@bp.get("")
@permit(Permission.ADMINISTER)
def show(person_id: int) -> ResponseReturnValue:
    found = _person_or_404(person_id)
    return _page(_choices(HandoverForm(version=found.version, close=True), found), found)


def _page(form: HandoverForm, person: Person, status: int = 200) -> ResponseReturnValue:
    held = handover.holding(person)
    return render_template("desk/handover.html", form=form, person=person, held=held, roles=ROLES), status


@bp.post("")
@permit(Permission.ADMINISTER)
def hand_over(person_id: int) -> ResponseReturnValue:
    found = _person_or_404(person_id)
    form = _choices(HandoverForm(), found)
    if form.validate():
        name = found.name
        with form.refusals(FINDINGS):
            by = current_actor()
            successor = handover.hand_over(found.id, form.read, int(form.successor.data), form.close.data, by=by)
            flash(_("%(name)s has handed over. This is what the successor now holds.", name=name))
            return redirect(url_for("handover.show", person_id=successor.id))
    return _page(form, found, 422)
