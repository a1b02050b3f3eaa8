"""The tabs of an exchange that belong to no later stage: overview, messages, history."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.calendars import ZONES
from portal.db import session
from portal.exchanges import queries, service
from portal.exchanges.forms import NoteForm
from portal.exchanges.header import header, reasoned
from portal.exchanges.models import Exchange
from portal.findings import AlreadyDone, Conflict
from portal.policy import Permission, allows, reads_reason
from portal.subjects import queries as subjects
from portal.subjects.labels import event_label
from portal.subjects.models import Event
from portal.web.drafts import automatic
from portal.web.permit import current_actor, permit
from portal.web.typed import typed

bp = Blueprint("exchanges", __name__, url_prefix="/exchanges")
blueprints = (bp,)


def exchange_or_404(reference: str) -> Exchange:
    """Loads the exchange of an address for `permit(load=…)`, which checks whether it may be read; 404 if unknown.

    Whoever took a step of it and may not read it any more (a unit that has declined, a host agency that has returned
    it, pressing twice) is told so at the desk.
    """
    exchange, actor = queries.by_reference(reference), current_actor()
    if exchange is None:
        abort(404)
    if not allows(Permission.READ_EXCHANGE, actor, exchange) and subjects.acted_for(exchange.id, actor.id):
        flash(_("%(reference)s is no longer with you.", reference=exchange.reference), "problem")
        abort(redirect(url_for("desk.index")))
    return exchange


def show(template: str, exchange: Exchange, tab: str, status: int = 200, **values: Any) -> ResponseReturnValue:
    """Renders a tab of the exchange; `template` extends exchanges/layout.html and gets `header` and `values`."""
    events = subjects.events(exchange.id)
    zone = current_user.account.zone or ZONES["TR"]
    shared = header(exchange, current_actor(), events, tab, zone)
    why = reasoned(events)
    reasons = readable_reasons(exchange, events)
    values |= {"header": shared, "exchange": exchange, "events": events, "zone": zone, "why": why, "reasons": reasons}
    return render_template(template, event_label=partial(event_label, names=names(exchange)), **values), status


def names(exchange: Exchange) -> dict[str, str]:
    """Of whom the history speaks."""
    agencies = {"home": exchange.home.short_name, "host": exchange.host.short_name}
    return {**agencies, "name": exchange.person_name, "unit": exchange.unit_name}


def readable_reasons(exchange: Exchange, events: Sequence[Event]) -> dict[int, tuple[str, str]]:
    """The reasons of these events that the present actor may read, each with its language, by the event's id."""
    given, reader = subjects.reasons(exchange.id), current_actor()
    return {e.id: given[e.id] for e in events if e.id in given and reads_reason(e.what, reader, exchange)}


@bp.get("/<reference>/history")
@permit(Permission.READ_EXCHANGE, load=exchange_or_404)
def history(exchange: Exchange) -> ResponseReturnValue:
    return show("exchanges/history.html", exchange, "history")


def to_exchange(exchange: Exchange, words: str = "") -> ResponseReturnValue:
    """Redirects to the exchange after a step, with `words` as a flash message; to the desk if the actor may no longer
    read it, such as a host agency that has returned it."""
    if words:
        flash(words)
    seen = allows(Permission.READ_EXCHANGE, current_actor(), exchange)
    return redirect(url_for("desk.overview", reference=exchange.reference) if seen else url_for("desk.index"))


@bp.get("/<reference>/messages")
@permit(Permission.READ_EXCHANGE, load=exchange_or_404)
def messages_tab(exchange: Exchange) -> ResponseReturnValue:
    return show("exchanges/messages.html", exchange, "messages", form=NoteForm(), notes=queries.notes(exchange.id))


@bp.post("/<reference>/messages")
@permit(Permission.WRITE_MESSAGE, load=exchange_or_404)
def messages_tab_post(exchange: Exchange) -> ResponseReturnValue:
    form = NoteForm()
    if form.validate():
        service.write_note(exchange, form.text.data, idempotency_key=form.idempotency_key.data, by=current_actor())
        flash(_("Your message was sent."))
        return redirect(url_for("exchanges.messages_tab", reference=exchange.reference))
    return show("exchanges/messages.html", exchange, "messages", 422, form=form, notes=queries.notes(exchange.id))


@bp.app_errorhandler(AlreadyDone)
def already_done(error: AlreadyDone) -> ResponseReturnValue:
    """After a double click or the back button: redirects to the exchange, as after the first press."""
    session.rollback()
    return redirect(url_for("desk.overview", reference=error.reference))


@bp.app_errorhandler(Conflict)
def stale(error: Conflict) -> ResponseReturnValue:
    """409: somebody else was faster. Shows who did what, and what was typed."""
    session.rollback()
    if automatic():
        return {"message": _("Not saved: this was changed in another tab or by somebody else. Reload the page.")}, 409
    exchange = queries.by_reference(error.reference) if error.reference else None
    seen = exchange is not None and allows(Permission.READ_EXCHANGE, current_actor(), exchange)
    event = subjects.events(exchange.id)[-1] if exchange is not None and seen else None
    happened = event_label(event.what, names(exchange)) if event and exchange else ""
    own = event is not None and event.actor_id == current_actor().id
    values = {"event": event, "happened": happened, "own": own, "reference": error.reference}
    return render_template("errors/409.html", **values, typed=typed()), 409
