"""One's own e-mail address: asking for a new one, and confirming it by the link that is mailed there."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.accounts import identity
from portal.accounts.forms import NewAddressForm
from portal.accounts.labels import FINDINGS
from portal.accounts.service import may_mail, require_own_password
from portal.policy import Permission
from portal.web.forms import Form
from portal.web.permit import current_actor, permit
from portal.web.requests import keep

bp = Blueprint("address", __name__)


@bp.get("/profile/address")
@permit(Permission.SIGNED_IN)
def change() -> ResponseReturnValue:
    return _page(NewAddressForm())


def _page(form: NewAddressForm, status: int = 200) -> ResponseReturnValue:
    return render_template("accounts/address.html", form=form, address=current_user.person.email), status


@bp.post("/profile/address")
@permit(Permission.SIGNED_IN)
def change_post() -> ResponseReturnValue:
    form = NewAddressForm()
    if form.validate():
        with form.refusals(FINDINGS):
            keep()  # a wrong password counts
            require_own_password(current_user.person, form.password.data)
            may_mail(form.email.data, request.remote_addr or "")
            sent = identity.ask_new_address(current_user.person, form.email.data, by=current_actor())
            flash(_("The new address counts once it is confirmed: a mail is on its way to %(address)s.", address=sent))
            return redirect(url_for("profile.profile"))
    return _page(form, 422)


@bp.get("/new-address/<token>")
@permit(Permission.PUBLIC)
def confirm(token: str) -> ResponseReturnValue:
    return _confirm_page(token, Form())


def _confirm_page(token: str, form: Form, status: int = 200) -> ResponseReturnValue:
    asked = identity.asked_address(token)
    return render_template("accounts/new_address.html", form=form, asked=asked), status if asked else 410


@bp.post("/new-address/<token>")
@permit(Permission.PUBLIC)
def confirm_post(token: str) -> ResponseReturnValue:
    form = Form()
    with form.refusals(FINDINGS):
        identity.confirm_new_address(token)
        flash(_("Your new address is confirmed. Sign in with it."))
        return redirect(url_for("accounts.sign_in"))
    return _confirm_page(token, form, 422)
