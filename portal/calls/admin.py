"""The administrator's pages about calls: the action plan's headings and the default time limits."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.calls import labels, queries, service
from portal.calls.forms import ClocksForm, HeadingForm
from portal.calls.labels import FINDINGS
from portal.calls.models import Heading
from portal.calls.service import CLOCK_NAMES, HEADING_TEXTS
from portal.exchanges import queries as exchange_queries
from portal.policy import Permission
from portal.web import drafts
from portal.web.permit import current_actor, permit

bp = Blueprint("rules", __name__, url_prefix="/admin")


@bp.get("/headings")
@permit(Permission.ADMINISTER)
def headings() -> ResponseReturnValue:
    return render_template("calls/headings.html", headings=queries.headings())


def _heading_or_404(number: int) -> Heading:
    heading = queries.heading(number) if number < 1000 else None
    if heading is None:
        abort(404)
    return heading


@bp.get("/headings/<int:number>")
@permit(Permission.ADMINISTER)
def heading(number: int) -> ResponseReturnValue:
    found = _heading_or_404(number)
    return _heading_page(_stored(found), found)


def _stored(heading: Heading) -> HeadingForm:
    """The form with what is stored now."""
    return HeadingForm(formdata=None, obj=heading)


def _heading_page(form: HeadingForm, heading: Heading, status: int = 200) -> ResponseReturnValue:
    return render_template("calls/heading.html", form=form, heading=heading), status


@bp.post("/headings/<int:number>")
@permit(Permission.ADMINISTER)
def heading_post(number: int) -> ResponseReturnValue:
    found, form = _heading_or_404(number), HeadingForm()
    if form.validate():
        texts = {name: words or "" for name, words in form.values(*HEADING_TEXTS).items()}
        with form.refusals(FINDINGS), drafts.conflicts(form, lambda: _stored(found)):
            service.edit_heading(number, texts, active=form.active.data, version=form.read, by=current_actor())
            flash(_("The heading is saved."))
            return redirect(url_for("rules.headings"))
    if form.differing == []:  # as after the same press
        return redirect(url_for("rules.headings"))
    return _heading_page(form, found, form.status)


@bp.get("/clocks")
@permit(Permission.ADMINISTER)
def clocks() -> ResponseReturnValue:
    form = ClocksForm()
    form.show(exchange_queries.clocks_for(0))
    return render_template("calls/clocks.html", form=form, call=None, labels=labels, own=False)


@bp.post("/clocks")
@permit(Permission.ADMINISTER)
def clocks_post() -> ResponseReturnValue:
    form = ClocksForm()
    if form.validate():
        with form.refusals(FINDINGS):
            service.set_clocks(form.values(*CLOCK_NAMES), by=current_actor())
            flash(_("The usual time limits are saved. They hold for everything that becomes due from now on."))
            return redirect(url_for("rules.clocks"))
    return render_template("calls/clocks.html", form=form, call=None, labels=labels, own=False), 422
