"""Signing in and out, registering, confirming, choosing a password."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts import (
    address_views,
    agency_views,
    demo,
    language,
    people_views,
    queries,
    registration,
    service,
    sessions,
)
from portal.accounts.forms import AddressForm, ConfirmForm, PasswordForm, RegisterForm, SignInForm
from portal.accounts.labels import FINDINGS
from portal.accounts.models import TokenKind
from portal.findings import RuleViolation
from portal.policy import Permission
from portal.web.addresses import safe_next
from portal.web.permit import permit
from portal.web.requests import keep

bp = Blueprint("accounts", __name__)
blueprints = (bp, language.bp, people_views.bp, address_views.bp, agency_views.bp)


@bp.get("/sign-in")
@permit(Permission.PUBLIC)
def sign_in() -> ResponseReturnValue:
    return _sign_in_page(SignInForm())


@bp.post("/sign-in")
@permit(Permission.PUBLIC)
def sign_in_post() -> ResponseReturnValue:
    form = SignInForm()
    if form.validate():
        try:
            token = service.sign_in(
                form.email.data,
                form.password.data,
                network=request.remote_addr or "",
                browser=request.user_agent.string,
                known=sessions.known(),
            )
        except RuleViolation as violation:
            keep()  # the failed try counts
            form.refuse(violation.findings, FINDINGS)
        else:
            person = queries.by_email(form.email.data)
            assert person is not None
            sessions.begin(person, token)
            return redirect(safe_next(request.args.get("next", "")))
    return _sign_in_page(form, 422)


def _sign_in_page(form: SignInForm, status: int = 200) -> ResponseReturnValue:
    accounts = demo.ADDRESSES if current_app.config["PORTAL"].demo else ()
    return render_template("accounts/sign_in.html", form=form, accounts=accounts, password=demo.PASSWORD), status


@bp.post("/sign-out")
@permit(Permission.SIGNED_IN)
def sign_out() -> ResponseReturnValue:
    sessions.end()
    return redirect(url_for("public.home"))


@bp.get("/register")
@permit(Permission.PUBLIC)
def register() -> ResponseReturnValue:
    return render_template("accounts/register.html", form=RegisterForm())


@bp.post("/register")
@permit(Permission.PUBLIC)
def register_post() -> ResponseReturnValue:
    form = RegisterForm()
    if form.validate():
        with form.refusals(FINDINGS):
            network = request.remote_addr or ""
            sent_to = registration.register(
                form.email.data, form.name.data, form.password.data, network, language.locale()
            )
            return render_template("accounts/look_in_mail.html", address=sent_to)
    return render_template("accounts/register.html", form=form), 422


@bp.get("/confirm/<token>")
@permit(Permission.PUBLIC)
def confirm(token: str) -> ResponseReturnValue:
    return _confirm_page(token, ConfirmForm())


def _confirm_page(token: str, form: ConfirmForm, status: int = 200) -> ResponseReturnValue:
    person = registration.peek(token, TokenKind.CONFIRM)
    return render_template("accounts/confirm.html", person=person, form=form), status if person else 410


@bp.post("/confirm/<token>")
@permit(Permission.PUBLIC)
def confirm_post(token: str) -> ResponseReturnValue:
    form = ConfirmForm()
    if form.validate():
        with form.refusals(FINDINGS):
            person = registration.confirm(token, form.password.data)
            sessions.begin(person, service.open_sign_in(person, request.user_agent.string))
            flash(_("Your address is confirmed. Begin with your profile: every application begins with it."))
            return redirect(url_for("profile.profile"))
    return _confirm_page(token, form, 422)


@bp.get("/forgot-password")
@permit(Permission.PUBLIC)
def forgot() -> ResponseReturnValue:
    return render_template("accounts/forgot.html", form=AddressForm())


@bp.post("/forgot-password")
@permit(Permission.PUBLIC)
def forgot_post() -> ResponseReturnValue:
    form = AddressForm()
    if form.validate():
        with form.refusals(FINDINGS):
            registration.ask_reset(form.email.data, request.remote_addr or "")
            return render_template("accounts/look_in_mail.html", address=form.email.data)
    return render_template("accounts/forgot.html", form=form), 422


@bp.get("/new-password/<token>")
@permit(Permission.PUBLIC)
def new_password(token: str) -> ResponseReturnValue:
    return _password_page(token, TokenKind.RESET, PasswordForm())


@bp.post("/new-password/<token>")
@permit(Permission.PUBLIC)
def new_password_post(token: str) -> ResponseReturnValue:
    return _choose(token, TokenKind.RESET)


@bp.get("/invitation/<token>")
@permit(Permission.PUBLIC)
def invitation(token: str) -> ResponseReturnValue:
    return _password_page(token, TokenKind.INVITE, PasswordForm())


@bp.post("/invitation/<token>")
@permit(Permission.PUBLIC)
def invitation_post(token: str) -> ResponseReturnValue:
    return _choose(token, TokenKind.INVITE)


def _password_page(token: str, kind: TokenKind, form: PasswordForm, status: int = 200) -> ResponseReturnValue:
    person = registration.peek(token, kind)
    page = render_template("accounts/new_password.html", form=form, person=person, invited=kind is TokenKind.INVITE)
    return page, status if person else 410


def _choose(token: str, kind: TokenKind) -> ResponseReturnValue:
    form = PasswordForm()
    if not form.validate():
        return _password_page(token, kind, form, 422)
    try:
        registration.choose_password(token, kind, form.password.data)
    except RuleViolation:
        return _password_page(token, kind, form, 410)
    flash(_("Your password is set. Sign in."))
    return redirect(url_for("accounts.sign_in"))
