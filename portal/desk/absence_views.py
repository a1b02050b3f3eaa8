"""The page of absences: a manager asks somebody to stand in, who agrees or declines."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal import calendars
from portal.accounts import absences as service
from portal.accounts.forms import AbsenceForm
from portal.accounts.labels import FINDINGS
from portal.accounts.queries import told_apart
from portal.policy import Permission, allows
from portal.web.forms import Form, choices
from portal.web.permit import current_actor, permit

bp = Blueprint("absences", __name__, url_prefix="/desk/absences")


def _form() -> AbsenceForm | None:
    """The form to ask somebody; none for those who cannot be away as a manager."""
    if not allows(Permission.NAME_DEPUTY, current_actor()):
        return None
    form = AbsenceForm()
    form.deputy.choices = choices(told_apart(service.deputies_for(current_user.person)))
    return form


@bp.get("")
@permit(Permission.STAND_IN)
def absences() -> ResponseReturnValue:
    return _page(_form())


def _page(form: Form | None, status: int = 200) -> ResponseReturnValue:
    today = calendars.today(current_user.account.zone or calendars.ZONES["TR"])
    rows = service.absences_of(current_actor().id, today)
    return render_template("desk/absences.html", form=form, absences=rows), status


@bp.post("")
@permit(Permission.NAME_DEPUTY)
def name() -> ResponseReturnValue:
    form = _form()
    assert form is not None, "who may name a deputy has the form"
    if form.validate():
        first, last = form.first.data, form.last.data
        with form.refusals(FINDINGS):
            service.name_deputy(current_user.person, form.deputy.data, first, last, by=current_actor())
            flash(_("Your deputy is asked. They decide in this time once they have agreed; you are told."))
            return redirect(url_for("absences.absences"))
    return _page(form, 422)


@bp.post("/<int:absence_id>/agree")
@permit(Permission.STAND_IN)
def agree(absence_id: int) -> ResponseReturnValue:
    return _answer(service.agree, absence_id, _("You stand in. Your desk shows what waits."))


@bp.post("/<int:absence_id>/decline")
@permit(Permission.STAND_IN)
def decline(absence_id: int) -> ResponseReturnValue:
    return _answer(service.decline, absence_id, _("You declined. The manager is told."))


def _answer(take: Callable[..., None], absence_id: int, done: str) -> ResponseReturnValue:
    form = Form()
    with form.refusals(FINDINGS):
        take(absence_id, by=current_actor())
        flash(done)
        return redirect(url_for("absences.absences"))
    flash(str(form.form_errors[0]), "problem")
    return redirect(url_for("absences.absences"))


@bp.post("/<int:absence_id>/end")
@permit(Permission.STAND_IN)
def end(absence_id: int) -> ResponseReturnValue:
    service.end_absence(absence_id, by=current_actor())
    flash(_("Ended."))
    return redirect(url_for("absences.absences"))
