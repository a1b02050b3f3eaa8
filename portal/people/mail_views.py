"""The administrator's page of mail that did not arrive: why, and to send it again."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts import queries as accounts
from portal.db import session
from portal.messages.labels import problem_words
from portal.messages.models import Message
from portal.messages.queries import undelivered
from portal.messages.wording import words
from portal.people import mail
from portal.people.labels import FINDINGS
from portal.policy import Permission
from portal.web.findings import flashed
from portal.web.language import spoken
from portal.web.pagination import page_of
from portal.web.permit import current_actor, permit

bp = Blueprint("mail", __name__, url_prefix="/admin/mail")


@bp.get("")
@permit(Permission.ADMINISTER)
def index() -> ResponseReturnValue:
    page = page_of(undelivered(), entities=True)
    names = accounts.names_apart([message.person_id for message in page.rows if message.person_id])
    rows = [(message, words(message, spoken()).what, problem_words(message.problem)) for message in page.rows]
    return render_template("people/mail.html", page=page, rows=rows, names=names)


@bp.post("/<int:message_id>/again")
@permit(Permission.ADMINISTER)
def again(message_id: int) -> ResponseReturnValue:
    message = session.get(Message, message_id)
    if message is None:
        abort(404)
    with flashed(FINDINGS):
        mail.send_again(message, by=current_actor())
        flash(_("The mail is sent again within a minute."))
    return redirect(url_for("mail.index"))
