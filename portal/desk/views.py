"""The pages of the desk: tasks, all exchanges, one exchange's overview, the whole history."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal import calendars
from portal.accounts.absences import absences_of
from portal.accounts.queries import agency_names
from portal.applications.queries import in_brief
from portal.desk import absence_views, exchange_filters, handover_views, health, queries
from portal.desk.week import this_week
from portal.exchanges.labels import status_label, told_to_owner
from portal.exchanges.lateness import due_zone
from portal.exchanges.models import Exchange
from portal.exchanges.views import exchange_or_404, show
from portal.names import clean
from portal.policy import Permission, allows
from portal.registry import registry
from portal.reports.closing import closing_of
from portal.subjects.labels import event_label
from portal.web.language import spoken
from portal.web.pagination import page_of
from portal.web.permit import current_actor, permit
from portal.workflows.exchange import EXCHANGE

bp = Blueprint("desk", __name__)
blueprints = (bp, absence_views.bp, handover_views.bp, health.bp)


@bp.get("/desk")
@permit(Permission.SIGNED_IN)
def index() -> ResponseReturnValue:
    actor, today = current_actor(), calendars.today(zone())
    if allows(Permission.ADMINISTER, actor) and not allows(Permission.LIST_EXCHANGES, actor):
        return redirect(url_for("people.index"))
    count, late = queries.task_counts(actor)
    applied = allows(Permission.APPLY, actor) or not allows(Permission.LIST_EXCHANGES, actor)  # or was an expert once
    own = queries.own_exchanges(actor) if applied else []
    return render_template(
        "desk/desk.html",
        greeting=greeting(),
        due_zone=due_zone,
        country=next(code for code, name in calendars.ZONES.items() if name == zone()),
        count=count,
        late=late,
        most=queries.COUNTED,
        tasks=queries.tasks(actor),
        later=queries.later(actor),
        meetings=[found for source in registry.meetings for found in source(actor)],
        own=own,
        brief=queries.in_brief(own),
        week=this_week(actor, today, spoken()),
        absences=absences_of(actor.id, today),
        agencies=agency_names(),
        status_label=status_label,
        state_of=told_to_owner,
    )


def zone() -> str:
    """The time zone of the person's agency, which decides what day today is."""
    return current_user.account.zone or calendars.ZONES["TR"]


def greeting() -> str:
    """The greeting by the time of day in the person's agency."""
    account = current_user.account
    hour = calendars.now().astimezone(ZoneInfo(zone())).hour
    if hour < 11:
        return _("Good morning, %(name)s.", name=account.name)
    return _("Good day, %(name)s.", name=account.name) if hour < 18 else _("Good evening, %(name)s.", name=account.name)


@bp.get("/exchanges")
@permit(Permission.LIST_EXCHANGES)
def exchanges() -> ResponseReturnValue:
    wanted, odd = exchange_filters.asked_for()
    both = agency_names()
    codes = {agency.code: agency.id for agency in both.values()}
    rows, counting = queries.listed(current_actor(), wanted, codes, spoken())
    page = page_of(rows, counting=counting)
    return render_template(
        "desk/exchanges.html",
        page=page,
        brief=queries.in_brief(page.rows),
        wanted=wanted,
        odd=odd,
        orders=exchange_filters.orders(wanted),
        due_zone=due_zone,
        agencies=both,
        base=url_for("desk.exchanges"),
        status_label=status_label,
        **exchange_filters.choices(),
    )


@bp.get("/find")
@permit(Permission.SIGNED_IN)
def find() -> ResponseReturnValue:
    """The search in the head of every page: the exchange itself where exactly one is found, else the list of those
    found; an administrator without exchanges finds people."""
    text, actor = clean(request.args.get("q", ""))[:100].strip(), current_actor()
    if not allows(Permission.LIST_EXCHANGES, actor):
        return redirect(
            url_for("people.index", q=text) if allows(Permission.ADMINISTER, actor) else url_for("desk.index")
        )
    references = queries.references(actor, text) if text else []
    if len(references) == 1:
        return redirect(url_for("desk.overview", reference=references[0]))
    return redirect(url_for("desk.exchanges", q=text))


@bp.get("/exchanges/<reference>")
@permit(Permission.READ_EXCHANGE, load=exchange_or_404)
def overview(exchange: Exchange) -> ResponseReturnValue:
    facts = exchange_filters.overview_facts(exchange, in_brief(exchange.id))
    return show("exchanges/overview.html", exchange, "overview", facts=facts, left=closing_of(exchange))


@bp.get("/exchanges/<reference>/now")
@permit(Permission.READ_EXCHANGE, load=exchange_or_404)
def now(exchange: Exchange) -> ResponseReturnValue:
    """Leads to what is this person's to do on the exchange now, else to its overview: mails and the desk link here."""
    state, actor = exchange.state, current_actor()
    mine = [a for a in EXCHANGE.possible(state) if a in EXCHANGE.awaited(state) and allows(a, actor, exchange)]
    endpoint = state.writing[0] if mine and state.writing else "desk.overview"
    if mine and not state.writing:
        endpoint = EXCHANGE.by_action[mine[0]].endpoint
    return redirect(url_for(endpoint, reference=exchange.reference))


@bp.get("/admin/history")
@permit(Permission.ADMINISTER)
def all_history() -> ResponseReturnValue:
    until, reference, odd = exchange_filters.of_history()
    page = page_of(queries.history(until, reference))
    wanted = {"until": until, "reference": reference}
    both = agency_names()

    def label(row: Any) -> str:
        """The agencies by name; experts are not named, for an administrator reads none of their exchanges."""
        agencies = {"home": both[row.home_id].short_name, "host": both[row.host_id].short_name}
        return event_label(row.what, {**agencies, "name": _("the expert"), "unit": row.unit_name})

    return render_template("desk/history.html", page=page, label=label, wanted=wanted, odd=odd)
