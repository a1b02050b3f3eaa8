"""The pages on which an agency decides, each on the version that was read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.applications.evidence import changed, ticked
from portal.applications.models import Application
from portal.applications.pages import group
from portal.applications.queries import changed_since_return, of_exchange, wished
from portal.approvals import forms, queries, service
from portal.approvals.labels import FINDINGS
from portal.approvals.models import Decision
from portal.calls.queries import by_id, free_places, free_places_after
from portal.documents.queries import of_subject
from portal.exchanges import undo_pages
from portal.exchanges.header import alternatives
from portal.exchanges.models import Exchange
from portal.exchanges.views import exchange_or_404, show, to_exchange
from portal.policy import SIDES, Permission, Side, reads_reason
from portal.web.forms import VersionedForm
from portal.web.permit import current_actor, permit
from portal.workflows.exchange import EXCHANGE
from portal.workflows.exchange_terms import Action, Status

bp = Blueprint("approvals", __name__, url_prefix="/exchanges/<reference>")
blueprints = (bp,)


# the returns by which a side knows an earlier version: the host agency sees none that it has not returned itself
SEEN_BEFORE: dict[Side, tuple[Action, ...]] = {
    Side.HOME: (Action.HOME_RETURN, Action.HOST_RETURN),
    Side.HOST: (Action.HOST_RETURN,),
}
NO_EVIDENCE: dict[str, Any] = {"changes": [], "conditions": [], "parts": []}
CANCELS = frozenset({Action.HOME_CANCEL, Action.HOST_CANCEL})


@dataclass(frozen=True)
class Page:
    """The page of one decision: address, texts and form. %(…)s are facts of the exchange."""

    path: str
    title: Any
    lead: Any
    done: Any
    form: type[VersionedForm] = forms.StepForm
    tone: str = "primary"


PAGES: dict[Action, Page] = {
    Action.HOME_ENDORSE: Page(
        "endorse",
        _l("Endorse %(name)s"),
        _l(
            "Your endorsement releases the application to %(host)s: "
            "from then on %(host)s sees the person’s data and decides."
        ),
        _l("Endorsed. %(host)s decides now."),
    ),
    Action.HOME_RETURN: Page(
        "return-home",
        _l("Return the application of %(name)s"),
        _l("The expert sees your comments beside the sections, changes them and hands in again."),
        _l("Returned to the expert."),
        forms.ReturnForm,
    ),
    Action.HOME_REJECT: Page(
        "reject-home",
        _l("Reject the application of %(name)s"),
        _l("This ends the application. The expert reads your reason. %(host)s never sees it."),
        _l("Rejected. The expert was told."),
        forms.ReasonForm,
        "danger",
    ),
    Action.HOST_ACCEPT: Page(
        "accept",
        _l("Accept %(name)s"),
        _l("This takes one of the call’s places. Next you look for a host unit."),
        _l("Accepted. Now find a host unit."),
    ),
    Action.HOST_WAITLIST: Page(
        "waitlist",
        _l("Put %(name)s on the waiting list"),
        _l("You can accept when a place comes free. The expert is told."),
        _l("On the waiting list."),
    ),
    Action.HOST_RETURN: Page(
        "return-host",
        _l("Return the application of %(name)s"),
        _l("The expert changes it; %(home)s endorses the new version before you see it again."),
        _l("Returned to the expert."),
        forms.ReturnForm,
    ),
    Action.HOST_REJECT: Page(
        "reject-host",
        _l("Reject the application of %(name)s"),
        _l("This ends the application. The expert and %(home)s read your reason."),
        _l("Rejected. The expert was told."),
        forms.ReasonForm,
        "danger",
    ),
    Action.HOME_CANCEL: Page(
        "cancel-home",
        _l("Cancel the exchange of %(name)s"),
        _l("This ends the exchange; booked days are released and everyone is told your reason."),
        _l("Cancelled. Everyone was told."),
        forms.ReasonForm,
        "danger",
    ),
    Action.HOST_CANCEL: Page(
        "cancel-host",
        _l("Cancel the exchange of %(name)s"),
        _l("This ends the exchange; booked days are released and everyone is told your reason."),
        _l("Cancelled. Everyone was told."),
        forms.ReasonForm,
        "danger",
    ),
}


def _names(exchange: Exchange) -> dict[str, str]:
    return {"name": exchange.person_name, "home": exchange.home.short_name, "host": exchange.host.short_name}


def _show(exchange: Exchange, action: Action, form: Any, status: int = 200) -> ResponseReturnValue:
    page, application, call = PAGES[action], of_exchange(exchange.id), by_id(exchange.call_id)
    free = free_places(call) if call is not None else 0
    words = {"title": str(page.title) % _names(exchange), "lead": str(page.lead) % _names(exchange)}
    answer = render_template(
        "approvals/decide.html",
        exchange=exchange,
        action=action,
        instead=alternatives(exchange, current_actor(), action),
        form=form,
        page=page,
        label=_(EXCHANGE.by_action[action].button),
        application=application,
        call=call,
        free=free if call is not None and action is Action.HOST_ACCEPT else None,
        left=free_places_after(free, exchange.status, Status.ACCEPTED) if call is not None else 0,
        **(_evidence(application, action) if application and action not in CANCELS else NO_EVIDENCE),
        **words,
    )
    return answer, status


def _evidence(application: Application, action: Action) -> dict[str, Any]:
    """What the decision is taken on: changes since a return, the call's conditions, the text of the application."""
    documents = of_subject(application.exchange_id)
    since = changed_since_return(application.exchange_id, *SEEN_BEFORE[SIDES[action]])
    parts = group(application, wished(application.id), documents)
    return {"changes": changed(since), "conditions": ticked(application, documents), "parts": parts}


def _ask(action: Action) -> Callable[[Exchange], ResponseReturnValue]:
    def ask(exchange: Exchange) -> ResponseReturnValue:
        return _show(exchange, action, PAGES[action].form(version=exchange.version))

    return ask


def _take(action: Action) -> Callable[[Exchange], ResponseReturnValue]:
    def take(exchange: Exchange) -> ResponseReturnValue:
        form: Any = PAGES[action].form()
        if form.validate():
            with form.refusals(FINDINGS):
                service.decide(exchange, verdict(action, form), by=current_actor())
                return to_exchange(exchange, str(PAGES[action].done) % _names(exchange))
        return _show(exchange, action, form, 422)

    return take


def verdict(action: Action, form: Any) -> service.Verdict:
    """The decision of a submitted form."""
    sections = {name.removeprefix("section_"): f.data or "" for name, f in form._fields.items() if "section_" in name}
    reason = form.reason.data or "" if "reason" in form else ""
    return service.Verdict(action, form.read, reason, sections)


# nine decisions are the same page with other texts, so their routes are made from the table above
for _action, _page in PAGES.items():
    _get = permit(_action, load=exchange_or_404)(_ask(_action))
    _post = permit(_action, load=exchange_or_404)(_take(_action))
    bp.add_url_rule(f"/{_page.path}", _action.value, _get, methods=["GET"])
    bp.add_url_rule(f"/{_page.path}", f"{_action.value}_post", _post, methods=["POST"])


undo_pages.add(bp, "/undo-accept", Action.HOST_UNDO_ACCEPT, service.undo_accept)


@bp.get("/decisions")
@permit(Permission.READ_DECISIONS, load=exchange_or_404)
def decisions(exchange: Exchange) -> ResponseReturnValue:
    return show("approvals/decisions.html", exchange, "decisions", decisions=_readable(exchange))


def _readable(exchange: Exchange) -> list[tuple[Decision, str]]:
    """The decisions on an exchange, each with its reason where the present actor may read it."""
    reader, sides = current_actor(), {exchange.home_id: Side.HOME, exchange.host_id: Side.HOST}
    steps = {(SIDES[action], outcome): action for action, outcome in service.OUTCOMES.items()}
    return [
        (made, made.reason if reads_reason(steps[sides[made.agency_id], made.outcome], reader, exchange) else "")
        for made in queries.decisions(exchange.id)
    ]
