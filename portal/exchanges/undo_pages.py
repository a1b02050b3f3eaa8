"""The page on which a step is taken back, alike in every stage."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import calendars
from portal.exchanges.forms import UndoForm
from portal.exchanges.labels import UNDOING
from portal.exchanges.models import Exchange
from portal.exchanges.views import exchange_or_404, to_exchange
from portal.subjects.queries import events
from portal.subjects.undoing import refusal
from portal.web.permit import current_actor, permit
from portal.workflows.exchange import EXCHANGE
from portal.workflows.exchange_terms import Action

Undo = Callable[..., None]


def add(bp: Blueprint, path: str, action: Action, undo: Undo) -> None:
    """Adds the page and its button to a stage's blueprint; `undo` is the stage's own service."""
    guard = permit(action, load=exchange_or_404)
    taking = partial(_take, action=action, undo=undo)
    bp.add_url_rule(path, action.value, guard(partial(_ask, action=action)), methods=["GET"])
    bp.add_url_rule(path, f"{action.value}_post", guard(taking), methods=["POST"])


def _ask(exchange: Exchange, action: Action) -> ResponseReturnValue:
    """The page; where the step cannot be taken back any more, the exchange and why."""
    step = EXCHANGE.by_action[action]
    against = refusal(EXCHANGE, step, events(exchange.id), current_actor().id, calendars.now())
    if against:
        flash(str(UNDOING[against]), "problem")
        return redirect(url_for("desk.overview", reference=exchange.reference))
    return _page(exchange, action, UndoForm(version=exchange.version))


def _take(exchange: Exchange, action: Action, undo: Undo) -> ResponseReturnValue:
    """Takes the step back with the stage's own service."""
    form = UndoForm()
    if form.validate():
        with form.refusals(UNDOING):
            undo(exchange, version=form.read, by=current_actor())
            return to_exchange(exchange, _("Taken back. Everybody who had been told is told of this too."))
    return _page(exchange, action, form, 422)


def _page(exchange: Exchange, action: Action, form: Any, status: int = 200) -> ResponseReturnValue:
    title = _(EXCHANGE.by_action[action].button)
    return render_template("exchanges/undo.html", exchange=exchange, action=action, form=form, title=title), status
