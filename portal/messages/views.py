"""The inbox."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.messages import queries, service
from portal.messages.wording import words
from portal.policy import Permission
from portal.web.language import spoken
from portal.web.pagination import page_of
from portal.web.permit import current_actor, permit

bp = Blueprint("messages", __name__)
blueprints = (bp,)


@bp.get("/inbox")
@permit(Permission.SIGNED_IN)
def inbox() -> ResponseReturnValue:
    page = page_of(queries.inbox(current_actor().id), entities=True)
    texts = [(message, words(message, spoken())) for message in page.rows]
    return render_template("messages/inbox.html", page=page, texts=texts)


@bp.post("/inbox/read")
@permit(Permission.SIGNED_IN)
def read_all() -> ResponseReturnValue:
    service.mark_read(current_actor().id)
    return redirect(url_for("messages.inbox"))


@bp.post("/inbox/<int:message_id>/read")
@permit(Permission.SIGNED_IN)
def read_one(message_id: int) -> ResponseReturnValue:
    """Marks one message as read and redirects to its page; to the inbox where the message is somebody else's."""
    path = service.open_message(current_actor().id, message_id)
    return redirect(path or url_for("messages.inbox"))
